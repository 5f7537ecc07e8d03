import * as vscode from 'vscode';
import type { Manner } from '../core/heldSaves.ts';

/** VS Code tells the listener why it saves, but not the code action, and asks now the one and now the other first. */
export class SaveReasons {
  readonly #told = new WeakMap<vscode.TextDocument, { version: number; manner: Manner }>();

  /** The listener was asked: its answer is the one for this version of the text. */
  willSave(document: vscode.TextDocument, reason: vscode.TextDocumentSaveReason): Manner {
    const manner: Manner = reason === vscode.TextDocumentSaveReason.Manual ? 'ask' : 'quiet';
    this.#told.set(document, { version: document.version, manner });
    return manner;
  }

  /** How a save of this document, in which the code action is asked, is to meet the person. */
  manner(document: vscode.TextDocument): Manner {
    const told = this.#told.get(document);
    if (told?.version === document.version) {
      // Once: the next save of the same version may be for another reason.
      this.#told.delete(document);
      return told.manner;
    }
    const autoSave = vscode.workspace.getConfiguration('files', document).get('autoSave');
    if (autoSave !== 'onFocusChange' && autoSave !== 'onWindowChange') return 'ask';
    if (!vscode.window.state.focused) return 'quiet';
    if (autoSave === 'onWindowChange') return 'ask';
    return vscode.window.activeTextEditor?.document === document ? 'tell' : 'quiet';
  }
}
