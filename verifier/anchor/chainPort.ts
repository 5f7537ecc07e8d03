/** A transaction, signed, as it is sent and sent again. */
export interface SignedMemo {
  readonly signature: string;
  /** Base64 of the wire form. */
  readonly transaction: string;
  /** The block height after which it can no longer land. */
  readonly lastValidBlockHeight: number;
}

/** What a cluster says of a signature. `unknown`: it has never heard of it, or has forgotten. */
export type SignatureState =
  | { readonly state: 'unknown' | 'seen' }
  | { readonly state: 'final'; readonly slot: number }
  | { readonly state: 'failed'; readonly why: string };

/** A memo in a transaction that an address takes part in. */
export interface FoundMemo {
  readonly signature: string;
  readonly slot: number;
  /** Seconds since 1970, as the cluster says. */
  readonly blockTime: number | null;
  /** Whether the address itself signed, as payer or for the memo. Anybody can name an address. */
  readonly signed: boolean;
  readonly text: string;
}

/** A block that a transaction is bound to: it lands within 150 blocks after it, or never. */
export interface RecentBlock {
  readonly blockhash: string;
  readonly lastValidBlockHeight: number;
}

/** A cluster as the outbox uses it. What is asynchronous rejects with a {@link ChainError}. */
export interface AnchorChain {
  recentBlock(): Promise<RecentBlock>;
  /** A memo in a signed transaction. The same memo with the same block is the same transaction. */
  sign(memo: string, block: RecentBlock): SignedMemo;
  send(memo: SignedMemo): Promise<void>;
  states(signatures: readonly string[]): Promise<SignatureState[]>;
  /** Height of the newest block that can't be undone any more. */
  finalHeight(): Promise<number>;
  /** The genesis block's hash: which cluster this is. */
  genesis(): Promise<string>;
}

/** A transaction that an address takes part in and that did not fail. `hint`: what the listing says of its memos, unproven. */
export interface ListedTransaction {
  readonly signature: string;
  readonly hint: string;
}

/** The same cluster, as an auditor reads it. */
export interface ChainReader {
  /** One page, newest first, and the signature to go on from; undefined at the end. */
  list(
    address: string,
    before: string | undefined,
  ): Promise<{ readonly rows: readonly ListedTransaction[]; readonly next: string | undefined }>;
  memos(signature: string, address: string): Promise<readonly FoundMemo[]>;
}

/**
 * What went wrong, by what there is to do: `busy` and `unreachable` pass by themselves; `expired` wants a new block
 * hash; `known` is no failure at all; the others need a person.
 */
export type ChainFailure = 'busy' | 'unreachable' | 'expired' | 'known' | 'unfunded' | 'refused';

export class ChainError extends Error {
  readonly failure: ChainFailure;
  /** How long the other side asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  constructor(failure: ChainFailure, message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'ChainError';
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}
