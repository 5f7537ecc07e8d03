import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import { type ProblemCode, SentinelError } from '../../verifier/protocol/problem.ts';
import type { Choice, Outcome, Verdict } from '../../verifier/protocol/vocabulary.ts';
import { ask, type Bench, bench, latch, OTHER_POLICIES, PERSON } from './standIns.ts';

async function assessed(verdict: Verdict, on: Bench): Promise<Assessment> {
  on.gates.verdict = verdict;
  // Each verdict on a text of its own: equal inputs would be answered from the cache.
  return on.assessor.assess(ask({ subject: { kind: 'command', text: `echo ${verdict}` } }));
}

function claim(on: Bench, { id }: Assessment): string {
  return on.decisions.claim(id, 'window-1').nonce;
}

function decide(on: Bench, { id, subjectDigest }: Assessment, nonce: string, choice: Choice, reason?: string) {
  const decision = { choice, by: PERSON, ...(reason === undefined ? {} : { reason }) };
  return on.decisions.follow({ assessmentId: id, nonce, subjectDigest, decision }, 'decide');
}

function report(on: Bench, { id, subjectDigest }: Assessment, nonce: string, outcome: Outcome) {
  return on.decisions.follow({ assessmentId: id, nonce, subjectDigest, outcome }, 'assess');
}

test('approve and then shown: both on record, bound to what was assessed', async () => {
  const on = await bench();
  const assessment = await assessed('block', on);
  const decided = await decide(on, assessment, claim(on, assessment), 'approve', ' it is a drill ');
  assert.equal(on.ledger.entries.at(-1)?.hash, decided.hash);
  const shown = await report(on, assessment, decided.nonce ?? '', 'shown');
  assert.equal(shown.nonce, undefined);
  const [decision] = on.ledger.events('decision');
  assert.deepEqual(
    [decision?.choice, decision?.by, decision?.reason, decision?.cause, decision?.verdict],
    ['approve', PERSON, 'it is a drill', 'person', 'block'],
  );
  for (const field of ['subjectDigest', 'policyDigest', 'inputsDigest'] as const) assert.equal(decision?.[field], assessment[field]);
  assert.equal(on.ledger.events('outcome')[0]?.outcome, 'shown');
  assert.deepEqual(on.decisions.waiting(), []);
});

test('a pass needs no decision: its own nonce reports the outcome, once', async () => {
  const on = await bench();
  const assessment = await assessed('pass', on);
  await report(on, assessment, assessment.nonce, 'saved');
  await assert.rejects(report(on, assessment, assessment.nonce, 'saved'), { code: 'nonce_spent' });
  assert.equal(on.ledger.events('outcome').length, 1);
});

test('what waits is listed without a nonce', async () => {
  const on = await bench();
  const assessment = await assessed('review', on);
  await assessed('pass', on);
  const nonce = claim(on, assessment);
  const waiting = on.decisions.waiting();
  assert.deepEqual(
    waiting.map((each) => [each.assessment.id, each.claimedBy]),
    [[assessment.id, 'window-1']],
  );
  const said = JSON.stringify(waiting);
  assert.ok(!said.includes(nonce) && !said.includes(assessment.nonce));
});

