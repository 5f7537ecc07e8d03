import * as vscode from 'vscode';
import { readDiskText, textOfBytes } from '../core/diskText.ts';
import { pathKey } from '../core/pathKey.ts';
import type { DocumentText, Editors } from '../core/ports.ts';
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

  async change(path, change, carets) {
    const [editor] = visibleEditors(path);
    const document = editor?.document ?? (await openOrNew(path));
    const range = new vscode.Range(document.positionAt(change.offset), document.positionAt(change.offset + change.length));
    if (!editor) {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, range, change.text);
      return vscode.workspace.applyEdit(edit);
    }
    // An editor's own edit is refused where the text has changed meanwhile.
    const made = editor.edit((edit) => edit.replace(range, change.text), { undoStopBefore: false, undoStopAfter: false });
    // At once, not after the answer: a key that is pressed in between must find its caret.
    carets?.restore(change);
    return made;
  },

  carets(path) {
    const kept = visibleEditors(path).map((editor) => ({
      editor,
      selections: editor.selections,
      offsets: editor.selections.map(({ active }) => editor.document.offsetAt(active)),
    }));
    return {
      restore({ offset, text }) {
        for (const { editor, selections, offsets } of kept) {
          // A caret behind what is inserted stays behind it by itself.
          const isMoved = offsets.some((at) => at >= offset && at < offset + text.length);
          if (isMoved && vscode.window.visibleTextEditors.includes(editor)) editor.selections = selections;
        }
      },
    };
  },
};

/** A file that is gone is opened as a new one of the same name. */
async function openOrNew(path: string): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(uriOf(path));
  } catch (error) {
    if (isAddress(path)) throw error;
    const document = await vscode.workspace.openTextDocument(uriOf(path).with({ scheme: 'untitled' }));
    await vscode.window.showTextDocument(document);
    return document;
  }
}

async function readAddress(uri: vscode.Uri): ReturnType<typeof readDiskText> {
  try {
    return textOfBytes(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    return { unassessable: 'not readable' };
  }
}
