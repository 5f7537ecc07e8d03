import * as vscode from 'vscode';
import type { SaveGuard } from '../core/guardSave.ts';
import { includesSaveAction, SAVE_ACTION } from '../core/settings.ts';
import type { UnassessedWrites } from '../core/unassessedWrites.ts';
import { documentText } from './documents.ts';

/** Connects VS Code's save to the guard: a cancelling code action before, listeners after. */
export function registerSaveDoor(guard: SaveGuard, writes: UnassessedWrites, isOn: () => boolean): vscode.Disposable {
  const provider: vscode.CodeActionProvider = {
    async provideCodeActions(document, _range, context) {
      if (!isOn() || !isSave(context)) return [];
      if (await guard.mayWrite(documentText(document))) return [];
      // This error, and no other, makes VS Code give up the save: no message, nothing written, text stays dirty.
      throw new vscode.CancellationError();
    },
  };
  const watcher = vscode.workspace.createFileSystemWatcher('**/*');
  const changed = (uri: vscode.Uri) => {
    if (isOn() && uri.scheme === 'file') writes.notice(uri.fsPath, 'written by something other than the editor');
  };
  return vscode.Disposable.from(
    vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, provider, {
      providedCodeActionKinds: [vscode.CodeActionKind.Source.append('sentinelai')],
    }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (!isOn() || document.uri.scheme !== 'file') return;
      const path = document.uri.fsPath;
      const wasCleared = guard.wasSaved(documentText(document));
      if (wasCleared) writes.superseded(path);
      writes.notice(path, wasCleared ? 'the bytes on disk do not read as the text that was checked' : 'saved without asking the guard');
    }),
    // VS Code also tells of a change without an edit: when a document stops being dirty.
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) guard.touched(document.uri.fsPath);
      if (!document.isDirty) guard.discarded(document.uri.fsPath);
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      guard.touched(document.uri.fsPath);
      guard.discarded(document.uri.fsPath);
    }),
    watcher,
    watcher.onDidChange(changed),
    watcher.onDidCreate(changed),
  );
}

/**
 * The light bulb asks without a kind and the "Source Action…" menu by a person's hand. A save asks by itself:
 * for the guard's kind, or for a broader one where `editor.codeActionsOnSave` names that as well.
 */
function isSave({ only, triggerKind }: vscode.CodeActionContext): boolean {
  if (only === undefined) return false;
  return only.value === SAVE_ACTION || (triggerKind === vscode.CodeActionTriggerKind.Automatic && includesSaveAction(only.value));
}
