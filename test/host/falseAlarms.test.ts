import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { GuardedWindow } from './guardedWindow.ts';
import { leaveClean } from './leaveClean.ts';
import { until } from './until.ts';

const SCRIPT = 'scripts/tidy.sh';
const START = '#!/bin/sh\nset -eu\n';
const RISKY = 'chmod -R 777 uploads';
const REASON = 'uploads of this machine alone';
const MARK = 'sentinel:allow destructive-operations.world-writable';
const PICTURES = process.env['SENTINEL_PICTURES'];

describe('false alarms in a real VS Code', () => {
  let window: GuardedWindow;
  before(async () => {
    window = await GuardedWindow.open({
      prepare: (workspace) => {
        for (const name of [SCRIPT, 'scripts/other.sh']) appendFileSync(join(workspace, name), START);
      },
    });
  });
  after(() => window[Symbol.asyncDispose]());
  afterEach((test) => leaveClean(window, test));

  const picture = async (name: string) => {
    if (PICTURES !== undefined) await window.workbench.screenshot(join(PICTURES, `false-alarm-${name}.png`));
  };

  /** Chooses a row of the list at the top of the window. */
  const pick = async (label: string) => {
    const row = window.workbench.page.locator('.quick-input-widget .monaco-list-row', { hasText: label }).first();
    await row.waitFor();
    await picture(label.replace(/\W+/g, '-').toLowerCase());
    await row.click();
  };

  it('suppresses from the dialog: the text passes with its comment, and is held again once that is taken out', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd(`${RISKY}\n`);
    await workbench.save();
    const asked = await workbench.dialog.read();
    await picture('dialog');
    assert.ok(
      ['Deny', 'Approve', 'Not a Risk…'].every((button) => asked.buttons.includes(button)),
      asked.buttons.join(', '),
    );
    // Enter must not do more than Deny, whatever stands beside it.
    assert.equal((await workbench.page.locator('.monaco-dialog-box .monaco-button:focus').innerText()).trim(), 'Deny');
    await workbench.dialog.press('Not a Risk');
    await pick('Suppress This Rule Here');
    await workbench.dialog.typeReason(REASON);
    await pick('30 days');
    await pick('Beside the finding');
    await until('the comment is shown first', async () => (await workbench.dialog.read()).detail.includes(MARK));
    assert.equal(window.read(SCRIPT).includes(RISKY), false);
    await picture('preview');
    await workbench.dialog.press('Suppress');
    await until('the text is on the disk', () => window.read(SCRIPT).includes(RISKY));
    const lines = window.read(SCRIPT).split('\n');
    assert.ok(lines[lines.indexOf(RISKY) - 1]?.startsWith(`# ${MARK} until=`), 'the comment stands above the line');
    assert.equal(await workbench.dialog.isOpen(), false);
    const accepted = await mark.find('suppression', (event) => event.action === 'accept');
    assert.equal(accepted.reason, REASON);
    await mark.find('decision', (event) => event.choice === 'deny' && event.cause === 'cancelled');
    await mark.find('assessment', (event) => event.suppressed?.some(({ digest }) => digest === accepted.digest) === true);

    await workbench.replaceText(SCRIPT, lines.filter((line) => !line.includes(MARK)).join('\n'));
    await workbench.focusEditor();
    await workbench.save();
    await until('the guard asks again', async () => (await workbench.dialog.read()).buttons.includes('Deny'));
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    assert.ok(window.read(SCRIPT).includes(MARK));
    await workbench.command('workbench.action.files.revert');
    await until('the text of the disk is back in the editor', async () => !(await workbench.isDirty(SCRIPT)));
  });

  it('asks again about what had passed, once the suppression is withdrawn', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.startCommand('sentinelai.withdrawSuppression');
    await pick('in tidy.sh');
    await mark.find('suppression', (event) => event.action === 'withdraw');
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd('ls uploads\n');
    await workbench.save();
    await until('the guard asks', async () => (await workbench.dialog.read()).detail.includes('nobody on this machine accepted it'));
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    assert.equal(window.read(SCRIPT).includes('ls uploads'), false);
  });

  it('offers quick fixes on a finding, and keeps the note on one that is wrong', async () => {
    const { workbench } = window;
    await workbench.openFile('scripts/other.sh');
    await workbench.typeAtEnd(RISKY);
    await workbench.save();
    await workbench.dialog.press('Deny');
    await until('a finding is shown', async () => (await workbench.diagnostics('scripts/other.sh')).length > 0);
    await workbench.focusEditor();
    await workbench.page.keyboard.press('Control+End');
    await workbench.page.keyboard.press('Control+.');
    const menu = workbench.page.locator('.action-widget').first();
    await menu.waitFor();
    await until('all four are offered', async () => {
      const text = (await menu.innerText()).replaceAll('\u00a0', ' ');
      return ['Allow once…', 'Suppress this rule here…', 'This finding is wrong…', 'Open the rule'].every((title) => text.includes(title));
    });
    await picture('quick-fixes');
    await menu.getByText('This finding is wrong').click();
    await workbench.dialog.typeReason('this is our own folder');
    await until('it says that the note is kept', async () =>
      (await workbench.notifications()).join('\n').includes('is kept on this machine'),
    );

    await workbench.startCommand('sentinelai.openRule');
    await until(
      'the rule is open',
      async () => (await workbench.activeEditor())?.file.endsWith('destructive-operations/rules.yaml') === true,
    );
    await picture('rule');
    await workbench.page.keyboard.type('x');
    assert.equal((await workbench.activeEditor())?.dirty, false, 'the rule is open for reading');
  });

  it('shows a comment that another program brings with its risky line, and lets it allow nothing', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    window.write('scripts/brought.sh', `${START}# ${MARK} until=2026-12-31 reason="all is well"\n${RISKY}\n`);
    const found = await mark.find('assessment', (event) => event.timing === 'after' && event.subject.name === 'scripts/brought.sh');
    assert.notEqual(found.verdict, 'pass');
    assert.deepEqual(found.findings.map(({ ruleId }) => ruleId).sort(), [
      'destructive-operations.world-writable',
      'guard.suppression-added',
    ]);
    assert.match(
      found.findings.find(({ ruleId }) => ruleId.endsWith('world-writable'))?.message ?? '',
      /nobody on this machine accepted it/,
    );
    await workbench.clickNotification('Review');
    await workbench.dialog.press('Deny');
  });
});
