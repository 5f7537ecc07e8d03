import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { builtInGates, CONTEXT, subjectOf } from './builtIn.ts';

/** What the product promises to find, each with a rule and inputs that are in no policy folder. */
const Promised = z.array(
  z.strictObject({
    what: z.string(),
    rule: z.string(),
    language: z.string().optional(),
    kind: z.enum(['command', 'file', 'prompt', 'response']).default('command'),
    path: z.string().optional(),
    found: z.array(z.string()).min(1),
    left: z.array(z.string()).min(1),
  }),
);

const list = Promised.parse(parse(readFileSync(new URL('fixtures/promised.yaml', import.meta.url), 'utf8')));
const { set, gates } = await builtInGates();

for (const { what, rule, found, left, ...shape } of list) {
  test(`${what}: found by ${rule}`, () => {
    assert.ok(
      set.rules.some(({ id }) => id === rule),
      `there is no rule ${rule}`,
    );
    const fired = (text: string): string[] => gates.assess(subjectOf({ ...shape, text }), CONTEXT).findings.map(({ ruleId }) => ruleId);
    for (const text of found) assert.ok(fired(text).includes(rule), `not found in: ${text}\nwhat fired: ${fired(text).join(', ')}`);
    for (const text of left) assert.ok(!fired(text).includes(rule), `found in: ${text}`);
  });
}

test('every built-in rule is on the list', () => {
  const named = new Set(list.map(({ rule }) => rule));
  assert.deepEqual(
    set.rules.map(({ id }) => id).filter((id) => !named.has(id)),
    [],
  );
});
