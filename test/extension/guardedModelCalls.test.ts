import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_OTHER_WAYS } from '../../extension/core/guardedModel.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { CONTINUE } from './breakGlassSetting.ts';
import { APPROVE, APPROVE_WITH_REASON, DENY, DENY_ALL, REVIEW_EACH } from './buttons.ts';
import { settle } from './fakes.ts';
import { call, ScriptedModel, setting, text, user } from './guardedModelSetting.ts';

const ASK = [user(text('Please tidy up'))];
const DOWN = new VerifierError('unreachable', 'The verifier is not reachable.');

describe('a tool call', () => {
  it('that passes reaches the editor once, after its verdict, with what it was asked for on record', async () => {
    const { run, verifier, calls } = setting(new ScriptedModel([text('Looking.\n'), call('list_dir', { path: '/project' })]));
    await run(ASK, 'conversation');
    assert.deepEqual(calls(), ['list_dir-1']);
    const asked = verifier.asked.find((body) => 'subject' in body && body.subject.kind === 'tool');
    assert.ok(asked && 'subject' in asked);
    assert.deepEqual(asked.subject, { kind: 'tool', name: 'list_dir', input: { path: '/project' }, cwd: '/project' });
    assert.deepEqual(
      [asked.source, asked.agent, asked.model, asked.sessionId, asked.toolCallId, asked.depth, asked.intent],
      ['model', 'guarded-model', 'test/model', 'conversation', 'list_dir-1', 'full', 'Please tidy up'],
    );
    assert.deepEqual(verifier.story, ['ran', 'shown', 'ran']);
  });

  it('that is held is not seen by the editor until it is approved, and then once', async () => {
    const { run, dialog, verifier, calls } = setting(new ScriptedModel([call('run', { command: 'ODD' })]));
    const running = run(ASK);
    await settle();
    assert.deepEqual(calls(), []);
    assert.match(dialog.questions[0]?.message ?? '', /^The tool call run was held back/);
    dialog.press(APPROVE);
    await running;
    assert.deepEqual(calls(), ['run-1']);
    assert.deepEqual(verifier.story, ['ran', 'approve', 'ran']);
  });

  it('that is denied never reaches the editor; the model is told why, and may choose another way', async () => {
    const model = new ScriptedModel(
      [text('I delete it.\n'), call('run', { command: 'BAD' })],
      [text('Then I list it.\n'), call('list', {})],
    );
    const { run, calls, shown, verifier } = setting(model, [DENY]);
    await run(ASK);
    assert.deepEqual(calls(), ['list-1']);
    const [, again] = model.sent;
    const added = again?.slice(ASK.length) ?? [];
    assert.deepEqual(
      added.map(({ role, parts }) => [role, ...parts.map(({ kind }) => kind)]),
      [
        ['assistant', 'text', 'call'],
        ['user', 'result'],
      ],
    );
    const told = added[1]?.parts[0];
    assert.ok(told?.kind === 'result' && told.callId === 'run-1');
    assert.match(
      told.text,
      /^Denied by Sentinel AI: Deletes everything\. \(rule destructive-operations\.recursive-delete\) Safer: Name the folder\./,
    );
    assert.match(shown(), /denied the tool call run/);
    assert.deepEqual(verifier.story, ['ran', 'shown', 'deny', 'withheld', 'shown', 'ran']);
  });

  it('that is denied among others leaves those to go on, and the chat says so for the next turn', async () => {
    const model = new ScriptedModel([call('a', { n: 1 }), call('b', { n: 'ODD' }), call('c', { n: 3 })]);
    const { run, calls, shown } = setting(model, [DENY]);
    await run(ASK);
    assert.deepEqual(calls(), ['a-1', 'c-1']);
    assert.equal(model.sent.length, 1);
    assert.match(shown(), /denied the tool call b/);
  });

  for (const { choices, passed } of [
    { choices: [DENY_ALL], passed: [] },
    { choices: [REVIEW_EACH, APPROVE, DENY], passed: ['a-1'] },
  ])
    it(`one of several held ones is asked about with the others: ${choices.join(', ')}`, async () => {
      const { run, calls } = setting(new ScriptedModel([call('a', { n: 'ODD 1' }), call('b', { n: 'ODD 2' })], [text('Fine.')]), choices);
      await run(ASK);
      assert.deepEqual(calls(), passed);
    });

  it('is not tried for ever: after some denied ways the model is stopped', async () => {
    const bad = [call('run', { command: 'ODD' })];
    const model = new ScriptedModel(...Array.from({ length: 20 }, () => bad));
    const { run, calls } = setting(
      model,
      Array.from({ length: 20 }, () => DENY),
    );
    await assert.rejects(run(ASK), /every tool call that it tried was denied/);
    assert.equal(model.sent.length, MAX_OTHER_WAYS + 1);
    assert.deepEqual(calls(), []);
  });

  it('is not passed on when the text of its answer is withheld', async () => {
    const model = new ScriptedModel([text('BAD advice\n'), call('run', { command: 'ODD' })]);
    const { run, calls, verifier } = setting(model, [DENY]);
    await assert.rejects(run(ASK), /withheld the answer \(denied\)/);
    assert.deepEqual(calls(), []);
    assert.ok(verifier.story.includes('deny:cancelled'), 'what waited is closed');
  });

  it('whose script changed after the verdict is assessed again', async () => {
    const { run, files, verifier, calls, dialog } = setting(new ScriptedModel([call('run', { command: 'sh x.sh' })], [text('Fine.')]), [
      DENY,
    ]);
    files.set('/project/x.sh', 'changed');
    const { verify } = verifier;
    let looks = 0;
    verifier.verify = async (body) => {
      const assessment = await verify(body);
      if (body.subject.kind !== 'tool') return assessment;
      looks += 1;
      if (looks > 1) verifier.judge = (subject) => (subject.includes('x.sh') ? 'review' : 'pass');
      const again = looks > 1 ? await verify(body) : assessment;
      return { ...again, scripts: [{ path: '/project/x.sh', digest: looks > 1 ? 'changed' : 'before' }] };
    };
    await run(ASK);
    assert.equal(looks, 2);
    assert.equal(dialog.questions.length, 1);
    assert.deepEqual(calls(), []);
  });

  it('whose script keeps changing is not passed on', async () => {
    const { run, verifier, calls, shown } = setting(new ScriptedModel([call('run', { command: 'sh x.sh' })], [text('Fine.')]));
    const { verify } = verifier;
    verifier.verify = async (body) => ({ ...(await verify(body)), scripts: [{ path: '/project/x.sh', digest: 'never this' }] });
    await run(ASK);
    assert.deepEqual(calls(), []);
    assert.match(shown(), /kept changing/);
  });

  it('whose script was not there when it was assessed, and is now, is assessed again', async () => {
    const { run, verifier, files, dialog, calls } = setting(new ScriptedModel([call('run', { command: 'node x.js' })], [text('Fine.')]), [
      DENY,
    ]);
    const { verify } = verifier;
    let looks = 0;
    verifier.verify = async (body) => {
      if (body.subject.kind !== 'tool') return verify(body);
      looks += 1;
      verifier.judge = (subject) => (looks > 1 && subject.includes('x.js') ? 'review' : 'pass');
      const assessment = await verify(body);
      files.set('/project/x.js', 'now');
      return { ...assessment, scripts: [{ path: '/project/x.js', digest: looks > 1 ? 'now' : null }] };
    };
    await run(ASK);
    assert.equal(dialog.questions.length, 1);
    assert.deepEqual(calls(), []);
  });

  it('whose script is as it was assessed is passed on', async () => {
    const { run, verifier, calls, files } = setting(new ScriptedModel([call('run', { command: 'sh x.sh' })]));
    files.set('/project/x.sh', 'same');
    const { verify } = verifier;
    verifier.verify = async (body) => ({ ...(await verify(body)), scripts: [{ path: '/project/x.sh', digest: 'same' }] });
    await run(ASK);
    assert.deepEqual(calls(), ['run-1']);
  });

  it('that is no JSON is held back, since nothing can be said of it', async () => {
    const { run, calls } = setting(new ScriptedModel([{ kind: 'unreadable', name: 'odd_tool' }]));
    await assert.rejects(run(ASK), /held back the tool call odd_tool/);
    assert.deepEqual(calls(), []);
  });

  it('without a verdict is held back, and the model is told', async () => {
    const model = new ScriptedModel([call('run', { command: 'ls' })], []);
    const { run, verifier, calls, dialog } = setting(model);
    model.beforePart = () => {
      verifier.failure = DOWN;
    };
    await run(ASK);
    assert.deepEqual(calls(), []);
    assert.match(dialog.told.join('\n'), /The tool call run was held back/);
  });

  it('without a verdict goes on where a person with a reason lets it, and that is written down first', async () => {
    const model = new ScriptedModel([call('run', { command: 'ls' })]);
    const { run, verifier, calls, dialog, spool } = setting(model, [], ['The disk is full']);
    dialog.toldAnswers = [CONTINUE];
    model.beforePart = () => {
      verifier.failure = DOWN;
    };
    await run(ASK);
    assert.deepEqual(calls(), ['run-1']);
    assert.equal(spool.lines.length, 1);
  });

  it('that waits for a decision when the request is cancelled is denied on record', async () => {
    const { run, stop, verifier, calls } = setting(new ScriptedModel([call('run', { command: 'BAD' })]));
    const running = run(ASK);
    await settle();
    stop.abort();
    await running;
    assert.deepEqual(calls(), []);
    assert.ok(verifier.story.includes('deny:cancelled'));
  });

  it('that would be blocked needs a reason', async () => {
    const { run, calls, verifier } = setting(
      new ScriptedModel([call('run', { command: 'BAD' })]),
      [APPROVE_WITH_REASON],
      ['It is a scratch folder'],
    );
    await run(ASK);
    assert.deepEqual(calls(), ['run-1']);
    assert.equal(verifier.recorded.find(({ decision }) => decision)?.decision?.reason, 'It is a scratch folder');
  });
});
