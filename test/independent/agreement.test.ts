import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { signingKeyEvent } from '../../verifier/ledger/keyRotation.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import type { LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { assessment, CHAIN, decision, genesis, heartbeat, outcome, sessionClose, sessionOpen } from '../ledger/sampleChain.ts';
import { ADA, sealed, sealedAt, type Timed, writeLedger } from '../ledger/sampleLedger.ts';
import { writeFixtures } from './writeFixtures.ts';

const CHECKER = join(import.meta.dirname, 'check.py');
const python = spawnSync('python3', ['--version'], { encoding: 'utf8' });
const skip = python.status === 0 ? false : 'there is no python3 here';

const Told = z.object({
  ok: z.boolean(),
  chains: z.array(
    z.object({ ok: z.boolean(), kind: z.string().nullable(), seq: z.number().nullable(), covered: z.number(), entries: z.number() }),
  ),
});

/** What the checker says of each folder. */
function ask(dirs: readonly string[], ...kept: readonly string[]): z.infer<typeof Told>[] {
  const ran = spawnSync('python3', [CHECKER, ...dirs, ...kept.flatMap((path) => ['--checkpoint', path])], { encoding: 'utf8' });
  assert.ok(ran.status === 0 || ran.status === 1, ran.stderr);
  const told = ran.stdout
    .trim()
    .split('\n')
    .map((line) => Told.parse(JSON.parse(line)));
  assert.equal(told.length, dirs.length);
  return told;
}

test('the independent checker says of every tampering what ours says', { skip }, async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'sentinel-independent-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const fixtures = await writeFixtures(root);
  const dirs = fixtures.map(({ dir }) => dir);
  const [alone, withKept] = [ask(dirs), ask(dirs, fixtures[0]?.kept ?? '')];
  for (const [n, fixture] of fixtures.entries()) {
    for (const [expected, told] of [
      [fixture.alone, alone[n]],
      [fixture.withKept, withKept[n]],
    ] as const) {
      const chain = told?.chains[0];
      const { covered, ...verdict } = expected;
      assert.deepEqual({ ok: told?.ok, kind: chain?.kind ?? null, seq: chain?.seq ?? null }, verdict, fixture.name);
      // Where something is wrong, how far checkpoints fit depends on how far a checker reads on.
      if (verdict.kind === null) assert.equal(chain?.covered ?? 0, covered, fixture.name);
    }
  }
});

/** Honest stories with texts of all kinds. */
const items = fc.array(
  fc.record({
    reason: fc.string({ unit: 'grapheme', maxLength: 40 }),
    ms: fc.double({ min: 0, max: 1e9, noNaN: true }),
    approve: fc.boolean(),
  }),
  { maxLength: 6 },
);

test('and accuses no honest ledger, whatever texts and numbers are in it', { skip }, async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'sentinel-independent-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const sizes: number[] = [];
  const dirs: string[] = [];
  for (const told of fc.sample(items, 40)) {
    const dir = await mkdtemp(join(root, 'd-'));
    const events: LedgerEvent[] = [genesis, signingKeyEvent(CHAIN, ADA), sessionOpen(), heartbeat()];
    for (const [n, { reason, ms, approve }] of told.entries()) {
      events.push(
        assessment(n, 'block', { ms }),
        decision(n, approve ? 'approve' : 'deny', { reason }),
        outcome(n, approve ? 'ran' : 'withheld'),
      );
    }
    events.push(sessionClose());
    const entries = sealed(
      events.map((event): Timed => [1, event]),
      { chain: CHAIN, key: ADA.keyId },
    );
    await writeLedger(dir, [{ chain: CHAIN, entries, checkpoints: sealedAt(entries, [4, entries.length]) }]);
    assert.ok((await verifyLedger(dir)).ok);
    sizes.push(entries.length);
    dirs.push(dir);
  }
  assert.deepEqual(
    ask(dirs).map(({ ok, chains: [chain] }) => [ok, chain?.covered]),
    sizes.map((size) => [true, size]),
  );
});
