import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadGrammars } from '../../verifier/gates/grammars.ts';
import { testPolicies } from '../../verifier/gates/policyTest.ts';
import { isPolicyName, scaffold } from '../../verifier/policy/scaffold.ts';
import { POLICIES } from '../policies/builtIn.ts';

const grammars = await loadGrammars();
let parent = '';
before(async () => {
  parent = await mkdtemp(join(tmpdir(), 'policy-test-'));
});
after(() => rm(parent, { recursive: true, force: true }));

/** A scaffolded policy with one file changed. */
async function policy(name: string, file: string, change: (text: string) => string): Promise<string> {
  const folder = join(parent, name, name);
  for (const [path, text] of Object.entries(scaffold(name))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), path === file ? change(text) : text);
  }
  return folder;
}

const tried = (folder: string) => testPolicies(folder, POLICIES, grammars);

test('a new policy passes its own test, by itself and in a folder of policies', async () => {
  const folder = await policy('fresh-one', '', (text) => text);
  for (const place of [folder, dirname(folder)]) {
    const { rules, cases, faults } = tried(place);
    assert.deepEqual(faults, []);
    assert.equal(cases, 2);
    assert.deepEqual(rules, [
      {
        rule: 'fresh-one.deploy-by-hand',
        matched: { right: 2, of: 2 },
        ignored: { right: 2, of: 2 },
        cases: 1,
        clauses: [{ clause: 0, says: rules[0]?.clauses[0]?.says, examples: 2, alone: 2 }],
      },
    ]);
  }
});

test('an example that does not hold is a fault on the line of its rule', async () => {
  const folder = await policy('wrong-example', 'rules.yaml', (text) => text.replace('./deploy.sh production }', './deploy.sh staging }'));
  const { rules, faults } = tried(folder);
  assert.deepEqual(rules[0]?.matched, { right: 1, of: 2 });
  assert.equal(faults.length, 1);
  assert.match(faults[0] ?? '', /wrong-example\/rules\.yaml:4 wrong-example\.deploy-by-hand: example match\[0\] is not matched/);
});

test('a case that does not hold is a fault on its own line', async () => {
  const folder = await policy('wrong-case', 'cases/first.yaml', (text) => text.replace('verdict: pass', 'verdict: block'));
  assert.match(
    tried(folder).faults.join('\n'),
    /^.*first\.yaml:5 Case `a deployment to the test system`: the verdict is pass, expected block/,
  );
});

test('a case that can not be read is a fault with its line', async () => {
  const folder = await policy('broken-case', 'cases/first.yaml', (text) => text.replace('kind: command', 'kind: perhaps'));
  assert.match(tried(folder).faults.join('\n'), /first\.yaml:2 0\.kind/);
});

test('of each clause it is told how many examples meet it, and how many of them no other clause', async () => {
  const clauses = '    when:\n      - { effect: wipe }\n      - { effect: delete }\n      - { effect: delete, traits: [recursive] }\n';
  const folder = await policy('three-clauses', 'rules.yaml', (text) =>
    text
      .replace(/ {4}when:[\s\S]*(?= {4}examples:)/, clauses)
      .replace('./deploy.sh production }', 'rm -r build }')
      .replace('deploy --env=prod }', 'rm notes.txt }'),
  );
  const { rules, faults } = tried(folder);
  assert.deepEqual(rules[0]?.clauses, [
    { clause: 0, says: 'effect: wipe', examples: 0, alone: 0 },
    { clause: 1, says: 'effect: delete', examples: 2, alone: 1 },
    { clause: 2, says: 'effect: delete, traits: ["recursive"]', examples: 1, alone: 0 },
  ]);
  assert.deepEqual(
    faults.filter((fault) => fault.includes('example')),
    [],
  );
});

test('a rule that the prose does not name is a fault on the line of the table', async () => {
  const folder = await policy('silent-prose', 'policy.md', (text) => text.replace('| deploy-by-hand |', '| deploy-at-night |'));
  assert.deepEqual(
    tried(folder).faults.map((fault) => fault.slice(folder.length + 1)),
    [
      'policy.md:17 The row names `deploy-at-night`, which is no rule of this policy.',
      'policy.md:15 No row names the rule `deploy-by-hand`: nobody is told of it.',
    ],
  );
});

test('a broken rule is named with its line, and nothing of it is tried', async () => {
  const folder = await policy('broken-rule', 'rules.yaml', (text) => text.replace('severity: high', 'severity: dire'));
  const { rules, faults } = tried(folder);
  assert.deepEqual(rules, []);
  assert.match(faults.join('\n'), /broken-rule\/rules\.yaml:5 rules\.0\.severity/);
});

test('a folder without policies says so', () => {
  assert.match(tried(join(parent, 'nowhere')).faults.join('\n'), /There is no policy in .*nowhere/);
});

test('metadata is checked where it is given', async () => {
  const given = (attack: string): ((text: string) => string) => {
    return (text) =>
      text.replace('    severity:', `    title: Deployment by hand\n    attack: [${attack}]\n    since: 0.2.0\n    severity:`);
  };
  assert.deepEqual(tried(await policy('good-metadata', 'rules.yaml', given('T1059.004, T1485'))).faults, []);
  assert.match(tried(await policy('bad-metadata', 'rules.yaml', given('TA0001'))).faults.join('\n'), /rules\.yaml:6 rules\.0\.attack/);
});

test('names that no folder should have are refused', () => {
  assert.deepEqual(['my-policy', 'a', '../up', 'Upper', 'x y'].map(isPolicyName), [true, false, false, false, false]);
});

test('the schema beside the policies is where a new policy looks for it', async () => {
  const line = scaffold('my-policy')['rules.yaml']?.split('\n')[0];
  assert.equal(line, '# yaml-language-server: $schema=../rules.schema.json');
  assert.ok((await readFile(join(POLICIES, 'rules.schema.json'), 'utf8')).length > 1000);
});
