import { randomUUID } from 'node:crypto';
import { t } from '@vscode/l10n';
import { sha256 } from '../../verifier/protocol/digest.ts';
import type { OrganisationReading } from '../../verifier/protocol/organisation.ts';
import type { UncheckedAction } from '../../verifier/protocol/unassessed.ts';
import type { Clock, Dialog, Log } from './ports.ts';
import type { Sidecar, SidecarState } from './sidecar.ts';
import type { Spool } from './spool.ts';
import type { Trouble } from './trouble.ts';
import type { VerifierError } from './verifierError.ts';

const continueButton = (): string => t('Continue Without the Guard…');
/** A question about something that somebody waits for is not open for ever. */
export const OFFER_MS = 120_000;
/** How long a save that was let through may take to come. */
export const PERMIT_MS = 60_000;

/**
 * The ways in which no verdict can be had. Not among them: what a verifier says of the request itself (too large,
 * not valid), since its text could bring that about; and policies that are not valid, which can be mended.
 */
const BROKEN: readonly VerifierError['code'][] = [
  'not_running',
  'unreachable',
  'late',
  'garbage',
  'impostor',
  'protocol_mismatch',
  'ledger_failed',
  'shutting_down',
  'internal',
];

/** Over as soon as there is a verifier; the others are known only from a verifier that answers. */
const GONE: readonly VerifierError['code'][] = ['not_running', 'unreachable'];

/** Something held back because no verdict could be had. Of `text` only digest and size are kept. */
export interface Unchecked {
  readonly action: UncheckedAction;
  readonly text: string;
  /** A file's path, a tool's name. */
  readonly name?: string;
  /** In the sentences' words: `the prompt`, `src/app.ts`, `the tool call run_in_terminal`. */
  readonly label: string;
  /** As in `The prompt was held back`: what is told, whether there is a way round or not. */
  readonly told: string;
  /** Called when the question is really put: somebody who waits is to know what for. */
  readonly asked?: () => void;
}

/** The way round a guard that can't be had: one action at a time, by a person with a reason, on record. */
export interface BreakGlass {
  /**
   * Tells what was held back, as `Trouble.report` does, and where it is allowed asks whether exactly this may go on
   * unchecked. `go`: it is durably written down and may happen once, now. Never rejects.
   */
  offer(what: Unchecked, problem: VerifierError, signal?: AbortSignal): Promise<'go' | 'hold'>;
}

/** What is to be known of the verifier while a question about going on without it is open. */
export interface VerifierWatch {
  isHealthy(): boolean;
  /** Calls `run` when a verifier becomes healthy that was not. The answer ends it. */
  onBack(run: () => void): () => void;
}

export interface BreakGlassParts {
  readonly spool: Pick<Spool, 'append'>;
  readonly trouble: Trouble;
  readonly dialog: Dialog;
  readonly clock: Clock;
  readonly log: Log;
  /** The machine setting `sentinelai.breakGlass.allowed`. */
  readonly allowed: () => boolean;
  readonly organisation: () => Promise<OrganisationReading>;
  readonly verifier: VerifierWatch;
}

/** Who forbids it, in words for a person; undefined where it is allowed. */
export function forbiddenBy(allowed: boolean, { inForce }: OrganisationReading): string | undefined {
  if (inForce?.breakGlass === 'forbidden') return t('the organisation');
  return allowed ? undefined : t('the setting sentinelai.breakGlass.allowed');
}

/** Asks in a notification, writes down before it lets go. */
export class RecordedBreakGlass implements BreakGlass {
  readonly #parts: BreakGlassParts;

  constructor(parts: BreakGlassParts) {
    this.#parts = parts;
  }

