import { z } from 'zod';
import { until } from '../until.ts';
import { VIOLATING_LINE } from './sampleFiles.ts';
import type { Cell } from './savePath.ts';

/** What a person does in the editor on the way to a save. */

export async function typeLine({ workbench, file }: Cell, line = VIOLATING_LINE): Promise<void> {
  await workbench.openFile(file);
  await workbench.typeAtEnd(line);
}

export async function typeAndSave(cell: Cell, line = VIOLATING_LINE): Promise<void> {
  await typeLine(cell, line);
  await cell.workbench.save();
}

/** Through the editor alone: VS Code gives extensions no document over 50 MB. */
export async function typeIntoLarge({ workbench, window, file, name }: Cell): Promise<void> {
  await window.server.bridge(
    `await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(${JSON.stringify(file)}), { preview: false });`,
    z.null(),
  );
  await workbench.page.locator('.tabs-container .tab.active', { hasText: name }).waitFor();
  await workbench.focusEditor();
  await workbench.typeAtEnd(VIOLATING_LINE);
}

export async function typeIntoNotebook({ workbench, window, file }: Cell): Promise<void> {
  await window.server.bridge(
    `await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(vscode.Uri.file(${JSON.stringify(file)})), { preview: false });`,
    z.null(),
  );
  await workbench.page.locator('.notebookOverlay .cell-list-container .code-cell-row .view-lines').first().click();
  // A notebook runs a line with an exclamation mark in the shell.
  await workbench.typeAtEnd(`\n!${VIOLATING_LINE}`);
}

/** Answers VS Code's question for the path of a new file. */
export async function answerWithPath({ workbench, file }: Cell): Promise<void> {
  const input = workbench.page.locator('.quick-input-widget .quick-input-box input');
  await input.waitFor();
  await until('the path is taken', async () => {
    await input.fill(file);
    // VS Code reads the folder, completes what was typed, and takes no Enter meanwhile.
    await workbench.page.waitForTimeout(700);
    if ((await input.inputValue()) !== file) return false;
    await input.press('Enter');
    return input.waitFor({ state: 'hidden', timeout: 3_000 }).then(
      () => true,
      () => false,
    );
  });
}

/** Brings another page of the browser to the front, as switching to another window does. */
export async function leaveWindow({ workbench: { page } }: Cell): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
  const other = await page.context().newPage();
  await other.bringToFront();
  await until('the window has lost the focus', async () => !(await page.evaluate(() => document.hasFocus())));
  await other.close();
  await page.bringToFront();
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: true });
  await session.detach();
}
