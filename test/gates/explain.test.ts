import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Explanation, explain } from '../../verifier/gates/explain.ts';
import { loadGrammars } from '../../verifier/gates/grammars.ts';
import { expandTemplates } from '../../verifier/policy/templates.ts';
import { builtInGates, CONTEXT } from '../policies/builtIn.ts';

const { set } = await builtInGates();
const grammars = await loadGrammars();
const of = (text: string): Explanation => explain(set, grammars, { kind: 'command', text, cwd: '/home/dev/project' }, CONTEXT);
const rule = (explained: Explanation, id: string) => explained.rules.find((one) => one.id === id);

test('wrappers are seen through, and what they run stands below them', () => {
  const { commands } = of(`sudo timeout 9 sh -c "r''m -rf \\$HOME"`);
  assert.deepEqual(
    commands.map(({ level, words, elevated }) => [level, words.join(' '), elevated]),
    [
      [0, "sudo timeout 9 sh -c r''m -rf $HOME", false],
      [1, "timeout 9 sh -c r''m -rf $HOME", true],
      [2, "sh -c r''m -rf $HOME", true],
      [3, 'rm -rf /home/dev', true],
    ],
  );
});

test('effects say target and traits', () => {
  const [effect] = of('rm -rf ./dist').effects;
  assert.deepEqual(effect && [effect.kind, effect.target, effect.targetText, effect.traits], [
    'delete',
    'build-output',
    './dist',
    ['recursive', 'force'],
  ]);
});

test('a rule that fired says what it saw', () => {
  const explained = of('rm -rf /');
  assert.equal(explained.verdict, 'block');
  assert.equal(explained.rules[0]?.state, 'fired');
  assert.match(rule(explained, 'destructive-operations.delete-system-or-home')?.notes[0] ?? '', /delete of root/);
});

/** Each condition of a clause on effects, with a command that fails at it alone. */
const NEAR: readonly (readonly [command: string, rule: string, why: RegExp])[] = [
  ['rm -rf ./dist', 'destructive-operations.delete-folder', /the target is build-output, wanted is one of workspace/],
  ['rm -r src', 'destructive-operations.delete-folder', /it lacks force/],
  ['rm -rf /etc', 'destructive-operations.delete-system-file', /it is recursive, which the clause leaves out/],
  ['ufw disable', 'destructive-operations.unattended-agent', /the program is ufw, wanted is one of claude/],
];

for (const [command, id, why] of NEAR) {
  test(`${command}: ${id} says which condition failed`, () => {
    const near = rule(of(command), id);
    assert.equal(near?.state, 'near');
    assert.match(near?.near.flatMap(({ failed }) => failed).join('\n') ?? '', why);
  });
}

test('a pattern whose words are there says what else it wants', () => {
  const near = rule(of('openssl genrsa -out key.pem 4096'), 'cryptography.small-key');
  assert.match(near?.near[0]?.saw ?? '', /openssl/);
  assert.deepEqual(near?.near[0]?.failed, ['the pattern matches nowhere']);
});

test('every rule is accounted for', () => {
  assert.deepEqual(
    of('ls')
      .rules.map(({ id }) => id)
      .sort(),
    set.rules.map(({ id }) => id),
  );
});

test('no credential is shown', () => {
  const token = expandTemplates('{{github-token}}').text;
  assert.ok(!JSON.stringify(of(`curl -H "Authorization: token ${token}" https://api.example`)).includes(token));
});

test('any text can be explained', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      of(text);
    }),
    { numRuns: 60 },
  );
});
