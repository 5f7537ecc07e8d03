import { stat } from 'node:fs/promises';
import { isBundle } from '../ledger/bundleCheck.ts';
import { chainFiles } from '../ledger/chainParts.ts';
import { parseCheckpoint } from '../ledger/checkpoint.ts';
import { MAX_LINE_BYTES, readEntry } from '../ledger/entry.ts';
import { readPieces } from '../ledger/filePort.ts';
import { chainLines, splitLines } from '../ledger/lines.ts';
import { chainsIn } from '../ledger/store.ts';
import { BundleLine } from '../protocol/bundle.ts';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import type { AuditedChain } from './audit.ts';
import { readOutbox } from './outboxFile.ts';

/** The chains of a ledger's folder, or of a bundle. What is damaged in them is for the ledger's own check to tell. */
export async function* auditedChains(path: string): AsyncIterable<AuditedChain> {
  if ((await stat(path)).isDirectory()) {
    for (const chain of await chainsIn(path)) yield await folderChain(path, chain);
  } else if (await isBundle(path)) {
    yield* bundleChains(path);
  }
}

async function folderChain(dir: string, chain: string): Promise<AuditedChain> {
  const files = (await chainFiles(dir, chain)).map((part) => part.path);
  const { waiting } = await readOutbox(dir, chain);
  const ids = [...waiting.keys()].filter((id) => id.startsWith('e'));
  return {
    chain,
    whole: true,
    waiting: new Set(ids.map((id) => Number(id.slice(1)))),
    roots: new Map(),
    async *entries() {
      for await (const { lines } of chainLines(files)) {
        for (const { bytes, tooLong, complete } of lines) {
          const entry = tooLong || !complete ? undefined : readEntry(bytes).entry;
          if (entry !== undefined) yield entry;
        }
      }
    },
  };
}

/** A line of a bundle quotes one of a ledger, in which every letter may need an escape of six. */
const LONGEST = 6 * MAX_LINE_BYTES;

async function* bundleLines(path: string): AsyncIterable<BundleLine> {
  for await (const batch of splitLines(readPieces(path), 1, 0, LONGEST)) {
    for (const { bytes } of batch) {
      const line = read(Buffer.from(bytes).toString('utf8'));
      if (line !== undefined) yield line;
    }
  }
}

function read(text: string): BundleLine | undefined {
  try {
    return BundleLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function* bundleChains(path: string): AsyncIterable<AuditedChain> {
  const found: { chain: string; whole: boolean; roots: Map<number, string> }[] = [];
  for await (const line of bundleLines(path)) {
    if (line.kind === 'chain') found.push({ chain: line.chain, whole: line.whole, roots: new Map() });
    const checkpoint = line.kind === 'checkpoint' ? parseCheckpoint(line.note) : undefined;
    if (checkpoint !== undefined) found.at(-1)?.roots.set(checkpoint.size, Buffer.from(checkpoint.root).toString('hex'));
  }
  for (const one of found) yield { ...one, waiting: new Set(), entries: () => bundleEntries(path, one.chain) };
}

async function* bundleEntries(path: string, chain: string): AsyncIterable<LedgerEntry> {
  for await (const line of bundleLines(path)) {
    const entry = line.kind === 'entry' ? readEntry(Buffer.from(line.line)).entry : undefined;
    if (entry?.chain === chain) yield entry;
  }
}
