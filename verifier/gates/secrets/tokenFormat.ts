import type { SecretKind } from '../../policy/facts.ts';
import { Regexp } from '../../policy/regexp.ts';

/** The part of a token before its literal. */
export interface Lead {
  /** Matched at the end of the text before the literal. */
  readonly re: RegExp;
  /** So many UTF-16 units before the literal are looked at, and no more. */
  readonly reach: number;
}

/** A token that is known by its own form. */
export interface TokenFormat {
  readonly kind: SecretKind;
  /** Name of the format, as it is shown: `github-token`. */
  readonly format: string;
  /** One of these stands in the token; compared without case first, then by the pattern with it. */
  readonly literals: readonly string[];
  /** Must match from the literal on. */
  readonly re: Regexp;
  /** The literal is short or wordlike: the rest must look random, and no word may run into it. */
  readonly wary: boolean;
  /** What stands before the literal and belongs to the token. */
  readonly lead: Lead | undefined;
  /** Must match in the surroundings, where the form alone says too little. */
  readonly near: RegExp | undefined;
  /** False where the format's structure rules the value out. */
  readonly possible: (value: string) => boolean;
  /** True where a checksum within the token holds, which no placeholder does by chance. */
  readonly proven: (value: string) => boolean;
}

interface Options {
  readonly wary?: boolean;
  readonly lead?: Lead;
  readonly near?: RegExp;
  readonly possible?: (value: string) => boolean;
  readonly proven?: (value: string) => boolean;
}

/** An entry of the tables in `formats/`; `pattern` is RE2. */
export function token(
  kind: SecretKind,
  format: string,
  literals: readonly string[],
  pattern: string,
  { wary = false, lead, near, possible = () => true, proven = () => false }: Options = {},
): TokenFormat {
  return { kind, format, literals, re: new Regexp(pattern), wary, lead, near, possible, proven };
}
