import { randomUUID } from 'node:crypto';
import type { Ledger } from '../ledger/ledger.ts';
import { type AnchorScope, hasCheckpointMemos, hasEntryMemos, isAnchoredAlone } from '../protocol/anchor.ts';
import type { Person, Receipt } from '../protocol/decision.ts';
import type { LedgerEntry, LedgerEvent } from '../protocol/ledgerEntry.ts';
import { SentinelError } from '../protocol/problem.ts';
import type { PolicyStatus } from './ports.ts';

/** Stands for "no valid policy set" where a digest is asked for. */
export const NO_POLICIES = '0'.repeat(64);

const HEARTBEAT_MS = 15 * 60_000;
const MAX_PROBLEMS = 50;

type SeenPolicies = Pick<PolicyStatus, 'policyDigest' | 'problems'>;

export interface SessionOptions {
  readonly ledger: Ledger;
  readonly person: Person;
  readonly audit: { readonly state: 'on' | 'off'; readonly why?: string; readonly model?: string };
  /** How this session's entries are anchored. */
  readonly anchor?: AnchorScope | undefined;
  readonly heartbeatMs?: number | undefined;
  /** How many items wait for a person, for the heartbeat. */
  readonly pending: () => number;
}

/**
 * One run of the verifier as the ledger sees it: opened before the first assessment, beating while
 * idle so that silence shows, closed last.
 */
export class Session {
  readonly id = randomUUID();
  readonly person: Person;
  readonly ledger: Ledger;
  readonly #options: SessionOptions;
  readonly #heartbeatMs: number;
  #policyDigest = NO_POLICIES;
  #problems: readonly string[] = [];
  #assessments = 0;
  #beat: NodeJS.Timeout | undefined;
  #opening: Promise<void> | undefined;
  #isOpen = false;
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.ledger = options.ledger;
    this.person = options.person;
    this.#heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
  }

  /** Digest of the policies last seen in force; {@link NO_POLICIES} when there were none. */
  get policyDigest(): string {
    return this.#policyDigest;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether something of the entry goes to the chain: it does so later, never before an answer. */
  anchorOf(entry: LedgerEntry): Receipt['anchor'] {
    const mode = this.#options.anchor?.mode ?? 'off';
    return hasCheckpointMemos(mode) || (hasEntryMemos(mode) && isAnchoredAlone(entry)) ? 'queued' : 'off';
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  /** @throws SentinelError `person_mismatch` where this is not the person that the session was opened for */
  checkPerson(by: Person): void {
    if (by.name === this.person.name && by.source === this.person.source) return;
    throw new SentinelError('person_mismatch', 'Decisions in this session belong to the person that it was opened for.');
  }

  /**
   * Writes the session's first entry, once it is known which policies are in force (`undefined`: none is
   * valid). What is recorded meanwhile waits for it.
   */
  open(status: Promise<SeenPolicies | undefined>): Promise<void> {
    this.#opening = this.#open(status);
    // Whoever records learns of a failure; nobody need be listening before.
    this.#opening.catch(() => undefined);
    return this.#opening;
  }

  async #open(awaited: Promise<SeenPolicies | undefined>): Promise<void> {
    const status = await awaited;
    this.#policyDigest = status?.policyDigest ?? NO_POLICIES;
    this.#problems = status?.problems ?? [];
    const { tornBytes, closedItems } = this.ledger.recovery;
    await this.ledger.append({
      type: 'session-open',
      session: this.id,
      person: this.person,
      policyDigest: this.#policyDigest,
      audit: this.#options.audit,
      ...(this.#options.anchor === undefined ? {} : { anchor: this.#options.anchor }),
      recovered: { tornBytes, closedItems },
    });
    this.#isOpen = true;
    this.#restartBeat();
  }

  /**
   * Appends events in order, durable when it resolves. A change of policies since the last entry is
   * recorded before them.
   */
  async record(events: readonly LedgerEvent[], status?: SeenPolicies): Promise<LedgerEntry[]> {
    await this.#opening;
    const change = status === undefined ? undefined : this.#policyChange(status);
    this.#assessments += events.filter((event) => event.type === 'assessment').length;
    if (change === undefined && events.length === 0) return [];
    const entries = await this.ledger.appendAll(change === undefined ? events : [change, ...events]);
    this.#restartBeat();
    return change === undefined ? entries : entries.slice(1);
  }

  /** A changed set, or the same set kept because a file became invalid: both are worth an entry. */
  #policyChange({ policyDigest, problems }: SeenPolicies): LedgerEvent | undefined {
    const from = this.#policyDigest;
    if (policyDigest === from && problems.join('\n') === this.#problems.join('\n')) return undefined;
    this.#policyDigest = policyDigest;
    this.#problems = problems;
    return {
      type: 'policy-change',
      session: this.id,
      from,
      to: policyDigest,
      problems: problems.slice(0, MAX_PROBLEMS).map((problem) => problem.slice(0, 600)),
    };
  }

  #restartBeat(): void {
    clearTimeout(this.#beat);
    if (this.#closed) return;
    this.#beat = setTimeout(() => {
      // A ledger that can't be written shows at the next request, which it closes.
      this.record([{ type: 'heartbeat', session: this.id, assessments: this.#assessments, pending: this.#options.pending() }]).catch(
        () => undefined,
      );
    }, this.#heartbeatMs);
    this.#beat.unref();
  }

  /** Writes the session's last entry and closes the ledger. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#beat);
    try {
      if (this.#opening !== undefined) await this.#opening;
      await this.ledger.append({ type: 'session-close', session: this.id, reason: 'clean' });
    } finally {
      await this.ledger.close();
    }
  }
}
