import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { localisationProblems, manifestProblems, messagesOf, translationProblems } from '../../build/localisation.ts';
import { readManifest, referencedKeys, resolved } from '../../build/manifest.ts';

const found = (text: string) => messagesOf([{ path: 'extension/core/a.ts', text }]);

describe('the messages of the sources', () => {
  it('are those that are looked up, wherever they stand', async () => {
    const text = [
      "const a = () => t('Plain.');",
      'function b() { return `${t("It\'s in a template: {0}.", 1)} it\'s text`; }',
      "const c = (x: string) => said('With a line\\nbreak and \\'marks\\' and \"more\" {0} {1} {0}', x, 2);",
      "// t('in a comment')",
      "const d = () => \"t('in a string')\" + other.t('of somebody else');",
    ].join('\n');
    assert.deepEqual(await found(text), {
      messages: ["It's in a template: {0}.", 'Plain.', 'With a line\nbreak and \'marks\' and "more" {0} {1} {0}'],
      problems: [],
    });
  });

  const UNREACHABLE: [string, string, RegExp][] = [
    ['a template', `const a = () => t(\`x \${1}\`);`, /a\.ts:1: the message is no plain string/],
    ['a concatenation', "const a = () => t('x' + 'y');", /no plain string/],
    ['a variable', 'const a = (x: string) => said(x);', /no plain string/],
    ['a value without a place', "const a = () => t('x', 1);", /0 place\(s\) and 1 value/],
    ['a place without a value', "const a = () => t('x {0} {1}', 1);", /2 place\(s\) and 1 value/],
    ['a look-up before the language is known', "\nconst a = t('x');", /a\.ts:2: looked up when the file is loaded/],
  ];
  for (const [what, text, problem] of UNREACHABLE) {
    it(`do not reach a translator by ${what}`, async () => {
      const { problems } = await found(text);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });
  }
});

describe('the texts of package.json', () => {
  it('are all there, and none is left over', () => {
    const problems = manifestProblems({ a: '%there%', b: ['%gone%'], c: '50 % of' }, { there: 'x', extra: 'y' });
    assert.deepEqual(problems.length, 2);
    assert.match(problems[0] ?? '', /%gone%/);
    assert.match(problems[1] ?? '', /extra/);
  });

  it('are put in for whoever reads package.json as a whole', () => {
    assert.deepEqual(resolved({ a: ['%k%', 1, null], b: { c: '%unknown%' } }, { k: 'text' }), {
      a: ['text', 1, null],
      b: { c: '%unknown%' },
    });
    assert.deepEqual(referencedKeys(readManifest()), []);
  });
});

describe('a translation', () => {
  it('has no key that is gone, and every value in it', () => {
    const english = { 'A {0} of {1}.': 'A {0} of {1}.', 'B.': 'B.' };
    assert.deepEqual(translationProblems('de', { 'A {0} of {1}.': '{1}: {0}' }, english), []);
    assert.match(translationProblems('de', { 'A {0} of {1}.': '{1}' }, english)[0] ?? '', /other places/);
    assert.match(translationProblems('de', { 'C.': 'C' }, english)[0] ?? '', /not there any more/);
  });
});

describe('this project', () => {
  it('has every text where a translator finds it', async () => assert.deepEqual(await localisationProblems(), []));
});
