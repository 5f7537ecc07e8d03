import * as vscode from 'vscode';
import type { AutoSaveOffer } from '../core/autoSaveOffer.ts';
import type { SaveGuard } from '../core/guardSave.ts';
import type { Manner } from '../core/heldSaves.ts';
import type { PutBack } from '../core/putBack.ts';
import { SaveOrder } from '../core/saveOrder.ts';
import { includesSaveAction, SAVE_ACTION, saveHook } from '../core/settings.ts';
import type { UnassessedWrites } from '../core/unassessedWrites.ts';
import { documentText } from './documents.ts';
import { pathOf } from './paths.ts';
import { type Rechecks, waitsOnErrors } from './rechecks.ts';
import { SaveReasons } from './saveReasons.ts';

/** Documents that VS Code keeps for itself: they are shown or asked for, not saved by a person. */
const NOT_FILES = ['output', 'git', 'vscode-userdata', 'vscode-notebook-cell', 'untitled', 'comment', 'search-editor'];

export interface SaveDoorParts {
  readonly guard: SaveGuard;
  readonly putBack: PutBack;
  readonly writes: UnassessedWrites;
  readonly autoSaveOffer: AutoSaveOffer;
  readonly rechecks: Rechecks;
  readonly isOn: () => boolean;
}

/** Connects VS Code's save to the guard: a cancelling code action and a listener before, listeners after. */
export function registerSaveDoor(parts: SaveDoorParts): vscode.Disposable {
  const { guard, putBack, writes, isOn } = parts;
  const reasons = new SaveReasons();
  const order = new SaveOrder();
  const isSaved = (uri: vscode.Uri) => !NOT_FILES.includes(uri.scheme);
  const provider: vscode.CodeActionProvider = {
    async provideCodeActions(document, _range, context) {
      if (!isOn() || !isSaved(document.uri) || !isSave(context)) return [];
      const path = pathOf(document.uri);
      const isSecond = order.codeAction(path);
      // The listener has held the text back already; what is about to be written is the disk's own.
      if (await putBack.stands(path)) return [];
      const text = documentText(document);
      const manner = reasons.manner(document);
      if (await (isSecond ? guard.lastLook(text, manner) : guard.mayWrite(text, manner))) return [];
      // This error, and no other, makes VS Code give up the save: no message, nothing written, text stays dirty.
      throw new vscode.CancellationError();
    },
  };

  const willSave = async (document: vscode.TextDocument, manner: Manner, codeActionComes: boolean): Promise<vscode.TextEdit[]> => {
    const text = documentText(document);
    const isHeld = await putBack.willSave(text, { manner, codeActionComes });
    if (isHeld && manner === 'quiet' && !waitsOnErrors(document)) void parts.autoSaveOffer.make(text.path);
    return [];
  };

  const saved = async (document: vscode.TextDocument) => {
    const text = documentText(document);
    order.written(text.path);
    if (await putBack.saved(text.path, text.text)) return;
    const wasCleared = guard.wasSaved(text);
    if (wasCleared) writes.superseded(text.path);
    writes.notice(text.path, wasCleared ? 'the bytes on disk do not read as the text that was checked' : 'saved without asking the guard');
  };

  const watcher = vscode.workspace.createFileSystemWatcher('**/*');
  const changed = (uri: vscode.Uri) => {
    if (isOn() && uri.scheme === 'file') writes.notice(uri.fsPath, 'written by something other than the editor');
  };
  return vscode.Disposable.from(
    vscode.languages.registerCodeActionsProvider('*', provider, {
      providedCodeActionKinds: [vscode.CodeActionKind.Source.append('sentinelai')],
    }),
    vscode.workspace.onWillSaveTextDocument((event) => {
      const { document } = event;
      if (!isOn() || !isSaved(document.uri)) return;
      const manner = reasons.willSave(document, event.reason);
      order.listener(pathOf(document.uri));
      event.waitUntil(willSave(document, manner, order.comesLater && asksCodeAction(document, event.reason)));
    }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (isOn() && isSaved(document.uri)) void saved(document);
    }),
    // VS Code also tells of a change without an edit: when a document stops being dirty.
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (!isSaved(document.uri)) return;
      const path = pathOf(document.uri);
      if (putBack.isBusy(path)) {
        putBack.changed(
          path,
          contentChanges.map(({ rangeOffset: offset, rangeLength: length, text }) => ({ offset, length, text })),
        );
        return;
      }
      if (contentChanges.length > 0) {
        guard.held.touched(path);
        parts.rechecks.soon(path, document);
      }
      if (!document.isDirty) guard.discarded(path);
    }),
    // A person who throws text away makes the document clean first; VS Code also closes documents by itself.
    vscode.workspace.onDidCloseTextDocument((document) => {
      const path = pathOf(document.uri);
      if (!isSaved(document.uri) || putBack.isBusy(path)) return;
      guard.held.touched(path);
      if (!document.isDirty) guard.discarded(path);
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

/** Whether VS Code asks the code action in a save of this document for this reason. */
function asksCodeAction(document: vscode.TextDocument, reason: vscode.TextDocumentSaveReason): boolean {
  if (reason === vscode.TextDocumentSaveReason.AfterDelay) return false;
  const hook = saveHook(vscode.workspace.getConfiguration('editor', document).get('codeActionsOnSave'));
  return hook === 'always' || (hook === 'explicit-only' && reason === vscode.TextDocumentSaveReason.Manual);
}
