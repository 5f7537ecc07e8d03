import { t } from '@vscode/l10n';
import { fileLabel } from './dialogText.ts';
import type { HeldText, HeldTexts } from './heldTexts.ts';
import type { Dialog, Editors, Log } from './ports.ts';
import { changeBetween } from './textChange.ts';

const restoreButton = (): string => t('Restore');
const compareButton = (): string => t('Compare');
const discardButton = (): string => t('Discard');
const keepButton = (): string => t('Keep');
/** More notifications than these at once are only in each other's way. */
const MAX_TOLD = 3;

/**
 * What was held back when an editor, its extensions or the machine went down: texts that are neither on disk nor in
 * an editor any more are offered until a person decides about each.
 */
export class HeldOffers {
  readonly #texts: HeldTexts;
  readonly #editors: Editors;
  readonly #dialog: Dialog;
  readonly #log: Log;
  readonly #compare: (copy: HeldText) => Promise<void>;
  readonly #open = new Set<string>();

  constructor(parts: { texts: HeldTexts; editors: Editors; dialog: Dialog; log: Log; compare: (copy: HeldText) => Promise<void> }) {
    this.#texts = parts.texts;
    this.#editors = parts.editors;
    this.#dialog = parts.dialog;
    this.#log = parts.log;
    this.#compare = parts.compare;
  }

  /** Copies whose text is nowhere else. One whose text has reached the disk is no longer needed, and goes. */
  async lost(): Promise<HeldText[]> {
    const lost: HeldText[] = [];
    for (const copy of await this.#texts.all()) {
      if (this.#editors.open(copy.path)?.text === copy.text) continue;
      const disk = await this.#editors.asEditorReads(copy.path).catch(() => undefined);
      if (disk !== undefined && sameLines(disk, copy.text)) await this.#texts.remove(copy.name);
      else lost.push(copy);
    }
    return lost;
  }

  /** Tells of each text that is lost otherwise. Never throws. */
  async make(): Promise<void> {
    try {
      const lost = await this.lost();
      for (const copy of lost.slice(-MAX_TOLD)) void this.offer(copy);
      if (lost.length > MAX_TOLD)
        void this.#dialog.tell(
          'warning',
          t('{0} more held texts could be restored: run "Sentinel: Restore Held Text".', lost.length - MAX_TOLD),
        );
    } catch (error) {
      this.#log.error(`Texts that were held back could not be looked up: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** Asks about one until it is restored, discarded, or left for later. False where it is being asked about already. */
  async offer(copy: HeldText): Promise<boolean> {
    if (this.#open.has(copy.name)) return false;
    this.#open.add(copy.name);
    try {
      for (;;) {
        const action = await this.#dialog.tell(
          'warning',
          t(
            'A text of {0} that was held back could be restored. It is of {1} UTC.',
            fileLabel(copy.path),
            copy.heldAt.slice(0, 16).replace('T', ' '),
          ),
          restoreButton(),
          compareButton(),
          discardButton(),
        );
        if (action === restoreButton()) await this.restore(copy);
        if (action === discardButton() && !(await this.#discard(copy))) continue;
        if (action !== compareButton()) return true;
        await this.#compare(copy);
      }
    } catch (error) {
      this.#log.error(`The held text of ${copy.path} could not be restored: ${error instanceof Error ? error.message : error}`);
      void this.#dialog.tell(
        'error',
        t('The text of {0} could not be restored; it is kept. "Sentinel: Show Log" says why.', fileLabel(copy.path)),
      );
      return true;
    } finally {
      this.#open.delete(copy.name);
    }
  }

  /** Puts the text into the editor as an unsaved change that can be undone. The copy goes when the text is saved or thrown away. */
  async restore(copy: HeldText): Promise<void> {
    const now = this.#editors.open(copy.path)?.text ?? (await this.#editors.asEditorReads(copy.path)) ?? '';
    if (!(await this.#editors.change(copy.path, changeBetween(now, copy.text)))) throw new Error('VS Code did not change the document');
    await this.#texts.keep(copy);
  }

  async #discard(copy: HeldText): Promise<boolean> {
    const answer = await this.#dialog.ask({
      message: t('Discard the held text of {0}?', fileLabel(copy.path)),
      detail: t('This is the only copy of it.'),
      buttons: [keepButton(), discardButton()],
    });
    if (answer !== discardButton()) return false;
    await this.#texts.remove(copy.name);
    return true;
  }
}

function sameLines(one: string, other: string): boolean {
  return one.replaceAll('\r\n', '\n') === other.replaceAll('\r\n', '\n');
}
