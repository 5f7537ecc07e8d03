import { t } from '@vscode/l10n';
import type { Dialog } from './ports.ts';
import type { VerifierError } from './verifierError.ts';

const restartButton = (): string => t('Restart Verifier');
const showLogButton = (): string => t('Show Log');

/** Tells the user that something was held back because the verifier failed, and offers the way out. */
export class Trouble {
  readonly #dialog: Dialog;
  readonly #restart: () => unknown;
  readonly #showLog: () => unknown;
  readonly #open = new Set<string>();

  constructor(parts: { dialog: Dialog; restart: () => unknown; showLog: () => unknown }) {
    this.#dialog = parts.dialog;
    this.#restart = parts.restart;
    this.#showLog = parts.showLog;
  }

  /** `what` as in `The answer was held back`. The same notification is not stacked on itself. */
  report(what: string, problem: VerifierError): void {
    void this.ask(what, problem);
  }

  /**
   * As {@link report}, with one more action where `wayRound` names it: true where that was chosen. After `over` the
   * same may be told again: VS Code then closes the earlier notification.
   */
  async ask(what: string, problem: VerifierError, wayRound?: string, over?: AbortSignal): Promise<boolean> {
    const message = `${what}. ${problem.shown}`;
    if (this.#open.has(message)) return false;
    this.#open.add(message);
    over?.addEventListener('abort', () => this.#open.delete(message), { once: true });
    const action = await this.#dialog.tell(
      'error',
      message,
      restartButton(),
      showLogButton(),
      ...(wayRound === undefined ? [] : [wayRound]),
    );
    this.#open.delete(message);
    if (action === restartButton()) this.#restart();
    if (action === showLogButton()) this.#showLog();
    return wayRound !== undefined && action === wayRound;
  }
}
