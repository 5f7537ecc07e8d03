import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { anchorsPath } from '../../verifier/anchor/outboxFile.ts';
import { base58 } from '../../verifier/ledger/base58.ts';
import { type Ground, ground, onChain, openOutbox, sampleMemo, until } from './parts.ts';

/** That each of so many memos is on the chain once, and recorded once. */
async function assertAllOnce(at: Ground, count: number): Promise<void> {
  const seqs = onChain(at).map((text) => Number(text.split('|')[2]));
  assert.deepEqual(
    seqs.toSorted((a, b) => a - b),
    Array.from({ length: count }, (_, n) => n),
  );
  const lines = (await readFile(anchorsPath(at.dir, at.chain), 'utf8')).split('\n').filter((line) => line !== '');
  assert.equal(lines.length, count);
}

test('what waits is anchored, in order, and recorded', async () => {
  await using at = await ground();
  const outbox = await openOutbox(at);
  for (let seq = 0; seq < 50; seq += 1) outbox.take(sampleMemo(at, seq));
  await until(() => outbox.status.waiting === 0);
  assert.equal(outbox.status.anchored, 50);
  await until(() => outbox.status.state === 'idle');
  await outbox.close();
  await assertAllOnce(at, 50);
});

test('an endpoint that is down at the start is come back to', async () => {
  await using at = await ground();
  at.local.addFault({ times: 12, does: 'reset' });
  const outbox = await openOutbox(at);
  outbox.take(sampleMemo(at, 0));
  await until(() => outbox.status.state === 'retrying');
  assert.match(outbox.status.why ?? '', /does not answer.*nothing is lost/);
  await until(() => outbox.status.waiting === 0);
  await outbox.close();
  await assertAllOnce(at, 1);
});

test('an endpoint that dies in the middle loses nothing and counts nothing twice', async () => {
  await using at = await ground();
  const outbox = await openOutbox(at);
  for (let seq = 0; seq < 60; seq += 1) outbox.take(sampleMemo(at, seq));
  await until(() => outbox.status.anchored > 0);
  at.local.addFault({ times: 15, does: 'reset' });
  await until(() => outbox.status.waiting === 0);
  await outbox.close();
  await assertAllOnce(at, 60);
});

test('a storm of refusals to answer is waited out', async () => {
  await using at = await ground();
  at.local.addFault({ times: 40, does: 'busy' });
  const outbox = await openOutbox(at);
  for (let seq = 0; seq < 5; seq += 1) outbox.take(sampleMemo(at, seq));
  await until(() => /fewer requests/.test(outbox.status.why ?? ''));
  await until(() => outbox.status.waiting === 0);
  await outbox.close();
  await assertAllOnce(at, 5);
});

test('a transaction whose answer was lost is sent again as it was, and taken once', async () => {
  await using at = await ground();
  at.local.addFault({ method: 'sendTransaction', times: 5, does: 'mute' });
  const outbox = await openOutbox(at);
  for (let seq = 0; seq < 5; seq += 1) outbox.take(sampleMemo(at, seq));
  await until(() => outbox.status.waiting === 0);
  await outbox.close();
  await assertAllOnce(at, 5);
});

test('a slow endpoint is waited for', async () => {
  await using at = await ground();
  at.local.addFault({ times: 10, does: { delayMs: 150 } });
  const outbox = await openOutbox(at);
  for (let seq = 0; seq < 3; seq += 1) outbox.take(sampleMemo(at, seq));
  await until(() => outbox.status.waiting === 0);
  await outbox.close();
  await assertAllOnce(at, 3);
});

test('an endpoint that takes a transaction and loses it gets the same one again', async () => {
  await using at = await ground();
  at.local.ledger.dropNext(3);
  const outbox = await openOutbox(at);
  for (let seq = 0; seq < 3; seq += 1) outbox.take(sampleMemo(at, seq));
  await until(() => outbox.status.waiting === 0);
  await outbox.close();
  await assertAllOnce(at, 3);
});

test('an endpoint that shows a transaction and forgets it again is not believed', async () => {
  await using at = await ground({ slotMs: 10, finalAfter: 60 });
  const outbox = await openOutbox(at);
  outbox.take(sampleMemo(at, 0));
  await until(() => onChain(at).length === 1);
  const [, signature = ''] = at.local.ledger.of(base58(at.identity.publicKey));
  at.local.ledger.forget(signature);
  assert.equal(onChain(at).length, 0);
  await until(() => outbox.status.waiting === 0);
  await outbox.close();
  await assertAllOnce(at, 1);
});

test('a transaction whose block hash expired is made anew, once it can not land any more', async () => {
  await using at = await ground();
  const outbox = await openOutbox(at);
  at.local.ledger.dropNext(1);
  outbox.take(sampleMemo(at, 0));
  await until(() => (at.local.calls.get('sendTransaction') ?? 0) > 0);
  at.local.ledger.advance(400);
  await until(() => outbox.status.waiting === 0);
  await outbox.close();
  await assertAllOnce(at, 1);
});

test('a key that can not pay is said, and anchoring goes on once it can', async () => {
  await using at = await ground({ funds: 0 });
  const outbox = await openOutbox(at);
  outbox.take(sampleMemo(at, 0));
  await until(() => outbox.status.state === 'stopped');
  assert.equal(outbox.status.why, 'The key can not pay.');
  at.local.ledger.airdrop(at.identity.publicKey, 1_000_000_000);
  await until(() => outbox.status.waiting === 0);
  await outbox.close();
  await assertAllOnce(at, 1);
});

test('another cluster than the one that was meant gets nothing', async () => {
  await using at = await ground();
  const outbox = await openOutbox(at, { wrongCluster: () => 'It is another cluster.' });
  outbox.take(sampleMemo(at, 0));
  await until(() => outbox.status.state === 'stopped');
  assert.equal(outbox.status.why, 'It is another cluster.');
  await outbox.close();
  assert.equal(at.local.calls.get('sendTransaction'), undefined);
});

test('what was sent and not confirmed when it was closed is not sent as another transaction', async () => {
  await using at = await ground({ slotMs: 10, finalAfter: 100 });
  const first = await openOutbox(at);
  for (let seq = 0; seq < 10; seq += 1) first.take(sampleMemo(at, seq));
  await until(() => onChain(at).length === 10);
  assert.equal(first.status.anchored, 0);
  await first.close();
  const second = await openOutbox(at);
  await until(() => second.status.waiting === 0);
  await second.close();
  await assertAllOnce(at, 10);
});

test('a checkpoint stands for a backlog that grew too long, and a later one for an earlier', async () => {
  await using at = await ground({ funds: 0 });
  const sealed = { chain: at.chain, keyId: at.identity.keyId, root: new Uint8Array(32).fill(7), note: '' };
  let size = 0;
  const outbox = await openOutbox(at, {
    rhythm: { window: 2, gapMs: 0, pollMs: 20, retryMs: [10, 100], backlog: 20 },
    seal: () => Promise.resolve({ ...sealed, size }),
  });
  for (let seq = 0; seq < 100; seq += 1) {
    size = seq + 1;
    outbox.take(sampleMemo(at, seq));
    await new Promise(setImmediate);
  }
  assert.ok(outbox.status.waiting < 30, `${outbox.status.waiting} wait`);
  at.local.ledger.airdrop(at.identity.publicKey, 1_000_000_000);
  await until(() => outbox.status.waiting === 0);
  await outbox.close();
  assert.ok(onChain(at).some((text) => text.includes('|checkpoint|')));
});
