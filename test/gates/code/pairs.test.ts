import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Subject } from '../../../verifier/protocol/subject.ts';
import { builtInGates, CONTEXT } from '../../policies/builtIn.ts';

const Pairs = z.array(
  z.strictObject({
    cwe: z.string(),
    rule: z.string(),
    language: z.enum(['javascript', 'typescript', 'python', 'go', 'java', 'csharp', 'php', 'ruby']),
    flawed: z.string(),
    fixed: z.string(),
  }),
);
const folder = new URL('fixtures/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const pairs = files.flatMap((name) => Pairs.parse(parse(readFileSync(new URL(name, folder), 'utf8'))));
const { gates } = await builtInGates();

const ENDINGS = { javascript: 'js', typescript: 'ts', python: 'py', go: 'go', java: 'java', csharp: 'cs', php: 'php', ruby: 'rb' };

for (const [index, { cwe, rule, language, flawed, fixed }] of pairs.entries()) {
  const fired = (text: string): string[] => {
    const subject: Subject = { kind: 'file', path: `/home/dev/project/src/a.${ENDINGS[language]}`, language, text };
    return gates.assess(subject, CONTEXT).findings.map(({ ruleId }) => ruleId);
  };
  test(`${cwe} in ${language} (pair ${index + 1}): the flaw is found`, () => {
    const found = fired(flawed);
    assert.ok(found.includes(rule), `${rule} did not fire; what did: ${found.join(', ') || 'nothing'}\n${flawed}`);
  });
  test(`${cwe} in ${language} (pair ${index + 1}): the repair is left alone`, () => {
    const found = fired(fixed);
    assert.ok(!found.includes(rule), `${rule} fired on:\n${fixed}`);
  });
}
