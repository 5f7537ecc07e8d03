import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Assessment } from '../../verifier/protocol/assessment.ts';
import { History } from '../../verifier/protocol/history.ts';
import { verifyBody } from '../http/server.ts';
import { scratch, startSidecar } from './sidecarProcess.ts';

test('a running verifier tells what it recorded, over a restart too', async (t) => {
  const folder = await scratch(t);
  const first = await startSidecar(t, folder);
  const body = { ...verifyBody, depth: 'gates', subject: { kind: 'command', text: 'rm -rf --no-preserve-root /' } };
  const held = Assessment.parse((await first.call({ path: '/verify', token: first.hello.assessToken, body })).json);
  assert.equal(held.verdict, 'block');
  await first.end();
  const second = await startSidecar(t, folder);
  await second.call({
    path: '/verify',
    token: second.hello.assessToken,
    body: { ...body, subject: { kind: 'command', text: 'git status' } },
  });
  const { json } = await second.call({ path: '/history?only=noteworthy', token: second.hello.assessToken });
  const { items, passed } = History.parse(json);
  assert.deepEqual(
    items.map(({ assessmentId, decision, outcome }) => [assessmentId, decision?.choice, decision?.cause, outcome?.outcome]),
    [[held.id, 'deny', 'cancelled', 'withheld']],
  );
  assert.equal(passed, 1);
});
