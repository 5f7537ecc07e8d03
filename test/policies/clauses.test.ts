import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadGrammars } from '../../verifier/gates/grammars.ts';
import { testPolicies } from '../../verifier/gates/policyTest.ts';
import { POLICIES } from './builtIn.ts';

const { rules, faults } = testPolicies(undefined, POLICIES, await loadGrammars());

test('the built-in policies pass their own test', () => {
  assert.deepEqual(faults, []);
});

for (const { rule, clauses } of rules) {
  test(`${rule}: each clause has an example that no other clause of it finds`, () => {
    assert.ok(clauses.length > 0);
    assert.deepEqual(
      clauses.filter(({ alone }) => alone === 0),
      [],
    );
  });
}
