import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import { TRY_FILE, TRY_LINE, triedStep, tryPrompt, tryText } from '../core/tryIt.ts';

/** What the walkthrough offers to try. Steps are ticked off when the guard has really held something. */
export class TryIt {
  readonly #folder: string;
  readonly #walkthrough: string;
  readonly #done = new Set<string>();
  readonly #registered: vscode.Disposable;

  /** @param folder private to the extension; the file to try a save with is written there */
  constructor(parts: { readonly folder: string; readonly extensionId: string }) {
    this.#folder = parts.folder;
    this.#walkthrough = `${parts.extensionId}#start`;
    this.#registered = vscode.Disposable.from(
      vscode.commands.registerCommand('sentinelai.getStarted', () =>
        vscode.commands.executeCommand('workbench.action.openWalkthrough', this.#walkthrough, false),
      ),
      // Put into the input, not sent: sending it is the reader's own step.
      vscode.commands.registerCommand('sentinelai.tryPrompt', () =>
        vscode.commands.executeCommand('workbench.action.chat.open', { query: tryPrompt(), isPartialQuery: true }),
      ),
      vscode.commands.registerCommand('sentinelai.trySave', () => this.#trySave()),
    );
  }

  /** Tells of a ledger entry. */
  seen(entry: LedgerEntry): void {
    const step = triedStep(entry);
    if (step === undefined || this.#done.has(step)) return;
    this.#done.add(step);
    void vscode.commands.executeCommand('setContext', `sentinelai.tried.${step}`, true);
  }

  dispose(): void {
    this.#registered.dispose();
  }

  async #trySave(): Promise<void> {
    const uri = vscode.Uri.file(join(this.#folder, TRY_FILE));
    const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
    if (open === undefined) {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(uri.fsPath, tryText(), { mode: 0o600 });
    }
    const document = open ?? (await vscode.workspace.openTextDocument(uri));
    if (!document.isDirty) {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(uri, document.lineAt(document.lineCount - 1).range.end, TRY_LINE);
      await vscode.workspace.applyEdit(edit);
    }
    const editor = await vscode.window.showTextDocument(document, { preview: false });
    const end = document.lineAt(document.lineCount - 1).range.end;
    editor.selection = new vscode.Selection(end, end);
  }
}
