import { sha256 } from '../../verifier/protocol/digest.ts';
import { PathMap, pathKey } from './pathKey.ts';
import type { Log, Storage } from './ports.ts';

const MAX_REMEMBERED = 32 * 1024 * 1024;

/**
 * The last text of each file that was assessed as `pass` or approved: what "new" is measured against,
 * and what a restore puts back. Kept in private files that all windows share, so that what one window
 * accepted is no news to the others, and what slipped past undecided is still undecided after a reload,
 * and after a commit. In memory only for want of the file.
 */
export class Baselines {
  readonly #storage: Storage;
  readonly #log: Log;
  readonly #atHead: (path: string) => Promise<string | undefined>;
  /** Least recently used first. */
  readonly #remembered = new PathMap<string>();
  /** Paths of {@link pin}. */
  readonly #pinned = new PathMap<true>();
  /** Texts that are being written: until then the file says what was. */
  readonly #writing = new PathMap<string>();
  #size = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: { storage: Storage; log: Log; atHead: (path: string) => Promise<string | undefined> }) {
    this.#storage = parts.storage;
    this.#log = parts.log;
    this.#atHead = parts.atHead;
  }

  /** The accepted text of a file, else git HEAD's, else undefined: then everything in it is new. */
  async of(path: string): Promise<string | undefined> {
    const writing = this.#writing.get(path);
    if (writing !== undefined) return writing;
    const known = (await this.#stored(fileName(path))) ?? this.#remembered.get(path);
    const text = known ?? ((await this.#isPinned(path)) ? undefined : await this.#atHead(path));
    if (text !== undefined) this.#remember(path, text);
    return text;
  }

  /**
   * Keeps the accepted text, or that there is none, as it is now until another one is accepted: what was
   * written without a verdict must not become the past by being committed.
   */
  async pin(path: string): Promise<void> {
    const text = await this.of(path);
    if (this.#pinned.has(path)) return;
    this.#pinned.set(path, true);
    const keep = async () => {
      if (text !== undefined && (await this.#stored(fileName(path))) === undefined) await this.#storage.write(fileName(path), text);
      await this.#storage.write(pinName(path), '');
    };
    await keep().catch((error: unknown) => this.#notKept(error));
  }

  /** True where the text is the one that git's HEAD has, and nothing else of this file waits to be looked at. */
  async isAtHead(path: string, text: string): Promise<boolean> {
    if (await this.#isPinned(path)) return false;
    const head = await this.#atHead(path);
    return head !== undefined && head.replaceAll('\r\n', '\n') === text.replaceAll('\r\n', '\n');
  }

  /** True where the text is the accepted one: by this window, an earlier one, or another that has the file open too. */
  async isAccepted(path: string, text: string): Promise<boolean> {
    return (this.#writing.get(path) ?? (await this.#stored(fileName(path)))) === text;
  }

  /** `text` was assessed as `pass`, or a person approved it. */
  accept(path: string, text: string): void {
    this.#remember(path, text);
    this.#pinned.delete(path);
    this.#writing.set(path, text);
    // One after the other, so that the file ends as the latest.
    this.#turn = this.#turn
      .then(() => this.#keep(path, text))
      .catch((error: unknown) => this.#notKept(error))
      .finally(() => this.#writing.get(path) === text && this.#writing.delete(path));
  }

  /** The text that was accepted last is not to count after all: `before` does again, until another is accepted. */
  async takeBack(path: string, before: string | undefined): Promise<void> {
    if (before !== undefined) this.accept(path, before);
    else {
      this.#size -= this.#remembered.get(path)?.length ?? 0;
      this.#remembered.delete(path);
      await this.#storage.remove(fileName(path)).catch((error: unknown) => this.#notKept(error));
    }
    await this.pin(path);
  }

  #notKept(error: unknown): void {
    this.#log.warn(`The accepted text of a file could not be kept for the next session: ${error instanceof Error ? error.message : error}`);
  }

  async #keep(path: string, text: string): Promise<void> {
    if ((await this.#stored(fileName(path))) !== text) await this.#storage.write(fileName(path), text);
    await this.#storage.remove(pinName(path));
  }

  async #isPinned(path: string): Promise<boolean> {
    return this.#pinned.has(path) || (await this.#stored(pinName(path))) !== undefined;
  }

  #stored(name: string): Promise<string | undefined> {
    return this.#storage.read(name).catch(() => undefined);
  }

  #remember(path: string, text: string): void {
    this.#size += text.length - (this.#remembered.get(path)?.length ?? 0);
    this.#remembered.delete(path);
    this.#remembered.set(path, text);
    for (const [oldest, old] of this.#remembered.entries()) {
      if (this.#size <= MAX_REMEMBERED || pathKey(oldest) === pathKey(path)) break;
      this.#remembered.delete(oldest);
      this.#size -= old.length;
    }
  }
}

function fileName(path: string): string {
  return `baseline-${sha256(pathKey(path))}`;
}

function pinName(path: string): string {
  return `pinned-${sha256(pathKey(path))}`;
}
