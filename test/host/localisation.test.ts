import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { messagesBundle } from '../../build/localisation.ts';
import { manifestTexts } from '../../build/manifest.ts';
import { pseudoText } from '../extension/pseudoLocale.ts';
import { GuardedWindow } from './guardedWindow.ts';

const LANGUAGE = 'qps-ploc';
const SCRIPT = 'scripts/backup.sh';
const pictures = join(import.meta.dirname, '../../test-output/localisation');

const translated = (texts: Readonly<Record<string, string>>) =>
  JSON.stringify(Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, pseudoText(text)])));

describe('VS Code in another display language', () => {
  let window: GuardedWindow;
  before(async () => {
    window = await GuardedWindow.open({
      prepare: (workspace) => writeFileSync(join(workspace, SCRIPT), '#!/bin/sh\nset -eu\n'),
    });
    const folder = window.extensionFolder();
    writeFileSync(join(folder, `l10n/bundle.l10n.${LANGUAGE}.json`), translated(messagesBundle()));
    writeFileSync(join(folder, `package.nls.${LANGUAGE}.json`), translated(manifestTexts()));
    // As a language pack does it; VS Code's own texts stay English.
    await window.workbench.page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = '${LANGUAGE}'`);
    await window.workbench.reload();
    await window.ready();
  });
  after(() => window[Symbol.asyncDispose]());

  it('has the guard speak that language: state, view, dialog, and what was decided', async () => {
    const { workbench } = window;
    const { page } = workbench;
    await page.locator('.statusbar-item', { hasText: '⟦Sentinel: ⟧⟦on, gates only⟧' }).waitFor();
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd('rm -rf /\n');
    await workbench.save();
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.getByText('⟦was held back⟧').first().waitFor();
    await page.screenshot({ path: join(pictures, 'dialog.png') });
    await workbench.dialog.press('⟦Deny⟧');
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Alt+g');
    const side = page.locator('.part.sidebar');
    await side.getByText('⟦Today⟧').first().waitFor();
    await side.locator('.monaco-list-row', { hasText: '⟦denied⟧' }).first().waitFor();
    await page.screenshot({ path: join(pictures, 'view.png') });
    assert.equal(window.read(SCRIPT), '#!/bin/sh\nset -eu\n');
  });

  it('has its commands and views named in that language', async () => {
    const { page } = window.workbench;
    await page.locator('.part.sidebar').getByText('⟦State⟧').first().waitFor();
    await page.keyboard.press('F1');
    await page.keyboard.type('Show Log');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: '⟦Show Log⟧' }).first().waitFor();
    await page.screenshot({ path: join(pictures, 'commands.png') });
    await page.keyboard.press('Escape');
  });

  it('keeps the record in English', () => {
    const recorded = JSON.stringify(window.ledger.entries());
    assert.match(recorded, /"choice":"deny"/);
    assert.ok(!recorded.includes('⟦'));
  });
});
