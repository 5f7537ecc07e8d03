import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consentQuestion } from '../../extension/core/auditEndpoint.ts';
import { ChatCommands } from '../../extension/core/chatCommands.ts';
import { describeTrial } from '../../extension/core/chooseAuditor.ts';
import { CoverageGaps } from '../../extension/core/coverageGaps.ts';
import { Desk } from '../../extension/core/decide.ts';
import { batchQuestion, question } from '../../extension/core/dialogText.ts';
import { PromptGuard } from '../../extension/core/guardPrompt.ts';
import { type GuardFacts, guardState } from '../../extension/core/guardState.ts';
import { guardNodes, stateNodes, type ViewNode } from '../../extension/core/guardView.ts';
import { machineReport } from '../../extension/core/machineReport.ts';
import { howToRephrase } from '../../extension/core/rephrase.ts';
import { said } from '../../extension/core/said.ts';
import { tryPrompt, tryText } from '../../extension/core/tryIt.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import type { HistoryItem } from '../../verifier/protocol/history.ts';
import type { OrganisationReading } from '../../verifier/protocol/organisation.ts';
import type { CatalogueRule } from '../../verifier/protocol/policyCatalogue.ts';
import { breakGlassOver, FakeSpool } from './breakGlassSetting.ts';
import { assessmentOf, FakeClock, FakeDialog, FakeLog, FakeModel, FakeVerifier, FakeView, finding, healthOf, PERSON } from './fakes.ts';
import { assistant, call, setting as guardedSetting, ScriptedModel, text, user } from './guardedModelSetting.ts';
import { pseudo, pseudoText, speakPseudo, untranslated } from './pseudoLocale.ts';
import { FILE, setting as saveSetting } from './saveSetting.ts';

speakPseudo();

/** The record's own words, names and what the verifier says: they are the same in every language. */
const DATA = [
  'destructive-operations.recursive-delete',
  'destructive-operations',
  'Deletes everything.',
  'Name the folder.',
  'rm -rf /',
  /no (API )?key is set/g,
  /\b(gates|audit): (ran|off)\b/g,
  /\b(critical|medium|CRITICAL|MEDIUM|approve|deny|saved|withheld|built-in|workspace)\b/g,
  /\b[0-9a-f]{16,64}\b/g,
  /\b(?:run\.sh|other\.sh|app\.ts|sudo|Ada|run)\b/g,
  '@sentinelai-guard',
  '/bin/sh',
];

function assertTranslated(texts: readonly (string | undefined)[], data: readonly (string | RegExp)[] = DATA): void {
  assert.ok(texts.length > 0, 'something is shown');
  for (const one of texts) assert.equal(untranslated(one ?? '', data), undefined, one);
}

/** Everything that a dialog put before a person. */
function shownBy({ questions, reasonsAsked, told, offered }: FakeDialog): string[] {
  const asked = questions.flatMap(({ message, detail, buttons }) => [message, detail, ...buttons]);
  return [...asked, ...reasonsAsked, ...told, ...offered.flat()];
}

const commandSubject = { kind: 'command', text: 'rm -rf /' } as const;
const DOWN = new VerifierError('unreachable', said('The verifier is not reachable.'));

