import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import type { LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { PERSON } from '../assessment/standIns.ts';
import { begin } from './client.ts';
import { serve, TOKENS, verifyBody } from './server.ts';

/** More than a reader may be behind, in entries of some hundred bytes each. */
const MOST = 60_000;

test('a reader of events that does not read is cut off, and disturbs nobody', async (t) => {
  const { socket, call, session } = await serve(t);
  let cutOff = false;
  const response = await new Promise<IncomingMessage>((resolve) => {
    const stream = begin(socket, { path: '/events', token: TOKENS.assess }, resolve);
    stream.on('error', () => undefined);
    stream.end();
  });
  response.on('error', () => undefined);
  response.once('close', () => {
    cutOff = true;
  });
  response.pause();
  const event: LedgerEvent = { type: 'notice', session: session.id, notice: 'guard-on', by: PERSON, detail: 'x'.repeat(300) };
  const events = Array.from({ length: 500 }, () => event);
  let written = 0;
  for (; written < MOST && !cutOff; written += events.length) {
    await session.record(events);
    await new Promise(setImmediate);
  }
  response.resume();
  for (let turn = 0; turn < 500 && !cutOff; turn += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(cutOff, true);
  assert.equal((await call({ path: '/verify', token: TOKENS.assess, body: verifyBody })).status, 200);
});
