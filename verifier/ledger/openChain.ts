import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LedgerEntry, LedgerEvent } from '../protocol/ledgerEntry.ts';
import { SentinelError } from '../protocol/problem.ts';
import { type ChainPart, chainFiles, partName } from './chainParts.ts';
import { type PartFile, readTail, scanChain, type Tail } from './chainScan.ts';
import { ChainWriter, EMPTY, type Rotation, type WriterPlace } from './chainWriter.ts';
import { closingEvents } from './closing.ts';
import { fileFailure, MOVE_AWAY } from './failure.ts';
import type { LedgerFile, LedgerFiles } from './filePort.ts';
import { type KeptIdentity, type KeyStep, stepsToKey } from './keyRotation.ts';
import type { Recovery } from './ledger.ts';

/** A chain that is ready for its next session. */
export interface OpenedChain {
  readonly writer: ChainWriter;
  readonly recovery: Recovery;
  /** What the chain must still say before another entry is written: see {@link takeSteps}. */
  readonly steps: KeyStep[];
  /** The recovery wrote entries. */
  readonly mended: boolean;
}

const AT_ONCE = 256;

/** How chains of a folder are opened. `rotateBytes`: size beyond which a chain goes on in another file. */
export interface ChainOptions {
  readonly files: LedgerFiles;
  readonly now: () => Date;
  readonly rotateBytes: number;
  /** Whose entries are written; without it they name no key. */
  readonly kept?: KeptIdentity | undefined;
}

/** What a chain must say before its next entry, and the key id that its entries name from then on. */
interface Keys {
  readonly steps: KeyStep[];
  /** The chain is another key's, or would go from a key to none. */
  readonly foreign: boolean;
}

function keysFor(chain: string, last: Pick<LedgerEntry, 'seq' | 'key'> | undefined, kept: KeptIdentity | undefined): Keys {
  if (last === undefined) return { steps: [], foreign: false };
  if (kept === undefined) return { steps: [], foreign: last.key !== null };
  const steps = stepsToKey(chain, last, kept);
  return { steps: steps ?? [], foreign: steps === undefined };
}

function rotation(dir: string, chain: string, { files, rotateBytes }: ChainOptions): Rotation {
  return {
    bytes: rotateBytes,
    async begin(part) {
      const path = join(dir, partName(chain, part));
      const file = await files.open(path, 'create');
      await files.syncFolder(dir);
      return { file, path };
    },
  };
}