/** Each row tries to follow an assessment up in a way that must not be. */
const REFUSED: Record<string, { verdict?: Verdict; code: ProblemCode; attempt: (on: Bench, assessment: Assessment) => unknown }> = {
  'a decision with the assess token': {
    code: 'forbidden',
    attempt: (on, { id, subjectDigest, ...a }) =>
      on.decisions.follow(
        { assessmentId: id, nonce: claim(on, { id, subjectDigest, ...a }), subjectDigest, decision: { choice: 'approve', by: PERSON } },
        'assess',
      ),
  },
  'a decision that nobody claimed': { code: 'not_claimed', attempt: (on, a) => decide(on, a, a.nonce, 'approve') },
  'a decision with the nonce from before the claim': {
    code: 'nonce_spent',
    attempt: (on, a) => {
      claim(on, a);
      return decide(on, a, a.nonce, 'approve');
    },
  },
  'a decision with the nonce from an earlier claim': {
    code: 'nonce_spent',
    attempt: (on, a) => {
      const early = claim(on, a);
      claim(on, a);
      return decide(on, a, early, 'approve');
    },
  },
  'a claim by a second window': {
    code: 'already_claimed',
    attempt: async (on, a) => {
      claim(on, a);
      on.decisions.claim(a.id, 'window-2');
    },
  },
  'an approval moved to other bytes': {
    code: 'subject_changed',
    attempt: (on, a) => decide(on, { ...a, subjectDigest: OTHER_POLICIES }, claim(on, a), 'approve'),
  },
  'an approval moved to another assessment': {
    code: 'nonce_spent',
    attempt: async (on, a) => {
      const other = await on.assessor.assess(ask({ requestId: 'other' }));
      claim(on, other);
      return decide(on, other, claim(on, a), 'approve');
    },
  },
  'an approval after the policies changed': {
    code: 'subject_changed',
    attempt: (on, a) => {
      on.gates.policyDigest = OTHER_POLICIES;
      return decide(on, a, claim(on, a), 'approve');
    },
  },
  'a decision in the name of another': {
    code: 'person_mismatch',
    attempt: (on, a) =>
      on.decisions.follow(
        {
          assessmentId: a.id,
          nonce: claim(on, a),
          subjectDigest: a.subjectDigest,
          decision: { choice: 'approve', by: { name: 'Mallory', source: 'os-user' } },
        },
        'decide',
      ),
  },
  'the approval of a block without a reason': {
    verdict: 'block',
    code: 'reason_required',
    attempt: (on, a) => decide(on, a, claim(on, a), 'approve'),
  },
  'the approval of a block with an empty reason': {
    verdict: 'block',
    code: 'reason_required',
    attempt: (on, a) => decide(on, a, claim(on, a), 'approve', ' \t\n '),
  },
  'a second decision': {
    code: 'already_decided',
    attempt: async (on, a) => {
      const nonce = claim(on, a);
      await decide(on, a, nonce, 'deny');
      return decide(on, a, nonce, 'approve');
    },
  },
  'a claim after the decision': {
    code: 'already_decided',
    attempt: async (on, a) => {
      await decide(on, a, claim(on, a), 'deny');
      claim(on, a);
    },
  },
  'an outcome without a decision': { code: 'not_claimed', attempt: (on, a) => report(on, a, a.nonce, 'shown') },
  'an outcome with the nonce of the claim': {
    code: 'nonce_spent',
    attempt: async (on, a) => {
      const nonce = claim(on, a);
      await decide(on, a, nonce, 'approve');
      return report(on, a, nonce, 'shown');
    },
  },
  'an effect after a denial': {
    code: 'forbidden',
    attempt: async (on, a) => report(on, a, (await decide(on, a, claim(on, a), 'deny')).nonce ?? '', 'shown'),
  },
  'an outcome for other bytes': {
    code: 'subject_changed',
    attempt: async (on, a) => {
      const { nonce = '' } = await decide(on, a, claim(on, a), 'approve');
      return report(on, { ...a, subjectDigest: OTHER_POLICIES }, nonce, 'saved');
    },
  },
  'a second outcome': {
    code: 'nonce_spent',
    attempt: async (on, a) => {
      const { nonce = '' } = await decide(on, a, claim(on, a), 'approve');
      await report(on, a, nonce, 'shown');
      return report(on, a, nonce, 'shown');
    },
  },
  'a decision on an assessment that was never issued': {
    code: 'not_found',
    attempt: (on, a) => decide(on, { ...a, id: randomUUID() }, a.nonce, 'approve'),
  },
  'a claim on a pass': { verdict: 'pass', code: 'not_found', attempt: async (on, a) => claim(on, a) },
  'a decision on a pass': { verdict: 'pass', code: 'not_found', attempt: (on, a) => decide(on, a, a.nonce, 'approve') },
  'an approval of what has expired': {
    code: 'nonce_spent',
    attempt: async (on, a) => {
      const nonce = claim(on, a);
      on.clock.now += 25 * 3_600_000;
      await on.decisions.expire();
      return decide(on, a, nonce, 'approve');
    },
  },
};

