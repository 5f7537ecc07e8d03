import { t } from '@vscode/l10n';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { type BreakGlass, PERMIT_MS } from './breakGlass.ts';
import { fileLabel } from './dialogText.ts';
import { PathMap } from './pathKey.ts';
import type { Clock, Dialog, Documents, DocumentText } from './ports.ts';
import type { VerifierError } from './verifierError.ts';

interface Permit {
  readonly digest: string;
  readonly until: number;
}

/**
 * Saves that a person lets through without a check: exactly one text, for one write, for a short while. What was
 * written so has no verdict, so it is looked at on the disk as soon as there is a verifier.
 */
export class UncheckedSaves {
  readonly #breakGlass: BreakGlass;
  readonly #documents: Pick<Documents, 'open' | 'save'>;
  readonly #dialog: Dialog;
  readonly #clock: Clock;
  readonly #permits = new PathMap<Permit>();
  /** Ends the questions that are open about a file. */
  readonly #asking = new PathMap<AbortController>();

  constructor(parts: { breakGlass: BreakGlass; documents: Pick<Documents, 'open' | 'save'>; dialog: Dialog; clock: Clock }) {
    this.#breakGlass = parts.breakGlass;
    this.#documents = parts.documents;
    this.#dialog = parts.dialog;
    this.#clock = parts.clock;
  }

  /** A save was held back because no verdict could be had: tells, offers the way round, and saves where it is taken. */
  async offer({ path, text }: DocumentText, problem: VerifierError): Promise<void> {
    const label = fileLabel(path);
    const told = t('{0} was not saved; your text is still in the editor', label);
    const { signal } = this.#question(path);
    if ((await this.#breakGlass.offer({ action: 'save', text, name: path, label, told }, problem, signal)) === 'hold') return;
    if (signal.aborted) {
      // The verdict came while the person's reason was being written down.
      void this.#dialog.tell('info', t('Still held back: {0}. The verifier is back: try it again, and it will be checked.', label));
      return;
    }
    const current = this.#documents.open(path);
    if (current?.text !== text) {
      void this.#dialog.tell('warning', t('{0} was not saved: its text has changed since you were asked. Save it again.', label));
      return;
    }
    this.#permits.set(path, { digest: sha256(text), until: this.#clock.now() + PERMIT_MS });
    const saved = await this.#documents.save(path);
    if (!saved)
      void this.#dialog.tell('warning', t('VS Code did not save {0}. Save it again within a minute, or you are asked again.', label));
  }

  /** The verifier has given a verdict on this file after all: there is no way round that. */
  judged(path: string): void {
    this.#asking.get(path)?.abort();
    this.#asking.delete(path);
    this.#permits.delete(path);
  }

  #question(path: string): AbortController {
    const question = this.#asking.get(path) ?? new AbortController();
    this.#asking.set(path, question);
    return question;
  }

  /** Whether this text may be written now without a check. Asked more than once in one save. */
  permits(path: string, digest: string): boolean {
    const permit = this.#permits.get(path);
    if (!permit) return false;
    if (permit.digest === digest && this.#clock.now() < permit.until) return true;
    this.#permits.delete(path);
    return false;
  }

  /** Whether some text of this file was let through and is not written yet. */
  has(path: string): boolean {
    return this.#permits.has(path);
  }

  /** VS Code wrote this file: a permit is good for one write. True where there was one. */
  used(path: string): boolean {
    return this.#permits.delete(path);
  }
}
