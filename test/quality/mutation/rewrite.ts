import type { CommandShape } from './commandShape.ts';

/** A way to write the same command differently. */
export interface Rewrite {
  readonly id: string;
  /** Undefined where it does not apply. */
  apply(shape: CommandShape): string | undefined;
}

/** A rewrite of any text. */
export function ofText(id: string, write: (text: string) => string): Rewrite {
  return { id, apply: ({ text }) => write(text) };
}

/** A rewrite that needs the text to end where its last line does. */
export function ofLines(id: string, write: (text: string) => string): Rewrite {
  return { id, apply: ({ text, hereDocument }) => (hereDocument ? undefined : write(text)) };
}

/** A rewrite of a single program with its words. */
export function ofWords(id: string, write: (words: readonly string[], text: string) => string | undefined): Rewrite {
  return { id, apply: ({ words, text }) => (words === undefined ? undefined : write(words, text.trim())) };
}
