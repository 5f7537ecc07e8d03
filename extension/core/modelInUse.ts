import { t } from '@vscode/l10n';
import type { Dialog, Log, Storage } from './ports.ts';

const switchButton = (): string => t('Switch to It');
const notNowButton = (): string => t('Not Now');
const OFFERED = 'guarded-model-offered';

/** A model as a chat names it. */
export interface ChosenModel {
  readonly vendor: string;
  readonly id: string;
  readonly name: string;
}

export interface ModelInUseParts {
  readonly dialog: Dialog;
  readonly storage: Storage;
  readonly log: Log;
  /** Whether this model is also offered guarded. */
  readonly hasGuarded: (model: ChosenModel) => boolean;
  readonly switchTo: (model: ChosenModel) => Promise<void>;
  readonly changed: () => void;
}

/** Which model a chat was last seen on, as far as the editor lets that be known, and the offer to guard every chat. */
export class ModelInUse {
  readonly #parts: ModelInUseParts;
  #last: { readonly name: string; readonly guarded: boolean } | undefined;
  #offered = false;

  constructor(parts: ModelInUseParts) {
    this.#parts = parts;
  }

  get last(): { readonly name: string; readonly guarded: boolean } | undefined {
    return this.#last;
  }

  saw(name: string, guarded: boolean): void {
    if (this.#last?.name === name && this.#last.guarded === guarded) return;
    this.#last = { name, guarded };
    this.#parts.changed();
  }

  /** Offers, once on this machine, to choose the guarded twin of a model that other chats would use unguarded. */
  async offer(model: ChosenModel): Promise<void> {
    const { dialog, storage, log, hasGuarded, switchTo } = this.#parts;
    if (this.#offered || !hasGuarded(model)) return;
    this.#offered = true;
    if ((await storage.read(OFFERED).catch(() => undefined)) !== undefined) return;
    try {
      await storage.write(OFFERED, new Date().toISOString());
      const name = t('{0} (guarded)', model.name);
      const action = await dialog.tell(
        'info',
        t(
          "Only what is addressed to @sentinelai-guard is checked while the chat runs on {0}. With {1}, every chat and agent run is, its tool calls too. You can change it at any time in the chat's model picker.",
          model.name,
          name,
        ),
        switchButton(),
        notNowButton(),
      );
      if (action === switchButton()) await switchTo(model);
    } catch (error) {
      log.error(`The guarded model could not be offered: ${error instanceof Error ? error.message : error}`);
    }
  }
}
