import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { rulesSchemaProblem } from '../../build/rulesSchema.ts';

const root = join(import.meta.dirname, '../..');

test('the schema of rules.yaml is the one that the rules are checked by', () => {
  assert.equal(rulesSchemaProblem(), undefined);
});

test('the editor is told of the schema, and it is packaged', () => {
  const Manifest = z.looseObject({
    contributes: z.looseObject({ yamlValidation: z.array(z.object({ fileMatch: z.string(), url: z.string() })) }),
  });
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const [entry] = manifest.contributes.yamlValidation;
  assert.equal(entry?.fileMatch, '**/.sentinelai/policies/*/rules.yaml');
  assert.ok(readFileSync(join(root, entry?.url ?? ''), 'utf8').includes('"exemptable"'));
  assert.match(readFileSync(join(root, '.vscodeignore'), 'utf8'), /^!policies\/\*\*$/m);
});
