import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RulesFile } from '../verifier/policy/rule.ts';

const path = join(import.meta.dirname, '../policies/rules.schema.json');

/** The JSON Schema of rules.yaml, as editors take it (draft 7). */
export function rulesSchema(): string {
  const schema = z.toJSONSchema(RulesFile, { target: 'draft-7', io: 'input' });
  return `${JSON.stringify({ ...schema, title: 'rules.yaml of a Sentinel AI policy' }, null, 2)}\n`;
}

/** What is wrong with the schema that is shipped, if anything. */
export function rulesSchemaProblem(): string | undefined {
  return readFileSync(path, 'utf8') === rulesSchema()
    ? undefined
    : 'policies/rules.schema.json differs from verifier/policy/rule.ts: run "npm run docs"';
}

if (import.meta.main) {
  writeFileSync(path, rulesSchema());
  console.log('policies/rules.schema.json says what verifier/policy/rule.ts takes.');
}
