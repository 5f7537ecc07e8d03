/**
 * Counts work instead of time, so that the same subject always gets the same answer (law 9). One
 * step is about one character read once.
 */
export class StepMeter {
  readonly limit: number;
  #used = 0;
  #exhausted = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Work was left undone: the result is incomplete and must say so. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Whether the budget allows `steps` more; if so they are spent. */
  spend(steps: number): boolean {
    if (this.#exhausted || this.#used + steps > this.limit) {
      this.#exhausted = true;
      return false;
    }
    this.#used += steps;
    return true;
  }

  /** Some other bound was met (a count, a depth): nothing more is examined. */
  exhaust(): void {
    this.#exhausted = true;
  }
}
