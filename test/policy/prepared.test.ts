import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyFolder } from '../../verifier/policy/folder.ts';
import { loadPolicies } from '../../verifier/policy/load.ts';
import { preparePolicies } from '../../verifier/policy/prepare.ts';
import { PreparedFile, type PreparedTexts } from '../../verifier/policy/prepared.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { folder, rulesYaml } from './policyTexts.ts';

const BAD = rulesYaml({ when: '{ pattern: "(?=a)b", literals: [ab], zones: [code] }' });

function prepared(...folders: PolicyFolder[]): PreparedTexts {
  const file: unknown = JSON.parse(JSON.stringify(preparePolicies(folders)));
  return new Map(Object.entries(PreparedFile.parse(file).texts));
}

/** Says of the text of `words` something else than it holds, so that it shows who believes it. */
const FORGED: PreparedTexts = new Map([[sha256(rulesYaml()), { schema: 1, rules: [] }]]);

test('a prepared folder gives the same rules, prose, digest and examples as one that is read', () => {
  const folders = [folder('words')];
  const read = loadPolicies(folders).set;
  const known = loadPolicies(folders, prepared(...folders)).set;
  assert.equal(known?.digest, read?.digest);
  assert.deepEqual(known?.prose, read?.prose);
  const shown = (set: typeof read): unknown =>
    set?.rules.map(({ id, patterns, examples }) => [id, patterns.map(({ re }) => re.source), examples]);
  assert.deepEqual(shown(known), shown(read));
  assert.equal(known?.rules[0]?.patterns[0]?.re.test('a forbidden b'), true);
});

test('what is prepared is believed of the very bytes alone, and of built-in folders alone', () => {
  const rulesOf = (item: PolicyFolder): number | undefined => loadPolicies([item], FORGED).set?.rules.length;
  assert.equal(rulesOf(folder('words')), 0);
  assert.equal(rulesOf(folder('words', { 'rules.yaml': `${rulesYaml()}\n` })), 1);
  assert.equal(rulesOf(folder('words', {}, 'user')), 1);
  assert.equal(rulesOf(folder('words', {}, 'workspace')), 1);
});

test('an edit of a built-in folder is checked in full, with its line', () => {
  const { problems } = loadPolicies([folder('words', { 'rules.yaml': BAD })], prepared(folder('words')));
  assert.deepEqual(
    problems.map(({ line, message }) => [line, message.slice(0, 41)]),
    [[10, 'Rule `forbidden-word`: not an RE2 pattern']],
  );
});

test('the build refuses to prepare a policy with a mistake', () => {
  assert.throws(() => preparePolicies([folder('words', { 'rules.yaml': BAD })]), /builtIn\/words\/rules\.yaml:10 .*not an RE2 pattern/);
});

test('what conflicts with a prepared rule is reported on its own line', () => {
  const mine = folder('words');
  const again = folder('words', { 'rules.yaml': rulesYaml({}, 'tighten: [{ rule: words.no-such, verdict: block }]\n') }, 'workspace');
  const { problems } = loadPolicies([mine, again], prepared(mine));
  assert.deepEqual(
    problems.map(({ file, line }) => [file, line]),
    [
      ['workspace/words/rules.yaml', 3],
      ['workspace/words/rules.yaml', 18],
    ],
  );
});
