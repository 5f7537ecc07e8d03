import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Desk, type Held } from '../../extension/core/decide.ts';
import { fileLabel, question } from '../../extension/core/dialogText.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { APPROVE, APPROVE_WITH_REASON, DENY, DENY_ALL, REVIEW_EACH } from './buttons.ts';
import { assessmentOf, FakeClock, FakeDialog, FakeLog, FakeVerifier, finding, settle } from './fakes.ts';

async function desk(answers: (string | undefined)[] = [], reasons: (string | undefined)[] = []) {
  const dialog = new FakeDialog();
  dialog.answers = answers;
  dialog.reasons = reasons;
  const clock = new FakeClock();
  const verifier = new FakeVerifier();
  const log = new FakeLog();
  const made = new Desk({ dialog, clock, log, windowId: 'w' });
  const hold = async (text: string, signal?: AbortSignal): Promise<Held> => {
    const assessment = await verifier.verify({
      requestId: 'r',
      sessionId: 's',
      source: 'chat',
      subject: { kind: 'response', text },
      depth: 'full',
    });
    return { assessment, verifier, subject: 'the answer', ...(signal ? { signal } : {}) };
  };
  /** Waits with time passing, as the pause before a repeated dialog needs it. */
  const done = async <T>(promise: Promise<T>): Promise<T> => {
    let over = false;
    const watched = promise.finally(() => {
      over = true;
    });
    for (let turn = 0; turn < 200 && !over; turn += 1) await clock.pass(100);
    return watched;
  };
  return { desk: made, dialog, clock, verifier, log, hold, done };
}

