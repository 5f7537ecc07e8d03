import type { LedgerEntry, LedgerEvent } from '../protocol/ledgerEntry.ts';

/** What the start found in this ledger and mended (never more than a torn last line). */
export interface Recovery {
  readonly tornBytes: number;
  /** Assessments and decisions that a crash had left open, now closed as denied or withheld. */
  readonly closedItems: number;
}

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
  close(): Promise<void>;
}
