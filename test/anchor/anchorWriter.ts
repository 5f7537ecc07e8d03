/** Writes decisions to the ledger in the folder given and anchors them at the endpoint given, until it is killed or its standard input ends. */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Anchoring } from '../../verifier/anchor/anchoring.ts';
import { openLedger } from '../../verifier/ledger/store.ts';
import type { LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { assessment, decision, outcome, sessionOpen, uuid } from '../ledger/sampleChain.ts';
import { ADA } from '../ledger/sampleLedger.ts';
import { RHYTHM } from './parts.ts';

const [dir = '', rpcUrl = '', count = '0'] = process.argv.slice(2);
const kept = { identity: ADA, rotations: [] };
const ledger = await openLedger({ dir, product: { version: '0.1.0', protocol: 1 }, kept, rhythm: { entries: 1_000, ms: 600_000 } });
const anchoring = new Anchoring({
  settings: { mode: 'events', cluster: 'custom', rpcUrl, consentedTo: rpcUrl },
  dir,
  ledger,
  identity: ADA,
  publicRules: () => Promise.resolve(new Set()),
  rhythm: RHYTHM,
  onError: (error) => {
    throw error;
  },
});
const session = randomUUID();
const opening: LedgerEvent = { ...sessionOpen(session), anchor: { mode: 'events', cluster: 'custom' } };
await ledger.append(opening);
anchoring.begin();
for (let n = 0; n < Number(count); n += 1) {
  const id = { session, assessmentId: uuid(n + 1_000 * (process.pid % 1_000_000)) };
  await ledger.appendAll([assessment(n, 'block', id), decision(n, 'deny', id), outcome(n, 'withheld', id)]);
  await delay(5);
}
writeSync(1, 'written\n');
while (anchoring.report().waiting > 0 || anchoring.report().state !== 'idle') await delay(10);
await ledger.append({ type: 'session-close', session, reason: 'clean' });
await ledger.close();
await anchoring.close();
process.exit(0);