/** Keeps the bytes of an unfinished last line beside the chain, then cuts them off. Both are durable when it resolves. */
async function repairTorn(
  file: LedgerFile,
  { path, chain }: { path: string; chain: string },
  tail: Tail,
  nextSeq: number,
  files: LedgerFiles,
): Promise<void> {
  const aside = await open(join(dirname(path), `${chain}.torn-${nextSeq}`), 'a', 0o600);
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

/** The entry that a chain's newest file begins after, where a crash came between making that file and its first entry. */
async function lastOfEarlier(earlier: readonly ChainPart[], files: LedgerFiles): Promise<LedgerEntry | undefined> {
  const before = earlier.at(-1);
  if (before === undefined) return undefined;
  const file = await files.open(before.path, 'existing');
  try {
    return (await readTail(file))?.last;
  } finally {
    await file.close();
  }
}

/** Has the chain say which key its entries name from now on, unless it has done so. */
export async function takeSteps({ writer, steps }: Pick<OpenedChain, 'writer' | 'steps'>): Promise<void> {
  for (const { keyId, event } of steps.splice(0)) {
    writer.key = keyId;
    await writer.append([event]);
  }
}

async function closeLeftOpen(
  file: LedgerFile,
  earlier: readonly ChainPart[],
  at: Omit<WriterPlace, 'head'>,
  files: LedgerFiles,
  { steps, tornBytes }: { readonly steps: KeyStep[]; readonly tornBytes: number },
): Promise<OpenedChain> {
  const parts: PartFile[] = [
    ...earlier.map(({ path }) => ({ path, open: () => files.open(path, 'existing') })),
    { path: at.path, open: async () => ({ read: (start: number) => file.read(start), close: async () => undefined }) },
  ];
  const { head, story } = await scanChain(parts, at.chain);
  const writer = new ChainWriter(file, { ...at, head });
  const items = story.unsettled();
  const events: LedgerEvent[] = items.flatMap(closingEvents);
  if (story.session !== undefined) events.push({ type: 'session-close', session: story.session, reason: 'recovered' });
  if (events.length > 0) await takeSteps({ writer, steps });
  for (let from = 0; from < events.length; from += AT_ONCE) await writer.append(events.slice(from, from + AT_ONCE));
  return { writer, recovery: { tornBytes, closedItems: items.length }, steps, mended: events.length > 0 };
}

/**
 * Opens an existing chain whose lock the caller holds: cuts off an unfinished last line, and closes what a
 * crash left open. Only a chain whose last entry closes a session is taken as it is; any other is read
 * and checked from its beginning. A chain of another key, which did not hand over to the given one, is written to
 * without a key, or left as it is where `foreign` says so: then undefined.
 * @throws SentinelError `ledger_failed`: a complete entry is damaged, or the file can't be used.
 */
export function openChain(dir: string, chain: string, options: ChainOptions): Promise<OpenedChain>;
export function openChain(dir: string, chain: string, options: ChainOptions, foreign: 'leave'): Promise<OpenedChain | undefined>;
export async function openChain(dir: string, chain: string, options: ChainOptions, foreign?: 'leave'): Promise<OpenedChain | undefined> {
  const { files, now, kept } = options;
  const parts = await chainFiles(dir, chain);
  const { path, part } = parts.at(-1) ?? { path: join(dir, partName(chain, 1)), part: 1 };
  const earlier = parts.slice(0, -1);
  let file: LedgerFile | undefined;
  try {
    file = await files.open(path, 'existing');
    const tail = await readTail(file);
    if (tail === undefined) throw new SentinelError('ledger_failed', `${path} does not end like a ledger: ${MOVE_AWAY}.`);
    const last = tail.completeSize === 0 ? await lastOfEarlier(earlier, files) : tail.last;
    const keys = keysFor(chain, last, kept);
    if (keys.foreign && foreign === 'leave') {
      await file.close();
      return undefined;
    }
    const tornBytes = tail.size - tail.completeSize;
    if (tornBytes > 0) await repairTorn(file, { path, chain }, tail, (last?.seq ?? -1) + 1, files);
    const key = keys.foreign ? null : (kept?.identity.keyId ?? null);
    const at = { chain, path, part, size: tail.completeSize, now, key, rotation: rotation(dir, chain, options) };
    if (last?.event?.type === 'session-close' && last.chain === chain) {
      const writer = new ChainWriter(file, { ...at, head: last });
      return { writer, recovery: { tornBytes, closedItems: 0 }, steps: keys.steps, mended: false };
    }
    return await closeLeftOpen(file, earlier, at, files, { steps: keys.steps, tornBytes });
  } catch (error) {
    await file?.close().catch(() => undefined);
    throw fileFailure('opening', path, error);
  }
}

/** Creates a chain's first file; it is empty, but will be found after a crash. */
export async function createChain(dir: string, chain: string, options: ChainOptions): Promise<OpenedChain> {
  const path = join(dir, partName(chain, 1));
  try {
    const file = await options.files.open(path, 'create');
    await options.files.syncFolder(dir);
    const at = {
      chain,
      path,
      part: 1,
      size: 0,
      head: EMPTY,
      key: options.kept?.identity.keyId ?? null,
      now: options.now,
      rotation: rotation(dir, chain, options),
    };
    return { writer: new ChainWriter(file, at), recovery: { tornBytes: 0, closedItems: 0 }, steps: [], mended: false };
  } catch (error) {
    throw fileFailure('creating', path, error);
  }
}
