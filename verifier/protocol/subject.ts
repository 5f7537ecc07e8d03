import { z } from 'zod';

/**
 * Largest text, in UTF-16 units, that a request may carry. What is longer than the gates examine
 * (gates/limits) is still accepted and gives `review`; what is longer than this is refused.
 */
export const MAX_TEXT = 8 * 1024 * 1024;

const text = z.string().max(MAX_TEXT);
const path = z.string().min(1).max(4096);
const language = z.string().min(1).max(64);

/** What is examined. Paths are as the door knows them; `cwd` is where a command would run. */
export const Subject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('prompt'), text }),
  /** A model's answer, or its beginning so far: Markdown. */
  z.strictObject({ kind: z.literal('response'), text }),
  z.strictObject({ kind: z.literal('command'), text, language: language.optional(), cwd: path.optional() }),
  z.strictObject({
    kind: z.literal('file'),
    text,
    path,
    language: language.optional(),
    /** Last text of this file that was assessed or decided: only findings beyond it count. */
    baseline: text.optional(),
  }),
  z.strictObject({ kind: z.literal('tool'), name: z.string().min(1).max(256), input: z.json(), cwd: path.optional() }),
]);
export type Subject = z.infer<typeof Subject>;
export type SubjectKind = Subject['kind'];

/**
 * The text that a subject's digest, gates and audit are about. For a tool call it is the name and
 * the input as JSON, so that an approval is bound to both.
 */
export function subjectText(subject: Subject): string {
  return subject.kind === 'tool' ? `${subject.name}\n${JSON.stringify(subject.input, null, 2)}` : subject.text;
}

/** Something the user attached to a prompt, already read. */
export const Reference = z.strictObject({ name: z.string().max(4096), text });
export type Reference = z.infer<typeof Reference>;
