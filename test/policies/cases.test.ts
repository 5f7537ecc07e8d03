import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInGates, builtInNames, CONTEXT, casesOf, subjectOf } from './builtIn.ts';

const { set, gates } = await builtInGates();
const known = new Set(set.rules.map((rule) => rule.id));

for (const policy of builtInNames()) {
  for (const item of casesOf(policy)) {
    test(`${policy}: ${item.name} → ${item.expect.verdict}`, () => {
      const result = gates.assess(subjectOf(item), CONTEXT);
      const fired = result.findings.map((finding) => finding.ruleId);
      assert.equal(result.verdict, item.expect.verdict, `what fired: ${fired.join(', ') || 'nothing'}`);
      for (const rule of item.expect.rules ?? []) {
        assert.ok(known.has(rule), `there is no rule ${rule}`);
        assert.ok(fired.includes(rule), `${rule} did not fire; what did: ${fired.join(', ') || 'nothing'}`);
      }
    });
  }
}
