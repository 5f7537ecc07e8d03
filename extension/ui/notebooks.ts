import * as vscode from 'vscode';
import { type NotebookCell, notebookText } from '../core/notebookCells.ts';
import { pathKey } from '../core/pathKey.ts';
import type { DocumentText } from '../core/ports.ts';
import type { Notebooks } from '../core/putBackCells.ts';
import { pathOf } from './paths.ts';

export function findNotebook(path: string): vscode.NotebookDocument | undefined {
  const key = pathKey(path);
  return vscode.workspace.notebookDocuments.find((notebook) => pathKey(pathOf(notebook.uri)) === key);
}

/** A notebook as the core sees it: its cells as a notebook file. */
export function notebookDocument(notebook: vscode.NotebookDocument): DocumentText & { dirty: boolean } {
  return { path: pathOf(notebook.uri), language: 'json', text: notebookText(cellsOf(notebook)), dirty: notebook.isDirty };
}

function cellsOf(notebook: vscode.NotebookDocument): NotebookCell[] {
  return notebook.getCells().map(({ kind, document }) => ({
    id: document.uri.toString(),
    kind: kind === vscode.NotebookCellKind.Code ? 'code' : 'markdown',
    language: document.languageId,
    text: document.getText(),
  }));
}

/** The edit that gives cells whole texts, by their ids. */
export function cellsEdit(notebook: vscode.NotebookDocument, texts: ReadonlyMap<string, string>): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { document } of notebook.getCells()) {
    const text = texts.get(document.uri.toString());
    if (text !== undefined) edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  }
  return edit;
}

export const vscodeNotebooks: Notebooks = {
  cells(path) {
    const notebook = findNotebook(path);
    return notebook && cellsOf(notebook);
  },

  async write(path, texts) {
    const notebook = findNotebook(path);
    return notebook !== undefined && (await vscode.workspace.applyEdit(cellsEdit(notebook, texts)));
  },
};
