import { GAP, join, literal, NOTHING, UNKNOWN, unknownFrom, type Value } from '../value.ts';
import type { Block } from './ast.ts';

/** What an expression of PowerShell gives: strings, or objects as far as they matter here. */
export interface Thing {
  readonly items: readonly Value[];
  readonly block?: Block;
  readonly table?: ReadonlyMap<string, Thing>;
  /** The .NET type or kind of object, in lower case and without `System.`. */
  readonly type?: string;
}

export const NO_THING: Thing = { items: [] };
export const UNKNOWN_THING: Thing = { items: [UNKNOWN] };

export function thing(...items: readonly Value[]): Thing {
  return { items };
}

export function textThing(text: string, taint = 0): Thing {
  return { items: [literal(text, taint)] };
}

/** Everything as one string, as where a string is asked for. */
export function oneValue(of: Thing | undefined, separator = ' '): Value {
  if (of === undefined || of.items.length === 0) return NOTHING;
  return join(of.items, separator);
}

export function textOf(of: Thing | undefined): string {
  return oneValue(of).text;
}

/** Where any of these came from. */
export function taintOf(...things: readonly (Thing | undefined)[]): number {
  let taint = 0;
  for (const one of things) for (const { taint: more } of one?.items ?? []) taint |= more;
  return taint;
}

/** Something that is made of these in a way that the text does not tell. */
export function unknownOf(...things: readonly (Thing | undefined)[]): Thing {
  return { items: [unknownFrom(taintOf(...things))] };
}

/** Items that one list may have. */
export const MAX_ITEMS = 512;

export function listOf(things: readonly Thing[]): Thing {
  const [only] = things;
  if (things.length === 1 && only !== undefined) return only;
  const block = things.find((one) => one.block !== undefined)?.block;
  const items = things.flatMap((one) => one.items);
  const kept = items.length > MAX_ITEMS ? [...items.slice(0, MAX_ITEMS), UNKNOWN] : items;
  return block === undefined ? { items: kept } : { items: kept, block };
}

/** Whole number that a string is, in decimal or hexadecimal. */
export function numberOf(of: Thing | undefined): number | undefined {
  const { text } = oneValue(of);
  return /^-?(?:\d{1,9}|0x[\da-f]{1,8})$/i.test(text) ? Number(text) : undefined;
}

export function isTrue(of: Thing | undefined): boolean {
  return /^(?:true|1|\$true|enabled?|on|yes)$/i.test(textOf(of));
}

export function isUnknown(value: Value): boolean {
  return value.text.includes(GAP);
}
