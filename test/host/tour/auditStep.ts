import assert from 'node:assert/strict';
import { type GeminiRequest, say } from '../../audit/geminiSay.ts';
import { type GeminiStandIn, startGemini } from '../../audit/geminiStandIn.ts';
import type { GuardedWindow } from '../guardedWindow.ts';
import { until } from '../until.ts';
import type { Step } from './steps.ts';

/** Stands in the sample model's answer and breaks no rule of the gates: only meaning tells that it is wrong. */
const OBJECTIONABLE = 'body: JSON.stringify(customers)';

const objection = say.verdict({
  verdict: 'review',
  findings: [
    {
      policy: 'data-protection',
      severity: 'high',
      verdict: 'review',
      confidence: 0.9,
      message: 'All customers are sent to another company, which nobody asked for.',
      remediation: 'Send only what the partner needs, with a contract and on request.',
      quote: OBJECTIONABLE,
    },
  ],
});

/** Asks for the audit's key the way a person gives it. */
async function switchAuditOn({ workbench, ledger }: GuardedWindow, baseUrl: string, shoot: () => Promise<void>): Promise<void> {
  const mark = ledger.mark();
  await workbench.setting('sentinelai.audit.baseUrl', baseUrl);
  await workbench.setting('sentinelai.audit.enabled', true);
  await workbench.startCommand('sentinelai.setApiKey');
  // Assembled here, so that the repository holds nothing that looks like a key.
  await workbench.dialog.typeReason(['stand', 'in', 'key'].join('-'));
  const consent = await workbench.dialog.read();
  await shoot();
  assert.match(`${consent.message} ${consent.detail}`, new RegExp(new URL(baseUrl).host), 'the consent does not name where content goes');
  await workbench.dialog.press('Agree');
  await mark.find('session-open', (event) => event.audit.state === 'on');
}

async function holdObjection(window: GuardedWindow, gemini: GeminiStandIn, shoot: () => Promise<void>): Promise<void> {
  const { workbench, ledger } = window;
  await switchAuditOn(window, gemini.url, shoot);
  const mark = ledger.mark();
  await workbench.chat.start();
  const drawn = await workbench.chat.watchFor(OBJECTIONABLE);
  await workbench.chat.send('@sentinelai-guard upload the list');
  const dialog = await workbench.dialog.read();
  await shoot();
  assert.match(dialog.detail, /nobody asked for/);
  await workbench.dialog.press('Deny');
  await workbench.chat.answer();
  assert.equal(await drawn(), false, 'what the audit objected to was drawn');
  const decision = await mark.find('decision');
  const assessment = await mark.find('assessment', (event) => event.assessmentId === decision.assessmentId);
  assert.equal(decision.choice, 'deny');
  assert.equal(assessment.layers.audit.state, 'ran');
  assert.ok(
    assessment.findings.every((finding) => finding.layer === 'audit'),
    'the gates found it too: the step shows nothing',
  );
  await until('the audit was asked', () => gemini.requests.length > 0);
}

export const auditStep: Step = {
  name: 'audit-objects',
  title: 'With the audit on (a local stand-in for Gemini), an answer that only the audit objects to is held',
  async run(window, shoot) {
    const fallback = (request: GeminiRequest) => (request.text.includes(OBJECTIONABLE) ? objection : say.verdict());
    const gemini = await startGemini({ fallback });
    try {
      await holdObjection(window, gemini, shoot);
      return [`The stand-in was asked ${gemini.requests.length} times; the denied answer never appeared.`];
    } finally {
      await gemini.stop();
    }
  },
};