describe('in another language', () => {
  it('this test finds a text that was never looked up, and a part of one that was put into another', () => {
    assert.equal(untranslated('The prompt was held back.', DATA), 'The prompt was held back.');
    assert.equal(untranslated(pseudoText('{0} was held back.').replace('{0}', 'the prompt'), DATA), 'the prompt');
    assert.equal(untranslated(pseudo('Deny'), DATA), undefined);
  });

  it('the dialogs are in that language, buttons included', () => {
    for (const verdict of ['review', 'block'] as const) {
      const assessment = assessmentOf(commandSubject, verdict);
      const severalLayers = { ...assessment, timing: 'after' as const, policyProblems: ['app.ts'] };
      const unnamed = { ...assessment, findings: [] };
      for (const one of [assessment, severalLayers, unnamed]) {
        const { message, detail, buttons } = question('app.ts', one);
        assertTranslated([message, detail, ...buttons]);
        const batch = batchQuestion(Array(17).fill({ subject: 'app.ts', assessment: one }));
        assertTranslated([batch.message, batch.detail, ...batch.buttons]);
      }
    }
    const consent = consentQuestion({ provider: 'gemini', baseUrl: 'https://a.example', model: 'm' });
    assertTranslated([consent.message, consent.detail, ...consent.buttons], ['a.example']);
  });

  it('a prompt that is denied, approved, or can’t be checked is spoken of in that language', async () => {
    for (const { answer, failure } of [
      { answer: pseudo('Deny') },
      { answer: pseudo('Approve with a Reason…') },
      { answer: pseudo('Deny'), failure: DOWN },
    ]) {
      const dialog = new FakeDialog();
      dialog.answers = [answer];
      dialog.reasons = ['sudo'];
      const verifier = new FakeVerifier();
      const view = new FakeView();
      const log = new FakeLog();
      const { trouble, breakGlass } = breakGlassOver({ dialog, spool: new FakeSpool() });
      const desk = new Desk({ dialog, clock: new FakeClock(), log, windowId: 'w' });
      const connect = async () => {
        if (failure) throw failure;
        return verifier;
      };
      const guard = new PromptGuard({ connect, desk, log, trouble, breakGlass });
      const model = new FakeModel(['1.\n']);
      await guard.run({ text: 'BAD', references: [], history: [], model, view, signal: new AbortController().signal, sessionId: 's' });
      assertTranslated([view.shown, ...view.progressed, ...shownBy(dialog)]);
      for (const line of log.lines) assert.doesNotMatch(line, /⟦(?!the prompt⟧)/, 'the log is in English');
    }
  });

  it('a denied tool call is told of in that language to the person, and in English to the model', async () => {
    const model = new ScriptedModel([call('run', { command: 'BAD' })], [text('1.\n')]);
    const { run, shown, dialog } = guardedSetting(model, [pseudo('Deny')]);
    await run([user(text('Hi')), assistant(text('1')), user(text('2'))]);
    assertTranslated([shown(), ...shownBy(dialog)]);
    const told = JSON.stringify(model.sent.at(-1));
    assert.match(told, /Denied by Sentinel AI: Deletes everything\. \(rule destructive-operations\.recursive-delete\) Safer/);
    assert.ok(!told.includes('⟦'), told);
  });

  it('a held save and an unassessed write are shown in that language, and recorded in English', async () => {
    const { type, slip, clock, dialog, problems, verifier, writes } = saveSetting([pseudo('Deny')]);
    await type('BAD');
    await clock.pass(1000);
    await slip('ODD', '/w/other.sh');
    dialog.answers = [pseudo('Deny')];
    await writes.review('/w/other.sh');
    assert.ok(dialog.told.some((told) => told.includes(pseudo('there is no assessed text to put back; the text stays on disk'))));
    assertTranslated([...shownBy(dialog), ...problems.held.values()]);
    assert.equal(problems.held.has(FILE), true);
    const recorded = JSON.stringify([verifier.recorded, verifier.notices]);
    assert.match(recorded, /there is no assessed text to put back/);
    assert.ok(!recorded.includes('⟦'), recorded);
  });

  it('what could not be looked at is told in that language, and recorded in English', async () => {
    const dialog = new FakeDialog();
    const verifier = new FakeVerifier();
    const gaps = new CoverageGaps({ connect: async () => verifier, dialog, log: new FakeLog() });
    for (let count = 0; count < 7; count += 1) gaps.add(`/w/${count}`, 'too large');
    gaps.addBeyond();
    await gaps.tell(200);
    assertTranslated(dialog.told, ['too large']);
    assert.deepEqual(
      verifier.notices.map(({ detail }) => detail),
      [
        '1 more files changed at once than the 200 that are looked at; they were not assessed',
        'written, but could not be assessed: 0 (too large), 1 (too large), 2 (too large), 3 (too large), 4 (too large) and 2 more',
      ],
    );
  });

  it('going on without the guard is offered in that language, and its reason recorded in English', async () => {
    const dialog = new FakeDialog();
    dialog.toldAnswers = [pseudo('Continue Without the Guard…')];
    dialog.reasons = ['sudo'];
    const spool = new FakeSpool();
    const { breakGlass } = breakGlassOver({ dialog, spool });
    const what = { action: 'prompt', text: 'x', label: pseudo('the prompt'), told: pseudo('The prompt was held back') } as const;
    assert.equal(await breakGlass.offer(what, DOWN), 'go');
    assertTranslated(shownBy(dialog));
    assert.equal(spool.lines[0]?.why, 'The verifier is not reachable. (unreachable)');
  });

  it('the state, the doctor’s lines and the Guard view are in that language', () => {
    const healthy: GuardFacts = {
      ...{ enabled: true, saveHook: 'always', settingProblems: [], undecided: 0, gaps: 0, blindSpots: [] },
      sidecar: { name: 'healthy', health: healthOf() },
    };
    const states: Partial<GuardFacts>[] = [
      {},
      { enabled: false },
      { sidecar: { name: 'down', why: said('it is stopped') } },
      { sidecar: { name: 'starting' } },
      { saveHook: 'off' },
      { saveHook: 'explicit-only', gaps: 1, blindSpots: [{ pattern: '1', byWorkspace: true }] },
      { undecided: 2, model: { name: '1', guarded: false } },
      { model: { name: '1', guarded: true }, blindSpots: [{ pattern: '1', byWorkspace: false }] },
    ];
    for (const change of states) {
      const state = guardState({ ...healthy, ...change });
      assertTranslated([state.summary, ...state.lines, ...stateNodes(state).flatMap(words)]);
    }
    const organisation = {
      path: '/1',
      inForce: { schema: 1, breakGlass: 'forbidden', suppressions: { forbid: ['1'], maxDays: 3 }, retentionDays: 9 },
    } satisfies OrganisationReading;
    const facts = { editor: '1', platform: '1', remote: '1', missing: ['1'], breakGlassAllowed: false, spoolWaits: true };
    assertTranslated([...machineReport({ ...facts, organisation }), ...machineReport({ ...facts, organisation: { path: '/1' } })]);
    const time = '2026-01-02T03:04:05.006Z';
    const item = (seq: number, more: Partial<HistoryItem>): HistoryItem => ({
      ...{ seq, assessmentId: `${seq}`, time, source: 'chat', kind: 'prompt', verdict: 'block', timing: 'before' },
      ...{ layers: assessmentOf(commandSubject, 'block').layers, ruleIds: ['destructive-operations.recursive-delete'] },
      ...more,
    });
    const decision = (choice: 'approve' | 'deny', cause: 'person' | 'cancelled' | 'recovered') =>
      ({ decision: { choice, cause, by: PERSON, time, seq: 9, reason: 'sudo' } }) as const;
    const nodes = guardNodes(
      {
        waiting: [{ assessment: assessmentOf(commandSubject, 'block'), source: 'model', subjectName: 'tool' }],
        ...{ writes: [], held: [] },
        history: {
          items: [
            item(1, decision('deny', 'cancelled')),
            item(2, { ...decision('approve', 'person'), source: 'model', kind: 'tool' }),
            item(3, { ...decision('deny', 'recovered'), source: 'hook', kind: 'command', outcome: { outcome: 'withheld', time } }),
            item(4, { source: 'cli', kind: 'response', ruleIds: [] }),
            item(5, { source: 'save', kind: 'file', timing: 'after', verdict: 'pass', subjectName: 'app.ts' }),
          ],
          gaps: [
            { seq: 6, time, what: 'guard-off', detail: '1' },
            { seq: 7, time, what: 'let-go', detail: '1' },
          ],
          ...{ passed: 3, unreadable: 0, complete: false },
        },
      },
      () => '03:04',
    );
    assertTranslated(nodes.flatMap(words), [...DATA, /[TZ]\b/g]);
  });

  it('the chat’s commands answer in that language', async () => {
    const verifier = new FakeVerifier();
    const rule = {
      id: 'run.run',
      severity: 'critical',
      verdict: 'block',
      message: 'Deletes everything.',
      remediation: 'Name the folder.',
      cwe: ['1'],
    } satisfies Partial<CatalogueRule>;
    const files = { file: '/1', line: 1, exemptable: [], suppressible: true };
    const policy = { name: 'run', title: 'run', version: 2, origin: 'built-in', folder: '/1', rules: [{ ...rule, ...files }] } as const;
    verifier.catalogue = { policyDigest: 'a'.repeat(64), policies: [{ ...policy, rules: [...policy.rules] }] };
    const shown: string[] = [];
    const commands = new ChatCommands({
      connect: async () => verifier,
      log: new FakeLog(),
      moment: () => '1',
      auditsFiles: () => true,
      readText: async () => undefined,
    });
    const view = {
      show: (words: string) => void shown.push(words),
      place: () => {},
      progress: (words: string) => void shown.push(words),
      offerRecovery: () => {},
    };
    const target = { path: '/w/app.ts', language: 'ts', text: 'BAD', firstLine: 1 };
    const about = { view, signal: new AbortController().signal, sessionId: 's' };
    const ask = (name: string, argument = '', read = [target]) =>
      commands.run(name, { ...about, argument, targets: async () => ({ read, leftOut: ['app.ts'] }) });
    for (const [name, argument] of [
      ['scan'],
      ['policies'],
      ['decisions'],
      ['explain'],
      ['explain', 'run.run'],
      ['explain', 'gate.1'],
      ['explain', '1'],
      ['1'],
    ] as const)
      await ask(name, argument);
    await ask('scan', '', []);
    verifier.failure = DOWN;
    await ask('scan');
    assertTranslated(shown, [...DATA, /\bgate\b/g]);
  });

  it('how to go on, a trial’s end, and what there is to try are in that language', () => {
    const report = { ms: 1, why: '1', message: '1', model: '1' };
    assertTranslated([
      howToRephrase('prompt', [finding('block'), { ...finding('block'), policy: 'secrets' }]),
      howToRephrase('answer', [finding('block'), { ...finding('block'), policy: 'secrets' }]),
      describeTrial({ ...report, state: 'unavailable' }, 1),
      describeTrial({ ...report, state: 'ran', objected: true, ms: 9 }, 1),
      tryPrompt(),
      tryText(),
    ]);
  });
});

function words(node: ViewNode): string[] {
  return [node.label, node.description ?? '', node.tooltip, node.spoken, ...(node.children ?? []).flatMap(words)];
}
