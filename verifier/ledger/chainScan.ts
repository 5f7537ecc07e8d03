import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import { ChainStory } from './chainStory.ts';
import { EMPTY, type Head } from './chainWriter.ts';
import { MAX_LINE_BYTES, readEntry } from './entry.ts';
import { corruption } from './failure.ts';
import type { LedgerFile } from './filePort.ts';
import { type Line, splitLines } from './lines.ts';

/** The end of a ledger file: where its last complete line ends, and that line's entry if it is sound. */
export interface Tail {
  readonly size: number;
  readonly completeSize: number;
  readonly last: LedgerEntry | undefined;
}

const LINE_FEED = 10;
const FIRST_WINDOW = 64 * 1024;

async function readFrom(file: LedgerFile, start: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of file.read(start)) parts.push(piece);
  return Buffer.concat(parts);
}

/**
 * Reads no more of the file than its last complete line and what follows it. Undefined where a line at
 * the end is longer than any entry may be.
 */
export async function readTail(file: LedgerFile): Promise<Tail | undefined> {
  const size = await file.size();
  for (let window = FIRST_WINDOW; ; window *= 4) {
    const start = Math.max(0, size - window);
    const bytes = await readFrom(file, start);
    const end = bytes.lastIndexOf(LINE_FEED);
    const before = end <= 0 ? -1 : bytes.lastIndexOf(LINE_FEED, end - 1);
    if (start > 0 && (end === -1 || before === -1)) {
      if (window > 3 * MAX_LINE_BYTES) return undefined;
      continue;
    }
    if (end === -1) return { size, completeSize: 0, last: undefined };
    const read = readEntry(bytes.subarray(before + 1, end));
    return { size, completeSize: start + end + 1, last: read.fault === undefined ? read.entry : undefined };
  }
}

/** What a whole reading of a chain found. */
export interface Scan {
  readonly head: Head;
  readonly story: ChainStory;
}

/** One file of a chain, to be read from its beginning. */
export interface PartFile {
  readonly path: string;
  open(): Promise<Pick<LedgerFile, 'read' | 'close'>>;
}

/**
 * Reads a whole chain, file after file, in bounded memory, checking each entry and its link. Rejects with
 * `ledger_failed`, naming file and line, at the first that is not what was written. An event that only a newer
 * version knows counts as unknown to the story, like one that was erased.
 */
export async function scanChain(parts: readonly PartFile[], chain: string): Promise<Scan> {
  const story = new ChainStory();
  let head = EMPTY;
  for (const { path, open } of parts) {
    const file = await open();
    try {
      for await (const batch of splitLines(file.read(0))) {
        for (const line of batch) {
          const entry = followingEntry(line, head, { path, chain });
          story.apply(entry.event);
          head = { seq: entry.seq, hash: entry.hash };
        }
      }
    } finally {
      await file.close();
    }
  }
  return { head, story };
}

function followingEntry(line: Line, head: Head, { path, chain }: { path: string; chain: string }): LedgerEntry {
  const read = line.tooLong || !line.complete ? { message: 'it is not a line of a ledger' } : readEntry(line.bytes);
  if (read.message !== undefined) throw corruption(path, line.number, read.message);
  const { entry } = read;
  if (entry.chain !== chain) throw corruption(path, line.number, 'the entry belongs to another chain');
  if (entry.seq !== head.seq + 1) throw corruption(path, line.number, `sequence number ${entry.seq} where ${head.seq + 1} is due`);
  if (entry.prev !== head.hash) throw corruption(path, line.number, 'it does not follow the entry before it');
  return entry;
}
