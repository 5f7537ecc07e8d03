/**
 * Appends to the ledger in the folder given, many at a time, until it is killed or `count` entries are
 * acknowledged. Prints `seq hash` for each entry once its append has resolved.
 */
import { writeSync } from 'node:fs';
import { openLedger } from '../../verifier/ledger/store.ts';
import { assessment, decision, heartbeat, outcome, sessionOpen, uuid } from './sampleChain.ts';
import { ADA } from './sampleLedger.ts';

const [dir = '', writersText = '8', countText = 'Infinity'] = process.argv.slice(2);
const ledger = await openLedger({
  dir,
  product: { version: '0.1.0', protocol: 1 },
  kept: { identity: ADA, rotations: [] },
  rhythm: { entries: 16, ms: 60_000 },
});
const session = crypto.randomUUID();
let left = Number(countText);

async function acknowledge(event: Parameters<typeof ledger.append>[0]): Promise<void> {
  const { seq, hash } = await ledger.append(event);
  left -= 1;
  // Synchronous, so that it is a write of its own, at once, in the order of events.
  writeSync(1, `${seq} ${hash}\n`);
}

async function load(writer: number): Promise<void> {
  for (let n = writer; left > 0; n += 1000) {
    const id = { session, assessmentId: uuid(n + 1_000_000 * (process.pid % 100_000)) };
    await acknowledge(assessment(n, 'block', id));
    if (left > 0) await acknowledge(decision(n, 'deny', id));
    if (left > 0) await acknowledge(outcome(n, 'withheld', id));
    if (left > 0) await acknowledge(heartbeat(n, session));
  }
}

await acknowledge(sessionOpen(session));
await Promise.all(Array.from({ length: Number(writersText) }, (_, writer) => load(writer)));
