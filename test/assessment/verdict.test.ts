import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SentinelError } from '../../verifier/protocol/problem.ts';
import { graver, VERDICTS } from '../../verifier/protocol/vocabulary.ts';
import { ask, bench, finding, latch } from './standIns.ts';

for (const fromGates of VERDICTS) {
  for (const fromAudit of VERDICTS) {
    const expected = graver(fromGates, fromAudit);
    test(`gates ${fromGates} and audit ${fromAudit} give ${expected}`, async () => {
      const { gates, auditor, assessor, ledger } = await bench();
      gates.verdict = fromGates;
      auditor.says(fromAudit);
      const assessment = await assessor.assess(ask());
      assert.equal(assessment.verdict, expected);
      assert.equal(ledger.events('assessment')[0]?.verdict, expected);
    });
  }
}

test('the audit cannot take a finding of the gates away, whatever it answers', async () => {
  const { gates, auditor, assessor } = await bench();
  gates.verdict = 'review';
  auditor.result = { state: 'ran', verdict: 'pass', findings: [], dropped: ['sample.rule is exempt: verdict pass'], model: 'm', ms: 1 };
  const { findings, verdict } = await assessor.assess(ask());
  assert.deepEqual(
    findings.map((each) => each.ruleId),
    ['sample.rule'],
  );
  assert.equal(verdict, 'review');
});

test('an audit verdict milder than its own findings counts as grave as they are', async () => {
  const { auditor, assessor } = await bench();
  auditor.result = { state: 'ran', verdict: 'pass', findings: [finding('sample.audit', 'audit', 'block')], dropped: [], model: 'm', ms: 1 };
  assert.equal((await assessor.assess(ask())).verdict, 'block');
});

test('a block by the gates is answered before the audit ends, and what the audit found is recorded when it comes', async () => {
  const { gates, auditor, assessor, ledger, decisions } = await bench();
  gates.verdict = 'block';
  auditor.says('review');
  const audit = latch();
  auditor.gate = audit.opened;
  const assessment = await assessor.assess(ask());
  assert.equal(assessment.layers.audit.state, 'pending');
  assert.equal(ledger.events('late-layer').length, 0);
  audit.open();
  // A reader of the ledger learns when the late layer is on record.
  await new Promise<void>((resolve) => {
    if (ledger.events('late-layer').length > 0) resolve();
    else ledger.onEntry(() => resolve());
  });
  const [late] = ledger.events('late-layer');
  assert.equal(late?.assessmentId, assessment.id);
  assert.deepEqual(
    late?.findings.map((each) => each.ruleId),
    ['sample.audit'],
  );
  const [waiting] = decisions.waiting();
  assert.equal(waiting?.assessment.layers.audit.state, 'ran');
  assert.equal(waiting?.assessment.findings.length, 2);
});

test('an audit that is still running when the session ends is ended and recorded as unavailable', async () => {
  const { gates, auditor, assessor, ledger } = await bench();
  gates.verdict = 'block';
  auditor.gate = latch().opened;
  await assessor.assess(ask());
  await assessor.close();
  assert.equal(ledger.events('late-layer')[0]?.layers.audit.state, 'unavailable');
});

test('gates and audit run at the same time', async () => {
  const { gates, auditor, assessor } = await bench();
  const both = latch();
  gates.gate = both.opened;
  auditor.gate = both.opened;
  const assessing = assessor.assess(ask());
  while (gates.assessed.length === 0 || auditor.asked.length === 0) await new Promise(setImmediate);
  both.open();
  assert.equal((await assessing).verdict, 'pass');
});

test('an audit service that fails leaves the verdict to the gates and says why', async () => {
  const { auditor, assessor, ledger } = await bench();
  auditor.result = { state: 'unavailable', why: 'the service answered 429', ms: 3 };
  const assessment = await assessor.assess(ask());
  assert.equal(assessment.verdict, 'pass');
  assert.deepEqual(assessment.layers.audit, { state: 'unavailable', why: 'the service answered 429', ms: 3 });
  assert.equal(ledger.events('assessment')[0]?.layers.audit.state, 'unavailable');
});

test('an audit that the content broke is a review', async () => {
  const { auditor, assessor } = await bench();
  auditor.result = { state: 'refused', why: 'the answer was cut off', ms: 3 };
  const assessment = await assessor.assess(ask());
  assert.equal(assessment.verdict, 'review');
  assert.equal(assessment.layers.audit.state, 'refused');
  assert.equal(assessment.findings[0]?.ruleId, 'audit.refused');
});

test('without an auditor the reply says that it is off and why', async () => {
  const { assessor } = await bench({ audit: false });
  const { layers, verdict } = await assessor.assess(ask());
  assert.deepEqual([verdict, layers.audit.state, layers.audit.why], ['pass', 'off', 'no key was given']);
});

