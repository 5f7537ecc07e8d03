import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { entryLine } from '../../verifier/ledger/entry.ts';
import { signingKeyEvent } from '../../verifier/ledger/keyRotation.ts';
import { SEALING_RHYTHM } from '../../verifier/ledger/sealing.ts';
import { openLedger } from '../../verifier/ledger/store.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { sha256, sha256Bytes } from '../../verifier/protocol/digest.ts';
import { assessment, CHAIN, decision, genesis, outcome, sealChain, sessionClose, sessionOpen } from '../ledger/sampleChain.ts';
import { ADA, sealed, sealedAt, type Timed, writeLedger } from '../ledger/sampleLedger.ts';
import { type BenchRow, percentile } from './row.ts';

const ROUNDS = 7;
const APPENDS = 300;
/** Windows, hooks and a save that ask at the same time. */
const TOGETHER = 16;
const ITEMS = 4000;

const median = (samples: readonly number[]): number => percentile(samples, 0.5);

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

/** What the ledger costs beside the disk, and its check beside the arithmetic that no check can spare. */
export async function bench(): Promise<BenchRow[]> {
  const root = await mkdtemp(join(tmpdir(), 'sentinel-bench-'));
  try {
    return [await appending(root), await verifying(root)];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Lines of the same size, each written and synced before the next. */
async function rawAppends(file: string, line: string): Promise<void> {
  await using handle = await open(file, 'a', 0o600);
  for (let n = 0; n < APPENDS; n++) {
    await handle.appendFile(line);
    await handle.datasync();
  }
}

async function ledgerAppends(dir: string): Promise<number> {
  const ledger = await openLedger({ dir, product: { version: '0.1.0', protocol: 1 }, kept: { identity: ADA, rotations: [] } });
  await ledger.append(sessionOpen());
  const each = async (writer: number): Promise<void> => {
    for (let n = writer; n < APPENDS; n += TOGETHER) await ledger.append(assessment(n, 'block'));
  };
  const took = await seconds(() => Promise.all(Array.from({ length: TOGETHER }, (_, writer) => each(writer))));
  await ledger.close();
  return took;
}

async function appending(root: string): Promise<BenchRow> {
  const line = `${sealChain([genesis, assessment(1, 'block')]).map(entryLine)[1]}\n`;
  const raw: number[] = [];
  const grouped: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    raw.push(APPENDS / (await seconds(() => rawAppends(join(root, `raw-${round}`), line))));
    grouped.push(APPENDS / (await ledgerAppends(join(root, `grouped-${round}`))));
  }
  const ratio = median(grouped.map((rate, round) => rate / (raw[round] ?? Number.NaN)));
  const name = `ledger append, ${TOGETHER} at a time, group-committed, under checkpoints`;
  return { name, value: median(grouped), unit: 'entries/s', baseline: median(raw), ratio, budget: '≥ 0.7' };
}

const Raw = z.looseObject({ salt: z.unknown(), event: z.unknown() });

/** The root over hashes, level by level, as RFC 6962 says. */
function bareRoot(hashes: readonly string[]): Uint8Array {
  const digest = (...parts: Uint8Array[]) => sha256Bytes(Buffer.concat(parts));
  let level = hashes.map((hash) => digest(Buffer.of(0), Buffer.from(hash, 'hex')));
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let n = 0; n < level.length; n += 2) {
      const [left, right] = [level[n], level[n + 1]];
      if (left !== undefined) above.push(right === undefined ? left : digest(Buffer.of(1), left, right));
    }
    level = above;
  }
  return level[0] ?? digest();
}

/** Parse, canonicalise and hash each entry and the tree as the format demands, with the whole file at hand and nothing checked. */
async function bareArithmetic(file: string): Promise<number> {
  let bytes = 0;
  const hashes: string[] = [];
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    if (line === '') continue;
    const { salt, event, hash, ...header }: z.infer<typeof Raw> = JSON.parse(line);
    bytes += sha256(canonicalize({ salt, event }) ?? '').length + sha256(canonicalize(header) ?? '').length + String(hash).length;
    hashes.push(String(hash));
  }
  return bytes + bareRoot(hashes).length;
}

async function verifying(root: string): Promise<BenchRow> {
  const items = Array.from({ length: ITEMS }, (_, n) => [assessment(n, 'block'), decision(n, 'deny'), outcome(n, 'withheld')]).flat();
  const timed = [genesis, signingKeyEvent(CHAIN, ADA), sessionOpen(), ...items, sessionClose()].map((event): Timed => [0.01, event]);
  const entries = sealed(timed, { chain: CHAIN, key: ADA.keyId });
  const sizes = Array.from({ length: Math.floor(entries.length / SEALING_RHYTHM.entries) }, (_, n) => (n + 1) * SEALING_RHYTHM.entries);
  const checkpoints = sealedAt(entries, [...sizes, entries.length]);
  await writeLedger(root, [{ chain: CHAIN, entries, checkpoints }]);
  const file = join(root, `${CHAIN}.jsonl`);
  const report = await verifyLedger(file);
  if (!report.ok || report.chains[0]?.covered !== entries.length)
    throw new Error(`the sample chain does not verify: ${report.chains[0]?.tampering?.message}`);
  const megabytes = (await stat(file)).size / 1e6;
  const checked: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push((await seconds(() => bareArithmetic(file))) / megabytes);
    checked.push((await seconds(() => verifyLedger(file))) / megabytes);
  }
  const ratio = median(checked.map((time, round) => time / (bare[round] ?? Number.NaN)));
  return {
    name: 'ledger check, tree and checkpoints included',
    value: 1000 * median(checked),
    unit: 'ms/MB',
    baseline: 1000 * median(bare),
    ratio,
    budget: '≤ 1.5',
  };
}
