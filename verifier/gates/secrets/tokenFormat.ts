import type { SecretKind } from '../../policy/facts.ts';
import { Regexp } from '../../policy/regexp.ts';

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
  /** What stands before the literal and belongs to the token, matched at its end. */
  readonly lead: RegExp | undefined;
  /** Must match in the surroundings, where the form alone says too little. */
  readonly near: RegExp | undefined;
  /** False where the format's structure rules the value out. */
  readonly possible: (value: string) => boolean;
  /** True where a checksum within the token holds, which no placeholder does by chance. */
  readonly proven: (value: string) => boolean;
}

interface Options {
  readonly wary?: boolean;
  readonly lead?: RegExp;
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
