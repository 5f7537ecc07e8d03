import type { Clock } from './breaker.ts';

const DAY_MS = 86_400_000;

/** Counts requests of one process; starts anew at midnight UTC. A cap of 0 admits none. */
export class DailyCap {
  readonly #cap: number;
  readonly #clock: Clock;
  #day = Number.NaN;
  #taken = 0;

  constructor(cap: number, clock: Clock) {
    this.#cap = cap;
    this.#clock = clock;
  }

  /** Takes one request from today's allowance; false when it is used up. */
  take(): boolean {
    const day = Math.floor(this.#clock() / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#taken = 0;
    }
    if (this.#taken >= this.#cap) return false;
    this.#taken += 1;
    return true;
  }
}
