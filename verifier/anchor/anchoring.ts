import { base58 } from '../ledger/base58.ts';
import { chainFiles } from '../ledger/chainParts.ts';
import { openCheckpoints } from '../ledger/checkpointFile.ts';
import { diskFiles } from '../ledger/filePort.ts';
import type { Identity } from '../ledger/identity.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type AnchorReport, type AnchorSettings, hasCheckpointMemos, hasEntryMemos } from '../protocol/anchor.ts';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import { missedEntries } from './catchUp.ts';
import { explorerUrl, isOwnMachine, wrongCluster } from './clusters.ts';
import { entryMemo } from './entryMemo.ts';
import { requestLabel } from './memo.ts';
import { LOCAL_RHYTHM, OUTBOX_RHYTHM, Outbox, type OutboxRhythm } from './outbox.ts';
import { OutboxFile } from './outboxFile.ts';

export interface AnchoringOptions {
  readonly settings: AnchorSettings;
  readonly dir: string;
  readonly ledger: Ledger;
  readonly identity: Identity;
  /** The ids of rules that the product brings: no others are published. */
  readonly publicRules: () => Promise<ReadonlySet<string>>;
  readonly rhythm?: OutboxRhythm;
  readonly onError: (error: unknown) => void;
}

/** Request ids of so many assessments are kept for the decisions that follow them. */
const REQUESTS_KEPT = 10_000;

/** Takes an open ledger's entries and checkpoints to the chain, after they are durable and off everybody's way. */
export class Anchoring {
  readonly #options: AnchoringOptions;
  readonly #requests = new Map<string, string>();
  /** What came before the outbox was open. */
  #early: LedgerEntry[] = [];
  #rules: ReadonlySet<string> = new Set();
  #outbox: Outbox | undefined;
  #failed: string | undefined;
  #beginning: Promise<void> | undefined;

  constructor(options: AnchoringOptions) {
    this.#options = options;
    const { ledger, settings } = options;
    ledger.onEntry((entry) => this.#take(entry));
    if (hasCheckpointMemos(settings.mode)) ledger.checkpoints?.onSealed((sealed) => this.#outbox?.takeCheckpoint(sealed));
  }

  /** Opens the outbox, takes what an earlier run left out, and begins to send. */
  begin(): void {
    this.#beginning ??= this.#begin(this.#options.ledger.seq).catch((error: unknown) => {
      this.#failed = 'The outbox can not be used; the log says why. Entries are in the ledger all the same.';
      this.#options.onError(error);
    });
  }

  report(): AnchorReport {
    const { settings, identity } = this.#options;
    const { mode, cluster } = settings;
    const authority = base58(identity.publicKey);
    const place = { mode, cluster, authority };
    const status = this.#outbox?.status;
    if (status === undefined) {
      const failed = this.#failed === undefined ? { state: 'starting' as const } : { state: 'stopped' as const, why: this.#failed };
      return { ...place, ...failed, waiting: this.#early.length, anchored: 0 };
    }
    const { last, why, ...rest } = status;
    return {
      ...place,
      ...rest,
      ...(why === undefined ? {} : { why: why.slice(0, 400) }),
      ...(last === undefined ? {} : { last: { time: last.time, explorer: explorerUrl(last.signature, settings) } }),
    };
  }

  /** Notes how far it came. Called when the ledger is closed, so that its last checkpoint is queued too. */
  async close(): Promise<void> {
    await this.#beginning;
    this.#outbox?.looked(this.#options.ledger.seq);
    await this.#outbox?.close();
  }

  async #begin(upTo: number): Promise<void> {
    const { dir, ledger, settings, identity, onError, publicRules } = this.#options;
    this.#rules = await publicRules();
    const file = await OutboxFile.open(dir, ledger.chain, diskFiles);
    const { checkpoints } = ledger;
    const outbox = new Outbox({
      file,
      connect: async () => (await import('./solana.ts')).solanaChain(settings.rpcUrl, identity),
      cluster: settings.cluster,
      wrongCluster: (genesis) => wrongCluster(settings.cluster, genesis),
      unfunded: unfunded(settings, base58(identity.publicKey)),
      ...(checkpoints === undefined ? {} : { seal: () => checkpoints.seal() }),
      rhythm: this.#options.rhythm ?? (isOwnMachine(settings.rpcUrl) ? LOCAL_RHYTHM : OUTBOX_RHYTHM),
      onError,
    });
    const { through } = file.state;
    const files = (await chainFiles(dir, ledger.chain)).map(({ path }) => path);
    if (through < upTo) await missedEntries(files, through, upTo, (entry, anchored) => this.#consider(entry, anchored, outbox));
    if (hasCheckpointMemos(settings.mode)) await this.#missedCheckpoint(outbox, file);
    for (const entry of this.#early) this.#consider(entry, true, outbox);
    this.#early = [];
    this.#outbox = outbox;
    outbox.looked(ledger.seq);
    outbox.start();
  }

  /** A checkpoint that was sealed while nobody could queue it: the newest covers all before. */
  async #missedCheckpoint(outbox: Outbox, { state }: OutboxFile): Promise<void> {
    const { dir, ledger } = this.#options;
    const { file, last } = await openCheckpoints(dir, ledger.chain, diskFiles);
    await file.close();
    if (last === undefined || last.size <= state.checkpoint) return;
    outbox.takeCheckpoint({ ...last, keyId: this.#options.identity.keyId });
  }

  #take(entry: LedgerEntry): void {
    if (this.#outbox === undefined) this.#early.push(entry);
    else this.#consider(entry, true, this.#outbox);
  }

  #consider(entry: LedgerEntry, anchored: boolean, outbox: Outbox): void {
    const { event } = entry;
    if (event?.type === 'assessment') {
      this.#requests.set(event.assessmentId, requestLabel(event.requestId));
      const [oldest] = this.#requests.keys();
      if (this.#requests.size > REQUESTS_KEPT && oldest !== undefined) this.#requests.delete(oldest);
    }
    if (!anchored || !hasEntryMemos(this.#options.settings.mode)) return;
    const memo = entryMemo(entry, { requestOf: (id) => this.#requests.get(id), isPublic: (id) => this.#rules.has(id) });
    if (memo !== undefined) outbox.take(memo);
  }
}

function unfunded({ cluster }: AnchorSettings, address: string): string {
  const what = `The key ${address} has not enough SOL to pay for memos.`;
  if (cluster === 'mainnet-beta') return `${what} Send it some, or choose another cluster.`;
  if (cluster === 'custom') return `${what} Ask the chain for test funds: sentinel key fund --rpc <address of the chain>.`;
  return `${what} Ask ${cluster} for test funds: sentinel key fund --cluster ${cluster}, or https://faucet.solana.com.`;
}
