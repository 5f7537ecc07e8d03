import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latch } from '../assessment/standIns.ts';
import { begin } from './client.ts';
import { serve, TOKENS, verifyBody } from './server.ts';

for (const { timing, state } of [
  { timing: 'ahead', state: 'unavailable' },
  { timing: 'before', state: 'ran' },
  { timing: 'after', state: 'ran' },
] as const) {
  test(`a caller that hangs up ends the audit of what it asked ${timing}: ${timing === 'ahead' ? 'yes' : 'no, it is recorded in full'}`, async (t) => {
    const { socket, auditor, ledger } = await serve(t);
    const audit = latch();
    auditor.gate = audit.opened;
    const sent = begin(socket, { path: '/verify', token: TOKENS.assess, body: {} }, () => undefined);
    sent.on('error', () => undefined);
    sent.end(JSON.stringify({ ...verifyBody, timing }));
    while (auditor.asked.length === 0) await new Promise(setImmediate);
    sent.destroy();
    // Long enough for the hang-up to be noticed, were it heeded; the outcome does not hang on it.
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    if (timing !== 'ahead') audit.open();
    while (ledger.events('assessment').length === 0) await new Promise(setImmediate);
    assert.equal(ledger.events('assessment')[0]?.layers.audit.state, state);
  });
}
