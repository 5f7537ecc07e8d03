/** Milliseconds since the Unix epoch. */
export type Clock = () => number;

/** The right to send one request; give it back through exactly one of the breaker's three outcomes. */
export interface Ticket {
  readonly probe: boolean;
}

export type Admission = { readonly admitted: true; readonly ticket: Ticket } | { readonly admitted: false; readonly why: string };

const FAILURES_TO_OPEN = 3;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 600_000;
/** A service may ask for a longer pause than we choose ourselves, but not for ever. */
const LONGEST_HOLD_MS = 3_600_000;

/**
 * Spares a failing service (and the person waiting for it): after three failures in a row it admits
 * nothing for a while, then a single probe; each failed probe doubles the pause. Only failures of the
 * service may be reported as `failed`; an answer that the content spoilt is `answered`.
 */
export class Breaker {
  readonly #clock: Clock;
  #failures = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #openUntil: number | undefined;
  #probing = false;
  #lastWhy = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  admit(): Admission {
    if (this.#openUntil === undefined) return { admitted: true, ticket: { probe: false } };
    const waitMs = this.#openUntil - this.#clock();
    if (waitMs > 0) return { admitted: false, why: `${this.#lastWhy} Next attempt in ${Math.ceil(waitMs / 1000)} s.` };
    if (this.#probing) return { admitted: false, why: `${this.#lastWhy} One request is trying the service again now.` };
    this.#probing = true;
    return { admitted: true, ticket: { probe: true } };
  }

  /** The service answered, whatever the answer was worth. */
  answered(ticket: Ticket): void {
    // A late answer to a request from before the pause says nothing about the service now.
    if (this.#openUntil !== undefined && !ticket.probe) return;
    this.#failures = 0;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#openUntil = undefined;
    this.#probing = false;
  }

  /** The service failed. `retryAfterMs`: the pause that it asked for itself; opens at once. */
  failed(ticket: Ticket, why: string, retryAfterMs?: number): void {
    const now = this.#clock();
    if (ticket.probe) this.#probing = false;
    if (retryAfterMs !== undefined) {
      this.#lastWhy = why;
      this.#openUntil = Math.max(this.#openUntil ?? 0, now + Math.min(Math.max(retryAfterMs, 0), LONGEST_HOLD_MS));
      return;
    }
    if (this.#openUntil !== undefined && !ticket.probe) return;
    this.#lastWhy = why;
    this.#failures += 1;
    if (ticket.probe) this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    if (ticket.probe || this.#failures >= FAILURES_TO_OPEN) this.#openUntil = now + this.#pauseMs;
  }

  /** The caller gave up or nothing was sent: no verdict on the service, and a probe may be tried anew. */
  abandoned(ticket: Ticket): void {
    if (ticket.probe) this.#probing = false;
  }
}
