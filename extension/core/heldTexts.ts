import { z } from 'zod';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { pathKey } from './pathKey.ts';
import type { Clock, DocumentText, Log, NamedStorage } from './ports.ts';

const PREFIX = 'held-';

const Copy = z.strictObject({
  schema: z.literal(1),
  path: z.string().min(1),
  language: z.string(),
  /** ISO 8601, UTC. */
  heldAt: z.string(),
  text: z.string(),
});

/** A text of the developer's that was held back from the disk. */
export interface HeldText extends DocumentText {
  /** Name of the copy in the storage. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly heldAt: string;
}

/** What this session has of one file. */
interface OwnCopies {
  /** Names of the copies that are on disk. */
  written: Set<string>;
  latest?: { readonly name: string; readonly kept: Promise<void> } | undefined;
}

/**
 * Durable copies of texts that are held back: they are source, so they are private files of the user's own, and
 * they go when the text is no longer held. What an earlier session left stays until a person decides.
 */
export class HeldTexts {
  readonly #storage: NamedStorage;
  readonly #clock: Clock;
  readonly #log: Log;
  /** By key of the path. */
  readonly #own = new Map<string, OwnCopies>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: { storage: NamedStorage; clock: Clock; log: Log }) {
    this.#storage = parts.storage;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Resolves once the copy is on disk; rejects where it cannot be. It takes the place of the file's earlier one of this session. */
  keep({ path, language, text }: DocumentText): Promise<void> {
    const key = pathKey(path);
    const name = `${PREFIX}${sha256(key).slice(0, 24)}-${sha256(text).slice(0, 24)}`;
    const own = this.#own.get(key) ?? { written: new Set() };
    this.#own.set(key, own);
    if (own.latest?.name === name) return own.latest.kept;
    const copy: z.infer<typeof Copy> = { schema: 1, path, language, heldAt: new Date(this.#clock.now()).toISOString(), text };
    const kept = this.#inTurn(async () => {
      await this.#storage.write(name, JSON.stringify(copy));
      for (const earlier of own.written) if (earlier !== name) await this.#storage.remove(earlier);
      own.written = new Set([name]);
    });
    own.latest = { name, kept };
    kept.catch(() => {
      if (own.latest?.name === name) own.latest = undefined;
    });
    return kept;
  }

  /** The file's text is no longer held: it was written, changed for another that was, or thrown away by a person. */
  drop(path: string): void {
    const key = pathKey(path);
    const own = this.#own.get(key);
    if (!own) return;
    this.#own.delete(key);
    void this.#inTurn(async () => {
      for (const name of own.written) await this.#storage.remove(name);
    }).catch((error: unknown) => this.#log.warn(`The copy of a held text could not be removed: ${describe(error)}`));
  }

  /** A person decided about this copy. */
  async remove(name: string): Promise<void> {
    await this.#inTurn(() => this.#storage.remove(name));
    for (const own of this.#own.values()) {
      own.written.delete(name);
      if (own.latest?.name === name) own.latest = undefined;
    }
  }

  /** Every copy there is, oldest first. One that cannot be read is left where it is, and logged. */
  async all(): Promise<HeldText[]> {
    const found: HeldText[] = [];
    await this.#turn;
    for (const name of (await this.#storage.names()).filter((one) => one.startsWith(PREFIX))) {
      try {
        const text = await this.#storage.read(name);
        if (text !== undefined) found.push({ name, ...Copy.parse(JSON.parse(text)) });
      } catch (error) {
        this.#log.error(`The copy of a held text cannot be read; it stays in the storage as ${name}: ${describe(error)}`);
      }
    }
    return found.sort((a, b) => a.heldAt.localeCompare(b.heldAt));
  }

  /** One after the other, so that an older copy never takes the place of a newer one. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
