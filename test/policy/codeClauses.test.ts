import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CallClause, callFits, callNameFits, compileCall, flowFits } from '../../verifier/policy/codeClauses.ts';
import type { CodeCall, CodeFlow } from '../../verifier/policy/facts.ts';
import { loadPolicies } from '../../verifier/policy/load.ts';
import type { ArgumentTest } from '../../verifier/policy/rule.ts';
import { problemText } from '../../verifier/policy/source.ts';
import { folder, rulesYaml } from './policyTexts.ts';

const BROKEN: readonly [string, string, RegExp][] = [
  ['an unknown sink', '{ code: everywhere, from: [request] }', /rules\.yaml:10 .*code/],
  ['an unknown source', '{ code: sql, from: [nobody] }', /rules\.yaml:10 .*from/],
  ['a broken expression on an argument', "{ call: [os.system], arguments: [{ at: 0, value: '(' }] }", /rules\.yaml:10 /],
  ['a name that is none', "{ call: ['os system'] }", /rules\.yaml:10 /],
];

for (const [what, when, expected] of BROKEN) {
  test(`${what} is refused with file and line`, () => {
    const { problems, set } = loadPolicies([folder('words', { 'rules.yaml': rulesYaml({ when }) })]);
    assert.equal(set, undefined);
    assert.match(problems.map(problemText).join('\n'), expected);
  });
}

test('names of calls fit exactly, or by their end', () => {
  for (const [pattern, name] of [
    ['os.system', 'os.system'],
    ['*.query', 'pool.query'],
    ['*.debug=', 'app.debug='],
    ['*fs.read', 'promises.fs.read'],
  ] as const)
    assert.ok(callNameFits(pattern, name), `${pattern} ${name}`);
  for (const [pattern, name] of [
    ['os.system', 'my.os.system'],
    ['*.query', 'query'],
    ['*.query', 'pool.requery'],
    ['*.debug=', 'app.debug'],
  ] as const)
    assert.ok(!callNameFits(pattern, name), `${pattern} ${name}`);
});

const call = (given: Partial<CodeCall>): CodeCall => ({ name: 'a.b', arguments: [], into: '', start: 0, end: 1, ...given });
const clause = (given: Omit<Parameters<typeof compileCall>[0], 'call'>): CallClause => compileCall({ call: ['a.b'], ...given }, 0);

test('arguments are told by position, keyword or property, and by what is known of them', () => {
  const given = call({
    arguments: [
      { at: 0, literal: undefined, code: 'user.password' },
      { at: 'cookie.secure', literal: 'false', code: '' },
    ],
  });
  const fits = (tests: ArgumentTest[]): boolean => callFits(clause({ arguments: tests }), given, 'javascript');
  assert.ok(fits([{ at: 0, is: 'dynamic', written: 'password' }]));
  assert.ok(fits([{ at: 'secure', value: '^false$' }]));
  assert.ok(fits([{ at: 1, is: 'absent' }]));
  assert.ok(!fits([{ at: 0, is: 'literal' }]));
  assert.ok(!fits([{ at: 'secure', value: '^true$' }]));
  assert.ok(!callFits(clause({ without: [{ at: 'cookie.secure', is: 'given' }] }), given, 'javascript'));
  assert.ok(!callFits(clause({ languages: ['python'] }), given, 'javascript'));
  assert.ok(!callFits(clause({ into: '^token$' }), given, 'javascript'));
});

test('a flow fits by any of its sources, and where it must be built only when it is', () => {
  const flow: CodeFlow = { sink: 'sql', sources: ['parameter'], built: false, start: 0, end: 1, trail: [] };
  assert.ok(flowFits({ code: 'sql', from: ['request', 'parameter'], index: 0 }, flow, 'python'));
  assert.ok(!flowFits({ code: 'sql', from: ['request'], index: 0 }, flow, 'python'));
  assert.ok(!flowFits({ code: 'sql', from: ['parameter'], built: true, index: 0 }, flow, 'python'));
});
