import { sha256 } from '../../verifier/protocol/digest.ts';
import type { Log, Storage } from './ports.ts';

const MAX_REMEMBERED = 32 * 1024 * 1024;

/**
 * The last text of each file that was assessed as `pass` or approved: what "new" is measured against,
 * and what a restore puts back. Kept in memory and in private files, so that what slipped past
 * undecided is still undecided after a reload.
 */
export class Baselines {
  readonly #storage: Storage;
  readonly #log: Log;
  readonly #atHead: (path: string) => Promise<string | undefined>;
  /** Least recently used first. */
  readonly #remembered = new Map<string, string>();
  #size = 0;

  constructor(parts: { storage: Storage; log: Log; atHead: (path: string) => Promise<string | undefined> }) {
    this.#storage = parts.storage;
    this.#log = parts.log;
    this.#atHead = parts.atHead;
  }

  /** The accepted text of a file, else git HEAD's, else undefined: then everything in it is new. */
  async of(path: string): Promise<string | undefined> {
    const known = this.#remembered.get(path);
    if (known !== undefined) return known;
    const text = (await this.#storage.read(fileName(path)).catch(() => undefined)) ?? (await this.#atHead(path));
    if (text !== undefined) this.#remember(path, text);
    return text;
  }

  /** True where the text is the one that git's HEAD has. */
  async isAtHead(path: string, text: string): Promise<boolean> {
    const head = await this.#atHead(path);
    return head !== undefined && head.replaceAll('\r\n', '\n') === text.replaceAll('\r\n', '\n');
  }

  /** `text` was assessed as `pass`, or a person approved it. */
  accept(path: string, text: string): void {
    if (this.#remembered.get(path) === text) return;
    this.#remember(path, text);
    this.#storage.write(fileName(path), text).catch((error: unknown) => {
      this.#log.warn(
        `The accepted text of a file could not be kept for the next session: ${error instanceof Error ? error.message : error}`,
      );
    });
  }

  #remember(path: string, text: string): void {
    this.#size += text.length - (this.#remembered.get(path)?.length ?? 0);
    this.#remembered.delete(path);
    this.#remembered.set(path, text);
    for (const [oldest, old] of this.#remembered) {
      if (this.#size <= MAX_REMEMBERED || oldest === path) break;
      this.#remembered.delete(oldest);
      this.#size -= old.length;
    }
  }
}

function fileName(path: string): string {
  return `baseline-${sha256(path)}`;
}
