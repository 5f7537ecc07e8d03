import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadGrammars } from '../../verifier/gates/grammars.ts';
import { testPolicies } from '../../verifier/gates/policyTest.ts';
import { POLICIES } from './builtIn.ts';

const { rules, faults } = testPolicies(undefined, POLICIES, await loadGrammars());

test('the built-in policies pass their own test', () => {
  assert.deepEqual(faults, []);
});

/** How many clauses of a rule still lack an example of their own: each figure may only fall, and must be true. */
const LACKING = z
  .record(z.string(), z.int().positive())
  .parse(parse(readFileSync(join(import.meta.dirname, 'fixtures/clausesWithoutExample.yaml'), 'utf8')));

for (const { rule, clauses } of rules) {
  test(`${rule}: each clause has an example that no other clause of it finds, but for those that are known to lack one`, () => {
    assert.ok(clauses.length > 0);
    assert.equal(clauses.filter(({ alone }) => alone === 0).length, LACKING[rule] ?? 0);
  });
}
