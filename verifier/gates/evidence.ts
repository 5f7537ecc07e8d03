import { LineMap } from '../policy/lines.ts';
import type { Evidence, Location } from '../protocol/assessment.ts';
import { sha256 } from '../protocol/digest.ts';
import { MAX_EXCERPT } from './limits.ts';
import { type Redaction, redact, redaction } from './redact.ts';

/** Characters on either side of a finding's beginning that tell it from others in the same file. */
export const NEAR = 400;

/**
 * A text from which findings quote. Redaction looks at the whole text, not the line, so that a piece
 * of a credential is known as such; it is done once, and only when there is something to quote.
 */
export class Source {
  readonly text: string;
  #lines: LineMap | undefined;
  #redaction: Redaction | undefined;
  #redactedLines: LineMap | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get lines(): LineMap {
    this.#lines ??= new LineMap(this.text);
    return this.#lines;
  }

  locate(start: number, end: number): Location {
    const startLine = this.lines.lineAt(start);
    const last = Math.max(start, end - 1);
    const endLine = this.lines.lineAt(last);
    return {
      startLine,
      endLine,
      startColumn: start - this.lines.startOf(startLine) + 1,
      endColumn: last - this.lines.startOf(endLine) + 2,
    };
  }

  /** The offending line, redacted, around `start`. */
  evidence(start: number, end: number): Evidence {
    this.#redaction ??= redaction(this.text, 1);
    this.#redactedLines ??= new LineMap(this.#redaction.text);
    const lineNumber = this.lines.lineAt(start);
    const line = this.#redactedLines.slice(lineNumber, lineNumber);
    const column = this.#redaction.place(start) - this.#redactedLines.startOf(lineNumber);
    return { excerpt: redact(excerptOf(line, Math.min(Math.max(0, column), line.length))).slice(0, 400), digest: this.#digest(start, end) };
  }

  /**
   * What identifies the finding when the file is examined again: the lines it stands on, without their
   * spacing; of a very long line, what is near.
   */
  content(start: number, end: number): string {
    const first = this.lines.lineAt(start);
    const last = this.lines.lineAt(Math.max(start, end - 1));
    const from = Math.max(this.lines.startOf(first), start - NEAR);
    const to = Math.min(this.lines.endOf(last), start + NEAR);
    return this.text.slice(from, to).replace(/\s+/g, ' ').trim();
  }

  /** A credential's own digest could be guessed back to it, so there it is of the place within the whole. */
  #digest(start: number, end: number): string {
    if (this.#redaction?.touches(start, end)) return sha256(`${sha256(this.text)}:${start}:${end}`);
    return sha256(this.text.slice(start, end));
  }
}

/** At most {@link MAX_EXCERPT} units of a line, with the given column inside, and no half of a surrogate pair. */
function excerptOf(line: string, column: number): string {
  const tidy = (text: string): string =>
    text
      .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g, ' ')
      .toWellFormed()
      .trim();
  if (line.length <= MAX_EXCERPT) return tidy(line);
  const start = Math.min(Math.max(0, column - 60), line.length - MAX_EXCERPT + 2);
  const cut = line.slice(start, start + MAX_EXCERPT - 2);
  return `${start > 0 ? '…' : ''}${tidy(cut)}${start + MAX_EXCERPT - 2 < line.length ? '…' : ''}`;
}
