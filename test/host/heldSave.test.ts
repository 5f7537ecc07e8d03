import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { z } from 'zod';
import { DiskWatch } from './diskWatch.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { leaveClean } from './leaveClean.ts';
import { byPerson } from './ledgerReader.ts';
import { until } from './until.ts';
import { freezeVerifier, isAlive, isStopped, killVerifier } from './verifierProcess.ts';
import { Workbench } from './workbench.ts';

const WIPE = 'rm -rf /';
const SCRIPT = 'scripts/backup.sh';
const SECOND = 'scripts/restore.sh';
const CLEAN = 'src/customers.js';
const SECOND_TEXT = '#!/bin/sh\nmkdir -p backup\n';
const NOTEBOOK = 'study.ipynb';
const CELL = 'print("one")\n';
const CELL_TYPED = `${CELL}!${WIPE}`;
const NOTEBOOK_TEXT = JSON.stringify({
  cells: [
    {
      cell_type: 'code',
      execution_count: 1,
      metadata: {},
      outputs: [{ output_type: 'stream', name: 'stdout', text: ['an output'] }],
      source: [CELL],
    },
  ],
  metadata: { language_info: { name: 'python' } },
  nbformat: 4,
  nbformat_minor: 4,
});
const TYPED = `${WIPE}\n# caf\u00e9 \ud83d\udd25`;
const OFFER = /backup\.sh that was held back could be restored/;
const LENS = 'Held back: decide';

async function hasText(workbench: Workbench, text: string): Promise<boolean> {
  const editor = await workbench.activeEditor();
  return editor?.dirty === true && editor.text === text;
}

/** After an auto save: VS Code had its turn at the document, and the guard brought the text back. */
async function isBack(workbench: Workbench, text: string): Promise<void> {
  await until('an error stands beside the text', async () => (await workbench.diagnostics(SCRIPT)).some(({ severity }) => severity === 0));
  await until('the text is in the editor, unsaved', () => hasText(workbench, text));
}

async function isOffered(workbench: Workbench): Promise<void> {
  await until('the held text is offered', async () => (await workbench.notifications()).some((text) => OFFER.test(text)));
}

describe('auto save in a real VS Code', () => {
  let window: GuardedWindow;
  before(async () => {
    window = await GuardedWindow.open({ prepare: (workspace) => writeFileSync(join(workspace, SECOND), SECOND_TEXT) });
  });
  after(() => window[Symbol.asyncDispose]());
  afterEach((test) => leaveClean(window, test));

  it('after a delay writes nothing that waits for a decision, opens no dialog, and saves once it is approved', async () => {
    const { workbench, ledger, server } = window;
    const before = window.read(SCRIPT);
    const mark = ledger.mark();
    using disk = new DiskWatch(server.workspace, [SCRIPT], WIPE);
    await workbench.openFile(SCRIPT);
    await workbench.setting('files.autoSave', 'afterDelay');
    await workbench.focusEditor();
    await workbench.typeAtEnd(TYPED);
    await isBack(workbench, `${before}${TYPED}`);
    await until('the offer is made', async () => (await workbench.notifications()).some((text) => /Let Auto Save Wait/.test(text)));
    await workbench.clickNotification('Let Auto Save Wait');
    await until('a lens stands in the text', async () => (await workbench.pageText()).includes(LENS));
    assert.equal(await workbench.dialog.isOpen(), false);
    await workbench.page.waitForTimeout(2_500);
    await isBack(workbench, `${before}${TYPED}`);
    assert.equal(disk.everSeen(), false, 'the violating text was on the disk');
    await workbench.page.locator('.codelens-decoration a', { hasText: LENS }).first().click();
    await workbench.dialog.press('Approve');
    await workbench.dialog.typeReason('Throw-away machine');
    await until('the text is on the disk', () => window.read(SCRIPT) === `${before}${TYPED}`);
    const decision = await mark.find('decision', byPerson);
    await mark.find('outcome', (event) => event.assessmentId === decision.assessmentId && event.outcome === 'saved');
    await workbench.setting('files.autoSaveWhenNoErrors', false);
  });

  it('on a change of focus holds without a dialog, and asks at the explicit save', async () => {
    const { workbench, server } = window;
    await workbench.setting('files.autoSave', 'onFocusChange');
    await workbench.openFile(SECOND);
    using disk = new DiskWatch(server.workspace, [SECOND], WIPE);
    await workbench.typeAtEnd(WIPE);
    await workbench.showFile('README.md');
    await until('an error stands beside the text', async () => (await workbench.diagnostics(SECOND)).length > 0);
    assert.equal(await workbench.dialog.isOpen(), false);
    await workbench.setting('files.autoSave', 'off');
    await workbench.openFile(SECOND);
    await workbench.save();
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    assert.equal(await workbench.isDirty(SECOND), true);
    assert.equal(disk.everSeen(), false);
  });

  it('holds and keeps the text where the verifier is killed during the check, and saves when it is back', async () => {
    const { workbench } = window;
    const line = '// harmless';
    await workbench.openFile(CLEAN);
    await workbench.setting('files.autoSave', 'afterDelay');
    const pid = await window.ready();
    freezeVerifier(pid);
    await workbench.focusEditor();
    await workbench.typeAtEnd(line);
    await until('an error stands beside the text', async () => (await workbench.diagnostics(CLEAN)).some(({ severity }) => severity === 0));
    assert.equal(window.read(CLEAN).includes(line), false, 'saved without a check');
    await killVerifier(pid);
    await until('it is saved when there is a verifier', () => window.read(CLEAN).endsWith(line), { timeout: 40_000 });
  });

  it('leaves VS Code’s own settings alone while the verifier does not answer, so that they can still be changed', async () => {
    const { workbench } = window;
    const pid = await window.ready();
    freezeVerifier(pid);
    for (const size of [2, 4, 8]) await workbench.setting('editor.tabSize', size);
    await killVerifier(pid);
    assert.equal(
      (await workbench.notifications()).some((text) => /Unable to write/.test(text)),
      false,
    );
  });
});

