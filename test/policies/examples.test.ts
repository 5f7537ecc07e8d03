import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkExamples } from '../../verifier/policy/examples.ts';
import { builtInGates } from './builtIn.ts';

const { set, gates } = await builtInGates();
const faults = checkExamples(set, gates);

for (const rule of set.rules) {
  test(`${rule.id} finds what it must and leaves its near-twins alone`, () => {
    const own = faults.filter((fault) => fault.ruleId === rule.id).map((fault) => fault.message);
    assert.deepEqual(own, []);
  });
}

test('a rule that has lost its conditions is found out by its examples', () => {
  const blind = { assess: () => ({ findings: [] }) };
  const missed = new Set(checkExamples(set, blind).map((fault) => fault.ruleId));
  assert.deepEqual([...missed].sort(), set.rules.map((rule) => rule.id).sort());
});
