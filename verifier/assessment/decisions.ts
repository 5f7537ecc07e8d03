import type { Assessment } from '../protocol/assessment.ts';
import type { ExecutionResult, PendingDecision, Person, Receipt } from '../protocol/decision.ts';
import type { LedgerEntry, LedgerEvent } from '../protocol/ledgerEntry.ts';
import { SentinelError } from '../protocol/problem.ts';
import type { Notice } from '../protocol/routes.ts';
import type { Item, PendingRegister } from './pending.ts';
import type { GatesPort } from './ports.ts';
import type { Session } from './session.ts';

/** What a caller has shown that it may do. */
export type Capability = 'assess' | 'decide';

const CLOSED_BY: Person = { name: 'verifier', source: 'verifier' };

/** Follows assessments up: claims, decisions, outcomes. Each is on disk before it is answered (law 5). */
export class Decisions {
  readonly #register: PendingRegister;
  readonly #session: Session;
  readonly #gates: GatesPort;
  readonly #approved: ((assessment: Assessment) => Promise<void>) | undefined;

  /** @param approved told of each approval once it is on record; never rejects */
  constructor(register: PendingRegister, session: Session, gates: GatesPort, approved?: (assessment: Assessment) => Promise<void>) {
    this.#approved = approved;
    this.#register = register;
    this.#session = session;
    this.#gates = gates;
  }

  waiting(): PendingDecision[] {
    return this.#register.waiting().map((item) => ({
      assessment: withoutNonce(item.assessment),
      source: item.source,
      subjectName: item.subjectName,
      ...(item.claimedBy === undefined ? {} : { claimedBy: item.claimedBy }),
    }));
  }

  claim(id: string, windowId: string): { assessmentId: string; nonce: string } {
    return { assessmentId: id, nonce: this.#register.claim(id, windowId) };
  }

  /** A decision or an outcome, as the body says. */
  async follow(body: ExecutionResult, capability: Capability): Promise<Receipt> {
    return body.decision === undefined ? this.#outcome(body) : this.#decide(body, body.decision, capability);
  }

  async #decide(body: ExecutionResult, decision: NonNullable<ExecutionResult['decision']>, capability: Capability): Promise<Receipt> {
    // Law 4: whoever may ask may not thereby decide.
    if (capability !== 'decide') throw new SentinelError('forbidden', 'The assess token cannot decide: this needs the decide token.');
    this.#session.checkPerson(decision.by);
    const given = decision.reason?.trim() ?? '';
    const [status, [reason = '']] = await Promise.all([this.#gates.policies(), given === '' ? [''] : this.#gates.redact([given])]);
    const item = this.#register.reserveDecision(body.assessmentId, body.nonce, body.subjectDigest);
    try {
      const { policyDigest, inputsDigest, verdict } = item.assessment;
      // A denial is safe under any policies; an approval counts for those it was asked under.
      if (decision.choice === 'approve') {
        if (status.policyDigest !== policyDigest) {
          throw new SentinelError('subject_changed', 'The policies have changed since this was assessed: have it assessed again.');
        }
        if (verdict === 'block' && reason === '') {
          throw new SentinelError('reason_required', 'A blocked item can be approved only with a reason: give one.');
        }
      }
      const [entry] = await this.#session.record(
        [
          {
            type: 'decision',
            session: this.#session.id,
            assessmentId: item.id,
            choice: decision.choice,
            by: decision.by,
            ...(reason === '' ? {} : { reason: reason.slice(0, 1000) }),
            subjectDigest: item.subjectDigest,
            policyDigest,
            inputsDigest,
            verdict,
            cause: decision.choice === 'deny' ? (decision.cause ?? 'person') : 'person',
          },
        ],
        status,
      );
      const nonce = this.#register.decided(item, decision.choice);
      if (decision.choice === 'approve') await this.#approved?.(item.assessment);
      return { ...receipt(entry, this.#session), nonce };
    } catch (error) {
      this.#register.release(item);
      throw error;
    }
  }

  async #outcome(body: ExecutionResult): Promise<Receipt> {
    const { outcome } = body;
    if (outcome === undefined) throw new SentinelError('bad_request', 'Give either a decision or an outcome.');
    const [detail = ''] = body.detail === undefined ? [] : await this.#gates.redact([body.detail]);
    const item = this.#register.reserveOutcome(body.assessmentId, body.nonce, body.subjectDigest, outcome);
    try {
      const [entry] = await this.#session.record([this.#outcomeEvent(item, outcome, detail)]);
      this.#register.close(item);
      return receipt(entry, this.#session);
    } catch (error) {
      this.#register.release(item);
      throw error;
    }
  }

  /** What a door noticed about itself. */
  async notice(notice: Notice): Promise<Receipt> {
    this.#session.checkPerson(notice.by);
    const [detail = ''] = await this.#gates.redact([notice.detail]);
    const [entry] = await this.#session.record([{ type: 'notice', session: this.#session.id, ...notice, detail: detail.slice(0, 300) }]);
    return receipt(entry, this.#session);
  }

  /** Closes as denied what has waited too long; at the end of a session, everything. */
  async expire(everything = false): Promise<void> {
    const why = everything ? 'The session ended.' : 'It waited too long.';
    const events = this.#register.expire(everything).flatMap((item) => this.#closing(item, why));
    if (events.length > 0) await this.#session.record(events);
  }

  #closing(item: Item, why: string): LedgerEvent[] {
    if (item.choice !== undefined) {
      return [this.#outcomeEvent(item, item.choice === 'approve' ? 'failed' : 'withheld', `${why} No outcome was reported.`)];
    }
    const { policyDigest, inputsDigest, verdict } = item.assessment;
    return [
      {
        type: 'decision',
        session: this.#session.id,
        assessmentId: item.id,
        choice: 'deny',
        by: CLOSED_BY,
        reason: why,
        subjectDigest: item.subjectDigest,
        policyDigest,
        inputsDigest,
        verdict,
        cause: 'cancelled',
      },
      this.#outcomeEvent(item, 'withheld', `${why} Nobody had decided.`),
    ];
  }

  #outcomeEvent(item: Item, outcome: NonNullable<ExecutionResult['outcome']>, detail: string): LedgerEvent {
    return {
      type: 'outcome',
      session: this.#session.id,
      assessmentId: item.id,
      outcome,
      subjectDigest: item.subjectDigest,
      ...(detail === '' ? {} : { detail: detail.slice(0, 300) }),
    };
  }
}

function withoutNonce({ nonce: _secret, ...assessment }: Assessment): Omit<Assessment, 'nonce'> {
  return assessment;
}

/** Proof of an entry that was recorded. */
export function receipt(entry: LedgerEntry | undefined, session: Pick<Session, 'anchorOf'>): Receipt {
  if (entry === undefined) throw new SentinelError('internal', 'The ledger gave no entry for what it recorded.');
  return { seq: entry.seq, hash: entry.hash, chain: entry.chain, anchor: session.anchorOf(entry) };
}