describe('a notebook in a real VS Code', () => {
  it('is held by a save and by auto save, keeps its text and its outputs, and is saved once it is approved', async () => {
    const prepare = (workspace: string) => writeFileSync(join(workspace, NOTEBOOK), NOTEBOOK_TEXT);
    await using window = await GuardedWindow.open({ prepare });
    const { workbench, server, ledger } = window;
    const mark = ledger.mark();
    using disk = new DiskWatch(server.workspace, [NOTEBOOK], WIPE);
    const cell = () =>
      server.bridge('return vscode.window.activeNotebookEditor?.notebook.cellAt(0).document.getText() ?? null', z.string().nullable());
    await server.bridge(
      `const n = await vscode.workspace.openNotebookDocument(vscode.Uri.file(${JSON.stringify(join(server.workspace, NOTEBOOK))}));
       await vscode.window.showNotebookDocument(n);
       const edit = new vscode.WorkspaceEdit();
       edit.insert(n.cellAt(0).document.uri, new vscode.Position(1, 0), '!${WIPE}');
       await vscode.workspace.applyEdit(edit);
       return null;`,
      z.null(),
    );
    await workbench.startCommand('workbench.action.files.save');
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    assert.equal((await mark.find('decision', byPerson)).choice, 'deny');
    await until('the text is in its cell', async () => (await cell()) === CELL_TYPED);
    await workbench.setting('files.autoSave', 'afterDelay');
    await workbench.page.waitForTimeout(2_500);
    await workbench.setting('files.autoSave', 'off');
    await until('the text is in its cell', async () => (await cell()) === CELL_TYPED);
    assert.equal(await workbench.dialog.isOpen(), false);
    assert.equal(disk.everSeen(), false, 'the violating text was on the disk');
    assert.match(window.read(NOTEBOOK), /an output/);
    await workbench.startCommand('sentinelai.decideHeld');
    await workbench.dialog.press('Approve');
    await workbench.dialog.typeReason('Throw-away machine');
    await until('the text is on the disk', () => window.read(NOTEBOOK).includes(WIPE));
    assert.match(window.read(NOTEBOOK), /an output/);
  });
});

