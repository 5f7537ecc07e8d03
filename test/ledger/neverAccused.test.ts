import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import fc from 'fast-check';
import { parseCheckpoint, type ReadCheckpoint } from '../../verifier/ledger/checkpoint.ts';
import { identityFromSeed } from '../../verifier/ledger/identity.ts';
import { type KeptIdentity, rotate } from '../../verifier/ledger/keyRotation.ts';
import { closeAbandonedChains, openLedger } from '../../verifier/ledger/store.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { reportText } from '../../verifier/ledger/verifyReport.ts';
import { assessment, decision, heartbeat, outcome, sessionClose, sessionOpen } from './sampleChain.ts';

/** `npm run soak` asks for more. */
const RUNS = Number(process.env['SENTINEL_SOAK'] ?? 20);

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-honest-'));
});
after(() => rm(root, { recursive: true, force: true }));

const ada = (fill: number) => identityFromSeed(new Uint8Array(32).fill(fill));

/** A verifier's run as it may go: under which key, how it ended, and what was done to the folder before. */
const runs = fc.array(
  fc.record({
    key: fc.constantFrom('same', 'same', 'rotated', 'another', 'none'),
    items: fc.nat(6),
    ends: fc.constantFrom('clean', 'clean', 'broken off'),
    every: fc.integer({ min: 2, max: 9 }),
    erases: fc.boolean(),
    together: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

it(`none of ${RUNS} ledgers is accused that honest verifiers wrote, whatever keys they had and however they ended`, async () => {
  await fc.assert(
    fc.asyncProperty(runs, async (told) => {
      const dir = await mkdtemp(join(root, 'd-'));
      const kept: ReadCheckpoint[] = [];
      let [fill, id] = [1, 0];
      let own: KeptIdentity = { identity: ada(fill), rotations: [] };
      for (const { key, items, ends, every, erases, together } of told) {
        if (key === 'rotated') {
          const identity = ada(++fill);
          own = { identity, rotations: [...own.rotations, rotate(own.identity, identity, new Date())] };
        }
        if (key === 'another') own = { identity: ada(++fill), rotations: [] };
        const options = { dir, product: { version: '0.1.0', protocol: 1 }, rotateBytes: 4096, rhythm: { entries: every, ms: 60_000 } };
        const open = () => openLedger({ ...options, ...(key === 'none' ? {} : { kept: own }) });
        const ledgers = together ? [await open(), await open()] : [await open()];
        for (const ledger of ledgers) {
          ledger.checkpoints?.onSealed(({ note }) => kept.push(parseCheckpoint(note) ?? assert.fail(note)));
          const session = crypto.randomUUID();
          await ledger.append(sessionOpen(session));
          for (let n = 0; n < items; n++) {
            const item = ++id;
            await ledger.append(assessment(item, 'block', { session }));
            if (n === items - 1 && ends === 'broken off') break;
            await ledger.appendAll([decision(item, 'deny', { session }), outcome(item, 'withheld', { session }), heartbeat(n, session)]);
          }
          const by = { name: 'Ada Example', source: 'os-user' } as const;
          const before = new Date();
          if (erases) await ledger.erase(before, (entries) => [{ type: 'erasure', session, by, before: before.toISOString(), entries }]);
          if (ends === 'clean') await ledger.append(sessionClose(session));
        }
        for (const ledger of ledgers) await ledger.close();
        if (ends === 'broken off') await closeAbandonedChains({ dir, ...(key === 'none' ? {} : { kept: own }) });
      }
      const report = await verifyLedger(dir, { kept });
      assert.ok(report.ok, reportText(report));
    }),
    { numRuns: RUNS },
  );
});
