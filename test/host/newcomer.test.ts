import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packExtension } from '../../build/package.ts';
import { removeFolder } from './extensionFolder.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { byPerson, type LedgerMark } from './ledgerReader.ts';
import { until } from './until.ts';

const pictures = join(import.meta.dirname, '../../test-output/newcomer');

/** Somebody who has just installed the guard, has no key, and does only what the screen says. */
describe('a newcomer', () => {
  let folder: string;
  let window: GuardedWindow;
  let mark: LedgerMark;
  let installed = 0;
  let picture = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sentinel-newcomer-'));
    // The editor's own default: without its welcome page VS Code opens no walkthrough by itself.
    window = await GuardedWindow.open({ unguarded: true, settings: { 'workbench.startupEditor': 'welcomePage' } });
    await window.workbench.page.setViewportSize({ width: 1680, height: 960 });
    mark = window.ledger.mark();
  });
  after(async () => {
    await look('end');
    await window[Symbol.asyncDispose]();
    removeFolder(folder);
  });

  const look = (name: string) => {
    picture += 1;
    return window.workbench.screenshot(join(pictures, `${String(picture).padStart(2, '0')}-${name}.png`));
  };
  const step = (title: string) => window.workbench.page.getByRole('button', { name: title, exact: false }).first().click();
  const press = (label: string) => window.workbench.page.locator('.gettingStartedContainer').getByText(label, { exact: true }).click();

  it('installs the package in a window that is open, and the walkthrough opens by itself', async () => {
    const { page } = window.workbench;
    const vsix = await packExtension(join(folder, 'guard.vsix'));
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget .quick-input-box input').waitFor();
    await page.keyboard.type('Extensions: Install from VSIX', { delay: 4 });
    await page.locator('.quick-input-list').getByText('Extensions: Install from VSIX').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget', { hasText: 'Install from VSIX' }).waitFor();
    installed = Date.now();
    const box = page.locator('.quick-input-widget');
    await until('the package is being installed', async () => {
      // The box is filled anew when its first folder has been read.
      if (!(await box.isVisible())) return true;
      await box.locator('.quick-input-box input').fill(vsix);
      await page.waitForTimeout(500);
      if ((await box.innerText()).includes('guard.vsix')) await page.keyboard.press('Enter');
      await page.waitForTimeout(500);
      return false;
    });
    await page.getByText('Get Started with Sentinel AI Guard').first().waitFor({ timeout: 30_000 });
    await look('walkthrough');
  });

  it('is told of nothing but what VS Code itself says of the installation', async () => {
    await window.ready();
    const told = await window.workbench.notifications();
    assert.deepEqual(
      told.filter((text) => !/Completed installing extension/.test(text)),
      [],
    );
    assert.equal(await window.workbench.dialog.isOpen(), false);
  });

  it('has a first risk held, by the walkthrough’s button and Ctrl+S', async (t) => {
    const { page, dialog } = window.workbench;
    await step('Try a risky save');
    await look('save-step');
    await press('Open the Sample File');
    await page.locator('.tab.active', { hasText: 'try-the-guard.sh' }).waitFor();
    await look('sample-file');
    await page.keyboard.press('Control+s');
    const { message } = await dialog.read();
    t.diagnostic(`from installing to the first held risk: ${((Date.now() - installed) / 1000).toFixed(1)} s`);
    assert.match(message, /try-the-guard\.sh was held back/);
    await look('save-held');
    await dialog.press('Deny');
    const decision = await mark.find('decision', byPerson);
    assert.equal(decision.choice, 'deny');
    await page.locator('.tab.dirty', { hasText: 'try-the-guard.sh' }).waitFor();
    await look('save-denied');
  });

  it('has a risky prompt held before any model sees it, and its rule explained', async () => {
    const { page, dialog, chat } = window.workbench;
    const calls = await window.modelCalls();
    await step('Try a risky prompt');
    await press('Put the Prompt into the Chat');
    await page.locator('.interactive-input-part .view-lines', { hasText: /Please\srun\srm/ }).waitFor();
    await look('prompt');
    await page.keyboard.press('Enter');
    assert.match((await dialog.read()).message, /The prompt was held back/);
    await look('prompt-held');
    await dialog.press('Deny');
    await until('the chat says that it was withheld', async () => (await chat.lastAnswerSoFar()).includes('Withheld'));
    assert.equal(await window.modelCalls(), calls);
    const followup = page
      .locator('.interactive-session-followups')
      .getByText(/^Explain destructive-operations/)
      .first();
    await followup.waitFor();
    await look('prompt-denied');
    await followup.click();
    await until('the rule is explained', async () => /Safer:[\s\S]*Purpose/.test(await chat.lastAnswerSoFar()));
    await look('rule-explained');
    assert.equal(await window.modelCalls(), calls, 'a command reached a model');
  });

  it('finds both steps ticked off, the state explained, and the day in the Guard view', async () => {
    const { page } = window.workbench;
    for (const title of ['Try a risky save', 'Try a risky prompt'])
      await page
        .locator('.gettingStartedContainer .getting-started-step', { hasText: title })
        .locator('.codicon-getting-started-step-checked')
        .waitFor();
    await step('See what the guard does');
    await press('Open the Guard View');
    const view = page.locator('.part.sidebar');
    await view.getByText('try-the-guard.sh').waitFor();
    await view.getByText('Prompt (chat)').waitFor();
    assert.match(await view.innerText(), /denied · withheld/);
    await look('guard-view');
    await step('Read the guard’s state'.replace('’', "'"));
    await press('Open the Doctor');
    await page.locator('.tab', { hasText: 'Sentinel AI doctor' }).waitFor();
    await look('doctor');
  });
});
