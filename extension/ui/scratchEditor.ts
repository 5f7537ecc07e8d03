import { sep } from 'node:path';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { pathKey } from '../core/pathKey.ts';
import type { AutoSave, SaveBy, ScratchEditor } from '../core/selfTest/scratchEditor.ts';
import { findDocument } from './documents.ts';
import { findNotebook } from './notebooks.ts';
import { pathOf } from './paths.ts';

const SAVE_COMMANDS: Readonly<Record<Exclude<SaveBy, 'api'>, string>> = {
  command: 'workbench.action.files.save',
  all: 'workbench.action.files.saveAll',
  unformatted: 'workbench.action.files.saveWithoutFormatting',
};

const MAX_ATTEMPTS = 10;
const CLEAN_FOR_MS = 150;

/** VS Code's editors, for the self-test's scratch files. */
export const vscodeScratchEditor: ScratchEditor = {
  async open(path) {
    await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: false });
  },

  async openNotebook(path) {
    try {
      const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(path));
      await vscode.window.showNotebookDocument(notebook, { preview: false });
      return true;
    } catch {
      return false;
    }
  },

  async append(path, text) {
    const document = findNotebook(path)?.cellAt(0).document ?? findDocument(path);
    if (document === undefined) return false;
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, document.lineAt(document.lineCount - 1).range.end, text);
    return vscode.workspace.applyEdit(edit);
  },

  async save(path, by) {
    const document = findDocument(path);
    const active = vscode.window.activeTextEditor?.document;
    if (document === undefined || active !== document)
      throw new Error(t('another editor got the focus; run it again without touching the editor'));
    // A guard may hold it for as long as it likes: nobody waits for the end.
    const saving = by === 'api' ? document.save() : vscode.commands.executeCommand(SAVE_COMMANDS[by]);
    void Promise.resolve(saving).catch(() => undefined);
  },

  async saveNotebook(path) {
    void Promise.resolve(findNotebook(path)?.save()).catch(() => undefined);
  },

  unsaved(path) {
    const notebook = findNotebook(path);
    if (notebook) return notebook.isDirty ? notebook.cellAt(0).document.getText() : undefined;
    const document = findDocument(path);
    return document?.isDirty === true ? document.getText() : undefined;
  },

  async discard(path) {
    for (const tab of tabsUnder(path)) await discardTab(tab);
  },

  autoSave(path) {
    const files = vscode.workspace.getConfiguration('files', vscode.Uri.file(path));
    const when: Readonly<Record<string, AutoSave>> = {
      onFocusChange: { when: 'focus change' },
      onWindowChange: { when: 'window change' },
      afterDelay: { when: 'delay', delayMs: files.get<number>('autoSaveDelay', 1_000) },
    };
    return when[files.get<string>('autoSave', 'off')] ?? { when: 'off' };
  },

  async formatter(path) {
    const uri = vscode.Uri.file(path);
    const onSave = vscode.workspace.getConfiguration('editor', findDocument(path) ?? uri).get('formatOnSave') === true;
    try {
      const edits: unknown = await vscode.commands.executeCommand('vscode.executeFormatDocumentProvider', uri, {
        tabSize: 2,
        insertSpaces: true,
      });
      return { answers: Array.isArray(edits), onSave };
    } catch {
      return { answers: false, onSave };
    }
  },

  hasOthersUnsaved(own) {
    const ours = new Set(tabsUnder(own));
    return vscode.window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => tab.isDirty && !ours.has(tab)));
  },

  workspaceFolder() {
    return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
  },
};

/** Editors of a file, or of all files in a folder. */
function tabsUnder(path: string): vscode.Tab[] {
  const key = pathKey(path);
  const isUnder = (uri: vscode.Uri) => {
    const other = pathKey(pathOf(uri));
    return other === key || other.startsWith(`${key}${sep}`);
  };
  return vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.filter(({ input }) => (input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook) && isUnder(input.uri)),
  );
}

/**
 * Closing unsaved text would ask what to do with it, so it is thrown away before. A text that was put back for an
 * auto save is there again a moment later: only an editor that stays clean is closed.
 */
async function discardTab(tab: vscode.Tab): Promise<void> {
  const { input } = tab;
  if (!(input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook)) return;
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
    try {
      if (isUnsaved(input.uri)) await throwAway(input);
      await new Promise((resolve) => setTimeout(resolve, CLEAN_FOR_MS));
      if (isUnsaved(input.uri)) continue;
      const tabs = tabsUnder(pathOf(input.uri));
      if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
      return;
    } catch {
      // Its file may be gone by now. It is tried again, and at last left open.
    }
  }
}

async function throwAway(input: vscode.TabInputText | vscode.TabInputNotebook): Promise<void> {
  if (input instanceof vscode.TabInputText) await vscode.window.showTextDocument(input.uri, { preview: false });
  else await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(input.uri), { preview: false });
  await vscode.commands.executeCommand('workbench.action.files.revert');
}

function isUnsaved(uri: vscode.Uri): boolean {
  const path = pathOf(uri);
  return tabsUnder(path).some(({ isDirty }) => isDirty) || findDocument(path)?.isDirty === true || findNotebook(path)?.isDirty === true;
}
