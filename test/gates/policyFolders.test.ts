import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PolicyLibrary } from '../../verifier/gates/policyFolders.ts';
import { SentinelError } from '../../verifier/protocol/problem.ts';
import { policyMd, rulesYaml } from '../policy/policyTexts.ts';

interface Disk {
  readonly builtIn: string;
  readonly workspace: string;
  write(place: 'builtIn' | 'workspace', name: string, rules?: string): string;
}

function disk(t: TestContext): Disk {
  const root = mkdtempSync(join(tmpdir(), 'policies-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const places = { builtIn: join(root, 'builtIn'), workspace: join(root, 'workspace') };
  mkdirSync(places.builtIn);
  return {
    ...places,
    write(place, name, rules = rulesYaml()) {
      const path = join(places[place], name);
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'policy.md'), policyMd(name));
      writeFileSync(join(path, 'rules.yaml'), rules);
      return path;
    },
  };
}

const library = (at: Disk): PolicyLibrary => new PolicyLibrary({ builtIn: at.builtIn, workspace: [at.workspace] });
const isInvalid = (error: unknown): boolean => error instanceof SentinelError && error.code === 'policies_invalid';

test('an edit counts on the next look, and nothing is read again without one', (t) => {
  const at = disk(t);
  at.write('builtIn', 'words');
  const policies = library(at);
  const first = policies.look();
  assert.equal(policies.look().set, first.set);
  at.write('builtIn', 'words', rulesYaml({ verdict: 'block' }));
  const second = policies.look();
  assert.equal(second.set.rules[0]?.verdict, 'block');
  assert.notEqual(second.set.digest, first.set.digest);
});

test('folders may come and go while running', (t) => {
  const at = disk(t);
  at.write('builtIn', 'words');
  const policies = library(at);
  assert.equal(policies.look().set.rules.length, 1);
  const added = at.write('workspace', 'local');
  assert.deepEqual(
    policies
      .look()
      .set.rules.map((rule) => rule.origin)
      .sort(),
    ['builtIn', 'workspace'],
  );
  rmSync(added, { recursive: true });
  assert.equal(policies.look().set.rules.length, 1);
});

test('a file that becomes invalid leaves the last good rules in force, and file and line are told', (t) => {
  const at = disk(t);
  const path = at.write('builtIn', 'words');
  at.write('builtIn', 'others');
  const policies = library(at);
  const good = policies.look();
  writeFileSync(join(path, 'rules.yaml'), rulesYaml({ severity: 'awful' }));
  const after = policies.look();
  assert.equal(after.set.digest, good.set.digest);
  assert.match(after.problems.join('\n'), new RegExp(`${join(path, 'rules.yaml')}:4 `));
  rmSync(join(path, 'policy.md'));
  assert.equal(policies.look().set.digest, good.set.digest);
  at.write('builtIn', 'others', rulesYaml({ verdict: 'block' }));
  const others = policies.look().set.rules.find((rule) => rule.policy === 'others');
  assert.equal(others?.verdict, 'block', 'another folder goes on changing meanwhile');
  at.write('builtIn', 'words', rulesYaml({ verdict: 'block' }));
  assert.deepEqual(policies.look().problems, []);
});

test('when the built-in folder itself is gone, what was in force stays', (t) => {
  const at = disk(t);
  at.write('builtIn', 'words');
  const policies = library(at);
  const good = policies.look();
  renameSync(at.builtIn, `${at.builtIn}-away`);
  const after = policies.look();
  assert.deepEqual(
    after.set.rules.map((rule) => rule.id),
    good.set.rules.map((rule) => rule.id),
  );
  assert.equal(after.problems.length, 1);
});

test('without a valid policy at the start nothing is assessed, until there is one', (t) => {
  const at = disk(t);
  const policies = library(at);
  assert.throws(() => policies.look(), isInvalid);
  at.write('builtIn', 'words', 'nonsense');
  assert.throws(
    () => policies.look(),
    (error) => isInvalid(error) && error instanceof Error && error.message.includes('rules.yaml:1'),
  );
  at.write('builtIn', 'words');
  assert.equal(policies.look().set.rules.length, 1);
});

test('a successor starts with what its predecessor had in force', (t) => {
  const at = disk(t);
  const path = at.write('builtIn', 'words');
  const policies = library(at);
  const good = policies.look();
  writeFileSync(join(path, 'rules.yaml'), 'broken: [');
  policies.look();
  const successor = new PolicyLibrary({ builtIn: at.builtIn, workspace: [] }, policies.lastGood);
  assert.equal(successor.look().set.digest, good.set.digest);
});

test('a repository cannot make the guard read links, folders or endless files', (t) => {
  const at = disk(t);
  at.write('builtIn', 'words');
  const path = at.write('workspace', 'local');
  rmSync(join(path, 'rules.yaml'));
  symlinkSync(join(at.builtIn, 'words', 'rules.yaml'), join(path, 'rules.yaml'));
  assert.match(library(at).look().problems.join('\n'), /symbolic link/);
  rmSync(join(path, 'rules.yaml'));
  mkdirSync(join(path, 'rules.yaml'));
  assert.match(library(at).look().problems.join('\n'), /regular file/);
  rmSync(join(path, 'rules.yaml'), { recursive: true });
  writeFileSync(join(path, 'rules.yaml'), 'x'.repeat(600_000));
  assert.match(library(at).look().problems.join('\n'), /larger than/);
  assert.deepEqual(readdirSync(at.workspace), ['local']);
  assert.deepEqual(
    library(at)
      .look()
      .set.rules.map((rule) => rule.id),
    ['words.forbidden-word'],
  );
});
