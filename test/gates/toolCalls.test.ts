import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { createInProcessGates } from '../../verifier/gates/inProcess.ts';
import { patchedFiles } from '../../verifier/gates/tools/patch.ts';
import { expandTemplates } from '../../verifier/policy/templates.ts';

/** Tool calls as the agents make them: which pass without a question, and which rule holds the others. */
const Call = z.strictObject({ name: z.string(), input: z.json(), held: z.string().optional() });
const CALLS = z
  .array(Call)
  .parse(
    JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/toolCalls.json'), 'utf8'), (_, value: unknown) =>
      typeof value === 'string' ? expandTemplates(value).text : value,
    ),
  );

const gates = await createInProcessGates({ builtIn: join(import.meta.dirname, '../../policies'), workspace: [] });
const context = { workspaceRoots: ['/home/dev/project'], home: '/home/dev' };
after(() => gates.close());

describe('a tool call', () => {
  for (const [index, { name, input, held }] of CALLS.entries()) {
    it(`${held === undefined ? 'passes' : `is held by ${held}`}: ${index} ${name} ${JSON.stringify(input).slice(0, 80)}`, async () => {
      const { verdict, findings } = await gates.assess({ kind: 'tool', name, input }, context);
      const rules = findings.map(({ ruleId }) => ruleId);
      if (held === undefined) assert.deepEqual({ verdict, rules }, { verdict: 'pass', rules: [] });
      else assert.ok(verdict !== 'pass' && rules.includes(held), rules.join(' '));
    });
  }

  it('is cut without an error whatever its input holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 30 }), fc.json({ maxDepth: 6 }), async (name, json) => {
        const { trace } = await gates.assess({ kind: 'tool', name, input: z.json().parse(JSON.parse(json)) }, context);
        assert.deepEqual(
          trace.filter(({ step }) => step === 'error'),
          [],
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('a patch', () => {
  it('tells what it adds to which file, in both forms', () => {
    const own = '*** Begin Patch\n*** Update File: a.ts\n*** Move to: b.ts\n@@ f\n-old\n+new\n same\n*** Delete File: c.ts\n*** End Patch';
    assert.deepEqual(patchedFiles(own), [
      { path: 'a.ts', act: 'write', added: '' },
      { path: 'b.ts', act: 'write', added: 'new' },
      { path: 'c.ts', act: 'delete', added: '' },
    ]);
    const unified = '--- a/x.sh\n+++ b/x.sh\n@@ -1 +1 @@\n-a\n+b\n--- a/y\n+++ /dev/null\n@@ -1 +0,0 @@\n-z\n';
    assert.deepEqual(patchedFiles(unified), [
      { path: 'x.sh', act: 'write', added: 'b' },
      { path: 'y', act: 'delete', added: '' },
    ]);
  });
});
