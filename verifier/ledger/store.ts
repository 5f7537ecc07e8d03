import { randomUUID } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chainFiles, parsePartName, partName } from './chainParts.ts';
import { eraseIn, planErasure, removeTornCopies } from './erasure.ts';
import { errorCode, fileFailure } from './failure.ts';
import { diskFiles, type LedgerFiles } from './filePort.ts';
import { type KeptIdentity, stepsToKey } from './keyRotation.ts';
import type { Announce, Ledger, Recovery } from './ledger.ts';
import { type ChainLock, takeLock } from './lock.ts';
import { type ChainOptions, createChain, type OpenedChain, openChain, takeSteps } from './openChain.ts';
import { CheckpointSealer, SEALING_RHYTHM, type SealingRhythm } from './sealing.ts';

export interface LedgerOptions {
  /** Folder of the chains; made with mode 0700 if it is missing. */
  readonly dir: string;
  readonly product: { readonly name?: string; readonly version: string; readonly protocol: number };
  readonly now?: () => Date;
  readonly files?: LedgerFiles;
  /** Size in bytes beyond which a chain goes on in another file. */
  readonly rotateBytes?: number;
  /** Whose chains these are: entries name its key, and checkpoints are sealed with it. Without it neither is done. */
  readonly kept?: KeptIdentity | undefined;
  readonly rhythm?: SealingRhythm;
}

/** A chain's file is read whole where a crash must be mended, and rewritten whole where content is erased. */
export const ROTATE_BYTES = 64 * 1024 * 1024;

interface Locked {
  readonly opened: OpenedChain;
  readonly lock: ChainLock;
}

