import fc from 'fast-check';
import { TOKEN_FORMATS } from '../../verifier/gates/secrets/formats.ts';
import { NAMED_FORMATS } from '../../verifier/gates/secrets/named.ts';
import { NAMED_SERVICES } from '../../verifier/gates/secrets/namedServices.ts';
import { isHandWritten } from '../../verifier/policy/dummy.ts';

/** A made-up credential of one format, and how it must be written to be known. */
export interface Sample {
  readonly format: string;
  readonly kind: string;
  /** The provider's name, where the value has no form of its own. */
  readonly name: string | undefined;
  readonly value: string;
}

const SEED = 20_260;

const writtenOut = (source: string): string =>
  source.replace(/\[(?!\^)((?:[^\]\\]|\\.)+)\]/g, (_, inside: string) => {
    const ranges = inside.replace(/([A-Za-z0-9])-([A-Za-z0-9])/g, (_range, from: string, to: string) =>
      Array.from({ length: to.charCodeAt(0) - from.charCodeAt(0) + 1 }, (_none, step) =>
        String.fromCharCode(from.charCodeAt(0) + step),
      ).join(''),
    );
    return `[${ranges}]`;
  });

/** Values that match a pattern: random-looking, with digits and letters, the same on every run. */
export function drawn(pattern: string, count: number, accept: (value: string) => boolean = () => true): string[] {
  const source = pattern.replace(/\(\?<?[!=][^)]*\)/g, '').replace(/\{(\d+),\}/g, (_, least: string) => `{${least},${Number(least) + 8}}`);
  // Each character of a class is as likely as another: written out, a range does not count as one.
  const values = fc.sample(fc.noBias(fc.stringMatching(new RegExp(`^(?:${writtenOut(source)})$`))), { numRuns: count * 12, seed: SEED });
  return values.filter((value) => /\d/.test(value) && /[a-z]/i.test(value) && accept(value)).slice(0, count);
}

/** `count` values of each format that is known by its own form. */
export function tokenSamples(count: number): Sample[] {
  return TOKEN_FORMATS.flatMap((entry) => {
    const lead = entry.lead?.re.source.replace(/^\^|\$$/g, '') ?? '';
    const values = drawn(lead + entry.re.source, count, (value) => {
      // Far fewer than one in a hundred hold a word by chance.
      const rest = entry.literals.reduce((left, literal) => left.replace(literal, ''), value);
      return entry.possible(value) && /\d.*\d/.test(rest);
    });
    return values.map((value) => ({ format: entry.format, kind: entry.kind, name: undefined, value }));
  });
}

/** `count` values of each format that is known by its provider's name, each under the first of its names. */
export function namedSamples(count: number): Sample[] {
  return [...NAMED_FORMATS, ...NAMED_SERVICES].flatMap((entry) => {
    const flags = entry.shape.flags;
    const source = entry.shape.source.replace(/[$^]/g, '');
    const values = drawn(
      source,
      count,
      (value) => RegExp(entry.shape.source, flags).test(value) && /\d/.test(value) && /[a-z]/i.test(value) && !isHandWritten(value),
    );
    return values.map((value) => ({ format: entry.format, kind: entry.kind, name: entry.names[0], value }));
  });
}
