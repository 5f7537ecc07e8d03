import { readFile } from 'node:fs/promises';
import { type Clock, wait } from '../ports.ts';

const LOOK_EVERY_MS = 10;

/** Looks at a file again and again, for a text that must not be there. */
export class DiskLook {
  readonly #clock: Clock;
  #seenAt: number | undefined;
  #over = false;

  constructor(path: string, text: string, clock: Clock) {
    this.#clock = clock;
    void this.#look(path, text);
  }

  get wasSeen(): boolean {
    return this.#seenAt !== undefined;
  }

  /** Milliseconds since the epoch. */
  get seenAt(): number | undefined {
    return this.#seenAt;
  }

  /** Resolves after `ms`, or as soon as the text was seen. */
  async watch(ms: number): Promise<void> {
    const end = this.#clock.now() + ms;
    while (!this.wasSeen && this.#clock.now() < end) await wait(this.#clock, LOOK_EVERY_MS);
  }

  end(): void {
    this.#over = true;
  }

  async #look(path: string, text: string): Promise<void> {
    while (!this.#over && !this.wasSeen) {
      const now = await readFile(path, 'utf8').catch(() => '');
      if (now.includes(text)) this.#seenAt = this.#clock.now();
      else await wait(this.#clock, LOOK_EVERY_MS);
    }
  }
}
