import type { CompiledPattern } from './compile.ts';
import { LineMap } from './lines.ts';
import { type LiteralHits, MAX_HITS } from './literals.ts';
import type { StepMeter } from './steps.ts';

/** Range of a match, in UTF-16 offsets of the text that was searched. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Up to this length a text is searched as a whole; beyond it, around the literals. */
const WHOLE_LIMIT = 4096;
/** Lines and characters around a literal that are searched together. */
const NEAR_LINES = 6;
const NEAR_CHARACTERS = 2000;
/** Matches of one pattern in one text; the meter hears of more. */
const MAX_MATCHES = 2000;
/** Finding a match's ends costs about this many times the mere test for one. */
const FIND_COST = 8;

/**
 * Finds a pattern in a text. The cheap questions come first: does one of its literals occur, does it
 * match around one (a single pass of an automaton), and only then where it begins and ends.
 */
export class PatternSearch {
  readonly text: string;
  readonly #hits: LiteralHits;
  readonly #meter: StepMeter;
  #lines: LineMap | undefined;

  constructor(text: string, hits: LiteralHits, meter: StepMeter) {
    this.text = text;
    this.#hits = hits;
    this.#meter = meter;
  }

  get lines(): LineMap {
    this.#lines ??= new LineMap(this.text);
    return this.#lines;
  }

  /** @param literalNumbers the numbers of the pattern's literals in the index that gave the hits */
  find(pattern: CompiledPattern, literalNumbers: readonly number[]): Range[] {
    const places = literalNumbers.flatMap((number) => this.#hits.get(number) ?? []);
    if (places.length === 0) return [];
    const countable = literalNumbers.every((number) => (this.#hits.get(number)?.length ?? 0) < MAX_HITS);
    const regions = countable && this.text.length > WHOLE_LIMIT ? this.#near(places) : [{ start: 0, end: this.text.length }];
    return regions.flatMap((region) => this.#run(pattern, region)).filter((range) => !this.#excused(pattern, range));
  }

  #near(places: readonly number[]): Range[] {
    const regions: { start: number; end: number }[] = [];
    for (const place of [...places].sort((a, b) => a - b)) {
      const line = this.lines.lineAt(place);
      const start = Math.max(this.lines.startOf(line - NEAR_LINES), place - NEAR_CHARACTERS);
      const end = Math.min(this.lines.endOf(line + NEAR_LINES), place + NEAR_CHARACTERS);
      const last = regions.at(-1);
      if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
      else regions.push({ start, end });
    }
    return regions;
  }

  #run(pattern: CompiledPattern, region: Range): Range[] {
    const text = region.start === 0 && region.end === this.text.length ? this.text : this.text.slice(region.start, region.end);
    const ranges: Range[] = [];
    if (!this.#meter.spend(text.length) || !pattern.re.test(text)) return ranges;
    if (!this.#meter.spend(text.length * FIND_COST)) return ranges;
    const matcher = pattern.re.matcher(text);
    while (matcher.find()) {
      ranges.push({ start: region.start + matcher.start(), end: region.start + matcher.end() });
      if (ranges.length >= MAX_MATCHES) {
        this.#meter.exhaust();
        break;
      }
    }
    return ranges;
  }

  /** `unless` is looked for on the lines of the match and the one before. */
  #excused(pattern: CompiledPattern, range: Range): boolean {
    if (pattern.unless === undefined) return false;
    const first = this.lines.lineAt(range.start);
    const around = this.lines.slice(Math.max(1, first - 1), this.lines.lineAt(Math.max(range.start, range.end - 1)));
    return this.#meter.spend(around.length) && pattern.unless.test(around);
  }
}