describe('a save of a repository that switches the code action off, in a real VS Code', () => {
  it('is held all the same, and written once it is approved', async () => {
    const prepare = (workspace: string) => {
      mkdirSync(join(workspace, '.vscode'));
      writeFileSync(join(workspace, '.vscode/settings.json'), '{ "editor.codeActionsOnSave": [] }\n');
    };
    await using window = await GuardedWindow.open({ prepare });
    const { workbench, server, ledger } = window;
    const before = window.read(SCRIPT);
    const mark = ledger.mark();
    using disk = new DiskWatch(server.workspace, [SCRIPT], WIPE);
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd(TYPED);
    await workbench.save();
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    await isBack(workbench, `${before}${TYPED}`);
    assert.equal(disk.everSeen(), false, 'the violating text was on the disk');
    assert.equal((await mark.find('decision', byPerson)).choice, 'deny');
    await workbench.startCommand('sentinelai.decideHeld');
    await workbench.dialog.press('Approve');
    await workbench.dialog.typeReason('Throw-away machine');
    await until('the text is on the disk', () => window.read(SCRIPT) === `${before}${TYPED}`);
  });
});

describe('a held text of an editor that dies, in a real VS Code', () => {
  const open = () => GuardedWindow.open({ settings: { 'files.hotExit': 'off' } });

  const moments = [
    { when: 'the disk’s text is put back and not yet written', event: 'onWillSaveTextDocument', document: 'e.document' },
    { when: 'the disk’s text is written and the held one not yet restored', event: 'onDidSaveTextDocument', document: 'e' },
  ];
  for (const { when, event, document } of moments) {
    it(`with its extension host when ${when} is offered in the next session, and restored unit by unit`, async () => {
      await using window = await open();
      const { workbench } = window;
      const before = window.read(SCRIPT);
      await workbench.openFile(SCRIPT);
      const pid = window.server.extensionHostPid();
      await signalItself(window, event, document, 'SIGKILL');
      await workbench.setting('files.autoSave', 'afterDelay');
      await workbench.replaceText(SCRIPT, `${before}${TYPED}`);
      await until('the extension host has died', () => !isAlive(pid));
      assert.equal(window.read(SCRIPT), before);
      await workbench.reload();
      await window.ready();
      await workbench.setting('files.autoSave', 'off');
      await isOffered(workbench);
      await workbench.clickNotification('Restore');
      await until('the text is in the editor, unsaved', () => hasText(workbench, `${before}${TYPED}`));
      assert.equal(window.read(SCRIPT), before);
    });
  }

  it('with its page while the disk’s text stands in the editor is offered to the next one, until somebody decides', async () => {
    await using window = await open();
    const before = window.read(SCRIPT);
    const { workbench, server } = window;
    await workbench.openFile(SCRIPT);
    const pid = server.extensionHostPid();
    await signalItself(window, 'onDidSaveTextDocument', 'e', 'SIGSTOP');
    await workbench.setting('files.autoSave', 'afterDelay');
    await workbench.replaceText(SCRIPT, `${before}${TYPED}`);
    await until('the extension host has stopped', () => isStopped(pid));
    await workbench.close();
    process.kill(pid, 'SIGKILL');
    rmSync(join(server.profile, 'bridge.json'));
    const next = await Workbench.open(server);
    try {
      await isOffered(next);
      await next.command('notifications.clearAll');
      await next.startCommand('sentinelai.restoreHeld');
      await isOffered(next);
      await next.clickNotification('Discard');
      await next.dialog.press('Discard');
      await next.dialog.closed();
      // The answer of the dialog may still be on its way to the extension host.
      await until('nothing waits any more', async () => {
        await next.startCommand('sentinelai.restoreHeld');
        return (await next.notifications()).some((text) => /No held text waits/.test(text));
      });
      assert.equal(window.read(SCRIPT), before);
    } finally {
      await next.close();
    }
  });

  it('while its dialog is open is in the editor of the next session, or offered', async () => {
    await using window = await open();
    const { workbench } = window;
    const before = window.read(SCRIPT);
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd(TYPED);
    await workbench.save();
    await workbench.dialog.read();
    await workbench.reload();
    await window.ready();
    await until(
      'the text is there',
      async () => (await hasText(workbench, `${before}${TYPED}`)) || (await workbench.notifications()).some((text) => OFFER.test(text)),
    );
    assert.equal(window.read(SCRIPT), before);
  });
});

/** Has the extension host signal itself when it is told of a save of the script: a later listener than the guard's own. */
async function signalItself({ server }: GuardedWindow, event: string, document: string, signal: string): Promise<void> {
  await server.bridge(
    `state.killer = vscode.workspace.${event}((e) => { if (${document}.uri.path.endsWith('backup.sh')) process.kill(process.pid, '${signal}'); }); return null;`,
    z.null(),
  );
}
