import { LiteralIndex } from '../../policy/literals.ts';

/** Values that are searched for again; a text with more of them is a list of secrets, redacted by place. */
const MAX_VALUES = 64;
const MIN_LENGTH = 8;
const MAX_LENGTH = 200;

const encodeBase64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** The part of the base64 of anything that contains `value` which depends on the value alone, by alignment. */
function base64Cores(value: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value, 'utf8')]);
    const whole = encodeBase64(bytes.subarray(0, bytes.length - (bytes.length % 3)));
    return whole.slice(offset === 0 ? 0 : offset + 1);
  });
}

/** The ways in which a credential that was found once may stand in the text again. */
function spellings(value: string): string[] {
  const cores = base64Cores(value);
  const urlCores = cores.map((core) => core.replaceAll('+', '-').replaceAll('/', '_'));
  return [value, [...value].reverse().join(''), Buffer.from(value, 'utf8').toString('hex'), ...cores, ...urlCores];
}

/** Whether a value is so much a credential's that its every occurrence must go, and not a mere word. */
function isDistinctive(value: string): boolean {
  return value.length >= MIN_LENGTH && /\d|[^\w\s.-]/.test(value) && !/^[\w-]*\s[\w\s-]*$/.test(value);
}

/** Credentials that were found once, to be found again: plain, reversed, in base64 or hexadecimal. */
export class KnownValues {
  readonly #values: ReadonlySet<string>;
  readonly #needles: readonly string[];
  #index: LiteralIndex | undefined;

  constructor(values: Iterable<string>) {
    this.#values = new Set(values);
    this.#needles = [...this.#values]
      .filter(isDistinctive)
      .slice(0, MAX_VALUES)
      .flatMap((value) => spellings(value.slice(0, MAX_LENGTH)))
      .filter((needle) => needle.length >= MIN_LENGTH);
  }

  has(value: string): boolean {
    return this.#values.has(value);
  }

  /** Nothing that could be told from ordinary words. */
  get empty(): boolean {
    return this.#needles.length === 0;
  }

  /** Ranges of the text at which one of them stands. */
  ranges(text: string): { start: number; end: number }[] {
    const ranges: { start: number; end: number }[] = [];
    if (this.empty) return ranges;
    this.#index ??= new LiteralIndex(this.#needles);
    this.#index.each(text, (number, start) => {
      ranges.push({ start, end: start + (this.#needles[number]?.length ?? 0) });
    });
    return ranges;
  }
}
