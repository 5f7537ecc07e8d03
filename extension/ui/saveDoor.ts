import * as vscode from 'vscode';
import type { SaveGuard } from '../core/guardSave.ts';
import { SAVE_ACTION } from '../core/settings.ts';
import type { UnassessedWrites } from '../core/unassessedWrites.ts';
import { documentText } from './documents.ts';

/** Connects VS Code's save to the guard: a cancelling code action before, listeners after. */
export function registerSaveDoor(guard: SaveGuard, writes: UnassessedWrites, isOn: () => boolean): vscode.Disposable {
  const provider: vscode.CodeActionProvider = {
    async provideCodeActions(document, _range, context) {
      // The light bulb and the "Source Action…" menu ask too; only a save asks for exactly this kind.
      if (!isOn() || context.only?.value !== SAVE_ACTION) return [];
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
      if (guard.wasSaved(documentText(document))) writes.superseded(document.uri.fsPath);
      else writes.notice(document.uri.fsPath, 'saved in a way in which VS Code does not ask the guard');
    }),
    vscode.workspace.onDidChangeTextDocument(
      ({ document, contentChanges }) => contentChanges.length > 0 && guard.touched(document.uri.fsPath),
    ),
    vscode.workspace.onDidCloseTextDocument((document) => guard.touched(document.uri.fsPath)),
    watcher,
    watcher.onDidChange(changed),
    watcher.onDidCreate(changed),
  );
}
