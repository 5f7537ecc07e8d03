import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gates } from '../../verifier/gates/gates.ts';
import { builtInGates } from '../policies/builtIn.ts';
import { flaggedFiles } from './packages/benign.ts';
import { findFlaws, injectedFlaws, readFlaws } from './packages/injected.ts';
import { flawTable } from './packages/measure.ts';

const flaws = readFlaws();
const LANGUAGES = ['javascript', 'typescript', 'python', 'go', 'java', 'php', 'ruby', 'csharp', 'dockerfile', 'workflow', 'shellscript'];
const FILES = Array.from({ length: 9 }, (_, number) => ({
  path: `sample/lib/part${number}.${number < 7 ? 'js' : 'ts'}`,
  text: `'use strict';\nfunction first(a) {\n  return a + ${number};\n}\nfunction second(b) {\n  return b;\n}\n${'// about this part\n'.repeat(40)}`,
}));

/** Gates that give every file the same verdict. */
function always(verdict: 'pass' | 'review'): Gates {
  return { policyDigest: '', assess: () => ({ verdict, findings: [], trace: [], steps: 0 }) };
}

test('two hundred flaws are injected, in every language', () => {
  const injected = injectedFlaws(flaws, FILES);
  assert.ok(injected.length >= 200, `${injected.length} flaws`);
  assert.deepEqual([...new Set(injected.map(({ flaw }) => flaw.language))], LANGUAGES);
});

test('a flaw stands between two blocks of a file, whose own text is its baseline', () => {
  for (const { flaw, subject } of injectedFlaws(flaws, FILES)) {
    assert.equal(subject.kind, 'file');
    if (subject.kind !== 'file') continue;
    assert.ok(subject.text.includes(flaw.code));
    assert.ok(!subject.baseline?.includes(flaw.code) && subject.baseline !== undefined);
    if (flaw.language === 'javascript') assert.match(subject.text, /\n\}\n\nasync function answerRequest[\s\S]*\n\}\n\n/);
  }
});

test('each flaw is counted, found or not', () => {
  const injected = injectedFlaws(flaws, FILES);
  const total = (verdict: 'pass' | 'review') =>
    flawTable({ packages: [], flaws: findFlaws(always(verdict), injected) })
      .at(-1)
      ?.at(-1) ?? '';
  assert.match(total('pass'), new RegExp(`^0/${injected.length} = 0\\.0 %`));
  assert.match(total('review'), new RegExp(`^${injected.length}/${injected.length} = 100\\.0 %`));
});

test('files that are held are counted for each package', () => {
  const packages = [{ name: 'sample', version: '1.0.0', files: FILES }];
  assert.deepEqual(flaggedFiles(always('pass'), packages)[0]?.flagged, { hits: 0, of: 9 });
  assert.deepEqual(flaggedFiles(always('review'), packages)[0]?.flagged, { hits: 9, of: 9 });
});

test('the files without a flaw are left alone', async () => {
  const { gates } = await builtInGates();
  for (const { subject } of injectedFlaws(flaws, [])) {
    if (subject.kind !== 'file') continue;
    const { verdict, findings } = gates.assess(
      { ...subject, text: subject.baseline ?? '', baseline: '' },
      { workspaceRoots: ['/w'], home: '/home/dev' },
    );
    assert.equal(verdict, 'pass', `${subject.path}: ${findings.map(({ ruleId }) => ruleId).join(', ')}`);
  }
});
