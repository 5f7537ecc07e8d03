import { sha256Bytes } from '../protocol/digest.ts';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import { isCheckpointSignedBy, type ReadCheckpoint } from './checkpoint.ts';
import type { CheckpointLine } from './checkpointFile.ts';
import type { KeyCheck } from './keyCheck.ts';
import { MerkleTree } from './merkle.ts';
import type { Found, Place } from './tallies.ts';

/** What a chain's tree is held against. */
export interface SealedOver {
  readonly chain: string | undefined;
  /** The chain's own checkpoints. */
  readonly own: AsyncIterator<CheckpointLine> | undefined;
  readonly ownPath: string;
  /** Checkpoints of this chain that were kept elsewhere, smallest first. */
  readonly kept: readonly ReadCheckpoint[];
}

/** Grows the tree over a chain's entries and compares it with what was sealed, checkpoint by checkpoint. */
export class TreeCheck {
  readonly #tree = new MerkleTree(sha256Bytes);
  readonly #sealed: SealedOver;
  readonly #keys: Pick<KeyCheck, 'current' | 'keys'>;
  readonly #report: (found: Found) => void;
  readonly #kept: ReadCheckpoint[];
  #next: CheckpointLine | undefined;
  /** The next checkpoint was not asked for yet. */
  #fresh = true;
  /** Size of the largest checkpoint that fits. */
  #held = 0;
  /** Size of the checkpoint read last. */
  #read = 0;
  #lastKeyed = 0;
  /** An entry could not be read: the tree is not known from there on. */
  #lost = false;

  constructor(sealed: SealedOver, keys: Pick<KeyCheck, 'current' | 'keys'>, report: (found: Found) => void) {
    this.#sealed = sealed;
    this.#keys = keys;
    this.#report = report;
    this.#kept = [...sealed.kept];
  }

  /** Size of the largest checkpoint whose root is that of the entries. */
  get covered(): number {
    return this.#held;
  }

  /** Whether {@link settle} has something to compare before the next entry is taken. */
  get isDue(): boolean {
    const size = this.#tree.size;
    const own = this.#fresh || (this.#next !== undefined && (this.#next.checkpoint?.size ?? 0) <= size);
    return own || (this.#kept[0] !== undefined && this.#kept[0].size <= size);
  }

  take(entry: LedgerEntry | undefined): void {
    if (entry === undefined) this.#lost = true;
    if (entry === undefined || this.#lost) return;
    this.#tree.append(Buffer.from(entry.hash, 'hex'));
    if (entry.key !== null) this.#lastKeyed = this.#tree.size;
  }

  /** Compares all checkpoints up to where the tree stands. */
  async settle(): Promise<void> {
    for (let kept = this.#kept[0]; kept !== undefined && kept.size <= this.#tree.size; kept = this.#kept[0]) {
      this.#kept.shift();
      if (kept.size === this.#tree.size) this.#compareKept(kept);
    }
    if (this.#fresh) await this.#advance();
    while (this.#next !== undefined && (this.#next.checkpoint?.size ?? 0) <= this.#tree.size) {
      this.#compare(this.#next);
      await this.#advance();
    }
  }

  /** What is known once all entries were taken. */
  async finish(entries: number): Promise<void> {
    await this.settle();
    const cut = (place: Place | undefined, size: number, check: 'tree' | 'kept checkpoints'): void => {
      const message = `a checkpoint covers ${size} entries, but the chain has only ${entries}: its end was cut off, or an older copy put back`;
      const at = place ?? entries;
      this.#report({ check, result: 'failed', seq: entries, message, at, kind: 'truncated' });
    };
    if (this.#lost) return;
    for (const kept of this.#kept) cut(undefined, kept.size, 'kept checkpoints');
    for (; this.#next !== undefined; await this.#advance()) {
      const { checkpoint, line } = this.#next;
      cut({ file: this.#sealed.ownPath, line }, checkpoint?.size ?? 0, 'tree');
    }
    const open = this.#lastKeyed - this.#held;
    if (open <= 0) return;
    const message = `no checkpoint covers the ${open} entries from ${this.#held} on: not sealed yet, broken off, or the checkpoints were removed`;
    this.#report({ check: 'all covered', result: 'noted', seq: this.#held, message, at: this.#held + 1 });
  }

  async #advance(): Promise<void> {
    this.#fresh = false;
    const next = await this.#sealed.own?.next();
    this.#next = next === undefined || next.done === true ? undefined : next.value;
  }

  #compareKept(kept: ReadCheckpoint): void {
    if (this.#lost || Buffer.from(kept.root).equals(this.#tree.root())) {
      this.#held = Math.max(this.#held, kept.size);
      return;
    }
    const message = `the ${kept.size} entries up to here are not those of the checkpoint that was kept: they were rewritten, or this is a fork`;
    this.#report({ check: 'kept checkpoints', result: 'failed', seq: this.#held, message, at: this.#held + 1, kind: 'rewritten' });
  }

  #compare({ checkpoint, line }: CheckpointLine): void {
    const at = { file: this.#sealed.ownPath, line };
    const failed = (check: Found['check'], message: string): void => {
      this.#report({ check, result: 'failed', seq: null, message, at, kind: 'forged' });
    };
    if (checkpoint === undefined || checkpoint.chain !== this.#sealed.chain) {
      failed('checkpoints', checkpoint === undefined ? 'it is not a checkpoint' : `it is a checkpoint of chain ${checkpoint.chain}`);
      return;
    }
    const inOrder = checkpoint.size > this.#read && checkpoint.size === this.#tree.size;
    this.#read = Math.max(this.#read, checkpoint.size);
    if (!inOrder && !this.#lost) {
      failed('checkpoints', `a checkpoint over ${checkpoint.size} entries stands after a larger one`);
      return;
    }
    const unsigned = this.#signatureFault(checkpoint);
    if (unsigned !== undefined) {
      failed('checkpoint signatures', unsigned);
      return;
    }
    if (this.#lost) return;
    if (Buffer.from(checkpoint.root).equals(this.#tree.root())) {
      this.#held = Math.max(this.#held, checkpoint.size);
      return;
    }
    const message = `entries ${this.#held} to ${checkpoint.size - 1} are not those that the checkpoint was sealed over: some were changed, removed or put in, and all hashes made anew`;
    this.#report({ check: 'tree', result: 'failed', seq: this.#held, message, at: this.#held + 1, kind: 'rewritten' });
  }

  #signatureFault(checkpoint: ReadCheckpoint): string | undefined {
    const key = this.#keys.current;
    const publicKey = key === null ? null : (this.#keys.keys.get(key)?.publicKey ?? null);
    if (publicKey === null) return `entry ${checkpoint.size - 1} names no key that the chain introduces`;
    if (isCheckpointSignedBy(checkpoint, Buffer.from(publicKey, 'base64'))) return undefined;
    return `the checkpoint over ${checkpoint.size} entries is not signed by key ${key}`;
  }
}
