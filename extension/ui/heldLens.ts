import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { SaveGuard } from '../core/guardSave.ts';
import { pathKey } from '../core/pathKey.ts';
import { pathOf } from './paths.ts';

/** A line above what holds a text back, where auto save must not open a dialog: a click opens it. */
export class HeldLens implements vscode.CodeLensProvider {
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #guard: () => SaveGuard;
  readonly onDidChangeCodeLenses = this.#changes.event;

  constructor(guard: () => SaveGuard) {
    this.#guard = guard;
  }

  /** What is held has changed. */
  refresh(): void {
    this.#changes.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const path = pathOf(document.uri);
    const marks = this.#guard().held.marks.filter((mark) => pathKey(mark.path) === pathKey(path));
    return marks.map(({ line }) => {
      const at = Math.max(0, Math.min(line, document.lineCount - 1));
      return new vscode.CodeLens(new vscode.Range(at, 0, at, 0), {
        title: `$(shield) ${t('Held back: decide')}`,
        tooltip: t('This text is not saved until you decide.'),
        command: 'sentinelai.decideHeld',
        arguments: [path],
      });
    });
  }
}

/** `sentinelai.decideHeld [path]`: asks about the held text of a file, by default the active editor's or the only one. */
export function registerHeldLens(lens: HeldLens, guard: SaveGuard): vscode.Disposable {
  const decide = async (given: unknown) => {
    const path = typeof given === 'string' ? given : await choose(guard);
    if (path === undefined || !(await guard.decide(path))) void vscode.window.showInformationMessage(t('No text is held back here.'));
  };
  return vscode.Disposable.from(
    vscode.languages.registerCodeLensProvider('*', lens),
    vscode.commands.registerCommand('sentinelai.decideHeld', decide),
  );
}

async function choose(guard: SaveGuard): Promise<string | undefined> {
  const active = vscode.window.activeNotebookEditor?.notebook ?? vscode.window.activeTextEditor?.document;
  const paths = guard.held.marks.map(({ path }) => path);
  const here = active && paths.find((path) => pathKey(path) === pathKey(pathOf(active.uri)));
  if (here !== undefined || paths.length < 2) return here ?? paths[0];
  return vscode.window.showQuickPick(paths, { title: t('Texts that are held back') });
}
