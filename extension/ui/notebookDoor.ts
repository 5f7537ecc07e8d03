import * as vscode from 'vscode';
import type { AutoSaveOffer } from '../core/autoSaveOffer.ts';
import type { SaveGuard } from '../core/guardSave.ts';
import type { Manner } from '../core/heldSaves.ts';
import type { PutBackCells } from '../core/putBackCells.ts';
import type { UnassessedWrites } from '../core/unassessedWrites.ts';
import { cellsEdit, findNotebook, notebookDocument } from './notebooks.ts';
import { pathOf } from './paths.ts';
import { type Rechecks, waitsOnErrors } from './rechecks.ts';

/** A notebook that is put back and restored is clean for a moment; one whose text was thrown away stays so. */
const CLEAN_FOR_MS = 250;

export interface NotebookDoorParts {
  readonly guard: SaveGuard;
  readonly putBack: PutBackCells;
  readonly writes: UnassessedWrites;
  readonly autoSaveOffer: AutoSaveOffer;
  readonly rechecks: Rechecks;
  readonly isOn: () => boolean;
}

/** Connects the saves of notebooks to the guard: here VS Code takes no veto from a code action. */
export function registerNotebookDoor({ guard, putBack, writes, autoSaveOffer, rechecks, isOn }: NotebookDoorParts): vscode.Disposable {
  const willSave = async (notebook: vscode.NotebookDocument, manner: Manner): Promise<vscode.WorkspaceEdit> => {
    const path = pathOf(notebook.uri);
    const texts = await putBack.willSave(path, manner);
    if (texts && manner === 'quiet' && !waitsOnErrors(notebook.uri)) void autoSaveOffer.make(path);
    return cellsEdit(notebook, texts ?? new Map());
  };
  const saved = async (notebook: vscode.NotebookDocument) => {
    const document = notebookDocument(notebook);
    if (await putBack.saved(document.path)) return;
    const wasCleared = guard.wasSaved(document);
    if (wasCleared) writes.superseded(document.path);
    // What is on disk has the outputs besides, which no check has seen.
    writes.notice(document.path, wasCleared ? 'the outputs of a notebook whose cells were checked' : 'saved without asking the guard');
  };
  const settled = (uri: vscode.Uri) => {
    const path = pathOf(uri);
    if (!putBack.isBusy(path) && findNotebook(path)?.isDirty !== true) guard.discarded(path);
  };
  return vscode.Disposable.from(
    // The notebook's own events do not tell that its text was thrown away, by a revert or by closing its editor.
    vscode.window.tabGroups.onDidChangeTabs(({ closed, changed }) => {
      for (const { input, isDirty } of [...closed, ...changed])
        if (input instanceof vscode.TabInputNotebook && !isDirty) setTimeout(() => settled(input.uri), CLEAN_FOR_MS);
    }),
    vscode.workspace.onWillSaveNotebookDocument((event) => {
      const manner = event.reason === vscode.TextDocumentSaveReason.Manual ? 'ask' : 'quiet';
      if (isOn() && !event.notebook.isUntitled) event.waitUntil(willSave(event.notebook, manner));
    }),
    vscode.workspace.onDidSaveNotebookDocument((notebook) => {
      if (isOn()) void saved(notebook);
    }),
    vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges, cellChanges }) => {
      const path = pathOf(notebook.uri);
      if (putBack.isBusy(path)) return;
      if (contentChanges.length + cellChanges.length > 0) {
        guard.held.touched(path);
        rechecks.soon(path, notebook.uri);
      }
      if (!notebook.isDirty) guard.discarded(path);
    }),
    vscode.workspace.onDidCloseNotebookDocument((notebook) => {
      if (!putBack.isBusy(pathOf(notebook.uri)) && !notebook.isDirty) guard.discarded(pathOf(notebook.uri));
    }),
  );
}
