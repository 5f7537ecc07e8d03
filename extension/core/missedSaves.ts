import { t } from '@vscode/l10n';
import { fileLabel } from './dialogText.ts';
import { PathMap } from './pathKey.ts';
import type { Dialog, Log } from './ports.ts';
import { recordOf, shownOf, type Words } from './said.ts';

/**
 * Saves that the second line of defence could not hold back. Somebody is told of one only once VS Code has written the
 * text: the code action may hold it yet.
 */
export class MissedSaves {
  readonly #log: Log;
  readonly #dialog: Pick<Dialog, 'tell'>;
  readonly #why = new PathMap<Words>();

  constructor(parts: { readonly log: Log; readonly dialog: Pick<Dialog, 'tell'> }) {
    this.#log = parts.log;
    this.#dialog = parts.dialog;
  }

  /** Another save begins: what became of the one before is known. */
  begins(path: string): void {
    this.#why.delete(path);
  }

  missed(path: string, why: Words): void {
    this.#log.error(`${path} could not be held back, and is looked at if it is written: ${recordOf(why)}`);
    this.#why.set(path, why);
  }

  written(path: string): void {
    const why = this.#why.get(path);
    if (why === undefined) return;
    this.#why.delete(path);
    void this.#dialog.tell(
      'warning',
      t('{0} could not be held back ({1}). It is on disk, and is being checked.', fileLabel(path), shownOf(why)),
    );
  }
}
