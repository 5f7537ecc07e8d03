import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { Assessment } from '../../verifier/protocol/assessment.ts';
import { Claimed, PendingDecision, Receipt } from '../../verifier/protocol/decision.ts';
import { History } from '../../verifier/protocol/history.ts';
import { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import { PolicyCatalogue } from '../../verifier/protocol/policyCatalogue.ts';
import { Health } from '../../verifier/protocol/routes.ts';
import { latch, PERSON } from '../assessment/standIns.ts';
import { begin } from './client.ts';
import { serve, TOKENS, verifyBody } from './server.ts';

test('from the question to the outcome over the socket', async (t) => {
  const { call, gates, ledger } = await serve(t);
  gates.verdict = 'block';
  const intent = { requestId: 'r', sessionId: 's', source: 'chat', prompt: 'wipe it', references: [{ name: 'a.md', text: 'b' }] };
  const assessment = Assessment.parse((await call({ path: '/check-intent', token: TOKENS.assess, body: intent })).json);
  assert.equal(assessment.verdict, 'block');
  const waiting = PendingDecision.array().parse((await call({ path: '/decisions', token: TOKENS.decide })).json);
  assert.equal(waiting[0]?.assessment.id, assessment.id);
  const claimPath = `/decisions/${assessment.id}/claim`;
  const claimed = Claimed.parse((await call({ path: claimPath, token: TOKENS.decide, body: { windowId: 'w' } })).json);
  const { id: assessmentId, subjectDigest } = assessment;
  const decision = { choice: 'approve', by: PERSON, reason: 'a drill' };
  const decided = Receipt.parse(
    (await call({ path: '/execution-result', token: TOKENS.decide, body: { assessmentId, nonce: claimed.nonce, subjectDigest, decision } }))
      .json,
  );
  const outcome = { assessmentId, nonce: decided.nonce, subjectDigest, outcome: 'shown' };
  const shown = Receipt.parse((await call({ path: '/execution-result', token: TOKENS.assess, body: outcome })).json);
  assert.equal(ledger.entries[shown.seq]?.hash, shown.hash);
  const notice = { notice: 'guard-off', by: PERSON, detail: 'switched off in the settings' };
  Receipt.parse((await call({ path: '/notices', token: TOKENS.decide, body: notice })).json);
  assert.deepEqual(
    ledger.entries.slice(1).map((entry) => entry.event?.type),
    ['assessment', 'late-layer', 'decision', 'outcome', 'notice'].filter(
      (type) => type !== 'late-layer' || ledger.events('late-layer').length > 0,
    ),
  );
});

test('health proves that it knows the decide token, and needs none itself', async (t) => {
  const { call } = await serve(t);
  const challenge = 'ab'.repeat(16);
  const health = Health.parse((await call({ path: `/health?challenge=${challenge}` })).json);
  assert.equal(health.proof, createHmac('sha256', TOKENS.decide).update(challenge).digest('hex'));
});

test('the policies in force are told to whoever may ask for an assessment', async (t) => {
  const { call } = await serve(t);
  const { policies } = PolicyCatalogue.parse((await call({ path: '/policies', token: TOKENS.assess })).json);
  assert.deepEqual(
    policies.map(({ name }) => name),
    ['sample'],
  );
  assert.equal((await call({ path: '/policies' })).status, 401);
});

test('the history is told to whoever may ask for an assessment, as it was asked for', async (t) => {
  const { call, historyAsked } = await serve(t);
  const told = await call({ path: '/history?since=2026-01-02T03:04:05Z&limit=7&only=noteworthy', token: TOKENS.assess });
  assert.deepEqual(History.parse(told.json).items, []);
  await call({ path: '/history', token: TOKENS.assess });
  assert.deepEqual(historyAsked, [{ since: '2026-01-02T03:04:05Z', limit: 7, only: 'noteworthy' }, { limit: 1_000 }]);
  assert.equal((await call({ path: '/history' })).status, 401);
  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'since=yesterday', 'only=all', 'dir=/etc']) {
    assert.equal((await call({ path: `/history?${query}`, token: TOKENS.assess })).status, 400, query);
  }
  assert.equal(historyAsked.length, 2);
});