for (const [name, { verdict = 'review', code, attempt }] of Object.entries(REFUSED)) {
  test(`refused with ${code}: ${name}`, async () => {
    const on = await bench();
    const assessment = await assessed(verdict, on);
    const approvals = () => on.ledger.events('decision').filter((each) => each.choice === 'approve').length;
    const effects = () => on.ledger.events('outcome').filter((each) => each.outcome === 'shown').length;
    let refusal: unknown;
    try {
      await attempt(on, assessment);
    } catch (error) {
      refusal = error;
    }
    assert.ok(refusal instanceof SentinelError, String(refusal));
    assert.equal(refusal.code, code);
    assert.ok(approvals() <= 1 && effects() <= 1);
  });
}

test('a denial counts although the policies have changed since', async () => {
  const on = await bench();
  const assessment = await assessed('review', on);
  on.gates.policyDigest = OTHER_POLICIES;
  await decide(on, assessment, claim(on, assessment), 'deny');
  assert.equal(on.ledger.events('decision')[0]?.choice, 'deny');
});

test('of two decisions at once with one nonce exactly one is recorded', async () => {
  const on = await bench();
  const assessment = await assessed('review', on);
  const nonce = claim(on, assessment);
  const disk = latch();
  on.ledger.gate = disk.opened;
  const both = Promise.allSettled([decide(on, assessment, nonce, 'approve'), decide(on, assessment, nonce, 'approve')]);
  disk.open();
  assert.deepEqual((await both).map((each) => each.status).sort(), ['fulfilled', 'rejected']);
  assert.equal(on.ledger.events('decision').length, 1);
});

test('a decision that could not be recorded has not been made, and can be made again', async () => {
  const on = await bench();
  const assessment = await assessed('review', on);
  const nonce = claim(on, assessment);
  on.ledger.failure = new SentinelError('ledger_failed', 'the disk is full');
  await assert.rejects(decide(on, assessment, nonce, 'approve'), { code: 'ledger_failed' });
  on.ledger.failure = undefined;
  const { nonce: next = '' } = await decide(on, assessment, nonce, 'approve');
  await report(on, assessment, next, 'shown');
  assert.equal(on.ledger.events('decision').length, 1);
});

test('reasons and details are redacted before they are stored', async () => {
  const on = await bench();
  const assessment = await assessed('block', on);
  const { nonce = '' } = await decide(on, assessment, claim(on, assessment), 'approve', 'the key open-sesame is old');
  await on.decisions.follow(
    { assessmentId: assessment.id, nonce, subjectDigest: assessment.subjectDigest, outcome: 'failed', detail: 'open-sesame' },
    'assess',
  );
  await on.decisions.notice({ notice: 'guard-off', by: PERSON, detail: 'open-sesame' });
  assert.ok(!JSON.stringify(on.ledger.entries).includes('open-sesame'));
  assert.equal(on.ledger.events('decision')[0]?.reason, 'the key ‹redacted:sample› is old');
});

test('what waits too long, or beyond the bound, is closed as denied', async () => {
  const on = await bench({ limits: { items: 3, ageMs: 60_000 } });
  on.gates.verdict = 'review';
  const first = await on.assessor.assess(ask({ requestId: '0' }));
  for (let index = 1; index < 5; index += 1) await on.assessor.assess(ask({ requestId: `${index}` }));
  await on.decisions.expire();
  assert.equal(on.register.waiting().length, 3);
  const [closed] = on.ledger.events('decision');
  assert.deepEqual([closed?.assessmentId, closed?.choice, closed?.cause, closed?.by.source], [first.id, 'deny', 'cancelled', 'verifier']);
  assert.equal(on.ledger.events('outcome')[0]?.outcome, 'withheld');
  on.clock.now += 61_000;
  await on.decisions.expire();
  assert.equal(on.register.waiting().length, 0);
  assert.equal(on.ledger.events('decision').length, 5);
});

test('at the end of a session the undecided is denied and the approved without outcome has failed', async () => {
  const on = await bench();
  const undecided = await assessed('block', on);
  const approved = await assessed('review', on);
  await assessed('pass', on);
  await decide(on, approved, claim(on, approved), 'approve');
  await on.decisions.expire(true);
  await on.session.close();
  assert.deepEqual(
    on.ledger.events('outcome').map((each) => [each.assessmentId, each.outcome]),
    [
      [undecided.id, 'withheld'],
      [approved.id, 'failed'],
    ],
  );
  assert.equal(on.ledger.entries.at(-1)?.event?.type, 'session-close');
  assert.equal(on.ledger.closed, true);
});
