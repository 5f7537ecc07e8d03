import type { SealedCheckpoint } from '../ledger/checkpoint.ts';
import { Backoff } from './backoff.ts';
import { type AnchorChain, ChainError, type RecentBlock } from './chainPort.ts';
import { checkpointMemo } from './entryMemo.ts';
import { decodeMemo, encodeMemo, type Memo } from './memo.ts';
import type { AnchorLine, OutboxFile, OutboxLine, Waiting } from './outboxFile.ts';

/** How an outbox goes about it; the defaults suit the public endpoints. */
export interface OutboxRhythm {
  /** How many transactions may be on their way at once. */
  readonly window: number;
  /** Between two transactions. */
  readonly gapMs: number;
  /** Between two looks at what is on its way. */
  readonly pollMs: number;
  /** After a first and, at most, after many failures. */
  readonly retryMs: readonly [first: number, longest: number];
  /** How many entries may wait before a checkpoint stands for them. */
  readonly backlog: number;
}
export const OUTBOX_RHYTHM: OutboxRhythm = { window: 20, gapMs: 300, pollMs: 2_500, retryMs: [1_000, 300_000], backlog: 1_000 };
export const LOCAL_RHYTHM: OutboxRhythm = { window: 50, gapMs: 0, pollMs: 200, retryMs: [200, 10_000], backlog: 1_000 };

export interface OutboxOptions {
  readonly file: OutboxFile;
  /** Loaded when the first memo waits. */
  readonly connect: () => Promise<AnchorChain>;
  readonly cluster: string;
  /** What is wrong with a cluster of this genesis, if anything. */
  readonly wrongCluster: (genesis: string) => string | undefined;
  /** What to do where the key can't pay. */
  readonly unfunded: string;
  /** Seals a checkpoint over the chain now, where there can be one. */
  readonly seal?: () => Promise<SealedCheckpoint | undefined>;
  readonly rhythm?: OutboxRhythm;
  readonly now?: () => Date;
  /** What nobody could foresee. */
  readonly onError: (error: unknown) => void;
}

/** What an outbox is about, at once. */
export interface OutboxStatus {
  readonly state: 'starting' | 'idle' | 'sending' | 'retrying' | 'stopped';
  readonly why?: string;
  readonly waiting: number;
  readonly anchored: number;
  readonly last?: AnchorLine;
  readonly waitingSince?: string;
}

/** A block hash is good for about a minute; a new one is asked for well before. */
const BLOCK_MS = 15_000;
/** Statuses that one call may ask for. */
const STATES_AT_ONCE = 256;

