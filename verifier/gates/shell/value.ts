import type { EffectTrait } from '../../policy/facts.ts';

/** Stands in a value's text for a part that the text alone does not tell: a variable, a substitution. */
export const GAP = '\uFFFC';

/** Where data came from. Bits, so that they join cheaply. */
export const DOWNLOADED = 1;
export const DECODED = 2;
export const CREDENTIAL = 4;
/** Contents of local files. */
export const LOCAL = 8;
/** An archive or listing of a whole folder. */
export const BULK = 16;
export const PLAIN_HTTP = 32;
export const UNVERIFIED = 64;
/** Whatever a peer on a raw socket sends. */
export const SOCKET = 128;

/** A string that the analysis knows in part: an argument, a variable, what a command prints. */
export interface Value {
  /** Holds {@link GAP} for each unknown part. */
  readonly text: string;
  readonly taint: number;
  /** An unquoted pattern character is in it. */
  readonly glob: boolean;
  /** The file on disk whose contents this is, where the text itself does not tell them. */
  readonly file?: string;
}

export const NOTHING: Value = { text: '', taint: 0, glob: false };
export const UNKNOWN: Value = { text: GAP, taint: 0, glob: false };

export function literal(text: string, taint = 0): Value {
  return { text, taint, glob: false };
}

/** Something unknown that came from there. */
export function unknownFrom(taint: number): Value {
  return { text: GAP, taint, glob: false };
}

export function isKnown(value: Value): boolean {
  return !value.text.includes(GAP);
}

/** Longest text that the analysis carries about; what is longer becomes unknown. */
const MAX_CARRIED = 64 * 1024;

export function join(values: readonly Value[], separator = ''): Value {
  if (values.length === 1 && values[0]?.file !== undefined) return values[0];
  let taint = 0;
  let glob = false;
  let length = 0;
  for (const value of values) {
    taint |= value.taint;
    glob ||= value.glob;
    length += value.text.length;
  }
  if (length > MAX_CARRIED) return unknownFrom(taint);
  return { text: values.map((value) => value.text).join(separator), taint, glob };
}

/** What an effect on such data is said to be. */
export function traitsOf(taint: number): EffectTrait[] {
  const traits: EffectTrait[] = [];
  if (taint & DOWNLOADED) traits.push('downloaded');
  if (taint & DECODED) traits.push('decoded');
  if (taint & PLAIN_HTTP) traits.push('plain-http');
  if (taint & UNVERIFIED) traits.push('unverified');
  if (taint & BULK) traits.push('broad');
  return traits;
}
