import { randomBytes } from 'node:crypto';
import type { LedgerEntry, LedgerEvent } from '../protocol/ledgerEntry.ts';
import { SentinelError } from '../protocol/problem.ts';
import { NO_ENTRY, type SealedEntry, sealEntry } from './entry.ts';
import { fileFailure } from './failure.ts';
import type { LedgerFile } from './filePort.ts';

/** Where a chain stands: sequence number and hash of its last entry. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}
export const EMPTY: Head = { seq: -1, hash: NO_ENTRY };

/** When and how a chain goes on in another file. */
export interface Rotation {
  /** Size in bytes beyond which the next file is begun. */
  readonly bytes: number;
  /** Makes the next file, empty and durable in its folder. */
  begin(part: number): Promise<{ readonly file: LedgerFile; readonly path: string }>;
}

/** Where a writer goes on. `size`: what the file holds already, in bytes. */
export interface WriterPlace {
  readonly chain: string;
  readonly path: string;
  readonly part: number;
  readonly size: number;
  readonly head: Head;
  /** The key id that its entries name; see {@link ChainWriter.key}. */
  readonly key: string | null;
  readonly now: () => Date;
  readonly rotation: Rotation;
}

interface Waiting {
  readonly sealed: readonly SealedEntry[];
  readonly resolve: (entries: LedgerEntry[]) => void;
  readonly reject: (error: SentinelError) => void;
}

/**
 * Appends to one chain's file with group commit: what arrives while a sync is running is written and
 * synced together by the next one. What {@link append} guarantees:
 * - it resolves only after the entries' bytes were written and fdatasync returned: from then on they
 *   survive the end of the process and of the machine;
 * - entries stand in the order of the calls, those of one call together;
 * - if a write or sync fails, that call and all that wait reject with `ledger_failed` and nothing more
 *   is accepted. A rejected entry may or may not be in the file; the next opening finds out;
 * - an event that can't be an entry rejects alone and leaves no trace.
 */
export class ChainWriter {
  readonly chain: string;
  /** Id of the key that entries from now on name, null where there is none. */
  key: string | null;
  readonly #now: () => Date;
  readonly #rotation: Rotation;
  readonly #listeners = new Set<(entry: LedgerEntry) => void>();
  #file: LedgerFile;
  #path: string;
  #part: number;
  #size: number;
  /** The size at which the next file is tried for. */
  #rotateAt: number;
  /** Who waits for the next file to be begun. */
  #partWanted: { resolve: () => void; reject: (error: SentinelError) => void }[] = [];
  #sealedHead: Head;
  #durableSeq: number;
  #queue: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #ended: SentinelError | undefined;

  constructor(file: LedgerFile, at: WriterPlace) {
    this.#file = file;
    this.chain = at.chain;
    this.#path = at.path;
    this.#part = at.part;
    this.#size = at.size;
    this.#rotation = at.rotation;
    this.#rotateAt = at.rotation.bytes;
    this.key = at.key;
    this.#now = at.now;
    this.#sealedHead = at.head;
    this.#durableSeq = at.head.seq;
  }

  /** The file that is written to. */
  get path(): string {
    return this.#path;
  }

  /** Sequence number of the last durable entry; -1 in an empty chain. */
  get seq(): number {
    return this.#durableSeq;
  }

  append(events: readonly LedgerEvent[]): Promise<LedgerEntry[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (events.length === 0) return Promise.resolve([]);
    let sealed: SealedEntry[];
    try {
      sealed = this.#seal(events);
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ sealed, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Begins the next file, so that all earlier ones are written to no more. */
  beginPart(): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#partWanted.push({ resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Called for each entry once it is durable, in order. Gives the function that ends it. */
  onEntry(listener: (entry: LedgerEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Waits for what was accepted, then closes the file. Later appends are rejected. */
  async close(): Promise<void> {
    const failed = this.#ended !== undefined;
    this.#ended ??= new SentinelError('ledger_failed', `The ledger file ${this.path} is closed. Restart the verifier to go on.`);
    await this.#draining;
    try {
      await this.#file.close();
    } catch (error) {
      if (!failed) throw fileFailure('closing', this.path, error);
    }
  }

  #seal(events: readonly LedgerEvent[]): SealedEntry[] {
    let head = this.#sealedHead;
    const sealed = events.map((event) => {
      const place = { chain: this.chain, seq: head.seq + 1, time: this.#now().toISOString(), prev: head.hash, key: this.key };
      const made = sealEntry(place, event, randomBytes(16).toString('hex'));
      head = { seq: place.seq, hash: made.entry.hash };
      return made;
    });
    this.#sealedHead = head;
    return sealed;
  }

  async #drain(): Promise<void> {
    // Calls made in the same turn share the first sync too.
    await Promise.resolve();
    while (this.#queue.length > 0 || this.#partWanted.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        await this.#write(batch);
      } catch (error) {
        this.#fail(fileFailure('writing', this.path, error), batch);
        break;
      }
      for (const waiting of batch) this.#acknowledge(waiting);
      await this.#goOn();
    }
    this.#draining = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    const bytes = Buffer.from(batch.flatMap((waiting) => waiting.sealed.map((made) => `${made.line}\n`)).join(''));
    await this.#file.append(bytes);
    await this.#file.sync();
    this.#size += bytes.length;
  }

  /** Begins the next file where it is time to. Where that fails the chain goes on in this one: nothing is lost by it. */
  async #goOn(): Promise<void> {
    const wanted = this.#partWanted.splice(0);
    if (wanted.length === 0 && this.#size < this.#rotateAt) return;
    try {
      // An empty file needs no successor.
      if (this.#size > 0) {
        const before = this.#file;
        const next = await this.#rotation.begin(this.#part + 1);
        this.#file = next.file;
        this.#path = next.path;
        this.#part += 1;
        this.#size = 0;
        this.#rotateAt = this.#rotation.bytes;
        await before.close();
      }
      for (const each of wanted) each.resolve();
    } catch (error) {
      this.#rotateAt = this.#size + this.#rotation.bytes;
      const failure = fileFailure('beginning the next file after', this.path, error);
      for (const each of wanted) each.reject(failure);
      if (wanted.length === 0) process.emitWarning(`${failure.message} The chain goes on in the file it has.`);
    }
  }

  #acknowledge(waiting: Waiting): void {
    const entries = waiting.sealed.map((made) => made.entry);
    this.#durableSeq += entries.length;
    waiting.resolve(entries);
    for (const entry of entries) {
      for (const listener of this.#listeners) {
        try {
          listener(entry);
        } catch (error) {
          // The entry is durable whatever a listener does with it.
          process.emitWarning(`A ledger listener failed at entry ${entry.seq}: ${error instanceof Error ? error.message : 'unknown'}`);
        }
      }
    }
  }

  #fail(error: SentinelError, batch: readonly Waiting[]): void {
    this.#ended = error;
    const all = [...batch, ...this.#queue];
    this.#queue = [];
    for (const waiting of [...all, ...this.#partWanted.splice(0)]) waiting.reject(error);
  }
}
