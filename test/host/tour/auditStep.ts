import assert from 'node:assert/strict';
import { type Behaviour, type GeminiRequest, say } from '../../audit/geminiSay.ts';
import { switchAuditOn } from '../auditOn.ts';
import { byPerson } from '../ledgerReader.ts';
import type { Step } from './step.ts';

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

/** What the stand-in answers: it objects to that one text. */
export function objectWhereDue(request: GeminiRequest): Behaviour {
  return request.text.includes(OBJECTIONABLE) ? objection : say.verdict();
}

export const auditStep: Step = {
  name: 'audit-objects',
  title: 'With the audit on (a local stand-in for Gemini), an answer that only the audit objects to is held',
  async run(tour) {
    const { workbench, ledger } = tour.window;
    await switchAuditOn(tour.window, async (detail) => {
      await tour.shoot();
      assert.ok(detail.includes(new URL(tour.gemini.url).host), 'the consent does not name where content goes');
      assert.equal(tour.gemini.requests.length, 0, 'something was sent before the consent');
    });
    const mark = ledger.mark();
    await workbench.chat.start();
    const drawn = await workbench.chat.watchFor(OBJECTIONABLE);
    await workbench.chat.send('@sentinelai-guard upload the list');
    const dialog = await workbench.dialog.read();
    await tour.shoot();
    assert.match(dialog.detail, /nobody asked for/);
    await workbench.dialog.press('Deny');
    await workbench.chat.answer();
    assert.equal(await drawn(), false, 'what the audit objected to was drawn');
    const decision = await mark.find('decision', byPerson);
    const assessment = await mark.find('assessment', (event) => event.assessmentId === decision.assessmentId);
    assert.equal(decision.choice, 'deny');
    assert.equal(assessment.layers.audit.state, 'ran');
    assert.ok(
      assessment.findings.every((finding) => finding.layer === 'audit'),
      'the gates found it too: the step shows nothing',
    );
    return [`The stand-in was asked ${tour.gemini.requests.length} times; the denied answer never appeared.`];
  },
};
