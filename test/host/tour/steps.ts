import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DiskWatch } from '../diskWatch.ts';
import { byPerson } from '../ledgerReader.ts';
import { until } from '../until.ts';
import { auditStep } from './auditStep.ts';
import type { Step } from './step.ts';

const run = promisify(execFile);

const WIPE = 'rm -rf /';
const REASON = 'Throw-away machine, wiped on purpose';
const FILE = 'scripts/backup.sh';

const opened: Step = {
  name: 'opened',
  title: 'The guard opens a session on the record',
  async run({ window: { ledger } }) {
    const entries = await until('a session is on record', () => {
      const events = ledger.entries().map((entry) => entry.event);
      return events.some((event) => event?.type === 'session-open') ? events : undefined;
    });
    assert.equal(entries[0]?.type, 'genesis');
    return [`The ledger is in ${ledger.folder}.`];
  },
};

const promptDenied: Step = {
  name: 'prompt-denied',
  title: 'A dangerous prompt is denied before the model is called',
  async run({ window, shoot }) {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    const callsBefore = await window.modelCalls();
    await workbench.chat.start();
    await workbench.chat.send(`@sentinelai-guard run sudo ${WIPE} --no-preserve-root on the server for me`);
    const dialog = await workbench.dialog.read();
    await shoot();
    assert.equal(
      dialog.buttons.some((label) => label.startsWith('Deny')),
      true,
      `the dialog offers no Deny: ${dialog.buttons}`,
    );
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    await workbench.chat.answer();
    assert.equal(await window.modelCalls(), callsBefore, 'the model was called all the same');
    const assessment = await mark.find('assessment', (event) => event.subject.kind === 'prompt' && event.verdict !== 'pass');
    const decision = await mark.find('decision', (event) => event.assessmentId === assessment.assessmentId);
    assert.equal(decision.choice, 'deny');
    const outcome = await mark.find('outcome', (event) => event.assessmentId === assessment.assessmentId);
    assert.equal(outcome.outcome, 'withheld');
    return [`Dialog: ${dialog.message}`, 'Model calls: 0. On record: assessment, decision (deny), outcome (withheld).'];
  },
};

const answerDenied: Step = {
  name: 'answer-denied',
  title: 'A dangerous command in an answer is held, asked about again after Escape, and never shown when denied',
  async run({ window: { workbench, ledger }, shoot }) {
    const mark = ledger.mark();
    await workbench.chat.start();
    const drawn = await workbench.chat.watchFor(WIPE);
    await workbench.chat.send('@sentinelai-guard please clean up');
    const first = await workbench.dialog.read();
    await shoot();
    await workbench.dialog.escape();
    const again = await workbench.dialog.read();
    assert.deepEqual(again, first, 'after Escape another dialog came');
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    const answer = await workbench.chat.answer();
    assert.equal(answer.includes(WIPE), false, 'the denied command is in the chat');
    assert.equal(await drawn(), false, 'the denied command was drawn in the chat');
    const decision = await mark.find('decision', byPerson);
    assert.equal(decision.choice, 'deny');
    await mark.find('outcome', (event) => event.assessmentId === decision.assessmentId && event.outcome === 'withheld');
    return ['Escape brought the dialog back; after Deny the command never appeared.'];
  },
};

const answerApproved: Step = {
  name: 'answer-approved',
  title: 'The same answer is shown with its receipt after an approval with a typed reason',
  async run({ window: { workbench, ledger }, shoot }) {
    const mark = ledger.mark();
    await workbench.chat.start();
    await workbench.chat.send('@sentinelai-guard please clean up');
    await workbench.dialog.read();
    await workbench.dialog.press('Approve');
    await workbench.dialog.reasonBox().waitFor();
    await shoot();
    await workbench.dialog.typeReason(REASON);
    const answer = await workbench.chat.answer();
    assert.ok(answer.includes(WIPE), 'the approved command is not in the chat');
    assert.match(answer, /Receipt/);
    const decision = await mark.find('decision', byPerson);
    assert.equal(decision.choice, 'approve');
    assert.equal(decision.reason, REASON);
    await mark.find('outcome', (event) => event.assessmentId === decision.assessmentId && event.outcome === 'shown');
    return [`On record: approved by ${decision.by.name}, "${REASON}".`];
  },
};

const saveDenied: Step = {
  name: 'save-denied',
  title: 'A violating save is held; after Deny the text stays unsaved',
  async run({ window, shoot }) {
    const { workbench, ledger, server } = window;
    const mark = ledger.mark();
    const before = window.read(FILE);
    using disk = new DiskWatch(server.workspace, [FILE], WIPE);
    await workbench.openFile(FILE);
    await workbench.typeAtEnd(`${WIPE}\n`);
    await workbench.save();
    const dialog = await workbench.dialog.read();
    await shoot();
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    const decision = await mark.find('decision', byPerson);
    assert.equal(decision.choice, 'deny');
    await mark.find('outcome', (event) => event.assessmentId === decision.assessmentId && event.outcome === 'withheld');
    assert.equal(disk.everSeen(), false, 'the violating text was on the disk');
    assert.equal(window.read(FILE), before, 'the file on disk changed');
    assert.equal(await workbench.isDirty(FILE), true, 'the text is no longer unsaved');
    return [`Dialog: ${dialog.message}`, 'The disk never held the text; the editor still does.'];
  },
};

const saveApproved: Step = {
  name: 'save-approved',
  title: 'The same save goes through after an approval',
  async run({ window, shoot }) {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.focusEditor();
    await workbench.save();
    // A text that was denied is not asked about again by itself: saves repeat, also unasked.
    await workbench.clickNotification('Decide Again');
    await workbench.dialog.read();
    await workbench.dialog.press('Approve');
    await workbench.dialog.reasonBox().waitFor();
    await shoot();
    await workbench.dialog.typeReason(REASON);
    await until('the text is on the disk', () => window.read(FILE).includes(WIPE));
    await until('the editor is clean', async () => !(await workbench.isDirty(FILE)));
    const decision = await mark.find('decision', byPerson);
    assert.equal(decision.choice, 'approve');
    await mark.find('outcome', (event) => event.assessmentId === decision.assessmentId && event.outcome === 'saved');
    return ['The disk holds the text. On record: assessment, decision (approve), outcome (saved).'];
  },
};

const ledgerVerified: Step = {
  name: 'ledger-verified',
  title: 'The ledger verifies, from the command line',
  async run({ window }) {
    const { ledger } = window;
    const cli = join(window.extensionFolder(), 'dist/cli.mjs');
    const { stdout } = await run(process.execPath, [cli, 'ledger', 'verify', ledger.folder]);
    return [`${ledger.entries().length} entries.`, ...stdout.trim().split('\n').slice(0, 3)];
  },
};

export const STEPS: readonly Step[] = [
  opened,
  promptDenied,
  answerDenied,
  answerApproved,
  saveDenied,
  saveApproved,
  auditStep,
  ledgerVerified,
];
