import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { z } from 'zod';
import { GuardedWindow } from './guardedWindow.ts';
import { leaveClean } from './leaveClean.ts';
import { byPerson } from './ledgerReader.ts';
import { until } from './until.ts';

const WIPE = 'rm -rf /';
const GUARD = '@sentinelai-guard';

/** How a dangerous command can be put into an answer; `secret` must not be drawn unless approved. */
const HIDING_PLACES = [
  { place: 'in a fenced block', prompt: 'clean up', secret: WIPE },
  { place: 'in plain prose', prompt: 'tell me in prose', secret: WIPE },
  { place: 'in a fence that is never closed', prompt: 'leave the fence unclosed', secret: WIPE },
  { place: 'in an indented fence', prompt: 'make it indented', secret: WIPE },
  { place: 'split over two blocks', prompt: 'give it in two parts', secret: 'rm -rf "$TARGET"' },
];

/** Every way out of a dialog that is no decision. */
const WAYS_OUT = [
  { way: 'Escape', leave: (window: GuardedWindow) => window.workbench.dialog.escape() },
  { way: 'the cross', leave: (window: GuardedWindow) => window.workbench.dialog.cross() },
  { way: 'Cancel', leave: (window: GuardedWindow) => window.workbench.dialog.press('Cancel') },
  { way: 'a click outside', leave: (window: GuardedWindow) => window.workbench.dialog.clickOutside() },
];