test('a suppression is accepted by whoever may decide, and by nobody who may only ask', async (t) => {
  const { call, suppressed } = await serve(t);
  const body = { action: 'withdraw', digest: 'a'.repeat(64), by: PERSON };
  assert.equal((await call({ path: '/suppressions', token: TOKENS.assess, body })).status, 403);
  assert.equal((await call({ path: '/suppressions', body })).status, 401);
  assert.deepEqual(suppressed, []);
  assert.equal((await call({ path: '/suppressions', token: TOKENS.decide, body: { ...body, reason: 'more' } })).status, 400);
  Receipt.parse((await call({ path: '/suppressions', token: TOKENS.decide, body })).json);
  assert.deepEqual(suppressed, [body]);
  assert.deepEqual((await call({ path: '/suppressions', token: TOKENS.assess })).json, []);
});

test('health answers while every gate hangs', async (t) => {
  const { call, gates } = await serve(t);
  const hang = latch();
  gates.gate = hang.opened;
  const asked = call({ path: '/verify', token: TOKENS.assess, body: verifyBody });
  while (gates.assessed.length === 0) await new Promise(setImmediate);
  const health = await call({ path: '/health?challenge=00112233445566778899aabbccddeeff' });
  assert.equal(health.status, 200);
  hang.open();
  assert.equal((await asked).status, 200);
});

test('events bring each entry as it becomes durable', async (t) => {
  const { socket, call } = await serve(t);
  const lines: string[] = [];
  const line = latch();
  const listening = latch();
  const stream = begin(socket, { path: '/events', token: TOKENS.assess }, (response) => {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      listening.open();
      lines.push(...chunk.split('\n').filter((each) => each.startsWith('data: ')));
      if (lines.length > 0) line.open();
    });
  });
  stream.on('error', () => undefined);
  stream.end();
  await listening.opened;
  const answer = Assessment.parse((await call({ path: '/verify', token: TOKENS.assess, body: verifyBody })).json);
  await line.opened;
  const entry = LedgerEntry.parse(JSON.parse(lines[0]?.slice('data: '.length) ?? ''));
  assert.equal(entry.seq, answer.seq);
  stream.destroy();
});

test('the socket is in a directory of its own that only this user can enter', { skip: process.platform === 'win32' }, async (t) => {
  const { socket } = await serve(t);
  assert.equal((await stat(dirname(socket))).mode & 0o777, 0o700);
  assert.equal((await stat(socket)).mode & 0o777, 0o600);
});

test('what went on without an assessment is put on record by whoever may decide', async (t) => {
  const { call, ledger } = await serve(t);
  const body = {
    id: 'b3b6ad2e-7ed7-4a0c-8a77-3f2a4f1c7a10',
    action: 'tool',
    subject: { digest: 'ab'.repeat(32), bytes: 12, name: 'run_in_terminal' },
    reason: 'a drill',
    why: 'The verifier is not running.',
    happenedAt: '2026-01-02T03:04:05.006Z',
    spoolPrev: '0'.repeat(64),
    spoolHash: 'cd'.repeat(32),
    spoolIntact: true,
  };
  assert.equal((await call({ path: '/unassessed', token: TOKENS.assess, body })).status, 403);
  assert.equal(ledger.events('unassessed').length, 0);
  const [first, again] = [
    Receipt.parse((await call({ path: '/unassessed', token: TOKENS.decide, body })).json),
    Receipt.parse((await call({ path: '/unassessed', token: TOKENS.decide, body })).json),
  ];
  assert.deepEqual(again, first);
  assert.equal(ledger.events('unassessed').length, 1);
  assert.equal((await call({ path: '/unassessed', token: TOKENS.decide, body: { ...body, reason: '' } })).status, 400);
});