/** The chains in a folder, the one written to last first. */
export async function chainsIn(dir: string): Promise<string[]> {
  const written = new Map<string, number>();
  for (const name of await readdir(dir)) {
    const chain = parsePartName(name)?.chain;
    if (chain === undefined) continue;
    try {
      written.set(chain, Math.max(written.get(chain) ?? 0, (await stat(join(dir, name))).mtimeMs));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  const newestFirst = [...written].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return newestFirst.map(([chain]) => chain);
}

async function whileLocked<T>(lock: ChainLock, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

/** A chain of another key is left as it is: a chain goes from one key to the next only where the first says so. */
async function resumeOrCreate(dir: string, options: ChainOptions): Promise<Locked> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  for (const chain of await chainsIn(dir)) {
    const lock = await takeLock(dir, chain);
    if (lock === undefined) continue;
    const opened = await whileLocked(lock, () => openChain(dir, chain, options, 'leave'));
    if (opened !== undefined) return { lock, opened };
    await lock.release();
  }
  const chain = randomUUID();
  const lock = await takeLock(dir, chain);
  if (lock === undefined) throw new Error('the lock of a new chain was taken');
  return { lock, opened: await whileLocked(lock, () => createChain(dir, chain, options)) };
}

/**
 * Opens the newest chain in the folder that no live process writes, else begins a new one, and holds
 * it until `close`. An unfinished last line is cut off (a copy stays beside it), what a crash left
 * open is closed on record, and a new chain gets its genesis entry. Sessions are the caller's: it
 * appends `session-open` next.
 * @throws SentinelError `ledger_failed`: the folder or file can't be used, or an entry is damaged.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { dir, product, now = () => new Date(), files = diskFiles, rotateBytes = ROTATE_BYTES, kept } = options;
  let locked: Locked;
  try {
    locked = await resumeOrCreate(dir, { files, now, rotateBytes, kept });
  } catch (error) {
    throw fileFailure('opening', dir, error);
  }
  const { lock, opened } = locked;
  const { writer, recovery } = opened;
  const sealer = sealerFor(opened, options);
  await whileLocked(lock, () => beginWriting(opened, product, kept));
  let closed: Promise<void> | undefined;
  return {
    chain: writer.chain,
    get file() {
      return writer.path;
    },
    recovery,
    get seq() {
      return writer.seq;
    },
    async append(event) {
      const [entry] = await writer.append([event]);
      if (entry === undefined) throw new Error('an append gave no entry');
      return entry;
    },
    appendAll: (events) => writer.append(events),
    onEntry: (listener) => writer.onEntry(listener),
    erase: (before, announce) => eraseOlder(dir, opened, before, announce),
    ...(sealer === undefined ? {} : { checkpoints: sealer }),
    close() {
      closed ??= writer
        .close()
        .finally(() => sealer?.close())
        .finally(() => lock.release());
      return closed;
    },
  };
}

/** Seals what the writer makes durable from now on, where there is a key to do it with. */
function sealerFor(
  { writer, mended }: OpenedChain,
  { dir, files = diskFiles, kept, rhythm = SEALING_RHYTHM }: Omit<LedgerOptions, 'product'>,
) {
  if (kept === undefined || writer.key === null) return undefined;
  const sealer = new CheckpointSealer({ dir, chain: writer.chain, identity: kept.identity, files, rhythm }, writer.seq + 1, mended);
  writer.onEntry((entry) => sealer.take(entry));
  return sealer;
}

/** Genesis in a new chain, then whatever the chain must say of keys. */
async function beginWriting(opened: OpenedChain, product: LedgerOptions['product'], kept: KeptIdentity | undefined): Promise<void> {
  const { writer } = opened;
  if (writer.seq >= 0) return takeSteps(opened);
  const { name = 'Sentinel AI Guard', version, protocol } = product;
  await writer.append([{ type: 'genesis', product: name, version, protocol, platform: `${process.platform}-${process.arch}` }]);
  if (kept !== undefined) await takeSteps({ writer, steps: stepsToKey(writer.chain, { seq: 0, key: writer.key }, kept) ?? [] });
}

/** What was done to another chain in the folder. */
export interface ClosedChain extends Recovery {
  readonly file: string;
  /** Why the chain could not be closed, where it could not. */
  readonly problem?: string;
}

/**
 * Closes what crashed writers left open in the folder's other chains, so that nothing stays undecided
 * because its chain is not resumed. Chains that a live process writes are passed over. For after
 * {@link openLedger}, in the background; a chain that can't be closed is reported, not thrown.
 * @returns the chains in which something was found.
 */
export async function closeAbandonedChains(options: Pick<LedgerOptions, 'dir' | 'now' | 'files' | 'kept'>): Promise<ClosedChain[]> {
  const { dir, now = () => new Date(), files = diskFiles, kept } = options;
  const done: ClosedChain[] = [];
  for (const chain of await chainsIn(dir)) {
    const file = join(dir, partName(chain, 1));
    try {
      const lock = await takeLock(dir, chain);
      if (lock === undefined) continue;
      try {
        const opened = await openChain(dir, chain, { files, now, rotateBytes: ROTATE_BYTES, kept });
        const { writer, recovery } = opened;
        const sealer = sealerFor(opened, options);
        await writer.close();
        await sealer?.close();
        if (recovery.closedItems > 0 || recovery.tornBytes > 0) done.push({ file, ...recovery });
      } finally {
        await lock.release();
      }
    } catch (error) {
      done.push({ file, tornBytes: 0, closedItems: 0, problem: fileFailure('closing', file, error).message });
    }
  }
  return done;
}

/** What came of erasing in chains that nobody writes. */
export interface ErasedChains {
  readonly entries: number;
  readonly chains: number;
  /** Chains that a live process writes: only that one can erase in them. */
  readonly busy: number;
}

/**
 * Erases in the folder's chains that no live process writes. `announce` gives a whole session's entries: its
 * opening, the erasure and its close.
 * @throws SentinelError `ledger_failed` where a chain is damaged or can't be written; earlier ones are done.
 */
export async function eraseInIdleChains(
  options: Pick<LedgerOptions, 'dir' | 'now' | 'files' | 'kept'> & { readonly own?: string },
  before: Date,
  announce: Announce,
): Promise<ErasedChains> {
  const { dir, own, now = () => new Date(), files = diskFiles, kept } = options;
  const done = { entries: 0, chains: 0, busy: 0 };
  for (const chain of await chainsIn(dir)) {
    if (chain === own) continue;
    const lock = await takeLock(dir, chain);
    if (lock === undefined) {
      done.busy += 1;
      continue;
    }
    try {
      const opened = await openChain(dir, chain, { files, now, rotateBytes: ROTATE_BYTES, kept });
      const sealer = sealerFor(opened, options);
      const entries = await eraseOlder(dir, opened, before, announce)
        .finally(() => opened.writer.close())
        .finally(() => sealer?.close());
      done.entries += entries;
      done.chains += entries > 0 ? 1 : 0;
    } finally {
      await lock.release();
    }
  }
  return done;
}

/** Law 5 holds for this too: that content goes is on record before it does. */
async function eraseOlder(dir: string, opened: OpenedChain, before: Date, announce: Announce): Promise<number> {
  const { writer } = opened;
  await removeTornCopies(dir, writer.chain, before);
  const files = (await chainFiles(dir, writer.chain)).map(({ path }) => path);
  const { byFile, entries } = await planErasure(files, before);
  if (entries === 0) return 0;
  if (byFile.has(writer.path)) await writer.beginPart();
  await takeSteps(opened);
  await writer.append(announce(entries));
  for (const [path, erased] of byFile) await eraseIn(path, erased);
  return entries;
}
