import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { unspoken, violations } from './accessibility.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { leaveClean } from './leaveClean.ts';
import { byPerson } from './ledgerReader.ts';
import { until } from './until.ts';
import { freezeVerifier, verifierPid } from './verifierProcess.ts';

const SCRIPT = 'scripts/backup.sh';
const SECOND = 'scripts/restore.sh';
const CLEAN = '#!/bin/sh\nset -eu\nmkdir -p backup\n';
const WIPE = 'rm -rf /';
const UNDECIDED = 'on disk, undecided';
const pictures = join(import.meta.dirname, '../../test-output/guardView');

/** One of each kind that VS Code has. */
const THEMES = ['Default Light Modern', 'Default Dark Modern', 'Default High Contrast', 'Default High Contrast Light'];

describe('the Guard view in a real VS Code', () => {
  let window: GuardedWindow;
  before(async () => {
    window = await GuardedWindow.open({
      prepare: (workspace) => {
        for (const name of [SCRIPT, SECOND]) writeFileSync(join(workspace, name), CLEAN);
      },
    });
  });
  after(() => window[Symbol.asyncDispose]());
  afterEach((test) => leaveClean(window, test));

  const side = () => window.workbench.page.locator('.part.sidebar');
  const row = (text: string) => side().locator('.monaco-list-row', { hasText: text }).first();
  /** Opens the container by its key, as a person without a mouse does. */
  const open = async () => {
    await window.workbench.page.keyboard.press('Control+k');
    await window.workbench.page.keyboard.press('Alt+g');
    await side().getByText('State', { exact: true }).first().waitFor();
  };

  it('says nothing but what it can do on the first start, and shows no notification', async () => {
    const { workbench } = window;
    assert.deepEqual(await workbench.notifications(), []);
    await workbench.showFile('README.md');
    await open();
    await side().getByText('Nothing was held today').waitFor();
    for (const button of ['Try a Risky Prompt', 'Try a Risky Save', 'Get Started'])
      await side().getByText(button, { exact: true }).waitFor();
    await row('Sentinel: on').waitFor();
    await row('save guard: active').waitFor();
  });

  it('lists a held save with what was decided and what became of it', async () => {
    const { workbench } = window;
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd(`${WIPE}\n`);
    await workbench.save();
    await workbench.dialog.press('Deny');
    await open();
    await until('the decision is shown', async () => /denied · withheld · \d/.test(await row(SCRIPT).innerText()));
    assert.match((await row(SCRIPT).getAttribute('aria-label')) ?? '', /backup\.sh, denied · withheld.*\. \S/);
  });

  it('shows what is on the disk undecided, counts it, and puts the last assessed text back by keyboard alone', async () => {
    const { workbench, ledger } = window;
    const { page } = workbench;
    await open();
    const mark = ledger.mark();
    window.write(SECOND, `${CLEAN}${WIPE}\n`);
    assert.match(await row(UNDECIDED).innerText(), /restore\.sh/);
    await page.locator('.activitybar .badge', { hasText: '1' }).first().waitFor();
    await workbench.screenshot(join(pictures, 'waiting.png'));
    await workbench.command('notifications.clearAll');
    await open();
    // The first line is the section, the second what waits in it.
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Restore Last Assessed Text' }).waitFor();
    await until('Restore has the focus', async () => {
      await page.keyboard.press('ArrowDown');
      return page.evaluate(() => document.activeElement?.textContent?.includes('Restore') === true);
    });
    await page.keyboard.press('Enter');
    const decision = await mark.find('decision', byPerson);
    assert.equal(decision.choice, 'deny');
    await until('the clean text is back', () => window.read(SECOND) === CLEAN);
    await until('nothing waits any more', async () => !(await side().innerText()).includes(UNDECIDED));
    await side().getByText('Unassessed').first().waitFor();
  });

  it('asks about what waits when its line is pressed', async () => {
    const { workbench } = window;
    await open();
    window.write(SECOND, `${CLEAN}${WIPE}\n`);
    await row(UNDECIDED).click();
    assert.match((await workbench.dialog.read()).message, /restore\.sh was written without an assessment/);
    await workbench.dialog.press('Deny');
    await until('the clean text is back', () => window.read(SECOND) === CLEAN);
  });

  it('says that it knows nothing while the verifier does not answer, instead of showing an empty day', async () => {
    const { workbench } = window;
    await open();
    await row(SCRIPT).waitFor();
    freezeVerifier(await verifierPid(window.server));
    await workbench.startCommand('sentinelai.refreshView');
    await side().getByText('The verifier does not answer').waitFor();
    assert.doesNotMatch(await side().innerText(), /Nothing was held today/);
    // It is killed and started again by the extension, which shows the day once more.
    await until('the day is shown again', async () => (await side().innerText()).includes(SCRIPT), { timeout: 60_000 });
  });

  for (const theme of THEMES) {
    it(`has no accessibility fault of its own, contrast included, in ${theme}`, async () => {
      const { workbench } = window;
      const { page } = workbench;
      await workbench.setting('workbench.colorTheme', theme);
      window.write(SECOND, `${CLEAN}${WIPE}\n`);
      await open();
      await row(UNDECIDED).waitFor();
      await page.waitForTimeout(500);
      // The headers of the panes, with their buttons, are VS Code's own.
      assert.deepEqual(await violations(page, '.part.sidebar .pane-body'), []);
      assert.deepEqual(await unspoken(page, '.part.sidebar'), []);
      await workbench.screenshot(join(pictures, `${theme.replaceAll(' ', '-')}.png`));
      window.write(SECOND, CLEAN);
      await until('nothing waits any more', async () => !(await side().innerText()).includes(UNDECIDED));
    });
  }
});
