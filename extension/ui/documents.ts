import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { MAX_TEXT } from '../../verifier/protocol/subject.ts';
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
    try {
      const { size } = await stat(path);
      if (size > MAX_TEXT) return undefined;
      const bytes = await readFile(path);
      // What holds a zero byte near its beginning is not text: VS Code's own rule.
      if (bytes.subarray(0, 8192).includes(0)) return undefined;
      return { path, language: find(path)?.languageId ?? '', text: new TextDecoder().decode(bytes) };
    } catch {
      // Gone again, a folder, or not readable: nothing that could be assessed.
      return undefined;
    }
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
