import { t } from '@vscode/l10n';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import type { Decision, Receipt } from '../../verifier/protocol/decision.ts';
import type { Outcome } from '../../verifier/protocol/vocabulary.ts';
import type { Verifier } from './client.ts';
import {
  approveButton,
  approveWithReasonButton,
  batchQuestion,
  denyAllButton,
  denyButton,
  notARiskButton,
  question,
  reviewEachButton,
} from './dialogText.ts';
import { type Clock, type Dialog, type Log, type Question, wait } from './ports.ts';
import { asVerifierError, type VerifierError } from './verifierError.ts';

/** Something held back until a person decides. */
export interface Held {
  readonly assessment: Assessment;
  /** In the dialog's words: `the prompt`, `the answer`, `src/app.ts`. */
  readonly subject: string;
  /** Of a file, where it is one. */
  readonly path?: string;
  /** The verifier that issued the assessment: no other can record its decision. */
  readonly verifier: Verifier;
  /** What a denial does, where it does more than keep the text back. */
  readonly consequence?: string;
  /** Aborted when nobody waits any more: then it is denied on record. */
  readonly signal?: AbortSignal;
}

/** `unrecorded`: the decision is not on disk, so it does not count, whichever it was. */
export type Decided =
  | { readonly choice: 'approve'; readonly receipt: Receipt }
  /** `replaced`: it is closed because it passes now, or is another text now: have it assessed again. */
  | { readonly choice: 'deny'; readonly receipt: Receipt; readonly cause: 'person' | 'cancelled'; readonly replaced?: boolean }
  | { readonly choice: 'unrecorded'; readonly problem: VerifierError };

/** What the dialog's third button came to. `replaced`: what was held passes now, so that it need not be decided any more. */
export type NotARisk = 'approve' | 'replaced' | 'again';

type Answer = Pick<Decision, 'choice' | 'reason'> & { readonly cause: 'person' | 'cancelled'; readonly replaced?: boolean };

const CANCELLED: Answer = { choice: 'deny', cause: 'cancelled' };
const REPLACED: Answer = { ...CANCELLED, replaced: true, reason: 'a suppression was accepted; it is assessed again' };
/** Pause before a dismissed dialog comes again, so that a window that refuses dialogs is not flooded. */
const ASK_AGAIN_MS = 100;

/** Where decisions are made: one dialog at a time, asked until a button is pressed, recorded before any effect. */
export class Desk {
  readonly #dialog: Dialog;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #windowId: string;
  readonly #notARisk: ((held: Held) => Promise<NotARisk>) | undefined;
  readonly #closing = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();

  /** `notARisk`: what the dialog's third button leads to; without it there is none. Never rejects. */
  constructor(parts: { dialog: Dialog; clock: Clock; log: Log; windowId: string; notARisk?: (held: Held) => Promise<NotARisk> }) {
    this.#dialog = parts.dialog;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#windowId = parts.windowId;
    this.#notARisk = parts.notARisk;
  }

  /** Asks about one item. Never throws. */
  decide(held: Held): Promise<Decided> {
    const stop = this.#stopSignal(held);
    return this.#claimed(held, () => this.#untilStopped(stop, () => this.#ask(held, stop)));
  }