test('depth gates skips the audit and says so', async () => {
  const { auditor, assessor } = await bench();
  const { layers } = await assessor.assess(ask({ depth: 'gates' }));
  assert.equal(layers.audit.state, 'skipped');
  assert.equal(auditor.asked.length, 0);
});

test('gates that crash are a failed layer and a review, never a pass', async () => {
  const { gates, assessor, ledger } = await bench();
  gates.failure = new Error('the worker stopped');
  const assessment = await assessor.assess(ask());
  assert.equal(assessment.verdict, 'review');
  assert.equal(assessment.layers.gates.state, 'failed');
  assert.equal(assessment.findings[0]?.ruleId, 'gate.not-run');
  assert.equal(ledger.events('assessment')[0]?.layers.gates.state, 'failed');
});

test('where no policy set is valid there is no verdict', async () => {
  const { gates, assessor, ledger, auditor } = await bench();
  gates.failure = new SentinelError('policies_invalid', 'no policy set is valid');
  auditor.says('pass');
  await assert.rejects(assessor.assess(ask()), { code: 'policies_invalid' });
  assert.equal(ledger.events('assessment').length, 0);
});

test('text that cannot be redacted is not sent to the auditor and does not pass', async () => {
  const { gates, auditor, assessor } = await bench();
  gates.redactFailure = new Error('the worker stopped');
  const assessment = await assessor.assess(ask());
  assert.equal(assessment.verdict, 'review');
  assert.equal(assessment.layers.audit.state, 'failed');
  assert.equal(auditor.asked.length, 0);
});

test('the auditor gets text, intent, name, language and attachments redacted', async () => {
  const { auditor, assessor } = await bench();
  await assessor.assess(
    ask({
      subject: { kind: 'file', text: 'a\nopen-sesame\n', path: '/home/ada/project/open-sesame.txt', language: 'open-sesame' },
      intent: 'use open-sesame',
      references: [{ name: 'open-sesame.md', text: 'open-sesame' }],
    }),
  );
  const sent = JSON.stringify(auditor.asked);
  assert.equal(auditor.asked.length, 1);
  assert.ok(!sent.includes('open-sesame'), sent);
  assert.ok(sent.includes('‹redacted:sample›.txt'), sent);
});

test('the ledger gets ids, names and reasons redacted', async () => {
  const { assessor, ledger } = await bench();
  const secret = 'open-sesame';
  await assessor.assess(
    ask({
      requestId: secret,
      sessionId: secret,
      parentSessionId: secret,
      toolCallId: secret,
      agent: secret,
      model: secret,
      timing: 'after',
      unassessed: secret,
      subject: { kind: 'file', text: secret, path: `/etc/${secret}` },
    }),
  );
  assert.ok(!JSON.stringify(ledger.entries).includes(secret));
  assert.equal(ledger.events('assessment')[0]?.subject.name, '/etc/‹redacted:sample›');
});

test('what is attached to a prompt is examined as well', async () => {
  const { gates, assessor } = await bench();
  gates.verdict = 'review';
  const { findings } = await assessor.assess(
    ask({ subject: { kind: 'prompt', text: 'explain' }, references: [{ name: 'notes.md', text: 'wipe it' }] }),
  );
  assert.deepEqual(
    gates.assessed.map((subject) => subject.kind === 'prompt' && subject.text),
    ['explain', 'wipe it'],
  );
  assert.ok(findings.some((each) => each.message.startsWith('In the attached notes.md: ')));
});

test('a change of the policies is on record before the first verdict under the new ones', async () => {
  const { gates, assessor, ledger } = await bench();
  await assessor.assess(ask());
  gates.policyDigest = ledger.entries[0]?.hash ?? '';
  await assessor.assess(ask());
  gates.problems = ['rules.yaml:3: not a rule'];
  await assessor.assess(ask());
  assert.deepEqual(
    ledger.entries.map((entry) => entry.event?.type),
    ['session-open', 'assessment', 'policy-change', 'assessment', 'policy-change', 'assessment'],
  );
  assert.deepEqual(ledger.events('policy-change')[1]?.problems, ['rules.yaml:3: not a rule']);
});

test('no verdict leaves before its entry is durable, and none at all when the ledger fails', async () => {
  const { assessor, ledger, register } = await bench();
  const disk = latch();
  ledger.gate = disk.opened;
  let answered = false;
  const assessing = assessor.assess(ask()).then(() => {
    answered = true;
  });
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  assert.equal(answered, false);
  disk.open();
  await assessing;
  ledger.failure = new SentinelError('ledger_failed', 'the disk is full');
  await assert.rejects(assessor.assess(ask({ requestId: 'second' })), { code: 'ledger_failed' });
  assert.equal(register.waiting().length, 0);
});
