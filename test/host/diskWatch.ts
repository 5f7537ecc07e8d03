import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reads files again and again, every few milliseconds, and remembers whether a text was ever in one:
 * a save that is put back at once would still be seen.
 */
export class DiskWatch implements Disposable {
  readonly #paths: readonly string[];
  readonly #needle: string;
  readonly #timer: NodeJS.Timeout;
  #seen = false;
  #reads = 0;

  constructor(folder: string, names: readonly string[], needle: string) {
    this.#paths = names.map((name) => join(folder, name));
    this.#needle = needle;
    this.#timer = setInterval(() => this.#read(), 3);
  }

  #read(): void {
    for (const path of this.#paths) this.#seen ||= contentOf(path).includes(this.#needle);
    this.#reads += 1;
  }

  /** Whether the text was on the disk at any look so far; an answer without looks would be worthless. */
  everSeen(): boolean {
    this.#read();
    if (this.#reads < 10) throw new Error('the disk was hardly watched');
    return this.#seen;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
