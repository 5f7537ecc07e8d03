import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import { sealCheckpoint } from '../../verifier/ledger/checkpoint.ts';
import { NO_ENTRY, sealEntry } from '../../verifier/ledger/entry.ts';
import { signingKeyEvent } from '../../verifier/ledger/keyRotation.ts';
import { MerkleTree } from '../../verifier/ledger/merkle.ts';
import { sha256Bytes } from '../../verifier/protocol/digest.ts';
import type { LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { assessment, CHAIN, genesis, heartbeat, outcome, sessionClose, sessionOpen } from './sampleChain.ts';
import { ADA } from './sampleLedger.ts';

/** A million entries take minutes: `npm run soak` asks for them. */
const ENTRIES = process.env['SENTINEL_SOAK'] === undefined ? 20_000 : 1_000_000;
const FEW = 2_000;
/** Else V8 lets garbage lie for as long as there is room. */
const HEAP_MB = 40;
/** Beyond what a reading of {@link FEW} entries takes. Keeping a hash for each of a million would take twice as much. */
const MORE_MB = 48;

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-memory-'));
});
after(() => rm(root, { recursive: true, force: true }));

function eventAt(seq: number, count: number): LedgerEvent {
  const first = [genesis, signingKeyEvent(CHAIN, ADA), sessionOpen()][seq];
  if (first !== undefined) return first;
  if (seq === count - 1) return sessionClose();
  return seq % 5 === 0
    ? heartbeat(seq)
    : seq % 5 === 1
      ? assessment(seq, 'pass')
      : seq % 5 === 2
        ? outcome(seq - 1, 'shown')
        : heartbeat(seq);
}

/** A ledger of so many entries, written piece by piece. */
async function write(dir: string, count: number): Promise<void> {
  await using chain = await open(join(dir, `${CHAIN}.jsonl`), 'wx');
  await using notes = await open(join(dir, `${CHAIN}.checkpoints`), 'wx');
  const tree = new MerkleTree(sha256Bytes);
  let prev = NO_ENTRY;
  let lines = '';
  for (let seq = 0; seq < count; seq++) {
    const time = new Date(1_700_000_000_000 + seq * 1000).toISOString();
    const { entry, line } = sealEntry(
      { chain: CHAIN, seq, time, prev, key: ADA.keyId },
      eventAt(seq, count),
      seq.toString(16).padStart(32, '0'),
    );
    prev = entry.hash;
    lines += `${line}\n`;
    tree.append(Buffer.from(entry.hash, 'hex'));
    if (tree.size % 256 !== 0 && tree.size !== count) continue;
    await chain.appendFile(lines);
    lines = '';
    await notes.appendFile(`${sealCheckpoint({ chain: CHAIN, size: tree.size, root: tree.root() }, ADA).note}\n`);
  }
}

const Read = z.object({ ok: z.boolean(), entries: z.int(), covered: z.int(), megabytes: z.number() });

async function verifyApart(dir: string): Promise<z.infer<typeof Read>> {
  const script = `const { verifyLedger } = await import(${JSON.stringify(join(import.meta.dirname, '../../verifier/ledger/verify.ts'))});
    const { ok, chains: [chain] } = await verifyLedger(process.argv[1]);
    console.log(JSON.stringify({ ok, entries: chain.entries, covered: chain.covered, megabytes: process.resourceUsage().maxRSS / 1024 }));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--max-semi-space-size=2',
    `--max-old-space-size=${HEAP_MB}`,
    '--input-type=module',
    '-e',
    script,
    dir,
  ]);
  return Read.parse(JSON.parse(stdout));
}

it(`a ledger of ${ENTRIES} entries is verified in the memory that one of ${FEW} takes`, async () => {
  const peak: number[] = [];
  for (const count of [FEW, ENTRIES]) {
    const dir = await mkdtemp(join(root, 'd-'));
    await write(dir, count);
    const { megabytes, ...read } = await verifyApart(dir);
    assert.deepEqual(read, { ok: true, entries: count, covered: count });
    peak.push(megabytes);
  }
  const [few = 0, many = 0] = peak;
  assert.ok(many - few < MORE_MB, `${few.toFixed(0)} MB at most for ${FEW}, ${many.toFixed(0)} MB for ${ENTRIES}`);
});
