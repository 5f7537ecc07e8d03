import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { say } from '../audit/openaiSay.ts';
import { MODEL, type OpenaiStandIn, startOpenai } from '../audit/openaiStandIn.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { leaveClean } from './leaveClean.ts';
import { byPerson } from './ledgerReader.ts';
import { QuickInput } from './quickInput.ts';
import { until } from './until.ts';

const pictures = join(import.meta.dirname, '../../test-output/auditor');

/** Breaks no rule of the gates: only meaning tells that it is wrong. */
const OBJECTIONABLE = "mailAll(customers, 'partner@example.org');";
const LONG = 'src/report.js';
const SHORT = 'src/totals.js';
const NUMBERED = Array.from({ length: 80 }, (_, i) => `export const value${i + 1} = ${i + 1};`).join('\n');

const objection = say.verdict({
  verdict: 'review',
  findings: [
    {
      policy: 'data-protection',
      severity: 'high',
      verdict: 'review',
      confidence: 0.9,
      message: 'All customers are mailed to another company.',
      remediation: 'Ask first.',
      quote: OBJECTIONABLE,
    },
  ],
});

describe('an auditor of one’s own in a real VS Code', () => {
  let standIn: OpenaiStandIn;
  let window: GuardedWindow;
  let quick: QuickInput;
  let shots = 0;
  const shoot = (name: string) => window.workbench.screenshot(join(pictures, `${String(++shots).padStart(2, '0')}-${name}.png`));

  before(async () => {
    standIn = await startOpenai({ fallback: (request) => (request.text.includes(OBJECTIONABLE) ? objection : say.verdict()) });
    window = await GuardedWindow.open({
      prepare: (workspace) => {
        mkdirSync(join(workspace, 'src'), { recursive: true });
        for (const name of [LONG, SHORT]) writeFileSync(join(workspace, name), `${NUMBERED}\n`);
      },
    });
    quick = new QuickInput(window.workbench.page);
  });
  after(async () => {
    await window?.[Symbol.asyncDispose]();
    await standIn?.stop();
  });
  afterEach((test) => leaveClean(window, test));

  /** As far as the list of models. */
  const toModels = async () => {
    await window.workbench.startCommand('sentinelai.chooseAuditor');
    await quick.pick('Another server');
    await quick.type(standIn.url);
    await quick.row(MODEL);
  };

  it('that is left with Escape changes nothing, and nothing of one’s own was sent', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.openFile(SHORT);
    await toModels();
    await shoot('models');
    await workbench.page.keyboard.press('Escape');
    await quick.closed();
    assert.ok(mark.all('session-open').every((event) => event.audit.state === 'off'));
    assert.equal(standIn.requests.length, 0);
    await workbench.typeAtEnd('// edited\n');
    await workbench.page.waitForTimeout(3_000);
    assert.equal(standIn.requests.length, 0, 'without an agreement nothing is read');
  });

  it('is chosen, shown, tested and agreed to, one step back included', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.openFile(SHORT);
    await toModels();
    await quick.back();
    await quick.type(standIn.url);
    await quick.pick(MODEL);
    await quick.pick('Show what is sent');
    await until('the request is shown', async () => (await workbench.pageText()).includes('The content, redacted:'));
    await shoot('what-is-sent');
    assert.equal(standIn.requests.length, 0, 'a preview sends nothing');
    await quick.pick('Send a test request');
    await quick.row(`Use ${MODEL}`);
    await shoot('what-came-back');
    assert.equal(standIn.requests.length, 1);
    assert.ok(!standIn.requests[0]?.text.includes('value1'), 'the test sends nothing of one’s own');
    await quick.pick(`Use ${MODEL}`);
    const { detail } = await workbench.dialog.read();
    await shoot('agreement');
    assert.ok(detail.includes(`${new URL(standIn.url).host} is this machine`));
    await workbench.dialog.press('Agree');
    const opened = await mark.find('session-open', (event) => event.audit.state === 'on');
    assert.equal(opened.audit.model, MODEL);
    await until('the status bar says that the guard is on', async () => /Sentinel: on/.test(await workbench.statusBar()));
  });

  it('reads what changed while it is edited, and the save has its verdict', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.openFile(LONG);
    await workbench.typeAtEnd('// the end\n');
    await workbench.save();
    await mark.find('assessment', (event) => event.timing === 'after' && event.layers.audit.state === 'ran');
    standIn.clear();
    await workbench.typeAtEnd(`${OBJECTIONABLE}\n`);
    const ahead = await mark.find('assessment', (event) => event.timing === 'ahead' && event.verdict === 'review');
    const sent = standIn.requests.at(-1)?.text ?? '';
    assert.ok(sent.includes('80| export const value80') && !sent.includes('value60'), 'only what changed, with what stands around it');
    const asked = standIn.requests.length;
    await workbench.save();
    const { message, detail } = await workbench.dialog.read();
    await shoot('held');
    assert.match(message, /report\.js was held back: needs review/);
    assert.match(detail, /mailed to another company/);
    assert.ok(!window.read(LONG).includes(OBJECTIONABLE));
    assert.equal(standIn.requests.length, asked, 'the save asked the auditor nothing');
    const before = await mark.find('assessment', (event) => event.timing === 'before' && event.verdict === 'review');
    assert.deepEqual([before.cached, before.depth, before.subject.digest], [true, 'full', ahead.subject.digest]);
    await workbench.dialog.press('Deny');
    await mark.find('decision', byPerson);
    assert.deepEqual(
      mark.all('decision').filter((event) => event.assessmentId === ahead.assessmentId),
      [],
    );
  });

  it('that was too late for a save asks after it, and a denial puts the accepted text back', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.openFile(SHORT);
    await workbench.typeAtEnd('// accepted\n');
    await workbench.save();
    await mark.find('assessment', (event) => event.timing === 'after' && event.layers.audit.state === 'ran');
    await workbench.replaceText(SHORT, `${NUMBERED}\n// accepted\n${OBJECTIONABLE}\n`);
    await workbench.focusEditor();
    await workbench.save();
    const { message } = await workbench.dialog.read();
    await shoot('after-the-save');
    assert.match(message, /totals\.js was written before the auditor had read it: needs review/);
    assert.ok(window.read(SHORT).includes(OBJECTIONABLE), 'a save does not wait for the auditor');
    await until('a diagnostic is set', async () => (await workbench.diagnostics(SHORT)).some(({ source }) => source === 'Sentinel AI'));
    await workbench.dialog.press('Deny');
    await until('the accepted text is back', () => window.read(SHORT) === `${NUMBERED}\n// accepted\n`);
    await until('the diagnostic is gone', async () => (await workbench.diagnostics(SHORT)).length === 0);
  });

  it('whose server is gone leaves saves to the gates, and the status says so', async () => {
    const { workbench, ledger } = window;
    await standIn.stop();
    const mark = ledger.mark();
    await workbench.openFile(SHORT);
    await workbench.typeAtEnd('// without an auditor\n');
    await workbench.save();
    await until('it is saved', () => window.read(SHORT).includes('without an auditor'));
    const late = await mark.find('assessment', (event) => event.timing === 'after');
    assert.equal(late.layers.audit.state, 'unavailable');
    assert.match(late.layers.audit.why ?? '', /nothing listens at/);
    assert.equal(await workbench.dialog.isOpen(), false);
  });
});
