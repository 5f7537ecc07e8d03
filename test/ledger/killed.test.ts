import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openLedger } from '../../verifier/ledger/store.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import { ADA } from './sampleLedger.ts';

const WRITER = join(import.meta.dirname, 'loadWriter.ts');
/** `npm run soak` asks for more. */
const ROUNDS = Number(process.env['SENTINEL_SOAK'] ?? 10);

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-killed-'));
});
after(() => rm(root, { recursive: true, force: true }));

async function hashes(dir: string): Promise<Map<number, string>> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jsonl'));
  assert.equal(names.length, 1, 'the chain of the killed writer is resumed');
  const text = await readFile(join(dir, names[0] ?? ''), 'utf8');
  const lines = text.split('\n').filter(Boolean);
  return new Map(lines.map((line) => LedgerEntry.parse(JSON.parse(line))).map((entry) => [entry.seq, entry.hash]));
}

describe(`kill -9 under load, ${ROUNDS} times`, () => {
  it('loses no acknowledged entry, and the chain verifies each time', async () => {
    let dir = '';
    const acknowledged = new Map<number, string>();
    for (let round = 1; round <= ROUNDS; round++) {
      // A chain is killed ten times over, then a new one begins: each round reads its chain as a whole.
      if (round % 10 === 1) {
        dir = await mkdtemp(join(root, 'd-'));
        acknowledged.clear();
      }
      const child = spawn(process.execPath, [WRITER, dir, '8'], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      // After so many lines, then a moment more: the kill falls anywhere in a commit.
      const enough = 1 + Math.floor(Math.random() * 200);
      child.stdout.on('data', (piece) => {
        said += piece;
        if (said.split('\n').length > enough) setTimeout(() => child.kill('SIGKILL'), Math.random() * 5);
      });
      const [, signal] = await once(child, 'close');
      assert.equal(signal, 'SIGKILL', `round ${round}: the writer ended by itself`);
      const lines = said.split('\n').slice(0, -1);
      assert.ok(lines.length >= enough);
      for (const line of lines) {
        const [seq, hash = ''] = line.split(' ');
        acknowledged.set(Number(seq), hash);
      }
      await (await openLedger({ dir, product: { version: '0.1.0', protocol: 1 }, kept: { identity: ADA, rotations: [] } })).close();
      const found = await hashes(dir);
      for (const [seq, hash] of acknowledged) assert.equal(found.get(seq), hash, `round ${round}: entry ${seq}`);
      const [chain] = (await verifyLedger(dir)).chains;
      assert.equal(chain?.covered, chain?.entries, `round ${round}: the next opening seals what the killed writer had not`);
      assert.deepEqual([chain?.ok, chain?.unsettled, chain?.sessionOpen], [true, 0, false], `round ${round}: ${chain?.tampering?.message}`);
    }
  });
});

it('the system calls show a sync after each write and before its acknowledgement', async (t) => {
  if (process.platform !== 'linux' || spawnSync('strace', ['-V']).status !== 0) return t.skip('strace is not installed here');
  const dir = await mkdtemp(join(root, 'd-'));
  const log = join(root, 'calls');
  const options = ['-f', '-qq', '-y', '-s', '120', '-e', 'trace=write,writev,pwrite64,fdatasync,fsync', '-o', log];
  const run = spawnSync('strace', [...options, process.execPath, WRITER, dir, '1', '20'], { encoding: 'utf8' });
  if (/ptrace.*(not permitted|denied)/i.test(run.stderr)) return t.skip('tracing is not permitted here');
  const acknowledged = run.stdout.trim().split('\n');
  assert.ok(acknowledged.length >= 20, run.stderr);
  const calls = (await readFile(log, 'utf8')).split('\n');
  let written = 0;
  let synced = 0;
  let seen = 0;
  let syncing = -1;
  for (const call of calls) {
    // A call that another thread interrupted is logged in two lines: it counts from its end.
    if (/ write\(\d+<[^>]*\.jsonl>/.test(call)) written += 1;
    if (/ (fdatasync|fsync)\(\d+<[^>]*\.jsonl>/.test(call)) syncing = written;
    if (/ (fdatasync|fsync)\(\d+<[^>]*\.jsonl>\)? += 0$/.test(call) || /<\.\.\. (fdatasync|fsync) resumed>.* = 0$/.test(call))
      synced = syncing;
    if (!/ write\(1<[^>]*>, "\d+ [0-9a-f]{64}/.test(call)) continue;
    seen += 1;
    // One writer: each entry is a write of its own; genesis comes before the first.
    assert.ok(synced >= seen + 1, `acknowledgement ${seen} after ${synced} synced writes: ${call}`);
  }
  assert.equal(seen, acknowledged.length);
});
