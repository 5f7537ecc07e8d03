import { z } from 'zod';
import type { Subject } from '../protocol/subject.ts';
import { Verdict } from '../protocol/vocabulary.ts';
import { exampleSubject } from './compile.ts';
import { checkShape, isProblems, type PolicyProblem, parseYaml } from './source.ts';

/** A whole input with what all policies together must say of it (`cases/*.yaml`). */
export const PolicyCase = z.strictObject({
  name: z.string().min(5),
  kind: z.enum(['command', 'file', 'prompt', 'response']),
  text: z.string().min(1),
  path: z.string().optional(),
  language: z.string().optional(),
  cwd: z.string().optional(),
  expect: z.strictObject({ verdict: Verdict, rules: z.array(z.string()).min(1).optional() }),
});
export type PolicyCase = z.infer<typeof PolicyCase>;

/** A case that can be run, with the place where it is written. */
export interface PlacedCase {
  readonly item: PolicyCase;
  readonly subject: Subject;
  readonly file: string;
  /** One-based. */
  readonly line: number;
}

/** The subject of a case, or in words why it has none. */
export function caseSubject({ kind, text, path, language, cwd }: Omit<PolicyCase, 'name' | 'expect'>): Subject | string {
  if (kind === 'file' && path === undefined) return 'a file needs a path';
  const example = { kind, text, ...(path === undefined ? {} : { path }), ...(language === undefined ? {} : { language }) };
  const subject = exampleSubject(example, true);
  if (typeof subject === 'string' || subject.kind !== 'command' || cwd === undefined) return subject;
  return { ...subject, cwd };
}

/**
 * Reads one file of cases.
 * @param file how the file is named to people
 * @returns the cases, or what is wrong with the file and where
 */
export function parseCases(text: string, file: string): readonly PlacedCase[] | { readonly problems: readonly PolicyProblem[] } {
  const source = parseYaml(text, file);
  if (isProblems(source)) return { problems: source };
  // A list by itself could not be told from a list of problems.
  const shaped = checkShape(
    z.array(PolicyCase).transform((items) => ({ items })),
    source,
    file,
  );
  if (isProblems(shaped)) return { problems: shaped };
  const cases: PlacedCase[] = [];
  const problems: PolicyProblem[] = [];
  for (const [index, item] of shaped.items.entries()) {
    const line = source.lineAt([index]);
    const subject = caseSubject(item);
    if (typeof subject === 'string') problems.push({ file, line, message: `Case \`${item.name}\`: ${subject}.` });
    else cases.push({ item, subject, file, line });
  }
  return problems.length > 0 ? { problems } : cases;
}
