import type { LedgerEntry, LedgerEvent } from '../protocol/ledgerEntry.ts';
import type { SealedCheckpoint } from './checkpoint.ts';

/** What the start found in this ledger and mended (never more than a torn last line). */
export interface Recovery {
  readonly tornBytes: number;
  /** Assessments and decisions that a crash had left open, now closed as denied or withheld. */
  readonly closedItems: number;
}

/** What a chain says of an erasure of so many of its entries, before it happens. */
export type Announce = (entries: number) => readonly LedgerEvent[];

/** An open, locked, append-only chain. */
export interface Ledger {
  readonly chain: string;
  readonly file: string;
  readonly recovery: Recovery;
  /** Sequence number of the last entry. */
  readonly seq: number;
  /**
   * Resolves when the entry is on disk (fsync). Entries that arrive together share one fsync. Rejects
   * with SentinelError `ledger_failed`; after a failed write nothing more is accepted.
   */
  append(event: LedgerEvent): Promise<LedgerEntry>;
  /** Several entries that become durable together, in order. */
  appendAll(events: readonly LedgerEvent[]): Promise<LedgerEntry[]>;
  /** Called for each entry once it is durable. Gives the function that ends it. */
  onEntry(listener: (entry: LedgerEntry) => void): () => void;
  /**
   * Destroys salt and event of this chain's entries that are older than `before`, but for what is still
   * needed. The entries that `announce` gives are durable first.
   * @returns how many entries lost their content.
   */
  erase(before: Date, announce: Announce): Promise<number>;
  /** Where the chain is somebody's: how its tree is sealed. */
  readonly checkpoints?: Checkpoints;
  close(): Promise<void>;
}

/** Seals a chain's tree from time to time, and when the ledger is closed. */
export interface Checkpoints {
  /**
   * Seals what is durable now; undefined where nothing is new.
   * Rejects with SentinelError `ledger_failed` where that can't be done; entries are not affected.
   */
  seal(): Promise<SealedCheckpoint | undefined>;
  /** Called for each checkpoint once it is durable. Gives the function that ends it. */
  onSealed(listener: (checkpoint: SealedCheckpoint) => void): () => void;
}
