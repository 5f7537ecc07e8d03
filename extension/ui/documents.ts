import * as vscode from 'vscode';
import { readDiskText } from '../core/diskText.ts';
import type { Documents, DocumentText } from '../core/ports.ts';

/** A text document as the core sees it. */
export function documentText(document: vscode.TextDocument): DocumentText & { dirty: boolean } {
  return { path: document.uri.fsPath, language: document.languageId, text: document.getText(), dirty: document.isDirty };
}

function find(path: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((document) => document.uri.scheme === 'file' && document.uri.fsPath === path);
}

export const vscodeDocuments: Documents = {
  open(path) {
    const document = find(path);
    return document && documentText(document);
  },

  async onDisk(path) {
    const text = await readDiskText(path);
    return typeof text === 'string' ? { path, language: find(path)?.languageId ?? '', text } : text;
  },

  async save(path) {
    return (await find(path)?.save()) ?? false;
  },

  async replaceAndSave(path, text) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    return (await vscode.workspace.applyEdit(edit)) && (await document.save());
  },
};
