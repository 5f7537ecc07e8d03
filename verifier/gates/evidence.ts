import { LineMap } from '../policy/lines.ts';
import type { Evidence, Location } from '../protocol/assessment.ts';
import { sha256 } from '../protocol/digest.ts';
import { MAX_EXCERPT } from './limits.ts';
import { type QuotablePart, redact, redactedPart } from './redact.ts';
import { type PlainSecrets, plainSecrets } from './redaction/spans.ts';

/** Characters on either side of a finding's beginning that tell it from others in the same file. */
export const NEAR = 400;

/** Up to this length a text is redacted as a whole before anything is quoted from it. */
const WHOLE = 8_000;
/** Characters that are redacted on either side of a quotation: what is encoded is known by what is around it. */
const AROUND = 3_000;
/** With this many on either side, a part that was redacted for another quotation serves as well. */
const AROUND_AT_LEAST = 2_000;

/**
 * A text from which findings quote. Redaction looks beyond the line, so that a piece of a credential
 * is known as such: for what stands there plainly at the whole text, for encodings at the surroundings.
 * It is done only when there is something to quote.
 */
export class Source {
  readonly text: string;
  #lines: LineMap | undefined;
  #plain: PlainSecrets | undefined;
  readonly #parts: QuotablePart[] = [];

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
    const part = this.#partAround(start);
    const place = part.place(start - part.from);
    const lineStart = part.text.lastIndexOf('\n', place - 1) + 1;
    const lineEnd = part.text.indexOf('\n', place);
    const line = part.text.slice(lineStart, lineEnd === -1 ? part.text.length : lineEnd);
    return {
      excerpt: redact(excerptOf(line, Math.min(place - lineStart, line.length))).slice(0, 400),
      digest: this.#digest(part, start, end),
    };
  }

  #partAround(start: number): QuotablePart {
    const { length } = this.text;
    const enough = ({ from, to }: QuotablePart): boolean =>
      (from === 0 || from <= start - AROUND_AT_LEAST) && (to === length || to >= start + AROUND_AT_LEAST);
    const known = this.#parts.find(enough);
    if (known !== undefined) return known;
    this.#plain ??= plainSecrets(this.text);
    const part =
      length <= WHOLE
        ? redactedPart(this.text, 0, length, this.#plain)
        : redactedPart(this.text, Math.max(0, start - AROUND), Math.min(length, start + AROUND), this.#plain);
    this.#parts.push(part);
    return part;
  }

  /**
   * What identifies the finding when the file is examined again: the lines it stands on, without their
   * spacing; of a very long line, what is near.
   */
  content(start: number, end: number): string {
    const first = this.lines.lineAt(start);
    const last = this.lines.lineAt(Math.max(start, end - 1));
    const from = Math.max(this.lines.startOf(first), this.#away(start, -NEAR));
    const to = Math.min(this.lines.endOf(last), this.#away(start, NEAR));
    return this.text.slice(from, to).replace(/\s+/g, ' ').trim();
  }

  /** The offset so many characters away, carriage returns not counted: a change of line ends must not make a finding new. */
  #away(start: number, distance: number): number {
    const step = Math.sign(distance);
    let at = start;
    for (let left = Math.abs(distance); left > 0 && (step < 0 ? at > 0 : at < this.text.length); at += step) {
      if (this.text[at] !== '\r') left -= 1;
    }
    return at;
  }

  /** A credential's own digest could be guessed back to it, so there it is of the place within the whole. */
  #digest(part: QuotablePart, start: number, end: number): string {
    if (part.touches(start - part.from, end - part.from) || this.#plain?.spans.some((span) => span.start < end && start < span.end))
      return sha256(`${sha256(this.text)}:${start}:${end}`);
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