  /** Asks about several with one dialog first: deny all, or review each. The answers are in the order of the items. */
  async decideSeveral(items: readonly Held[]): Promise<Decided[]> {
    if (items.length === 0) return [];
    const denyAll = items.length > 1 && (await this.#inTurn(() => this.#askBatch(items))) === denyAllButton();
    const decided: Decided[] = [];
    for (const held of items) {
      decided.push(denyAll ? await this.deny(held) : await this.decide(held));
    }
    return decided;
  }

  /** A denial that the person gave elsewhere, by a button outside the dialog. */
  deny(held: Held): Promise<Decided> {
    return this.#claimed(held, async () => ({ choice: 'deny', cause: 'person' }));
  }

  /** Closes, as denied, what a later check has replaced, so that it does not wait for ever. */
  async dismiss(held: Held, reason: string): Promise<void> {
    const decided = await this.#claimed(held, async () => ({ ...CANCELLED, reason }));
    if (decided.choice === 'deny') await recordOutcome(held, decided.receipt.nonce, 'withheld', this.#log, reason);
  }

  /** The window closes: everything that still waits is denied on record. */
  shutDown(): void {
    this.#closing.abort();
  }

  /** Claim, ask, record. Only what is on record counts. */
  async #claimed(held: Held, ask: () => Promise<Answer>): Promise<Decided> {
    const { assessment, verifier } = held;
    try {
      const { nonce } = await verifier.claim(assessment.id, this.#windowId);
      const { choice, reason, cause, replaced } = await ask();
      const decision: Decision = {
        choice,
        by: verifier.person,
        ...(reason === undefined ? {} : { reason }),
        ...(cause === 'cancelled' ? { cause } : {}),
      };
      const receipt = await verifier.record({ assessmentId: assessment.id, nonce, subjectDigest: assessment.subjectDigest, decision });
      this.#log.info(`Decision on ${held.subject}: ${choice} (${cause}), ledger entry ${receipt.seq}.`);
      return choice === 'approve' ? { choice, receipt } : { choice, receipt, cause, ...(replaced ? { replaced } : {}) };
    } catch (error) {
      const problem = asVerifierError(error);
      this.#log.error(`The decision on ${held.subject} is not on record, so it stays held back: ${problem.message} (${problem.code})`);
      return { choice: 'unrecorded', problem };
    }
  }

  /** A dialog cannot be taken off the screen; when nobody waits any more its answer no longer counts. */
  #untilStopped(stop: AbortSignal, ask: () => Promise<Answer>): Promise<Answer> {
    if (stop.aborted) return Promise.resolve(CANCELLED);
    return new Promise((resolve, reject) => {
      stop.addEventListener('abort', () => resolve(CANCELLED), { once: true });
      this.#inTurn(ask).then(resolve, reject);
    });
  }

  async #ask(held: Held, stop: AbortSignal): Promise<Answer> {
    const asked = question(held.subject, held.assessment, held.consequence, this.#notARisk ? [notARiskButton()] : []);
    const askedAbout = { ...asked, about: about([held]) };
    while (!stop.aborted) {
      const button = await this.#pressed(askedAbout, held);
      if (stop.aborted) break;
      if (button === REPLACED) return REPLACED;
      if (button === denyButton()) return { choice: 'deny', cause: 'person' };
      if (button === approveButton()) return { choice: 'approve', cause: 'person' };
      if (button === approveWithReasonButton()) {
        const reason = (await this.#dialog.askReason(t('Why is it right to let {0} pass?', held.subject)))?.trim();
        if (reason) return { choice: 'approve', cause: 'person', reason: reason.slice(0, 1000) };
      }
      await wait(this.#clock, ASK_AGAIN_MS);
    }
    return CANCELLED;
  }

  /** The button; behind the third one, what the person chose there. */
  async #pressed(asked: Question, held: Held): Promise<string | undefined | typeof REPLACED> {
    const button = await this.#dialog.ask(asked);
    if (button !== notARiskButton() || !this.#notARisk) return button;
    const chosen = await this.#notARisk(held);
    if (chosen === 'replaced') return REPLACED;
    return chosen === 'approve' ? asked.buttons[1] : undefined;
  }

  async #askBatch(items: readonly Held[]): Promise<string> {
    const asked = { ...batchQuestion(items), about: about(items) };
    while (!this.#closing.signal.aborted) {
      const button = await this.#dialog.ask(asked);
      if (button === denyAllButton() || button === reviewEachButton()) return button;
      await wait(this.#clock, ASK_AGAIN_MS);
    }
    return reviewEachButton();
  }

  #stopSignal(held: Held): AbortSignal {
    return held.signal ? AbortSignal.any([held.signal, this.#closing.signal]) : this.#closing.signal;
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function about(items: readonly Held[]): NonNullable<Question['about']> {
  return items.map(({ assessment, path }) => ({ digest: assessment.subjectDigest, path }));
}

/** Writes down what became of it. A failure here changes nothing for the user, so it is logged. */
export async function recordOutcome(
  held: Pick<Held, 'assessment' | 'verifier'>,
  nonce: string | undefined,
  outcome: Outcome,
  log: Log,
  detail?: string,
): Promise<void> {
  if (nonce === undefined) return;
  const { id, subjectDigest } = held.assessment;
  try {
    await held.verifier.record({
      assessmentId: id,
      nonce,
      subjectDigest,
      outcome,
      ...(detail === undefined ? {} : { detail: detail.slice(0, 300) }),
    });
  } catch (error) {
    log.error(`The outcome '${outcome}' is not on record: ${asVerifierError(error).message} It is closed at the next start.`);
  }
}
