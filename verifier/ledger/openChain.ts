import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LedgerEvent } from '../protocol/ledgerEntry.ts';
import { SentinelError } from '../protocol/problem.ts';
import { readTail, scanChain, type Tail } from './chainScan.ts';
import { ChainWriter, EMPTY } from './chainWriter.ts';
import { closingEvents } from './closing.ts';
import { fileFailure, MOVE_AWAY } from './failure.ts';
import type { LedgerFile, LedgerFiles } from './filePort.ts';
import type { Recovery } from './ledger.ts';

/** A chain that is ready for its next session. */
export interface OpenedChain {
  readonly writer: ChainWriter;
  readonly recovery: Recovery;
}

const AT_ONCE = 256;

export function chainFile(dir: string, chain: string): string {
  return join(dir, `${chain}.jsonl`);
}

/** Keeps the bytes of an unfinished last line beside the chain, then cuts them off. Both are durable when it resolves. */
async function repairTorn(file: LedgerFile, path: string, tail: Tail, nextSeq: number, files: LedgerFiles): Promise<void> {
  const aside = await open(`${path.replace(/\.jsonl$/, '')}.torn-${nextSeq}`, 'a', 0o600);
  try {
    for await (const piece of file.read(tail.completeSize)) await aside.appendFile(piece);
    await aside.sync();
  } finally {
    await aside.close();
  }
  await files.syncFolder(dirname(path));
  await file.truncate(tail.completeSize);
  await file.sync();
}

async function closeLeftOpen(file: LedgerFile, at: { chain: string; path: string; now: () => Date }): Promise<[ChainWriter, number]> {
  const { head, story } = await scanChain(file, at.path, at.chain);
  const writer = new ChainWriter(file, { ...at, head });
  const items = story.unsettled();
  const events: LedgerEvent[] = items.flatMap(closingEvents);
  if (story.session !== undefined) events.push({ type: 'session-close', session: story.session, reason: 'recovered' });
  for (let from = 0; from < events.length; from += AT_ONCE) await writer.append(events.slice(from, from + AT_ONCE));
  return [writer, items.length];
}

/**
 * Opens an existing chain whose lock the caller holds: cuts off an unfinished last line, and closes what a
 * crash left open. Only a chain whose last entry closes a session is taken as it is; any other is read
 * and checked from its beginning.
 * @throws SentinelError `ledger_failed`: a complete entry is damaged, or the file can't be used.
 */
export async function openChain(dir: string, chain: string, files: LedgerFiles, now: () => Date): Promise<OpenedChain> {
  const path = chainFile(dir, chain);
  let file: LedgerFile | undefined;
  try {
    file = await files.open(path, 'existing');
    const tail = await readTail(file);
    if (tail === undefined) throw new SentinelError('ledger_failed', `${path} does not end like a ledger: ${MOVE_AWAY}.`);
    const tornBytes = tail.size - tail.completeSize;
    if (tornBytes > 0) await repairTorn(file, path, tail, (tail.last?.seq ?? -1) + 1, files);
    const at = { chain, path, now };
    const { last } = tail;
    if (last?.event?.type === 'session-close' && last.chain === chain) {
      return { writer: new ChainWriter(file, { ...at, head: last }), recovery: { tornBytes, closedItems: 0 } };
    }
    const [writer, closedItems] = await closeLeftOpen(file, at);
    return { writer, recovery: { tornBytes, closedItems } };
  } catch (error) {
    await file?.close().catch(() => undefined);
    throw fileFailure('opening', path, error);
  }
}

/** Creates a chain's file; it is empty, but will be found after a crash. */
export async function createChain(dir: string, chain: string, files: LedgerFiles, now: () => Date): Promise<OpenedChain> {
  const path = chainFile(dir, chain);
  try {
    const file = await files.open(path, 'create');
    await files.syncFolder(dir);
    return { writer: new ChainWriter(file, { chain, path, head: EMPTY, now }), recovery: { tornBytes: 0, closedItems: 0 } };
  } catch (error) {
    throw fileFailure('creating', path, error);
  }
}
