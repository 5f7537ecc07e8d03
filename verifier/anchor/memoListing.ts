import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { errorCode } from '../ledger/failure.ts';
import type { ChainReader, FoundMemo, ListedTransaction } from './chainPort.ts';

const Kept = z.strictObject({
  signature: z.string(),
  slot: z.int(),
  blockTime: z.int().nullable(),
  signed: z.boolean(),
  text: z.string(),
});
const KeptLine = z.strictObject({ of: z.string(), memos: z.array(Kept) });

export interface ListingOptions {
  readonly reader: ChainReader;
  readonly authority: string;
  /** Where what was fetched is kept, so that a listing that broke off goes on. */
  readonly state?: string;
  readonly onProgress?: (done: number, all: number) => void;
}

async function kept(path: string | undefined): Promise<Map<string, readonly FoundMemo[]>> {
  const found = new Map<string, readonly FoundMemo[]>();
  if (path === undefined) return found;
  let text = '';
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  for (const line of text.split('\n')) {
    try {
      const { of, memos } = KeptLine.parse(JSON.parse(line));
      found.set(of, memos);
    } catch {
      // The last line may be torn: it is fetched again.
    }
  }
  return found;
}

/** Every memo of the transactions that an address takes part in, oldest first; checkpoints are fetched before the rest. */
export async function listMemos({ reader, authority, state, onProgress = () => undefined }: ListingOptions): Promise<FoundMemo[]> {
  const rows: ListedTransaction[] = [];
  for (let before: string | undefined; ; ) {
    const page = await reader.list(authority, before);
    rows.push(...page.rows);
    if (page.next === undefined) break;
    before = page.next;
  }
  rows.reverse();
  const known = await kept(state);
  await using file = state === undefined ? undefined : await open(state, 'a', 0o600);
  const isCheckpoint = ({ hint }: ListedTransaction): boolean => hint.includes('|checkpoint|');
  const order = [...rows.filter(isCheckpoint), ...rows.filter((row) => row.hint !== '' && !isCheckpoint(row))];
  for (const [n, { signature }] of order.entries()) {
    onProgress(n, order.length);
    if (known.has(signature)) continue;
    const memos = await reader.memos(signature, authority);
    known.set(signature, memos);
    await file?.appendFile(`\n${JSON.stringify({ of: signature, memos })}\n`);
  }
  onProgress(order.length, order.length);
  return rows.flatMap(({ signature }) => known.get(signature) ?? []);
}
