import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathGlob } from '../policy/glob.ts';
import { daysUntil, type SuppressionContext, type WrittenEntry, whyForbidden } from '../policy/suppressions.ts';
import type { Hello } from '../protocol/handshake.ts';
import type { Subject } from '../protocol/subject.ts';
import {
  MAX_SUPPRESSION_DAYS,
  type MetSuppression,
  SUPPRESSION_MARK,
  SUPPRESSIONS_FILE,
  type SuppressionCounts,
} from '../protocol/suppression.ts';
import type { AcceptedSuppression } from '../protocol/suppressionRoutes.ts';
import type { KeptSuppression, SuppressionStore } from './suppressionStore.ts';
import type { WorkspaceEntries } from './workspaceEntries.ts';

/** What a machine's settings and its organisation say about suppressions. */
export interface SuppressionLimits {
  /** Rule ids, with stars. */
  readonly forbid: readonly string[];
  /** In days; never more than {@link MAX_SUPPRESSION_DAYS}. */
  readonly maxDays?: number | undefined;
}

/** The settings' and the organisation's limits together: each can only add to what the other forbids. */
export function suppressionLimits({ suppressions, organisation }: Pick<Hello, 'suppressions' | 'organisation'>): SuppressionLimits {
  const fixed = organisation?.suppressions;
  return { forbid: [...(suppressions?.forbid ?? []), ...(fixed?.forbid ?? [])], maxDays: fixed?.maxDays };
}

export interface BookOptions {
  readonly store: SuppressionStore;
  readonly entries: WorkspaceEntries;
  readonly limits: SuppressionLimits;
  readonly now: () => number;
}

/** Suppressions met that are remembered for the counts. */
const MAX_MET = 10_000;

const COUNTED = { active: 'active', expired: 'expired', 'not-accepted': 'notAccepted', forbidden: 'forbidden' } as const;

/** What a request has to take into account, and what of the workspace's files could not be read. */
export interface SuppressionsAsked {
  readonly context?: SuppressionContext;
  readonly problems: readonly string[];
}

/** Everything that is known of suppressions: accepted on this machine, written by workspaces, met in this session. */
export class SuppressionBook {
  readonly #options: BookOptions;
  /** By digest, the state that each was last met in. */
  readonly #met = new Map<string, MetSuppression['state']>();

  constructor(options: BookOptions) {
    this.#options = options;
  }

  get limits(): Pick<SuppressionContext, 'forbid' | 'maxDays'> {
    const { forbid, maxDays } = this.#options.limits;
    return { forbid, maxDays: Math.min(maxDays ?? MAX_SUPPRESSION_DAYS, MAX_SUPPRESSION_DAYS) };
  }

  /** The day in UTC. */
  get today(): string {
    return new Date(this.#options.now()).toISOString().slice(0, 10);
  }

  /**
   * What the gates must know to judge a subject; nothing where no suppression can concern it.
   * @param roots the workspace's, absolute
   * @throws SentinelError `ledger_failed` where it can't be told what was accepted
   */
  async asked(subject: Subject, roots: readonly string[]): Promise<SuppressionsAsked> {
    if (subject.kind !== 'file') return { problems: [] };
    const path = isAbsolute(subject.path) ? subject.path : resolve(roots[0] ?? sep, subject.path);
    const holding = roots.filter((root) => below(root, path) !== undefined);
    const [kept, ...read] = await Promise.all([this.#options.store.read(), ...holding.map((root) => this.#options.entries.of(root))]);
    const problems = read.flatMap((one) => one.problems);
    const entriesOf = holding.find((root) => below(root, path) === SUPPRESSIONS_FILE);
    const entries = read.flatMap((one) => one.entries.filter((entry) => reaches(entry, path)));
    const accepted = kept.all.filter(({ place }) => {
      if (place.kind === 'comment') return place.path === path;
      return place.root === entriesOf || (holding.includes(place.root) && reaches(place, path));
    });
    const written = [subject.text, subject.baseline ?? ''].some((text) => text.includes(SUPPRESSION_MARK));
    if (entries.length === 0 && accepted.length === 0 && entriesOf === undefined && !written) return { problems };
    const context = {
      today: this.today,
      path,
      ...this.limits,
      accepted: accepted.map(({ digest, ruleId, place, withdrawn }) => ({
        digest,
        ruleId,
        match: place.kind === 'comment' ? place.match : undefined,
        withdrawn,
      })),
      settled: [...kept.settled],
      entries,
      entriesOf,
    };
    return { context, problems };
  }

  /** Takes note of what an assessment met, for the counts. */
  met(suppressions: readonly MetSuppression[]): void {
    for (const { digest, state } of suppressions) {
      this.#met.delete(digest);
      this.#met.set(digest, state);
    }
    for (const oldest of this.#met.keys()) {
      if (this.#met.size <= MAX_MET) break;
      this.#met.delete(oldest);
    }
  }

  /** From what is known, without looking at the disk. */
  counts(): SuppressionCounts {
    const counts = { active: 0, expired: 0, notAccepted: 0, forbidden: 0 };
    for (const state of this.#met.values()) counts[COUNTED[state]] += 1;
    const { all } = this.#options.store.known;
    return { ...counts, accepted: all.filter((kept) => !kept.withdrawn && this.#stateOf(kept) === 'active').length };
  }

  /** Those that nobody took back, whether or not their day is over. @throws SentinelError `ledger_failed` */
  async accepted(): Promise<AcceptedSuppression[]> {
    const { all } = await this.#options.store.read();
    return all
      .filter((kept) => !kept.withdrawn)
      .map(({ withdrawn: _false, ...kept }) => ({ ...kept, state: this.#stateOf({ ...kept, withdrawn: false }) }));
  }

  #stateOf({ ruleId, until }: KeptSuppression): AcceptedSuppression['state'] {
    const { today } = this;
    if (whyForbidden({ ruleId, until }, undefined, { today, ...this.limits }) !== undefined) return 'forbidden';
    return daysUntil(until, today) < 0 ? 'expired' : 'active';
  }
}

/** The path below a root, with slashes; undefined where it is not below it. */
function below(root: string, path: string): string | undefined {
  const inside = relative(root, path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return undefined;
  return inside.split(sep).join('/');
}

function reaches({ root, path: glob }: Pick<WrittenEntry, 'root' | 'path'>, path: string): boolean {
  const inside = below(root, path);
  return inside !== undefined && pathGlob(glob).test(inside);
}
