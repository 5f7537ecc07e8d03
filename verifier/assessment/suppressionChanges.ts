import { daysUntil, whyForbidden } from '../policy/suppressions.ts';
import type { Assessment } from '../protocol/assessment.ts';
import type { Receipt } from '../protocol/decision.ts';
import type { PolicyCatalogue } from '../protocol/policyCatalogue.ts';
import { SentinelError } from '../protocol/problem.ts';
import { type SuppressionPlace, suppressionDigest } from '../protocol/suppression.ts';
import type { SuppressionChange } from '../protocol/suppressionRoutes.ts';
import { receipt } from './decisions.ts';
import type { GatesPort } from './ports.ts';
import type { Session } from './session.ts';
import { pathWithin } from './subjectName.ts';
import type { SuppressionBook } from './suppressionBook.ts';
import type { KeptSuppression, SuppressionStore } from './suppressionStore.ts';

type Accept = Extract<SuppressionChange, { action: 'accept' }>;

export interface ChangesOptions {
  readonly book: SuppressionBook;
  readonly store: SuppressionStore;
  readonly session: Session;
  readonly gates: Pick<GatesPort, 'redact'>;
  readonly catalogue: () => Promise<PolicyCatalogue>;
  readonly workspaceRoots: readonly string[];
}

/** Accepting and taking back: on record in the ledger first, then in force (law 5). */
export class SuppressionChanges {
  readonly #options: ChangesOptions;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /** @throws SentinelError `bad_request`, `forbidden`, `not_found`, `person_mismatch` or `ledger_failed` */
  async change(change: SuppressionChange): Promise<Receipt> {
    this.#options.session.checkPerson(change.by);
    return change.action === 'accept' ? this.#accept(change) : this.#withdraw(change);
  }

  async #accept(change: Accept): Promise<Receipt> {
    const { book, store, gates } = this.#options;
    const { digest, ruleId, until, place, by } = change;
    if (digest !== suppressionDigest(change)) {
      throw new SentinelError('bad_request', 'The digest is not that of the other fields: accept what was shown, unchanged.');
    }
    const rule = (await this.#options.catalogue()).policies.flatMap((policy) => policy.rules).find(({ id }) => id === ruleId);
    if (rule === undefined) throw new SentinelError('bad_request', `There is no rule ${ruleId} in force.`);
    const why = rule.suppressible ? whyForbidden({ ruleId, until }, undefined, { today: book.today, ...book.limits }) : SECRET;
    if (why !== undefined) throw new SentinelError('forbidden', `${ruleId} can't be suppressed here: ${why}.`);
    if (daysUntil(until, book.today) < 0) throw new SentinelError('bad_request', `The suppression would end on ${until}, which is over.`);
    const [reason = ''] = await gates.redact([change.reason]);
    const kept = { digest, ruleId, until, reason: reason.slice(0, 300), place, by };
    const entry = await this.#record('accept', kept);
    await store.append({ action: 'accept', ...kept, acceptedAt: entry.time });
    await store.read();
    return receipt(entry, this.#options.session);
  }

  async #withdraw({ digest }: Extract<SuppressionChange, { action: 'withdraw' }>): Promise<Receipt> {
    const { store } = this.#options;
    const known = (await store.read()).all.find((kept) => kept.digest === digest && !kept.withdrawn);
    if (known === undefined) throw new SentinelError('not_found', 'No suppression with this digest is in force on this machine.');
    const entry = await this.#record('withdraw', known);
    await store.append({ action: 'withdraw', digest, at: entry.time });
    await store.read();
    return receipt(entry, this.#options.session);
  }

  async #record(
    action: SuppressionChange['action'],
    { digest, ruleId, until, reason, place }: Pick<KeptSuppression, 'digest' | 'ruleId' | 'until' | 'reason' | 'place'>,
  ) {
    const { session, gates } = this.#options;
    const [name = ''] = await gates.redact([this.#name(place)]);
    const [entry] = await session.record([
      {
        type: 'suppression',
        session: session.id,
        action,
        digest,
        kind: place.kind,
        ruleId,
        name: name.slice(-512),
        until,
        reason,
        by: session.person,
      },
    ]);
    if (entry === undefined) throw new SentinelError('internal', 'The ledger gave no entry for what it recorded.');
    return entry;
  }

  #name(place: SuppressionPlace): string {
    return place.kind === 'entry' ? place.path : pathWithin(place.path, this.#options.workspaceRoots);
  }

  /**
   * A person let findings pass by a decision: those that had once passed by a suppression are decided now,
   * so that the next save need not ask again. Already on record as the decision.
   */
  async settle({ findings, time }: Assessment): Promise<void> {
    const { store } = this.#options;
    const { all, settled } = await store.read();
    for (const { ruleId, match } of findings) {
      if (match === undefined || settled.has(match) || !all.some((kept) => kept.ruleId === ruleId)) continue;
      await store.append({ action: 'settle', ruleId, match, at: time });
    }
  }
}

const SECRET = 'a rule about secrets can never be suppressed';