  async offer(what: Unchecked, problem: VerifierError, signal?: AbortSignal): Promise<'go' | 'hold'> {
    const { trouble, verifier } = this.#parts;
    const isOver = signal?.aborted || (GONE.includes(problem.code) && verifier.isHealthy());
    if (isOver || !BROKEN.includes(problem.code) || (await this.#forbidden()) !== undefined) {
      trouble.report(what.told, problem);
      return 'hold';
    }
    const back = new AbortController();
    const stop = verifier.onBack(() => back.abort());
    try {
      const over = signal ? AbortSignal.any([signal, back.signal]) : back.signal;
      if (!(await this.#wanted(what, problem, over))) return 'hold';
      const reason = await this.#reason(what, over, back.signal);
      return reason === undefined ? 'hold' : await this.#writeDown(what, reason, problem);
    } finally {
      stop();
    }
  }

  async #forbidden(): Promise<string | undefined> {
    return forbiddenBy(this.#parts.allowed(), await this.#parts.organisation());
  }

  /** The notification stays on the screen for longer than anybody waits: pressed later, it says so. */
  async #wanted(what: Unchecked, problem: VerifierError, ended: AbortSignal): Promise<boolean> {
    const { clock, dialog, trouble } = this.#parts;
    const late = new AbortController();
    const cancel = clock.after(OFFER_MS, () => late.abort());
    const over = AbortSignal.any([ended, late.signal]);
    what.asked?.();
    const pressed = trouble.ask(what.told, problem, continueButton(), over).then((chosen) => {
      if (chosen && over.aborted)
        void dialog.tell('info', t('Nobody waits for {0} any more. Try it again: it is checked if it can be.', what.label));
      return chosen;
    });
    const given = new Promise<false>((resolve) => over.addEventListener('abort', () => resolve(false), { once: true }));
    const wanted = await Promise.race([pressed, given]);
    cancel();
    return wanted && !over.aborted;
  }

  async #reason({ label }: Unchecked, over: AbortSignal, back: AbortSignal): Promise<string | undefined> {
    const { dialog } = this.#parts;
    const reason = (await dialog.askReason(t('Why must {0} go on without a check?', label)))?.trim().slice(0, 1000);
    if (!reason) return undefined;
    const forbidden = await this.#forbidden();
    if (forbidden !== undefined) {
      void dialog.tell('error', t('Still held back: {0}. Going on without the guard is forbidden by {1}.', label, forbidden));
      return undefined;
    }
    if (back.aborted)
      void dialog.tell('info', t('Still held back: {0}. The verifier is back: try it again, and it will be checked.', label));
    return over.aborted ? undefined : reason;
  }

  /** Record before effect. */
  async #writeDown({ action, text, name, label }: Unchecked, reason: string, problem: VerifierError): Promise<'go' | 'hold'> {
    const { spool, clock, dialog, log } = this.#parts;
    try {
      const { id } = await spool.append({
        id: randomUUID(),
        action,
        subject: { digest: sha256(text), bytes: Buffer.byteLength(text), ...(name === undefined ? {} : { name: name.slice(-4096) }) },
        reason,
        why: `${problem.message} (${problem.code})`.slice(0, 300),
        happenedAt: new Date(clock.now()).toISOString(),
      });
      log.warn(`Let go on without the guard: ${action} (${id}). It is recorded as unassessed when the verifier is back.`);
      return 'go';
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.error(`What was to go on without the guard could not be written down, so it was held back: ${why}`);
      void dialog.tell('error', t('Still held back: {0}. That it goes on without a check could not be written down ({1}).', label, why));
      return 'hold';
    }
  }
}

/** The watch over a sidecar, which tells its state again and again. */
export function watchOf(sidecar: Sidecar): VerifierWatch {
  return {
    isHealthy: () => sidecar.state.name === 'healthy',
    onBack(run) {
      let wasHealthy = sidecar.state.name === 'healthy';
      const listen = ({ name }: SidecarState) => {
        if (name === 'healthy' && !wasHealthy) run();
        wasHealthy = name === 'healthy';
      };
      sidecar.on('state', listen);
      return () => void sidecar.off('state', listen);
    },
  };
}
