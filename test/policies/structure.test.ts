import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies } from '../../verifier/policy/load.ts';
import { problemText } from '../../verifier/policy/source.ts';
import { builtInFolders, builtInGates, builtInNames, casesOf } from './builtIn.ts';

const EXPECTED = ['cryptography', 'data-protection', 'destructive-operations', 'injection', 'secrets', 'supply-chain'];

test('the six built-in policies are there', () => {
  assert.deepEqual(builtInNames(), EXPECTED);
});

test('all built-in folders are valid, together and alone', () => {
  const folders = builtInFolders();
  for (const part of [folders, ...folders.map((folder) => [folder])]) {
    const { problems, invalid } = loadPolicies(part);
    assert.deepEqual(problems.map(problemText), []);
    assert.deepEqual(invalid, []);
  }
});

for (const folder of builtInFolders()) {
  const prose = folder.texts['policy.md'] ?? '';

  test(`${folder.name}: the prose says what to flag, how gravely, what to look at and what is exempt`, () => {
    for (const heading of ['Purpose', 'What to flag', 'What to look at', 'Exemptions']) {
      assert.match(prose, new RegExp(`^## ${heading}$`, 'm'));
    }
    assert.match(prose, /\| what \| severity \| verdict \|/);
  });

  test(`${folder.name}: the exemptions cover tests, documentation, dummy values and builds`, () => {
    const exemptions = prose.slice(prose.indexOf('## Exemptions'));
    for (const subject of [/unit-test scaffolding/i, /educational documentation/i, /marked as dummies/i, /\bbuilds?\b/i]) {
      assert.match(exemptions, subject);
    }
  });

  test(`${folder.name}: cases go both ways`, () => {
    const verdicts = casesOf(folder.name).map((item) => item.expect.verdict);
    assert.ok(verdicts.length >= 8, `${verdicts.length} cases`);
    assert.ok(verdicts.filter((verdict) => verdict === 'pass').length >= 3);
    assert.ok(verdicts.filter((verdict) => verdict !== 'pass').length >= 3);
  });
}

const { set } = await builtInGates();

test('nothing excuses a private key but a marker in a test or documentation path', () => {
  const rule = set.rules.find(({ id }) => id === 'secrets.private-key');
  assert.deepEqual([...(rule?.exemptable ?? ['no such rule'])], ['marker']);
});

test('every rule has a title, the version that first had it, and the risk or technique that it is about', () => {
  const bare = set.rules.filter(({ title, since, owasp = [], attack = [] }) => !title || !since || owasp.length + attack.length === 0);
  assert.deepEqual(
    bare.map(({ id }) => id),
    [],
  );
  assert.equal(new Set(set.rules.map(({ title }) => title)).size, set.rules.length, 'two rules have the same title');
});

test('what is critical is blocked', () => {
  const mild = set.rules.filter((rule) => rule.severity === 'critical' && rule.verdict !== 'block').map((rule) => rule.id);
  assert.deepEqual(mild, []);
});

test('what is only risky asks a person instead of blocking', () => {
  const hard = set.rules.filter((rule) => rule.verdict === 'block' && rule.severity !== 'critical' && !rule.id.startsWith('secrets.'));
  assert.deepEqual(
    hard.map((rule) => rule.id),
    [],
  );
});
