import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import type { ChainSource } from './chainCheck.ts';
import type { Head } from './chainWriter.ts';
import { readEntry } from './entry.ts';
import type { Tampering } from './verifyReport.ts';

/** An entry that is sound in itself but does not follow the one before it (`head`). Lines count through all files of the chain. */
export interface Misfit {
  readonly line: number;
  readonly entry: LedgerEntry;
  readonly head: Head;
  readonly chain: string;
}

/** How the rest of the file relates to a misfit. Lines, where undefined means: nowhere. */
interface Relations {
  sameHash?: number;
  /** The entry that the misfit names as the one before it. */
  prevEarlier?: number;
  prevLater?: number;
  /** An entry that names the misfit as the one before it. */
  follower?: number;
  /** An entry with one of the sequence numbers that are missing before the misfit. */
  missing?: number;
  next?: LedgerEntry;
}

async function relate(read: ChainSource['lines'], { line: at, entry, head }: Misfit): Promise<Relations> {
  const found: Relations = {};
  for await (const { lines } of read()) {
    for (const { number, bytes, complete, tooLong } of lines) {
      const other = number === at || !complete || tooLong ? undefined : readEntry(bytes).entry;
      if (other === undefined) continue;
      if (other.hash === entry.hash) found.sameHash ??= number;
      if (other.hash === entry.prev && number < at) found.prevEarlier ??= number;
      if (other.hash === entry.prev && number > at) found.prevLater ??= number;
      if (other.prev === entry.hash && number > at) found.follower ??= number;
      if (other.seq > head.seq && other.seq < entry.seq && number > at) found.missing ??= number;
      if (number === at + 1) found.next = other;
    }
  }
  return found;
}

/** What was done, with the line as it counts through the chain. */
export type Named = Pick<Tampering, 'kind' | 'line' | 'seq' | 'message'>;

function nameJump({ line, entry, head }: Misfit, near: Relations): Named {
  const due = head.seq + 1;
  const at = { line, seq: entry.seq };
  if (near.missing === undefined) {
    const gone = entry.seq - due === 1 ? `entry ${due} is` : `entries ${due} to ${entry.seq - 1} are`;
    return { ...at, kind: 'removed', message: `${gone} missing before this line` };
  }
  if (near.prevLater !== undefined || (near.follower ?? 0) > line + 1) {
    return { ...at, kind: 'reordered', message: `entry ${entry.seq} stands before entry ${due}, which is at line ${near.missing}` };
  }
  return { ...at, kind: 'inserted', message: `this line was put before entry ${due}; no other entry refers to it` };
}

function nameBrokenLink({ line, entry, head }: Misfit, near: Relations): Named {
  const here = { line, seq: entry.seq };
  const before = { line: line - 1, seq: head.seq };
  const kind = 'edited';
  if (near.next?.prev === head.hash && near.next.seq === entry.seq) {
    return { ...here, kind: 'inserted', message: 'this line was put between two entries that follow each other' };
  }
  if (line === 1) return { ...here, kind, message: 'the first entry names one before it' };
  if (near.follower === line + 1)
    return { ...before, kind, message: 'the entry was changed and its hash made anew: the next one names another hash' };
  if (near.next !== undefined)
    return { ...here, kind, message: 'the entry was changed and its hash made anew: it does not name the one before' };
  return { ...before, kind, message: `the entry at line ${line - 1} or at line ${line} was changed and its hash made anew` };
}

/** Tells what was done to a chain at the first entry that does not follow the one before it. Reads the chain once more. */
export async function diagnose(read: ChainSource['lines'], misfit: Misfit): Promise<Named> {
  const { line, entry, head, chain } = misfit;
  const near = await relate(read, misfit);
  const due = head.seq + 1;
  const at = { line, seq: entry.seq };
  if (entry.chain !== chain) return { ...at, kind: 'inserted', message: `the entry belongs to chain ${entry.chain}` };
  if (near.sameHash !== undefined) return { ...at, kind: 'duplicated', message: `the same entry is at line ${near.sameHash}` };
  if (entry.prev === head.hash) {
    return { ...at, kind: 'edited', message: `the entry was numbered ${entry.seq} instead of ${due} and its hash made anew` };
  }
  if (entry.seq > due) return nameJump(misfit, near);
  if (near.prevEarlier !== undefined && near.prevEarlier < line - 1) {
    const first = near.prevEarlier + 1;
    const lines = first === line - 1 ? `line ${first} was` : `lines ${first} to ${line - 1} were`;
    const message = `${lines} put between two entries that follow each other`;
    return { line: first, seq: head.seq - (line - 1 - first), kind: 'inserted', message };
  }
  if (entry.seq === due) return nameBrokenLink(misfit, near);
  return { ...at, kind: 'inserted', message: `the entry is numbered ${entry.seq} where ${due} is due, and fits nowhere` };
}
