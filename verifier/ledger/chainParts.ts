import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** One file of a chain. Parts count from 1; the one with the highest number is written to. */
export interface ChainPart {
  readonly path: string;
  readonly part: number;
}

const NAME = /^([0-9a-f-]{36})(?:\.(\d{6}))?\.jsonl$/;
const MAX_PART = 999_999;

/** Name of a chain's file: the first carries the chain's id alone, later ones their number. */
export function partName(chain: string, part: number): string {
  if (part < 1 || part > MAX_PART) throw new RangeError(`a chain has no part ${part}`);
  return part === 1 ? `${chain}.jsonl` : `${chain}.${String(part).padStart(6, '0')}.jsonl`;
}

/** The chain and part that a file's name says; undefined where it is no name of a chain's file. */
export function parsePartName(name: string): { readonly chain: string; readonly part: number } | undefined {
  const [, chain, number] = NAME.exec(name) ?? [];
  if (chain === undefined || !z.uuid().safeParse(chain).success) return undefined;
  const part = number === undefined ? 1 : Number(number);
  return number !== undefined && part < 2 ? undefined : { chain, part };
}

/** A chain's files in a folder, in the order of their entries. */
export async function chainFiles(dir: string, chain: string): Promise<ChainPart[]> {
  const parts: ChainPart[] = [];
  for (const name of await readdir(dir)) {
    const named = parsePartName(name);
    if (named?.chain === chain) parts.push({ path: join(dir, name), part: named.part });
  }
  return parts.sort((a, b) => a.part - b.part);
}
