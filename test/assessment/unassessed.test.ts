import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Session } from '../../verifier/assessment/session.ts';
import { UnassessedActions } from '../../verifier/assessment/unassessed.ts';
import { findUnassessed } from '../../verifier/ledger/findUnassessed.ts';
import { openLedger } from '../../verifier/ledger/store.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import type { Unassessed } from '../../verifier/protocol/unassessed.ts';
import { bench, PERSON, SaidGates } from './standIns.ts';

function action(changes: Partial<Unassessed> = {}): Unassessed {
  return {
    id: randomUUID(),
    action: 'save',
    subject: { digest: sha256('text'), bytes: 4, name: '/home/ada/project/src/a.ts' },
    reason: 'the antivirus ate the verifier',
    why: 'The verifier is not running.',
    happenedAt: '2026-01-02T03:04:05.006Z',
    spoolPrev: '0'.repeat(64),
    spoolHash: sha256('line'),
    spoolIntact: true,
    ...changes,
  };
}

test('what went on without an assessment is recorded under the session’s person, named from the workspace', async () => {
  const { session, gates, ledger } = await bench();
  const actions = new UnassessedActions({
    session,
    gates,
    workspaceRoots: ['/home/ada/project'],
    find: async (id) => ledger.recorded(id),
  });
  const receipt = await actions.record(action());
  const [event] = ledger.events('unassessed');
  assert.equal(ledger.entries[receipt.seq]?.hash, receipt.hash);
  assert.deepEqual(event?.by, PERSON);
  assert.deepEqual(event?.subject, { kind: 'file', digest: sha256('text'), bytes: 4, name: 'src/a.ts' });
  assert.deepEqual(event?.spool, { prev: '0'.repeat(64), hash: sha256('line'), intact: true });
});

test('a secret in the reason, in what was broken or in the name is not stored; where it cannot be taken out, nothing is', async () => {
  const { session, gates, ledger } = await bench();
  const actions = new UnassessedActions({ session, gates, workspaceRoots: [], find: async () => undefined });
  const spoken = `the ${gates.secret} word`;
  await actions.record(action({ reason: spoken, why: spoken, subject: { digest: sha256('t'), bytes: 1, name: spoken } }));
  assert.equal(JSON.stringify(ledger.entries).includes(gates.secret), false);
  assert.equal(ledger.events('unassessed')[0]?.reason, 'the ‹redacted:sample› word');
  gates.redactFailure = new Error('down');
  await assert.rejects(actions.record(action()));
  assert.equal(ledger.events('unassessed').length, 1);
});

test('the same line, sent again or twice at once, is recorded once', async () => {
  const { session, gates, ledger } = await bench();
  const actions = new UnassessedActions({ session, gates, workspaceRoots: [], find: async (id) => ledger.recorded(id) });
  const once = action();
  const receipts = await Promise.all([actions.record(once), actions.record(once)]);
  receipts.push(await actions.record(once));
  assert.equal(new Set(receipts.map(({ hash }) => hash)).size, 1);
  assert.equal(ledger.events('unassessed').length, 1);
});

test('a line that another verifier has on record already is found in its chain', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'unassessed-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const gates = new SaidGates();
  const verifier = async () => {
    const ledger = await openLedger({ dir, product: { version: '0.0.0', protocol: 1 } });
    const session = new Session({ ledger, person: PERSON, audit: { state: 'off' }, pending: () => 0 });
    await session.open(gates.policies());
    return { session, actions: new UnassessedActions({ session, gates, workspaceRoots: [], find: (id) => findUnassessed(dir, id) }) };
  };
  const first = await verifier();
  const second = await verifier();
  const once = action();
  const recorded = await first.actions.record(once);
  assert.deepEqual(await second.actions.record(once), recorded);
  const other = await second.actions.record(action());
  assert.notEqual(other.chain, recorded.chain);
  await first.session.close();
  await second.session.close();
  const { ok, chains } = await verifyLedger(dir);
  assert.equal(ok, true);
  assert.equal(chains.length, 2);
});
