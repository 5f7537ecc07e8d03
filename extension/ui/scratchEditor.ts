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

/** Closing unsaved text would ask what to do with it, so it is thrown away before. */
async function discardTab(tab: vscode.Tab): Promise<void> {
  const { input } = tab;
  try {
    if (tab.isDirty && input instanceof vscode.TabInputText) {
      await vscode.window.showTextDocument(input.uri, { preview: false });
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
    if (tab.isDirty && input instanceof vscode.TabInputNotebook) {
      await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(input.uri), { preview: false });
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
    const [still] = tabsUnder(input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook ? pathOf(input.uri) : '');
    if (still && !still.isDirty) await vscode.window.tabGroups.close(still, true);
  } catch {
    // It stays open: a folder that is gone shows it as deleted, which is better than an error about a self-test.
  }
}
