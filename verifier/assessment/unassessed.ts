import type { Person, Receipt } from '../protocol/decision.ts';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import type { Unassessed, UncheckedAction } from '../protocol/unassessed.ts';
import { receipt } from './decisions.ts';
import type { GatesPort } from './ports.ts';
import type { Session } from './session.ts';
import { pathWithin } from './subjectName.ts';

const KINDS = { prompt: 'prompt', answer: 'response', save: 'file', tool: 'tool' } as const satisfies Record<UncheckedAction, string>;
const NAME_LIMIT = 512;

export interface UnassessedParts {
  readonly session: Pick<Session, 'id' | 'record' | 'anchorOf'> & { readonly person: Person };
  readonly gates: Pick<GatesPort, 'redact'>;
  readonly workspaceRoots: readonly string[];
  /** The entry of this id in any chain of this ledger: a window may have died between our answer and its note of it. */
  readonly find: (id: string) => Promise<LedgerEntry | undefined>;
}

/** Puts on record what went on without an assessment while no verifier could be had. Each `id` once. */
export class UnassessedActions {
  readonly #parts: UnassessedParts;
  /** One at a time, so that the same line sent twice at once is seen to be the same. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: UnassessedParts) {
    this.#parts = parts;
  }

  /** Resolves when it is on disk. Nothing is stored unredacted: rejects where it can't be redacted. */
  record(action: Unassessed): Promise<Receipt> {
    const turn = this.#turn.then(() => this.#record(action));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #record({ id, action, subject, reason, why, happenedAt, ...spool }: Unassessed): Promise<Receipt> {
    const { session, gates, workspaceRoots, find } = this.#parts;
    const known = await find(id);
    if (known) return receipt(known, session);
    const named = subject.name === undefined ? '' : action === 'save' ? pathWithin(subject.name, workspaceRoots) : subject.name;
    const [safeReason = '', safeWhy = '', name = ''] = await gates.redact([reason, why, named]);
    const [entry] = await session.record([
      {
        type: 'unassessed',
        session: session.id,
        id,
        action,
        subject: {
          kind: KINDS[action],
          digest: subject.digest,
          bytes: subject.bytes,
          ...(name === '' ? {} : { name: name.slice(-NAME_LIMIT) }),
        },
        by: session.person,
        reason: safeReason.slice(0, 1000),
        why: safeWhy.slice(0, 300),
        happenedAt,
        spool: { prev: spool.spoolPrev, hash: spool.spoolHash, intact: spool.spoolIntact },
      },
    ]);
    return receipt(entry, session);
  }
}
