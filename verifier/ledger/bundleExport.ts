import { dirname } from 'node:path';
import type { BundleLine } from '../protocol/bundle.ts';
import { sha256Bytes } from '../protocol/digest.ts';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import { chainFiles } from './chainParts.ts';
import { checkpointBytes, checkpointPath, readCheckpoints } from './checkpointFile.ts';
import { readEntry } from './entry.ts';
import { corruption } from './failure.ts';
import { keyIdOf } from './identity.ts';
import { chainLines } from './lines.ts';
import { consistencyRanges, inclusionRanges, MerkleTree, ProofCollector } from './merkle.ts';

/** What of a ledger goes into a bundle; all of it where nothing is said. */
export interface Wanted {
  readonly from?: string;
  readonly to?: string;
  readonly request?: string;
}

interface Sealed {
  readonly size: number;
  readonly note: string;
}

/** What one reading of a chain finds: which entries are wanted, and what is needed beside them. */
interface Selection {
  readonly entries: number;
  readonly seqs: readonly number[];
  readonly keys: ReadonlyMap<string, string>;
}

/** What proves of an entry whose it is and under which policies it was made, whatever else is wanted. */
const ALWAYS: ReadonlySet<string> = new Set(['genesis', 'signing-key', 'key-rotation', 'session-open']);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function* entriesOf(dir: string, chain: string): AsyncIterable<{ readonly entry: LedgerEntry; readonly line: string }> {
  const files = (await chainFiles(dir, chain)).map(({ path }) => path);
  for await (const { file, lines } of chainLines(files)) {
    for (const { bytes, complete, tooLong, number } of lines) {
      if (!complete) continue;
      const read = tooLong ? { message: 'it is not a line of a ledger' } : readEntry(bytes);
      if (read.message !== undefined) throw corruption(files[file] ?? dirname(dir), number, read.message);
      yield { entry: read.entry, line: Buffer.from(bytes).toString('utf8') };
    }
  }
}

/** Whether an entry belongs to what is wanted. Decisions and outcomes belong to their assessment's request. */
function chooser({ from, to, request }: Wanted): (entry: LedgerEntry) => boolean {
  const assessments = new Set<string>();
  return ({ event, time }) => {
    if (event !== null && ALWAYS.has(event.type)) return true;
    if ((from !== undefined && time < from) || (to !== undefined && time > to)) return false;
    if (request === undefined) return true;
    if (event?.type === 'assessment' && event.requestId === request) assessments.add(event.assessmentId);
    return event !== null && 'assessmentId' in event && assessments.has(event.assessmentId);
  };
}

async function select(dir: string, chain: string, wanted: Wanted): Promise<Selection> {
  const isWanted = chooser(wanted);
  const keys = new Map<string, string>();
  const seqs: number[] = [];
  let entries = 0;
  const whole = isWhole(wanted);
  for await (const { entry } of entriesOf(dir, chain)) {
    const { event } = entry;
    const named = event?.type === 'signing-key' ? [event.publicKey] : event?.type === 'key-rotation' ? [event.from, event.to] : [];
    for (const publicKey of named) keys.set(keyIdOf(Buffer.from(publicKey, 'base64')), publicKey);
    if (!whole && isWanted(entry)) seqs.push(entry.seq);
    entries += 1;
  }
  return { entries, seqs, keys };
}

export function isWhole({ from, to, request }: Wanted): boolean {
  return from === undefined && to === undefined && request === undefined;
}

async function sealedOver(dir: string, chain: string, entries: number): Promise<Sealed[]> {
  const path = checkpointPath(dir, chain);
  const bytes = await checkpointBytes(path);
  const sealed: Sealed[] = [];
  if (bytes === undefined) return sealed;
  for await (const { checkpoint, text } of readCheckpoints(path, bytes)) {
    if (checkpoint !== undefined && checkpoint.size <= entries) sealed.push({ size: checkpoint.size, note: text });
  }
  return sealed;
}

/** The smallest checkpoint that covers an entry. */
const covering = (sealed: readonly Sealed[], seq: number): number | null => sealed.find(({ size }) => size > seq)?.size ?? null;

async function* wholeChain(dir: string, chain: string, sealed: readonly Sealed[]): AsyncIterable<BundleLine> {
  for (const { note } of sealed) yield { kind: 'checkpoint', note, consistency: [] };
  for await (const { line } of entriesOf(dir, chain)) yield { kind: 'entry', line, size: null, inclusion: [] };
}

/** All checkpoints go along: whoever kept one can then compare it. */
async function* partOfChain(
  dir: string,
  chain: string,
  { entries, seqs }: Selection,
  sealed: readonly Sealed[],
): AsyncIterable<BundleLine> {
  const sizes = new Map(seqs.map((seq) => [seq, covering(sealed, seq)]));
  const collector = new ProofCollector(sha256Bytes);
  const leading = sealed.map(({ size }, n) => consistencyRanges(sealed[n - 1]?.size ?? 0, size));
  for (const ranges of leading) collector.want(ranges);
  for (const [seq, size] of sizes) if (size !== null) collector.want(inclusionRanges(seq, size));
  const tree = new MerkleTree(sha256Bytes);
  const lines = new Map<number, string>();
  for await (const { entry, line } of entriesOf(dir, chain)) {
    if (tree.size === entries) break;
    tree.append(Buffer.from(entry.hash, 'hex'), collector.take);
    if (sizes.has(entry.seq)) lines.set(entry.seq, line);
  }
  for (const [n, { note }] of sealed.entries()) yield { kind: 'checkpoint', note, consistency: collector.proof(leading[n] ?? []).map(hex) };
  for (const [seq, line] of lines) {
    const size = sizes.get(seq) ?? null;
    yield { kind: 'entry', line, size, inclusion: size === null ? [] : collector.proof(inclusionRanges(seq, size)).map(hex) };
  }
}

/**
 * The lines of a bundle after its first, for one chain. Memory grows with what is wanted and not with the chain,
 * but for a line or two where all of it is.
 * @throws SentinelError `ledger_failed` where the chain is damaged: an auditor must see the damage, not what is left.
 */
export async function* bundleChain(dir: string, chain: string, wanted: Wanted): AsyncIterable<BundleLine> {
  const selection = await select(dir, chain, wanted);
  const { entries, keys } = selection;
  const whole = isWhole(wanted);
  yield { kind: 'chain', chain, entries, whole };
  for (const [keyId, publicKey] of keys) yield { kind: 'key', keyId, publicKey };
  const sealed = await sealedOver(dir, chain, entries);
  yield* whole ? wholeChain(dir, chain, sealed) : partOfChain(dir, chain, selection, sealed);
}
