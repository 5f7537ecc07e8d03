import { fileLabel } from './dialogText.ts';
import type { Dialog, Log, Storage } from './ports.ts';

const DECIDE = 'Decide';
const WAIT = 'Let Auto Save Wait';
const NOT_NOW = 'Not Now';
const DECLINED = 'auto-save-offer-declined';

/**
 * Auto save after a delay tries a held text again each second. Offers, once, the setting with which VS Code waits
 * while a file has errors (`files.autoSaveWhenNoErrors`); where that is declined, the text is held each time.
 */
export class AutoSaveOffer {
  readonly #dialog: Dialog;
  readonly #storage: Storage;
  readonly #log: Log;
  readonly #waitOnErrors: () => Promise<void>;
  readonly #decide: (path: string) => Promise<unknown>;
  #made = false;

  constructor(parts: {
    dialog: Dialog;
    storage: Storage;
    log: Log;
    /** Switches the setting on, for the user. */
    waitOnErrors: () => Promise<void>;
    decide: (path: string) => Promise<unknown>;
  }) {
    this.#dialog = parts.dialog;
    this.#storage = parts.storage;
    this.#log = parts.log;
    this.#waitOnErrors = parts.waitOnErrors;
    this.#decide = parts.decide;
  }

  async make(path: string): Promise<void> {
    if (this.#made) return;
    this.#made = true;
    if ((await this.#storage.read(DECLINED).catch(() => undefined)) !== undefined) return;
    const action = await this.#dialog.tell(
      'warning',
      `${fileLabel(path)} is held back: its text stays in the editor, unsaved. Auto save will try again each time it runs. Let auto save wait while a file has errors (files.autoSaveWhenNoErrors)?`,
      DECIDE,
      WAIT,
      NOT_NOW,
    );
    try {
      if (action === DECIDE) await this.#decide(path);
      if (action === WAIT) await this.#waitOnErrors();
      if (action === NOT_NOW) await this.#storage.write(DECLINED, new Date().toISOString());
    } catch (error) {
      this.#log.error(`Auto save could not be set to wait on errors: ${error instanceof Error ? error.message : error}`);
      void this.#dialog.tell('error', 'VS Code could not change files.autoSaveWhenNoErrors. You can set it yourself, in the settings.');
    }
  }
}