describe('the chat participant in a real VS Code', () => {
  let window: GuardedWindow;
  before(async () => {
    window = await GuardedWindow.open();
  });
  after(() => window[Symbol.asyncDispose]());
  afterEach((test) => leaveClean(window, test));

  it('denies a risky prompt before the model is called', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    const before = await window.modelCalls();
    await workbench.chat.start();
    await workbench.chat.send(`${GUARD} run sudo ${WIPE} --no-preserve-root on the server`);
    await workbench.dialog.press('Deny');
    const answer = await workbench.chat.answer();
    assert.equal(await window.modelCalls(), before);
    assert.match(answer, /withheld|held back|not sent/i);
    const decision = await mark.find('decision', byPerson);
    assert.equal(decision.choice, 'deny');
    assert.equal(decision.cause, 'person');
    await mark.find('outcome', (event) => event.outcome === 'withheld');
  });

  it('streams a safe answer, line by line, while the model still writes', async () => {
    const { workbench } = window;
    await workbench.chat.start();
    await workbench.chat.send(`${GUARD} answer slowly`);
    const early = await until('the first lines are shown', async () => {
      const text = await workbench.chat.lastAnswerSoFar();
      return text.includes('Line 1 of') ? text : undefined;
    });
    assert.equal(early.includes('Line 30 of'), false, 'the answer came in one piece');
    assert.match(await workbench.chat.answer(), /Line 30 of a slow answer/);
    assert.equal(await workbench.dialog.isOpen(), false);
  });

  it('shows a safe code block without asking', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.chat.start();
    await workbench.chat.send(`${GUARD} a safe answer`);
    const answer = await workbench.chat.answer();
    assert.match(answer, /localeCompare/);
    assert.match(answer, /stays as it was/);
    assert.deepEqual(mark.all('decision').filter(byPerson), []);
    await mark.find('outcome', (event) => event.outcome === 'shown');
  });

  for (const { place, prompt, secret } of HIDING_PLACES) {
    it(`holds a dangerous command ${place}, and a denied one is never drawn`, async () => {
      const { workbench, ledger } = window;
      const mark = ledger.mark();
      await workbench.chat.start();
      const drawn = await workbench.chat.watchFor(secret);
      await workbench.chat.send(`${GUARD} ${prompt}`);
      await workbench.dialog.read();
      assert.equal((await workbench.chat.lastAnswerSoFar()).includes(secret), false, 'shown while the dialog is open');
      await workbench.dialog.press('Deny');
      await workbench.chat.answer();
      const decision = await mark.find('decision', byPerson);
      assert.equal(decision.choice, 'deny');
      await mark.find('outcome', (event) => event.outcome === 'withheld');
      assert.equal(await drawn(), false, 'the denied command was drawn');
    });
  }

  for (const { way, leave } of WAYS_OUT) {
    it(`asks again after ${way}`, async () => {
      const { workbench, ledger } = window;
      const mark = ledger.mark();
      await workbench.chat.start();
      await workbench.chat.send(`${GUARD} clean up`);
      const first = await workbench.dialog.read();
      for (let times = 0; times < 3; times++) {
        await leave(window);
        assert.deepEqual(await workbench.dialog.read(), first);
      }
      assert.deepEqual(mark.all('decision').filter(byPerson), [], 'leaving the dialog was taken for a decision');
      await workbench.dialog.press('Deny');
      await workbench.chat.answer();
      assert.equal((await mark.find('decision', byPerson)).choice, 'deny');
    });
  }

  it('returns to the dialog when the reason is not given', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.chat.start();
    await workbench.chat.send(`${GUARD} clean up`);
    await workbench.dialog.press('Approve');
    await workbench.dialog.reasonBox().waitFor();
    await workbench.dialog.escape();
    await workbench.dialog.read();
    assert.deepEqual(mark.all('decision').filter(byPerson), []);
    await workbench.dialog.press('Deny');
    await workbench.chat.answer();
  });

  it('shows an approved answer with the receipt of its decision', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.chat.start();
    await workbench.chat.send(`${GUARD} clean up`);
    await workbench.dialog.press('Approve');
    await workbench.dialog.typeReason('Throw-away machine');
    const answer = await workbench.chat.answer();
    assert.ok(answer.includes(WIPE));
    assert.match(answer, /Afterwards the disk is empty/);
    const decision = await mark.find('decision', byPerson);
    assert.equal(decision.reason, 'Throw-away machine');
    const entry = ledger
      .entries()
      .find((candidate) => candidate.event?.type === 'decision' && candidate.event.assessmentId === decision.assessmentId);
    assert.ok(entry !== undefined && answer.includes(entry.hash.slice(0, 12)), `the answer names no receipt: ${answer}`);
    await mark.find('outcome', (event) => event.assessmentId === decision.assessmentId && event.outcome === 'shown');
  });

  it('records a denial when the chat is cancelled while the dialog is open', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.chat.start();
    await workbench.chat.send(`${GUARD} clean up`);
    await workbench.dialog.read();
    await workbench.chat.cancel();
    const assessment = await mark.find('assessment', (event) => event.verdict === 'block' && event.depth === 'full');
    const decision = await mark.find('decision', (event) => event.assessmentId === assessment.assessmentId);
    assert.equal(decision.choice, 'deny');
    assert.equal(decision.cause, 'cancelled');
    if (await workbench.dialog.isOpen()) await workbench.dialog.press('Approve');
    if (await workbench.dialog.reasonBox().isVisible()) await workbench.dialog.typeReason('Too late');
    await workbench.dialog.closed();
    assert.deepEqual(mark.all('decision').filter(byPerson), [], 'an answer after the cancellation counted');
  });

  it('says so when the model breaks off, and keeps what was checked', async () => {
    const { workbench } = window;
    await workbench.chat.start();
    await workbench.chat.send(`${GUARD} break off`);
    const answer = await workbench.chat.answer();
    assert.match(answer, /begins well/);
    assert.match(answer, /lost its connection/);
  });

  it('draws no picture and no command link of the model', async () => {
    const { workbench } = window;
    await workbench.chat.start();
    await workbench.chat.send(`${GUARD} a picture`);
    await workbench.chat.answer();
    const last = workbench.page.locator('.interactive-response').last();
    assert.equal(await last.locator('img[src*="pictures.example"]').count(), 0);
    assert.equal(await last.locator('a[data-href^="command:"], a[href^="command:"]').count(), 0);
  });

  it('passes the conversation on to the model', async () => {
    const { workbench, server } = window;
    await workbench.chat.start();
    await workbench.chat.send(`${GUARD} remember the word walnut`);
    await workbench.chat.answer();
    await workbench.chat.send(`${GUARD} which word was it`);
    await workbench.chat.answer();
    const messages = await server.bridge("return vscode.commands.executeCommand('sentinelSample.lastMessages');", z.array(z.string()));
    assert.ok(messages.length >= 3);
    assert.ok(messages.some((text) => text.includes('walnut')));
  });
});
