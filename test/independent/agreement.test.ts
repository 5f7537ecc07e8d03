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

function ask(dir: string, ...kept: readonly string[]): z.infer<typeof Told> {
  const ran = spawnSync('python3', [CHECKER, dir, ...kept.flatMap((path) => ['--checkpoint', path])], { encoding: 'utf8' });
  assert.ok(ran.status === 0 || ran.status === 1, ran.stderr);
  return Told.parse(JSON.parse(ran.stdout));
}

test('the independent checker says of every tampering what ours says', { skip }, async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'sentinel-independent-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const { name, dir, kept, alone, withKept } of await writeFixtures(root)) {
    for (const [expected, told] of [
      [alone, ask(dir)],
      [withKept, ask(dir, kept)],
    ] as const) {
      const [chain] = told.chains;
      assert.deepEqual(
        { ok: told.ok, kind: chain?.kind ?? null, seq: chain?.seq ?? null },
        { ok: expected.ok, kind: expected.kind, seq: expected.seq },
        name,
      );
      // Where something is wrong, how far checkpoints fit depends on how far a checker reads on.
      if (expected.kind === null) assert.equal(chain?.covered ?? 0, expected.covered, name);
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
  await fc.assert(
    fc.asyncProperty(items, async (told) => {
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
      const ours = await verifyLedger(dir);
      const theirs = ask(dir);
      assert.deepEqual([ours.ok, theirs.ok, theirs.chains[0]?.covered], [true, true, entries.length]);
    }),
    { numRuns: 10 },
  );
});
