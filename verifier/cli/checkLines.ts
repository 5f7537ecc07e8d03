import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import type { Checker } from '../checker.ts';
import { splitLines } from '../ledger/lines.ts';
import { SentinelError } from '../protocol/problem.ts';
import type { Subject } from '../protocol/subject.ts';
import { type Depth, graver, type Verdict } from '../protocol/vocabulary.ts';
import { ask } from './ask.ts';
import { decode } from './decode.ts';
import { EXIT } from './exitCodes.ts';

const Id = z.union([z.string().max(256), z.number()]);
const WithId = z.looseObject({ id: Id });

/** One line of input. `code` is examined as a file of that name and language. */
const Question = z.strictObject({
  id: Id,
  kind: z.enum(['command', 'code', 'prompt', 'response']),
  text: z.string(),
  language: z.string().min(1).max(64).optional(),
  filename: z.string().min(1).max(4096).optional(),
  cwd: z.string().min(1).max(4096).optional(),
});
type Question = z.infer<typeof Question>;

/** One line of output: an answer, or why there is none. */
export type Line =
  | {
      id: string | number;
      verdict: Verdict;
      findings: { ruleId: string; severity: string; verdict: Verdict; message: string; line?: number }[];
      ms: number;
    }
  | { id: string | number | null; error: string };

function subjectOf({ kind, text, language, filename, cwd }: Question, here: string): Subject {
  const spoken = language === undefined ? {} : { language };
  switch (kind) {
    case 'command':
      return { kind, text, cwd: cwd ?? here, ...spoken };
    case 'code':
      return { kind: 'file', text, path: filename ?? 'untitled', ...spoken };
    case 'prompt':
    case 'response':
      return { kind, text };
  }
}

function read(text: string): { question: Question } | { id: string | number | null; error: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { id: null, error: 'this line is not JSON' };
  }
  const question = Question.safeParse(value);
  if (question.success) return { question: question.data };
  const known = WithId.safeParse(value);
  const fields = question.error.issues.map(({ path, code }) => `${path.join('.') || 'line'} (${code})`);
  return { id: known.success ? known.data.id : null, error: `this line does not fit: ${fields.slice(0, 5).join(', ')}` };
}

async function answer(text: string, checker: Checker, depth: Depth, here: string): Promise<Line> {
  const line = read(text);
  if ('error' in line) return line;
  const { question } = line;
  const started = performance.now();
  try {
    const { verdict, findings } = await checker.check(ask(subjectOf(question, here), depth), [question.cwd ?? here]);
    return {
      id: question.id,
      verdict,
      findings: findings.map(({ ruleId, severity, verdict: own, message, location }) => ({
        ruleId,
        severity,
        verdict: own,
        message,
        ...(location === undefined ? {} : { line: location.startLine }),
      })),
      ms: Math.round((performance.now() - started) * 1000) / 1000,
    };
  } catch (error) {
    // Without policies no line can be answered; anything else concerns this line alone.
    if (error instanceof SentinelError && error.code === 'policies_invalid') throw error;
    return { id: question.id, error: 'this line could not be examined' };
  }
}

/**
 * Answers each line in order, one at a time, so that memory does not grow with their number.
 * @returns the gravest verdict's exit code; 65 if any line could not be read or examined, since then
 * no code may claim a verdict over all of them.
 */
export async function checkLines(input: Readable, output: Writable, checker: Checker, depth: Depth, here: string): Promise<number> {
  // Loaded before the first line, so that no answer's time includes it.
  await checker.policies();
  let gravest: Verdict = 'pass';
  let complete = true;
  for await (const batch of splitLines(input)) {
    for (const { bytes, tooLong } of batch) {
      const { text } = decode(bytes);
      if (!tooLong && text.trim() === '') continue;
      const line = tooLong ? { id: null, error: 'this line is too long' } : await answer(text, checker, depth, here);
      if ('error' in line) complete = false;
      else gravest = graver(gravest, line.verdict);
      if (!output.write(`${JSON.stringify(line)}\n`)) await new Promise((resolve) => output.once('drain', resolve));
    }
  }
  return complete ? EXIT[gravest] : EXIT.data;
}
