import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { Assessment } from '../../verifier/protocol/assessment.ts';
import { Receipt } from '../../verifier/protocol/decision.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import type { Hello } from '../../verifier/protocol/handshake.ts';
import { Problem } from '../../verifier/protocol/problem.ts';
import { suppressionDigest, suppressionWords } from '../../verifier/protocol/suppression.ts';
import { AcceptedSuppression } from '../../verifier/protocol/suppressionRoutes.ts';
import { type Sidecar, scratch, startSidecar } from './sidecarProcess.ts';

const RULE = 'destructive-operations.world-writable';
const LINE = 'chmod -R 777 uploads';
const REASON = 'uploads of this machine alone';
const PATH = '/home/ada/project/tidy.sh';
const UNTIL = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
const TEXT = `# ${suppressionWords(RULE, UNTIL, REASON)}\n${LINE}\n`;

async function verify({ call, hello }: Sidecar, text: string): Promise<Assessment> {
  const subject = { kind: 'file', path: PATH, language: 'shellscript', text };
  const body = { requestId: 'r', sessionId: 's', source: 'save', subject, depth: 'gates' };
  return Assessment.parse((await call({ path: '/verify', token: hello.assessToken, body })).json);
}

/** Accepts the comment of {@link TEXT}, with whichever token. */
async function accept(sidecar: Sidecar, token = sidecar.hello.decideToken) {
  const { findings } = await verify(sidecar, LINE);
  const match = findings.find(({ ruleId }) => ruleId === RULE)?.match ?? '';
  const terms = { ruleId: RULE, until: UNTIL, reasonDigest: sha256(REASON), place: { kind: 'comment', path: PATH, match } } as const;
  const body = { action: 'accept', ...terms, digest: suppressionDigest(terms), reason: REASON, by: sidecar.ready.person };
  return sidecar.call({ path: '/suppressions', token, body });
}

test('an acceptance outlives the process that took it, and the chain that has it verifies', async (t) => {
  const folder = await scratch(t);
  const first = await startSidecar(t, folder);
  assert.equal((await verify(first, TEXT)).verdict, 'review');
  assert.equal((await accept(first, first.hello.assessToken)).status, 403);
  assert.equal((await verify(first, TEXT)).verdict, 'review');
  Receipt.parse((await accept(first)).json);
  assert.equal((await verify(first, TEXT)).verdict, 'pass');
  const { suppressions } = await first.health();
  assert.deepEqual([suppressions?.active, suppressions?.accepted], [1, 1]);
  const gone = once(first.child, 'close');
  first.child.kill('SIGKILL');
  await gone;

  const second = await startSidecar(t, folder);
  assert.equal((await verify(second, TEXT)).verdict, 'pass');
  const { json } = await second.call({ path: '/suppressions', token: second.hello.assessToken });
  assert.deepEqual(
    AcceptedSuppression.array()
      .parse(json)
      .map(({ ruleId, state, until, reason }) => [ruleId, state, until, reason]),
    [[RULE, 'active', UNTIL, REASON]],
  );
  await second.end();
  assert.equal((await verifyLedger(folder)).ok, true);
});

/** Who may forbid it: this machine's settings, and the organisation on top of them. */
const FORBIDDING: Record<string, Partial<Hello>> = {
  'the settings of this machine': { suppressions: { forbid: ['destructive-operations.*'] } },
  'the organisation': { organisation: { schema: 1, suppressions: { forbid: [RULE] } } },
  'the organisation, by the longest time': { organisation: { schema: 1, suppressions: { forbid: [], maxDays: 10 } } },
};
for (const [who, changes] of Object.entries(FORBIDDING)) {
  test(`what was accepted before has no effect once ${who} forbid it, and no more is accepted`, async (t) => {
    const folder = await scratch(t);
    const before = await startSidecar(t, folder);
    assert.equal((await accept(before)).status, 200);
    await before.end();
    const sidecar = await startSidecar(t, folder, changes);
    const held = await verify(sidecar, TEXT);
    assert.equal(held.verdict, 'review');
    assert.deepEqual(
      held.suppressions?.map(({ state }) => state),
      ['forbidden'],
    );
    assert.equal(Problem.parse((await accept(sidecar)).json).code, 'forbidden');
    assert.equal((await sidecar.health()).suppressions?.forbidden, 1);
  });
}
