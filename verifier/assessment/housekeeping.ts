import { randomUUID } from 'node:crypto';
import type { Announce } from '../ledger/ledger.ts';
import type { ErasedChains } from '../ledger/store.ts';
import type { Person } from '../protocol/decision.ts';
import { SentinelError } from '../protocol/problem.ts';
import type { Erase, Erased } from '../protocol/routes.ts';
import { NO_POLICIES, type Session } from './session.ts';

const DAY_MS = 24 * 3_600_000;
const BY_RETENTION: Person = { name: 'retention', source: 'verifier' };

export interface HousekeepingOptions {
  readonly session: Pick<Session, 'id' | 'person' | 'ledger'>;
  /** Erases in the folder's chains that nobody writes. */
  readonly idleChains: (before: Date, announce: Announce) => Promise<ErasedChains>;
  /** Content older than this many days is erased at the start and daily; undefined: it is kept. */
  readonly retentionDays: number | undefined;
  readonly now?: () => Date;
  readonly onError: (error: unknown) => void;
}

/** Destroys the content of old entries, when a person says so or as the retention demands. Chains stay, and verify. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /**
   * Erases what is older in every chain of the folder that this verifier may write.
   * @throws SentinelError `person_mismatch`, `bad_request` for a time that has not come, `ledger_failed`.
   */
  erase({ before, by }: Erase): Promise<Erased> {
    const { person } = this.#options.session;
    if (by.name !== person.name || by.source !== person.source) {
      throw new SentinelError('person_mismatch', 'Content is erased in the name of the person that this session was opened for.');
    }
    const date = new Date(before);
    if (date > this.#now()) throw new SentinelError('bad_request', 'Content can be erased only up to now: give a date that has passed.');
    return this.#inTurn(() => this.#eraseBefore(date, by));
  }

  /** Erases as the retention demands, now and daily. */
  begin(): void {
    const { retentionDays } = this.#options;
    if (retentionDays === undefined) return;
    const run = () => {
      this.#inTurn(() => this.#eraseBefore(new Date(this.#now().getTime() - retentionDays * DAY_MS), BY_RETENTION)).catch(
        this.#options.onError,
      );
    };
    this.#timer = setInterval(run, DAY_MS);
    this.#timer.unref();
    run();
  }

  /** Waits for what is being erased. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #eraseBefore(before: Date, by: Person): Promise<Erased> {
    const { session, idleChains } = this.#options;
    const own = await session.ledger.erase(before, (entries) => [erasure(session.id, by, before, entries)]);
    const idle = await idleChains(before, (entries) => wholeSession(session.person, (id) => erasure(id, by, before, entries)));
    return { entries: own + idle.entries, chains: idle.chains + (own > 0 ? 1 : 0), busy: idle.busy };
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#running.then(run);
    this.#running = turn.catch(() => undefined);
    return turn;
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}

type EventsOf = ReturnType<Announce>;

function erasure(session: string, by: Person, before: Date, entries: number): EventsOf[number] {
  return { type: 'erasure', session, by, before: before.toISOString(), entries };
}

/** A chain that is opened for nothing but the erasure says so by a session of its own. */
export function wholeSession(person: Person, event: (session: string) => EventsOf[number]): EventsOf {
  const session = randomUUID();
  return [
    {
      type: 'session-open',
      session,
      person,
      policyDigest: NO_POLICIES,
      audit: { state: 'off', why: 'opened to erase old content' },
      recovered: { tornBytes: 0, closedItems: 0 },
    },
    event(session),
    { type: 'session-close', session, reason: 'clean' },
  ];
}
