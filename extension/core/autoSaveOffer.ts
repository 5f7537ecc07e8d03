import { t } from '@vscode/l10n';
import { fileLabel } from './dialogText.ts';
import type { Dialog, Log, Storage } from './ports.ts';

const decideButton = (): string => t('Decide');
const waitButton = (): string => t('Let Auto Save Wait');
const notNowButton = (): string => t('Not Now');
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
      t(
        '{0} is held back: its text stays in the editor, unsaved. Auto save will try again each time it runs. Let auto save wait while a file has errors (files.autoSaveWhenNoErrors)?',
        fileLabel(path),
      ),
      decideButton(),
      waitButton(),
      notNowButton(),
    );
    try {
      if (action === decideButton()) await this.#decide(path);
      if (action === waitButton()) await this.#waitOnErrors();
      if (action === notNowButton()) await this.#storage.write(DECLINED, new Date().toISOString());
    } catch (error) {
      this.#log.error(`Auto save could not be set to wait on errors: ${error instanceof Error ? error.message : error}`);
      void this.#dialog.tell('error', t('VS Code could not change files.autoSaveWhenNoErrors. You can set it yourself, in the settings.'));
    }
  }
}