/**
 * Brings waiting memos to the chain, in order, off everybody's way. What is signed is on disk before it is sent, so that
 * after a crash the same transaction is sent again, which the cluster takes once. A new one is made only where the old
 * one can't land any more: its last block is final and the cluster has not seen it.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #rhythm: OutboxRhythm;
  readonly #backoff: Backoff;
  readonly #now: () => Date;
  readonly #end = new AbortController();
  #chain: AnchorChain | undefined;
  #genesis = '';
  #block: { readonly block: RecentBlock; readonly until: number } | undefined;
  #state: OutboxStatus['state'] = 'starting';
  #why: string | undefined;
  #last: AnchorLine | undefined;
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;
  #folding = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#rhythm = options.rhythm ?? OUTBOX_RHYTHM;
    this.#backoff = new Backoff(...this.#rhythm.retryMs);
    this.#now = options.now ?? (() => new Date());
  }

  get status(): OutboxStatus {
    const { waiting, anchored } = this.#options.file.state;
    const [oldest] = waiting.values();
    return {
      state: this.#state,
      ...(this.#why === undefined ? {} : { why: this.#why }),
      waiting: waiting.size,
      anchored,
      ...(this.#last === undefined ? {} : { last: this.#last }),
      ...(oldest === undefined ? {} : { waitingSince: oldest.since }),
    };
  }

  /** Queues the memo of an entry that is durable. */
  take(memo: Memo): void {
    this.#queue({ kind: 'queued', id: `e${memo.seq}`, since: memo.time, memo: encodeMemo(memo) });
    this.#fold().catch(this.#options.onError);
  }

  /** Queues a checkpoint that was sealed. It takes the place of an earlier one that was not sent yet. */
  takeCheckpoint(sealed: Omit<SealedCheckpoint, 'note'>): void {
    const { state } = this.#options.file;
    const unsent = [...state.waiting.values()].filter(({ id, signed }) => id.startsWith('c') && signed === undefined);
    this.#write(unsent.map(({ id }) => ({ kind: 'folded', id })));
    const time = this.#now().toISOString();
    const before = [...state.waiting.values()].filter(({ id }) => id.startsWith('c')).at(-1);
    const prev = before === undefined ? state.root : memoOf(before).hash;
    this.#queue({ kind: 'queued', id: `c${sealed.size}`, since: time, memo: encodeMemo(checkpointMemo(sealed, prev, time)) });
  }

  /** Notes that every entry up to this one was looked at. */
  looked(seq: number): void {
    this.#write([{ kind: 'through', seq }]);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends at once; what waits is sent when the outbox is opened again. */
  async close(): Promise<void> {
    this.#end.abort();
    this.#wake();
    await this.#running;
    await this.#options.file.close();
  }

  #queue(line: OutboxLine): void {
    this.#write([line]);
    this.#wake();
  }

  #write(lines: readonly OutboxLine[]): void {
    if (lines.length > 0) this.#options.file.write(lines).catch(this.#options.onError);
  }

  /** Lets a checkpoint stand for entries once too many wait: one memo instead of thousands. */
  async #fold(): Promise<void> {
    const { file, seal } = this.#options;
    const unsent = () => [...file.state.waiting.values()].filter(({ id, signed }) => id.startsWith('e') && signed === undefined);
    if (this.#folding || seal === undefined || file.state.waiting.size <= this.#rhythm.backlog || unsent().length <= this.#rhythm.backlog)
      return;
    this.#folding = true;
    try {
      const sealed = await seal();
      if (sealed === undefined) return;
      if (!file.state.waiting.has(`c${sealed.size}`)) this.takeCheckpoint(sealed);
      const covered = unsent().filter(({ id }) => Number(id.slice(1)) < sealed.size);
      this.#write(covered.map(({ id }) => ({ kind: 'folded', id })));
    } finally {
      this.#folding = false;
    }
  }

  async #run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      if (this.#options.file.state.waiting.size === 0) {
        this.#say('idle');
        await this.#pause(undefined);
        continue;
      }
      try {
        await this.#round();
      } catch (error) {
        await this.#pause(this.#failed(error));
      }
    }
  }

  /** One look at what is on its way, then as much more as may be. */
  async #round(): Promise<void> {
    const chain = await this.#connected();
    await this.#settle(chain);
    await this.#sendMore(chain);
    this.#backoff.worked();
    this.#say(this.#options.file.state.waiting.size > 0 ? 'sending' : 'idle');
    if (this.#options.file.state.waiting.size > 0) await this.#pause(this.#rhythm.pollMs);
  }

  async #connected(): Promise<AnchorChain> {
    this.#chain ??= await this.#options.connect();
    if (this.#genesis === '') {
      const genesis = await this.#chain.genesis();
      const wrong = this.#options.wrongCluster(genesis);
      if (wrong !== undefined) throw new ChainError('refused', wrong);
      this.#genesis = genesis;
      // Block hashes of another cluster, or of one that was reset, never become valid here.
      const { state } = this.#options.file;
      if (state.genesis !== genesis) for (const waiting of state.waiting.values()) delete waiting.signed;
    }
    return this.#chain;
  }

  #onTheirWay(): Waiting[] {
    return [...this.#options.file.state.waiting.values()].filter(({ signed }) => signed !== undefined);
  }

  async #settle(chain: AnchorChain): Promise<void> {
    const all = this.#onTheirWay();
    for (let at = 0; at < all.length; at += STATES_AT_ONCE) {
      const some = all.slice(at, at + STATES_AT_ONCE);
      // Asked for first: what had landed by then shows in the states.
      const height = await chain.finalHeight();
      const states = await chain.states(some.map(({ signed }) => signed?.signature ?? ''));
      const done: AnchorLine[] = [];
      const again: Waiting[] = [];
      for (const [n, waiting] of some.entries()) {
        const found = states[n];
        const { signed } = waiting;
        if (found === undefined || signed === undefined || found.state === 'seen') continue;
        if (found.state === 'final') done.push(this.#anchorLine(waiting, signed.signature, found.slot));
        else if (found.state === 'failed') {
          delete waiting.signed;
          throw new ChainError('refused', `The cluster took a memo, but it failed there (${found.why}).`);
        } else if (height > signed.lastValidBlockHeight) delete waiting.signed;
        else again.push(waiting);
      }
      if (done.length > 0) {
        await this.#options.file.anchored(done);
        this.#last = done.at(-1);
      }
      for (const waiting of again) await this.#send(chain, waiting);
    }
  }

  #anchorLine({ id, memo }: Waiting, signature: string, slot: number): AnchorLine {
    const read = decodeMemo(memo);
    const hash = 'memo' in read ? read.memo.hash : '0'.repeat(64);
    return { id, hash, signature, slot, cluster: this.#options.cluster, genesis: this.#genesis, time: this.#now().toISOString() };
  }

  async #sendMore(chain: AnchorChain): Promise<void> {
    const room = this.#rhythm.window - this.#onTheirWay().length;
    const next = [...this.#options.file.state.waiting.values()].filter(({ signed }) => signed === undefined).slice(0, Math.max(0, room));
    if (next.length === 0) return;
    const block = await this.#recentBlock(chain);
    const genesis = this.#genesis;
    await this.#options.file.writeDurably(next.map(({ id, memo }) => ({ kind: 'signed', id, ...chain.sign(memo, block), genesis })));
    for (const waiting of next) await this.#send(chain, waiting);
  }

  async #recentBlock(chain: AnchorChain): Promise<RecentBlock> {
    if (this.#block === undefined || this.#block.until < performance.now()) {
      this.#block = { block: await chain.recentBlock(), until: performance.now() + BLOCK_MS };
    }
    return this.#block.block;
  }

  async #send(chain: AnchorChain, { signed }: Waiting): Promise<void> {
    // It may have been folded, or the outbox closed, while others were sent.
    if (signed === undefined || this.#end.signal.aborted) return;
    try {
      await chain.send(signed);
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      // Known: it is there. Expired: the states tell when it is safe to make a new one.
      if (error.failure === 'expired') this.#block = undefined;
      if (error.failure !== 'known' && error.failure !== 'expired') throw error;
    }
    await this.#pause(this.#rhythm.gapMs, false);
  }

  /** Says what is the matter. @returns how long to leave it alone. */
  #failed(error: unknown): number {
    const known = error instanceof ChainError ? error : undefined;
    if (known === undefined) this.#options.onError(error);
    const wait = this.#backoff.failed(known?.retryAfterMs);
    if (known?.failure === 'unfunded') this.#say('stopped', this.#options.unfunded);
    else if (known?.failure === 'refused') this.#say('stopped', known.message);
    else
      this.#say(
        'retrying',
        `${known?.message ?? 'Anchoring failed; the log says why.'} It is tried again by itself; nothing is lost meanwhile.`,
      );
    return wait;
  }

  #say(state: OutboxStatus['state'], why?: string): void {
    this.#state = state;
    this.#why = why;
  }

  /** Waits, for ever where no time is given. A new memo ends it, where that makes a difference. */
  #pause(ms: number | undefined, wakes = ms === undefined): Promise<void> {
    if (this.#end.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#end.signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = ms === undefined ? undefined : setTimeout(finish, ms).unref();
      this.#end.signal.addEventListener('abort', finish);
      if (wakes) this.#wake = finish;
    });
  }
}

function memoOf({ memo }: Waiting): Memo {
  const read = decodeMemo(memo);
  if (!('memo' in read)) throw new TypeError('the outbox holds what is no memo');
  return read.memo;
}
