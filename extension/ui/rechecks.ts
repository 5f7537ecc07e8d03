import * as vscode from 'vscode';
import type { SaveGuard } from '../core/guardSave.ts';
import type { Clock } from '../core/ports.ts';

/** After a pause in typing, an edited text that is marked as held is looked at again. */
const PAUSE_MS = 700;

/** Auto save waits while an error stands, so nobody else asks whether an edited text is better now. */
export class Rechecks {
  readonly #guard: SaveGuard;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, () => void>();

  constructor(guard: SaveGuard, clock: Clock) {
    this.#guard = guard;
    this.#clock = clock;
  }

  /** A document was edited. `scope`: whose settings count. */
  soon(path: string, scope: vscode.ConfigurationScope): void {
    if (!waitsOnErrors(scope) || !this.#guard.isMarked(path)) return;
    this.#waiting.get(path)?.();
    const cancel = this.#clock.after(PAUSE_MS, () => {
      this.#waiting.delete(path);
      void this.#guard.recheck(path);
    });
    this.#waiting.set(path, cancel);
  }
}

/** Whether auto save leaves a document alone while it has errors. */
export function waitsOnErrors(scope: vscode.ConfigurationScope): boolean {
  const files = vscode.workspace.getConfiguration('files', scope);
  return files.get('autoSave') !== 'off' && files.get('autoSaveWhenNoErrors') === true;
}
