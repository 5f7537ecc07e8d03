import { type PlainSecrets, type Span, secretSpans } from './redaction/spans.ts';

/** A redacted text and how places of the original are found in it. */
export interface Redaction {
  readonly text: string;
  /** Offset in the redacted text of an offset in the original. */
  place(offset: number): number;
  /** Whether anything within `[start, end)` of the original was redacted. */
  touches(start: number, end: number): boolean;
}

/** What is taken away may uncover what it hid; more rounds than this were never needed. */
const MAX_ROUNDS = 5;

/** Overlapping and touching spans as one each, in order. */
function merged(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = out.at(-1);
    if (last === undefined || span.start > last.end) out.push(span);
    else if (span.end > last.end) out[out.length - 1] = { ...last, end: span.end };
  }
  return out;
}

function lineBreaks(text: string): string {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return '\n'.repeat(count);
}

/** One round: the text without `spans`, which are in order and apart. */
function without(text: string, spans: readonly Span[]): Redaction {
  const parts: string[] = [];
  const shifts: { end: number; shift: number }[] = [];
  let from = 0;
  let shift = 0;
  for (const span of spans) {
    const shown = `‹redacted:${span.format}›${lineBreaks(text.slice(span.start, span.end))}`;
    parts.push(text.slice(from, span.start), shown);
    shift += shown.length - (span.end - span.start);
    shifts.push({ end: span.end, shift });
    from = span.end;
  }
  parts.push(text.slice(from));
  return {
    text: parts.join(''),
    place: (offset) => {
      const before = shifts.findLast((entry) => entry.end <= offset);
      const inside = spans.find((span) => span.start < offset && offset < span.end);
      return (inside?.start ?? offset) + (before?.shift ?? 0);
    },
    touches: (start, end) => spans.some((span) => span.start < end && start < span.end),
  };
}

/** What of a text may be quoted: a part of it, redacted in the light of the whole. */
export interface QuotablePart extends Redaction {
  /** Range of the text; the offsets of {@link Redaction} count from `from`. */
  readonly from: number;
  readonly to: number;
}

/**
 * Redacts a part of a text once: for quotations, which are redacted again by themselves.
 * @param plain what stands plainly anywhere in the text, so that a part of it, or its repetition, is known here
 */
export function redactedPart(text: string, from: number, to: number, plain: PlainSecrets): QuotablePart {
  const part = text.slice(from, to);
  const reaching = plain.spans
    .filter((span) => span.start < to && span.end > from)
    .map((span) => ({ ...span, start: Math.max(0, span.start - from), end: Math.min(to, span.end) - from }));
  return { ...without(part, merged([...reaching, ...secretSpans(part, plain.values)])), from, to };
}

/**
 * Replaces every credential with `‹redacted:format›`: plain, in pieces, over lines, in URLs, reversed,
 * and in base64, hexadecimal or escapes, where the whole encoded run goes. The number of lines stays,
 * redacting twice changes nothing, and the work is linear in the text.
 */
export function redact(text: string): string {
  let shown = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const spans = merged(secretSpans(shown));
    if (spans.length === 0) break;
    shown = without(shown, spans).text;
  }
  return shown;
}
