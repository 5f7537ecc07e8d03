/** How long to wait after failures in a row: twice as long each time, with jitter so that many clients do not come at once. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor(firstMs: number, longestMs: number, random: () => number = Math.random) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#random = random;
  }

  /** Notes a failure. @returns how long to wait, never less than what the other side asks for. */
  failed(askedMs = 0): number {
    const ceiling = Math.min(this.#longestMs, this.#firstMs * 2 ** this.#failures);
    this.#failures += 1;
    return Math.max(askedMs, ceiling * (0.5 + this.#random() / 2));
  }

  worked(): void {
    this.#failures = 0;
  }
}
