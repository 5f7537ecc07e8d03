import * as vscode from 'vscode';
import { readDiskText, textOfBytes } from '../core/diskText.ts';
import { pathKey } from '../core/pathKey.ts';
import type { DocumentText, Editors } from '../core/ports.ts';
import type { TextChange } from '../core/textChange.ts';
import { findNotebook, notebookDocument } from './notebooks.ts';
import { isAddress, pathOf, uriOf } from './paths.ts';

/** A text document as the core sees it. */
export function documentText(document: vscode.TextDocument): DocumentText & { dirty: boolean } {
  return { path: pathOf(document.uri), language: document.languageId, text: document.getText(), dirty: document.isDirty };
}

export function findDocument(path: string): vscode.TextDocument | undefined {
  const key = pathKey(path);
  return vscode.workspace.textDocuments.find((document) => pathKey(pathOf(document.uri)) === key);
}

function visibleEditors(path: string): vscode.TextEditor[] {
  const key = pathKey(path);
  return vscode.window.visibleTextEditors.filter(({ document }) => pathKey(pathOf(document.uri)) === key);
}

export const vscodeDocuments: Editors = {
  open(path) {
    const document = findDocument(path);
    if (document) return documentText(document);
    const notebook = findNotebook(path);
    return notebook && notebookDocument(notebook);
  },

  async onDisk(path) {
    const text = isAddress(path) ? await readAddress(uriOf(path)) : await readDiskText(path);
    return typeof text === 'string' ? { path, language: findDocument(path)?.languageId ?? '', text } : text;
  },

  async save(path) {
    return (await (findDocument(path) ?? findNotebook(path))?.save()) ?? false;
  },

  async replaceAndSave(path, text) {
    const document = await vscode.workspace.openTextDocument(uriOf(path));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    return (await vscode.workspace.applyEdit(edit)) && (await document.save());
  },

  async asEditorReads(path) {
    const document = findDocument(path);
    try {
      const bytes = await vscode.workspace.fs.readFile(uriOf(path));
      const text = await (document
        ? vscode.workspace.decode(bytes, { encoding: document.encoding })
        : vscode.workspace.decode(bytes, { uri: uriOf(path) }));
      // A document has one kind of line ends, whatever its file has.
      const lineEnd = document?.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
      return text.replaceAll(/\r\n|\r|\n/g, lineEnd);
    } catch (error) {
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
      throw error;
    }
  },

  async change(path, change) {
    const [editor] = visibleEditors(path);
    const document = editor?.document ?? (await vscode.workspace.openTextDocument(uriOf(path)));
    const range = new vscode.Range(document.positionAt(change.offset), document.positionAt(change.offset + change.length));
    // An editor's own edit is refused where the text has changed meanwhile, and keeps its carets.
    if (editor) return editor.edit((edit) => edit.replace(range, change.text), { undoStopBefore: false, undoStopAfter: false });
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, range, change.text);
    return vscode.workspace.applyEdit(edit);
  },

  carets(path) {
    const kept = visibleEditors(path).map((editor) => ({ editor, selections: editor.selections }));
    return () => {
      for (const { editor, selections } of kept) if (vscode.window.visibleTextEditors.includes(editor)) editor.selections = selections;
    };
  },
};

/** `change` as VS Code makes it while it saves. */
export function saveEdit(document: vscode.TextDocument, { offset, length, text }: TextChange): vscode.TextEdit {
  return vscode.TextEdit.replace(new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)), text);
}

async function readAddress(uri: vscode.Uri): ReturnType<typeof readDiskText> {
  try {
    return textOfBytes(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    return { unassessable: 'not readable' };
  }
}