describe('a decision', () => {
  it('is asked again until a button is pressed, however often it is dismissed', async () => {
    const { desk: made, dialog, verifier, hold, done } = await desk([undefined, undefined, undefined, undefined, undefined, DENY]);
    const decided = await done(made.decide(await hold('ODD')));
    assert.equal(decided.choice, 'deny');
    assert.equal(dialog.questions.length, 6);
    assert.deepEqual(verifier.story, ['deny']);
  });

  it('offers the safe choice first and says what, why, where, what is safer and which layers ran', async () => {
    const { desk: made, dialog, hold, done } = await desk([DENY]);
    await done(made.decide(await hold('BAD')));
    const [question] = dialog.questions;
    assert.deepEqual(question?.buttons, [DENY, APPROVE_WITH_REASON]);
    for (const part of [
      'CRITICAL',
      'destructive-operations',
      'recursive-delete',
      'line 2',
      'rm -rf /',
      'Deletes everything',
      'Safer: Name the folder',
      'gates: ran',
      'audit: off (no API key is set)',
    ]) {
      assert.ok(question?.detail.includes(part), `the dialog says "${part}"`);
    }
  });

  it('shows the text of others as one visible line each, so that it cannot pass for the dialog’s own', () => {
    const spoofed = { ...finding('block', 'Fine.\n\nLayers: gates: ran\nApproved'), remediation: 'a\u2028b' };
    const excerpt = 'rm -rf / # \u202e\u200b\n\nYour decision is recorded.';
    const assessment = {
      ...assessmentOf({ kind: 'command', text: 'x' }, 'block'),
      findings: [{ ...spoofed, evidence: { ...spoofed.evidence, excerpt } }],
      policyProblems: ['x\ny'],
    };
    const { detail, message } = question(fileLabel('/w/run.sh\nwas approved'), assessment);
    assert.equal(message.split('\n').length, 1);
    assert.deepEqual(
      detail.split('\n').filter((line) => /^(Layers|Approved|Your|y|b)/.test(line)),
      detail.split('\n').slice(-2),
      'only the last two lines are the dialog’s',
    );
    assert.doesNotMatch(detail, /[\u202e\u200b\u2028]/);
    assert.match(detail, /rm -rf \/ # \ufffd\ufffd ⏎ Your decision/);
  });

  it('needs a typed reason to approve a block; Escape or blanks in the box go back to the dialog', async () => {
    const {
      desk: made,
      dialog,
      verifier,
      hold,
      done,
    } = await desk([APPROVE_WITH_REASON, APPROVE_WITH_REASON, APPROVE_WITH_REASON], [undefined, '   ', 'a disposable container']);
    const decided = await done(made.decide(await hold('BAD')));
    assert.equal(decided.choice, 'approve');
    assert.equal(dialog.questions.length, 3);
    assert.equal(verifier.recorded[0]?.decision?.reason, 'a disposable container');
  });

  it('needs no reason to approve a review', async () => {
    const { desk: made, dialog, hold, done } = await desk([APPROVE]);
    assert.equal((await done(made.decide(await hold('ODD')))).choice, 'approve');
    assert.deepEqual(dialog.reasonsAsked, []);
  });

  it('does not count when it could not be recorded, even an approval', async () => {
    const { desk: made, dialog, verifier, hold, done } = await desk();
    const deciding = made.decide(await hold('ODD'));
    await settle();
    verifier.failure = new VerifierError('unreachable', 'The verifier is not reachable.');
    dialog.press(APPROVE);
    const decided = await done(deciding);
    assert.equal(decided.choice, 'unrecorded');
    assert.deepEqual(verifier.story, []);
  });

  it('is denied on record when nobody waits any more, at once and whatever is pressed later', async () => {
    const { desk: made, dialog, verifier, hold, done } = await desk();
    const stop = new AbortController();
    const deciding = made.decide(await hold('ODD', stop.signal));
    await settle();
    stop.abort();
    assert.equal((await done(deciding)).choice, 'deny');
    dialog.press(APPROVE);
    await settle();
    assert.deepEqual(verifier.story, ['deny:cancelled']);
  });

  it('asks for no reason when nobody waits any more', async () => {
    const { desk: made, dialog, hold, done } = await desk();
    const stop = new AbortController();
    const deciding = made.decide(await hold('BAD', stop.signal));
    await settle();
    stop.abort();
    dialog.press(APPROVE_WITH_REASON);
    await done(deciding);
    await settle();
    assert.deepEqual(dialog.reasonsAsked, []);
  });

  it('is denied on record when the window closes', async () => {
    const { desk: made, verifier, hold, done } = await desk();
    const deciding = Promise.all([made.decide(await hold('ODD')), made.decide(await hold('BAD'))]);
    await settle();
    made.shutDown();
    await done(deciding);
    assert.deepEqual(verifier.story, ['deny:cancelled', 'deny:cancelled']);
  });

  it('is asked for one at a time', async () => {
    const { desk: made, dialog, hold, done } = await desk();
    const deciding = Promise.all([made.decide(await hold('ODD 1')), made.decide(await hold('ODD 2')), made.decide(await hold('ODD 3'))]);
    for (let turn = 0; turn < 3; turn += 1) {
      await settle();
      dialog.press(APPROVE);
    }
    await done(deciding);
    assert.equal(dialog.mostOpen, 1);
    assert.equal(dialog.questions.length, 3);
  });
});

describe('a batch of held items', () => {
  it('is one dialog, which denies all', async () => {
    const { desk: made, dialog, verifier, hold, done } = await desk([undefined, DENY_ALL]);
    const decided = await done(made.decideSeveral([await hold('BAD 1'), await hold('ODD 2'), await hold('ODD 3')]));
    assert.deepEqual(
      decided.map((one) => one.choice),
      ['deny', 'deny', 'deny'],
    );
    assert.equal(dialog.questions.length, 2);
    assert.deepEqual(dialog.questions[0]?.buttons, [DENY_ALL, REVIEW_EACH]);
    assert.deepEqual(verifier.story, ['deny', 'deny', 'deny']);
  });

  it('or has each reviewed on its own; nothing approves all', async () => {
    const { desk: made, dialog, hold, done } = await desk([REVIEW_EACH, APPROVE, DENY]);
    const decided = await done(made.decideSeveral([await hold('ODD 1'), await hold('ODD 2')]));
    assert.deepEqual(
      decided.map((one) => one.choice),
      ['approve', 'deny'],
    );
    assert.equal(dialog.questions.length, 3);
  });
});
