import { z } from 'zod';

/** A model's wish to have a tool called, as it was assessed: what is passed on is built from exactly this. */
export const ToolCall = z.object({
  callId: z.string(),
  name: z.string().min(1).max(256),
  input: z.union([z.array(z.json()), z.record(z.string(), z.json())]),
});
export type ToolCall = z.infer<typeof ToolCall>;

/**
 * A part of a message, as the guard reads it. `original` is the editor's own object, passed on as it came where the
 * guard changes nothing; `other` is what the guard does not read (pictures, thinking).
 */
export type ModelPart =
  | { readonly kind: 'text'; readonly text: string; readonly original?: unknown }
  | { readonly kind: 'call'; readonly call: ToolCall; readonly original?: unknown }
  | { readonly kind: 'result'; readonly callId: string; readonly text: string; readonly original?: unknown }
  | { readonly kind: 'other'; readonly original: unknown };

/** One message of a conversation. `system` is what the asking extension says in its own name. */
export interface ModelTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly name?: string | undefined;
  readonly parts: readonly ModelPart[];
}

/** A part of an answer. `unreadable`: a tool call whose input is no JSON, so that nothing can be said of it. */
export type AnswerPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly call: ToolCall }
  | { readonly kind: 'unreadable'; readonly name: string }
  | { readonly kind: 'other'; readonly original: unknown };

/** What the guard lets through. */
export type PassedPart = Exclude<AnswerPart, { kind: 'unreadable' }>;

/** The user's own model behind a guarded one. */
export interface InnerModel {
  /** `vendor/id`. */
  readonly id: string;
  /** Streams the answer. Its failures are thrown as they come: they keep their meaning for whoever asked. */
  send(turns: readonly ModelTurn[], signal: AbortSignal): Promise<AsyncIterable<AnswerPart>>;
}

const OPEN = '<userRequest>';
const CLOSE = '</userRequest>';

/**
 * What the person wrote, out of the frame that an agent puts around it: VS Code's agent sends the date, reminders and
 * attachments in the same text, which are `around`. Undefined where there is no such frame.
 */
export function framedWords(text: string): { readonly words: string; readonly around: string } | undefined {
  const start = text.lastIndexOf(OPEN);
  const end = text.lastIndexOf(CLOSE);
  if (start === -1 || end < start) return undefined;
  return {
    words: text.slice(start + OPEN.length, end).trim(),
    around: `${text.slice(0, start)}${text.slice(end + CLOSE.length)}`.trim(),
  };
}
