import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isBundle, verifyBundle } from './bundleCheck.ts';
import { type ChainSource, type Verified, verifyChain } from './chainCheck.ts';
import { chainFiles, parsePartName } from './chainParts.ts';
import type { ReadCheckpoint } from './checkpoint.ts';
import { checkpointBytes, checkpointPath, readCheckpoints } from './checkpointFile.ts';
import { fileFailure } from './failure.ts';
import { missing, overlaps } from './folderCheck.ts';
import { chainLines } from './lines.ts';
import { checkPolicyTexts } from './policyTexts.ts';
import type { SealedOver } from './treeCheck.ts';
import type { TrustFile } from './trustFile.ts';
import { type FolderResult, LIMITS, type VerifyReport } from './verifyReport.ts';

/** What a ledger is held against besides itself. */
export interface VerifyOptions {
  /** Checkpoints that were kept elsewhere, earlier. */
  readonly kept?: readonly ReadCheckpoint[];
  readonly trust?: TrustFile | undefined;
}

/** What was sealed over a chain, as far as it is there now: a checkpoint that is sealed meanwhile covers entries that are read. */
async function sealedOver(files: readonly string[], kept: readonly ReadCheckpoint[]): Promise<SealedOver> {
  const first = files[0] ?? '';
  const chain = parsePartName(basename(first))?.chain;
  const own = kept.filter((checkpoint) => checkpoint.chain === chain).sort((a, b) => a.size - b.size);
  const ownPath = chain === undefined ? '' : checkpointPath(dirname(first), chain);
  const bytes = chain === undefined ? undefined : await checkpointBytes(ownPath);
  const checkpoints = bytes === undefined ? undefined : readCheckpoints(ownPath, bytes)[Symbol.asyncIterator]();
  return { chain, own: checkpoints, ownPath, kept: own };
}

async function filesSource(files: readonly string[], partial: boolean, kept: readonly ReadCheckpoint[]): Promise<ChainSource> {
  const sealed = await sealedOver(files, kept);
  return { files, chain: sealed.chain, partial, sealed, lines: () => chainLines(files) };
}

/** What is kept beside a chain, a line at a time like it. */
const BESIDE = /^[0-9a-f-]{36}\.(outbox|anchors)\.jsonl$/;

/** The files of each chain in a folder. A name that no chain's file has is taken for a chain of its own. */
async function filesByChain(dir: string): Promise<string[][]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jsonl') && !BESIDE.test(name)).sort();
  const chains = new Set(names.map((name) => parsePartName(name)?.chain ?? name));
  return Promise.all(
    [...chains].map(async (chain) => {
      const parts = await chainFiles(dir, chain);
      return parts.length > 0 ? parts.map(({ path }) => path) : [join(dir, chain)];
    }),
  );
}

/**
 * Checks one chain's file, every chain in a folder, or a bundle, by itself: without the verifier, its
 * configuration or the network, in memory that does not grow with the files. Reads only; may run beside a live
 * writer. Of a chain in several files, the first stands for all that follow it; a later one is checked alone.
 * @throws SentinelError `ledger_failed` if the path can't be read.
 */
export async function verifyLedger(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { kept = [], trust } = options;
  try {
    const isFolder = (await stat(path)).isDirectory();
    if (!isFolder && (await isBundle(path))) return reportOn(path, await verifyBundle(path, kept, trust), kept);
    const named = parsePartName(basename(path));
    const later = !isFolder && named !== undefined && named.part > 1;
    const whole = !isFolder && named !== undefined && !later;
    const chains = isFolder ? await filesByChain(path) : [whole ? await laterToo(path, named.chain) : [path]];
    const verified: Verified[] = [];
    for (const files of chains) verified.push(await verifyChain(await filesSource(files, later, kept), trust));
    if (!isFolder) return { ...reportOn(path, verified, []), folder: [] };
    const policies = new Set(verified.flatMap((chain) => [...chain.policies]));
    return reportOn(path, verified, kept, [await checkPolicyTexts(path, policies)]);
  } catch (error) {
    throw fileFailure('reading', path, error);
  }
}

function reportOn(
  path: string,
  verified: readonly Verified[],
  kept: readonly ReadCheckpoint[],
  more: readonly FolderResult[] = [],
): VerifyReport {
  const spans = verified.map(({ report, spans }) => ({ chain: report.chain, spans }));
  const of = new Set(kept.map(({ chain }) => chain));
  const folder = [overlaps(spans), ...more, ...(of.size > 0 ? [missing(spans, of)] : [])];
  const ok = verified.length > 0 && verified.every(({ report }) => report.ok) && folder.every(({ result }) => result !== 'failed');
  return { ok, path, chains: verified.map(({ report }) => report), folder, limits: LIMITS };
}

async function laterToo(path: string, chain: string): Promise<string[]> {
  return (await chainFiles(dirname(path), chain)).map((part) => part.path);
}
