import { z } from 'zod';
import { PathMap } from './pathKey.ts';
import type { Log, Storage } from './ports.ts';

const NAME = 'unassessed-writes';
const Kept = z.array(z.strictObject({ path: z.string().min(1), how: z.string() }));

/**
 * The files on disk that wait for an assessment or a decision, with how they came past the guard. Kept in a
 * private file of this workspace, so that a reload of the window does not make anybody forget them. Several windows
 * may have the same workspace open: each adds and removes its own.
 */
export class WaitingList {
  readonly #storage: Storage;
  readonly #log: Log;
  readonly #waiting = new PathMap<string>();
  /** What this window took off the list. */
  readonly #gone = new PathMap<true>();
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: { storage: Storage; log: Log }) {
    this.#storage = parts.storage;
    this.#log = parts.log;
  }

  add(path: string, how: string): void {
    if (this.#waiting.get(path) === how) return;
    this.#waiting.set(path, how);
    this.#gone.delete(path);
    this.#keep();
  }

  remove(path: string): void {
    if (!this.#waiting.delete(path)) return;
    this.#gone.set(path, true);
    this.#keep();
  }

  /** What was waiting when the window was last closed. */
  async recall(): Promise<{ path: string; how: string }[]> {
    try {
      return await this.#stored();
    } catch (error) {
      this.#log.error(`What waited for a decision before the reload could not be read: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  }

  async #stored(): Promise<z.infer<typeof Kept>> {
    const text = await this.#storage.read(NAME);
    return text === undefined ? [] : Kept.parse(JSON.parse(text));
  }

  #keep(): void {
    this.#writing = this.#writing
      .then(async () => {
        const others = (await this.#stored().catch(() => [])).filter(({ path }) => !this.#gone.has(path) && !this.#waiting.has(path));
        const own = this.#waiting.entries().map(([path, how]) => ({ path, how }));
        await this.#storage.write(NAME, JSON.stringify([...others, ...own]));
      })
      .catch((error: unknown) => {
        this.#log.error(
          `What waits for a decision could not be kept for the next session: ${error instanceof Error ? error.message : error}`,
        );
      });
  }
}
