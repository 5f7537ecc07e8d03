import { gluedView } from './gluing.ts';
import { findSecrets } from './secrets.ts';

/** A redacted text and how places of the original are found in it. */
export interface Redaction {
  readonly text: string;
  /** Offset in the redacted text of an offset in the original. */
  place(offset: number): number;
  /** Whether anything within `[start, end)` of the original was redacted. */
  touches(start: number, end: number): boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly format: string;
}

function spansOf(text: string): Span[] {
  const spans: Span[] = findSecrets(text, true);
  const glued = gluedView(text, true);
  if (glued === undefined) return spans;
  return [...spans, ...findSecrets(glued.text, true).map(({ start, end, format }) => ({ ...glued.toOriginal(start, end), format }))];
}

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

/** Redacts as {@link redact} does, and keeps the way back to the original's offsets. */
export function redaction(text: string): Redaction {
  const spans = merged(spansOf(text));
  const parts: string[] = [];
  const shifts: { end: number; shift: number }[] = [];
  let from = 0;
  let shift = 0;
  for (const span of spans) {
    const breaks = text.slice(span.start, span.end).replace(/[^\n]/g, '');
    const shown = `‹redacted:${span.format}›${breaks}`;
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

/** Replaces every credential with `‹redacted:format›`; the number of lines stays. */
export function redact(text: string): string {
  return redaction(text).text;
}
