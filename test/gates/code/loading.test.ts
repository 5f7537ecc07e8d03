import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CodeGrammars } from '../../../verifier/gates/code/grammars.ts';
import { createGates } from '../../../verifier/gates/engine.ts';
import { createInProcessGates } from '../../../verifier/gates/inProcess.ts';
import { loadShellGrammar } from '../../../verifier/gates/shell/grammar.ts';
import type { Subject } from '../../../verifier/protocol/subject.ts';
import { builtInGates, CONTEXT } from '../../policies/builtIn.ts';

const text =
  "import { exec as run } from 'node:child_process';\nexport function list(folder: string) {\n  const line = 'ls ' + folder;\n  run(line);\n}\n";
const file: Subject = { kind: 'file', path: '/home/dev/project/src/a.ts', language: 'typescript', text };
const rule = 'injection.command-injection';

test('a grammar is loaded when its language is first seen, and the first verdict counts on it', async () => {
  const gates = await createInProcessGates({ builtIn: join(import.meta.dirname, '../../../policies'), workspace: [] });
  const first = await gates.assess(file, CONTEXT);
  assert.ok(first.findings.some(({ ruleId }) => ruleId === rule));
  assert.ok(!first.trace.some(({ step }) => step === 'limit'));
});

test('code in an answer is read like a file', async () => {
  const gates = await createInProcessGates({ builtIn: join(import.meta.dirname, '../../../policies'), workspace: [] });
  const answer = await gates.assess({ kind: 'response', text: `Like this:\n\n\`\`\`ts\n${text}\`\`\`\n` }, CONTEXT);
  assert.ok(answer.findings.some(({ ruleId }) => ruleId === rule));
});

test('without its grammar code is held for review, and the trace says why', async () => {
  const { set } = await builtInGates();
  const result = createGates(set, await loadShellGrammar(), new CodeGrammars()).assess(file, CONTEXT);
  assert.equal(result.verdict, 'review');
  assert.ok(result.trace.some(({ step, note }) => step === 'limit' && note.includes('grammar of typescript')));
});

test('code that concerns no rule is not parsed', async () => {
  const { set } = await builtInGates();
  const gates = createGates(set, await loadShellGrammar(), new CodeGrammars());
  const plain: Subject = { ...file, text: 'export const add = (a: number, b: number): number => a + b;\n' };
  assert.equal(gates.assess(plain, CONTEXT).verdict, 'pass');
});

test('a finding that a pattern made already is not made twice', async () => {
  const { gates } = await builtInGates();
  const twice = "const cp = require('child_process');\nfunction list(folder) {\n  cp.exec(\n    'ls ' + folder,\n  );\n}\n";
  const found = gates.assess({ kind: 'file', path: '/home/dev/project/src/a.js', language: 'javascript', text: twice }, CONTEXT).findings;
  assert.deepEqual(
    found.map(({ ruleId }) => ruleId),
    [rule],
  );
});
