import { compose, type TextView } from '../../policy/view.ts';
import { gluedView } from '../gluing.ts';
import { shapeOf } from '../secrets/shape.ts';
import { findSecrets } from '../secrets.ts';
import { base64Runs, type DecodedRun, hexRuns } from './encodedRuns.ts';
import { joinedView, unescapedView } from './escapes.ts';
import { KnownValues } from './knownValues.ts';

/** A range that must not be shown. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly format: string;
}

/** Encodings within an encoding are looked into once more. */
const DEPTH = 1;
/** Shortest run that is taken for a credential by its looks alone. */
const MIN_RANDOM = 20;

const isRunUnit = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) ||
  (unit >= 65 && unit <= 90) ||
  (unit >= 97 && unit <= 122) ||
  unit === 43 ||
  unit === 47 ||
  unit === 45 ||
  unit === 95;

/** Runs that are random by every measure: keys without a telling prefix or name. */
function randomRuns(text: string): Span[] {
  const spans: Span[] = [];
  for (let start = 0; start < text.length; start++) {
    if (!isRunUnit(text.charCodeAt(start))) continue;
    let end = start + 1;
    while (end < text.length && isRunUnit(text.charCodeAt(end))) end++;
    if (end - start >= MIN_RANDOM) {
      const run = text.slice(start, end);
      const { lower, upper, digits, changes, entropy } = shapeOf(run);
      if (lower >= 2 && upper >= 2 && digits >= 2 && changes * 6 >= Math.min(run.length, 256) && entropy >= 3.5) {
        spans.push({ start, end, format: 'high-entropy' });
      }
    }
    start = end;
  }
  return spans;
}

const mapped = (view: TextView, spans: readonly Span[]): Span[] =>
  spans.map((span) => ({ ...view.toOriginal(span.start, span.end), format: span.format }));

const reversed = (text: string): string => {
  let out = '';
  for (let at = text.length - 1; at >= 0; at--) out += text.charAt(at);
  return out;
};

/** Whole runs whose decoded text holds a credential: one search over all of them together. */
function encodedSpans(text: string, depth: number, values: Set<string>): Span[] {
  const spans: Span[] = [];
  const search = (runs: Iterable<DecodedRun>, format: string): void => {
    const batch: DecodedRun[] = [];
    let length = 0;
    const flush = (): void => {
      spans.push(...spansInRuns(batch, depth, values).map((run) => ({ start: run.start, end: run.end, format })));
      batch.length = 0;
      length = 0;
    };
    for (const run of runs) {
      batch.push(run);
      length += run.text.length;
      // In portions, so that memory stays in proportion.
      if (length > 1_000_000) flush();
    }
    flush();
  };
  search(base64Runs(text), 'base64');
  search(hexRuns(text), 'hex');
  return spans;
}

function spansInRuns(runs: readonly DecodedRun[], depth: number, values: Set<string>): DecodedRun[] {
  if (runs.length === 0) return [];
  const starts: number[] = [];
  let length = 0;
  for (const run of runs) {
    starts.push(length);
    length += run.text.length + 2;
  }
  const found = new Set<DecodedRun>();
  let index = 0;
  const inside = contentSpans(runs.map((run) => run.text).join('\0\0'), depth - 1, values);
  for (const span of inside.sort((a, b) => a.start - b.start)) {
    while (index + 1 < starts.length && (starts[index + 1] ?? 0) <= span.start) index++;
    const run = runs[index];
    if (run !== undefined) found.add(run);
  }
  return [...found];
}

/** Credentials in a text as it is; what they are worth is added to `values`. */
function plainSpans(text: string, values: Set<string>): Span[] {
  const found = findSecrets(text, true);
  for (const secret of found) if (!secret.dummy) values.add(secret.value);
  return [...found];
}

/** What can be said of a long text without looking into encodings: credentials, and their values to be known again. */
export interface PlainSecrets {
  readonly spans: readonly Span[];
  readonly values: KnownValues;
}

/** Credentials that stand in the text plainly or in pieces, for {@link secretSpans} of parts of it. */
export function plainSecrets(text: string): PlainSecrets {
  const values = new Set<string>();
  const spans = plainSpans(text, values);
  const glued = gluedView(text, true);
  if (glued !== undefined) spans.push(...mapped(glued, plainSpans(glued.text, values)));
  return { spans, values: new KnownValues(values) };
}

/** Credentials that are seen in one reading of a text, and in the encodings within it. */
function contentSpans(text: string, depth: number, values: Set<string>): Span[] {
  const spans = plainSpans(text, values);
  if (depth < 0) return spans;
  const glued = gluedView(text, true);
  if (glued !== undefined) spans.push(...mapped(glued, plainSpans(glued.text, values)));
  const joined = joinedView(glued?.text ?? text);
  if (joined === undefined) {
    // Closed up, a run is still whole; so one search of the closest view suffices.
    spans.push(...(glued === undefined ? encodedSpans(text, depth, values) : mapped(glued, encodedSpans(glued.text, depth, values))));
  } else {
    const view = glued === undefined ? joined : compose(glued, joined);
    const broken = findSecrets(joined.text, true).filter((secret) => secret.kind !== 'generic');
    spans.push(...continued(text, mapped(view, broken), spans));
    spans.push(...mapped(view, encodedSpans(joined.text, depth, values)));
  }
  const unescaped = unescapedView(text);
  if (unescaped !== undefined) spans.push(...mapped(unescaped, contentSpans(unescaped.text, depth - 1, values)));
  return spans;
}

/** Of tokens read over line ends, those that were not complete before, or whose rest is no word. */
function continued(text: string, found: readonly Span[], known: readonly Span[]): Span[] {
  const ends = new Map(known.map((span) => [span.start, span.end]));
  return found.filter((span) => {
    const end = ends.get(span.start);
    if (end === undefined) return true;
    const rest = text.slice(end, span.end).replace(/[\s"'`+\\]/g, '');
    return rest.length > 0 && (/\d/.test(rest) || shapeOf(rest).changes >= 2);
  });
}

const NOTHING_KNOWN = new KnownValues([]);

/**
 * Everything in a text that must not be shown, unordered and with overlaps.
 * @param known credentials that were found elsewhere
 */
export function secretSpans(text: string, known = NOTHING_KNOWN): Span[] {
  const values = new Set<string>();
  const spans = contentSpans(text, DEPTH, values);
  const backwards = reversed(text);
  for (const secret of findSecrets(backwards, true)) {
    spans.push({ start: text.length - secret.end, end: text.length - secret.start, format: secret.format });
  }
  spans.push(...randomRuns(text));
  const again = [known, new KnownValues([...values].filter((value) => !known.has(value)))].filter((some) => !some.empty);
  if (again.length === 0) return spans;
  for (const view of [undefined, gluedView(text, true), unescapedView(text)]) {
    const ranges = again.flatMap((some) => some.ranges(view?.text ?? text)).map((range) => ({ ...range, format: 'known-value' }));
    spans.push(...(view === undefined ? ranges : mapped(view, ranges)));
  }
  return spans;
}
