import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LedgerEntry, LedgerEventType } from '../protocol/ledgerEntry.ts';
import { ChainStory } from './chainStory.ts';
import { EMPTY, type Head } from './chainWriter.ts';
import { entryLine, eraseContent, readEntry } from './entry.ts';
import { corruption, errorCode } from './failure.ts';
import { diskFiles, readPieces } from './filePort.ts';
import { splitLines } from './lines.ts';

/** Which entries of a chain lose their content: sequence numbers, by file. */
export interface ErasurePlan {
  readonly byFile: ReadonlyMap<string, ReadonlySet<number>>;
  readonly entries: number;
}

const PARTIAL = '.erasing';

/** What says nothing of anybody, and whose chain it is. */
const KEPT: ReadonlySet<string> = new Set<LedgerEventType>(['genesis', 'signing-key', 'key-rotation']);

/** Sound entries of one file, checked for their link from `head` on. */
async function* entriesOf(path: string, head: { at: Head }): AsyncIterable<LedgerEntry> {
  for await (const lines of splitLines(readPieces(path))) {
    for (const line of lines) {
      if (!line.complete) return;
      const read = line.tooLong ? { message: 'it is not a line of a ledger' } : readEntry(line.bytes);
      if (read.message !== undefined) throw corruption(path, line.number, read.message);
      const { entry } = read;
      if (entry.prev !== head.at.hash) throw corruption(path, line.number, 'it does not follow the entry before it');
      head.at = { seq: entry.seq, hash: entry.hash };
      yield entry;
    }
  }
}

/** The assessment or session that an entry is about. */
function topics({ event }: LedgerEntry): string[] {
  if (event === null || !('session' in event)) return [];
  return 'assessmentId' in event ? [event.assessmentId] : event.type === 'session-open' ? [event.session] : [];
}

/**
 * Finds what of a chain is older than `before` and may lose its content. Kept are the first entry and those that name
 * the chain's keys, which say nothing of anybody, and what a session that is still open needs to be closed: its opening, and whatever
 * in it still waits for a decision or an outcome.
 * @throws SentinelError `ledger_failed` where the chain is damaged: such a chain is evidence, and is not touched.
 */
export async function planErasure(files: readonly string[], before: Date): Promise<ErasurePlan> {
  const story = new ChainStory();
  const head = { at: EMPTY };
  const limit = before.toISOString();
  const old: { file: string; seq: number; topics: readonly string[] }[] = [];
  for (const file of files) {
    for await (const entry of entriesOf(file, head)) {
      story.apply(entry.event);
      if (entry.time < limit && entry.salt !== null && entry.event !== null && !KEPT.has(entry.event.type))
        old.push({ file, seq: entry.seq, topics: topics(entry) });
    }
  }
  const needed = new Set(story.unsettled().map((item) => item.assessmentId));
  if (story.session !== undefined) needed.add(story.session);
  const byFile = new Map<string, Set<number>>();
  let entries = 0;
  for (const each of old) {
    if (each.topics.some((topic) => needed.has(topic))) continue;
    byFile.set(each.file, (byFile.get(each.file) ?? new Set()).add(each.seq));
    entries += 1;
  }
  return { byFile, entries };
}

/**
 * Rewrites one file of a chain without the content of the given entries. Durable when it resolves; a crash
 * leaves either the old file or the new. Nobody may be writing to the file.
 */
export async function eraseIn(path: string, erased: ReadonlySet<number>): Promise<void> {
  const partial = `${path}${PARTIAL}`;
  await rm(partial, { force: true });
  const out = await open(partial, 'wx', 0o600);
  try {
    for await (const lines of splitLines(readPieces(path))) {
      const kept: Uint8Array[] = [];
      for (const line of lines) {
        const entry = line.complete && !line.tooLong ? readEntry(line.bytes).entry : undefined;
        kept.push(entry !== undefined && erased.has(entry.seq) ? Buffer.from(entryLine(eraseContent(entry))) : line.bytes);
        if (line.complete) kept.push(Buffer.from('\n'));
      }
      await out.appendFile(Buffer.concat(kept));
    }
    await out.sync();
  } finally {
    await out.close();
  }
  await rename(partial, path);
  await diskFiles.syncFolder(dirname(path));
}

/** Removes what starts cut off from a chain before `before`, and what an erasure that was broken off left. @returns how many files. */
export async function removeTornCopies(dir: string, chain: string, before: Date): Promise<number> {
  let removed = 0;
  for (const name of await readdir(dir)) {
    if (!name.startsWith(`${chain}.`)) continue;
    const path = join(dir, name);
    const isTorn = name.startsWith(`${chain}.torn-`);
    if (!isTorn && !name.endsWith(PARTIAL)) continue;
    try {
      if (isTorn && (await stat(path)).mtimeMs >= before.getTime()) continue;
      await rm(path, { force: true });
      removed += 1;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return removed;
}
