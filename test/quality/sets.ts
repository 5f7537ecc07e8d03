import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { PolicySet } from '../../verifier/policy/load.ts';
import { type Subject, subjectText } from '../../verifier/protocol/subject.ts';
import { builtInNames, CONTEXT, casesOf, subjectOf } from '../policies/builtIn.ts';

/** One judged input. */
export interface QualityCase {
  readonly id: string;
  /** The collection that it belongs to. */
  readonly set: string;
  readonly subject: Subject;
  /** `block`: anything but `pass` is right; `allow`: only `pass` is. */
  readonly expected: 'block' | 'allow';
  /** False where the label is one tool's convention. */
  readonly headline: boolean;
  /** Only counted: never printed, never read. */
  readonly heldOut: boolean;
  /** Where it is an example: the rule that it is about, which alone counts. */
  readonly rule?: string;
  readonly cwe?: readonly string[];
}

const HELD_OUT_PART = 5;

/** Whether a text is among the fifth that is held out. By its text, so that copies in other sets are on the same side. */
export function isHeldOut(text: string): boolean {
  return createHash('sha256').update(text).digest().readUInt32BE(0) % HELD_OUT_PART === 0;
}

const SharedLine = z.looseObject({
  id: z.string(),
  kind: z.enum(['command', 'prompt']),
  text: z.string().min(1),
  expected: z.enum(['block', 'allow']),
  headline: z.boolean(),
});

/** Where the independent cases are: beside the checkout, or where SENTINEL_CASES says. */
export function sharedFolder(root: string, env: NodeJS.ProcessEnv = process.env): string {
  const named = env['SENTINEL_CASES'] ?? '';
  return named === '' ? resolve(join(root, '../shared/cases')) : resolve(named);
}

/**
 * The independent cases; they are not part of the repository.
 * @returns the cases of each `*.jsonl`, or why there are none
 * @throws where a line is not as the folder's README says
 */
export function readSharedCases(folder: string): readonly QualityCase[] | { readonly skipped: string } {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];
  if (names.length === 0) {
    return { skipped: `SKIPPED: the independent cases. There are none in ${folder}; SENTINEL_CASES may name another folder.` };
  }
  return names.sort().flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .flatMap((line, index): QualityCase[] => {
        if (line.trim() === '') return [];
        const read = SharedLine.safeParse(JSON.parse(line));
        if (!read.success) throw new Error(`${name}:${index + 1} is no case: ${z.prettifyError(read.error)}`);
        const { id, kind, text, expected, headline } = read.data;
        const subject: Subject = kind === 'command' ? { kind, text, cwd: CONTEXT.workspaceRoots[0] ?? '/' } : { kind, text };
        return [{ id, set: name.replace('.jsonl', ''), subject, expected, headline, heldOut: isHeldOut(text) }];
      }),
  );
}

/** Our own corpus: the cases of each policy, and the examples of each rule. */
export function readOwnCases(set: PolicySet): QualityCase[] {
  const made = (id: string, name: string, subject: Subject, rest: Pick<QualityCase, 'expected' | 'rule' | 'cwe'>): QualityCase => ({
    id,
    set: name,
    subject,
    headline: true,
    heldOut: isHeldOut(subjectText(subject)),
    ...rest,
  });
  const cases = builtInNames().flatMap((policy) =>
    casesOf(policy).map((item) =>
      made(`${policy}: ${item.name}`, 'own-cases', subjectOf(item), { expected: item.expect.verdict === 'pass' ? 'allow' : 'block' }),
    ),
  );
  const examples = set.rules.flatMap((rule) =>
    (['match', 'ignore'] as const).flatMap((side) =>
      rule.examples[side].map((subject, index) =>
        made(`${rule.id} ${side}[${index}]`, 'own-examples', subject, {
          expected: side === 'match' ? 'block' : 'allow',
          rule: rule.id,
          cwe: rule.cwe,
        }),
      ),
    ),
  );
  return [...cases, ...examples];
}
