import { randomBytes } from 'node:crypto';
import type { Assessment } from '../protocol/assessment.ts';
import { type ProblemCode, SentinelError } from '../protocol/problem.ts';
import type { Choice, Outcome, Source } from '../protocol/vocabulary.ts';

/** Where an assessment is on its way: `writing` while its next entry is on the way to the disk. */
type State = 'assessed' | 'claimed' | 'writing' | 'decided' | 'closed';

export interface Item {
  readonly id: string;
  readonly subjectDigest: string;
  readonly subjectName: string;
  readonly source: Source;
  readonly at: number;
  assessment: Assessment;
  state: State;
  nonce: string;
  claimedBy?: string;
  choice?: Choice;
}

export interface Limits {
  /** Most items that may wait for a decision or an outcome. */
  readonly items: number;
  /** Longest wait, in milliseconds. */
  readonly ageMs: number;
}

const LIMITS: Limits = { items: 5_000, ageMs: 24 * 3_600_000 };
const MAX_CLOSED = 10_000;

const APPROVED: readonly Outcome[] = ['shown', 'saved', 'ran', 'failed'];
const DENIED: readonly Outcome[] = ['withheld', 'failed'];

/** 192 random bits. */
export function newNonce(): string {
  return randomBytes(24).toString('base64url');
}

function refuse(code: ProblemCode, message: string): never {
  throw new SentinelError(code, message);
}

/**
 * What the verifier issued and what became of it. In memory only: a crash closes what it held as
 * denied (the ledger's recovery). All rules on who may follow up what are here and synchronous, so
 * that of two requests with one nonce exactly one is served.
 */
export class PendingRegister {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #items = new Map<string, Item>();
  /** Ids that are done, so that a replay is told apart from an unknown id. */
  readonly #closed = new Set<string>();

  constructor(now: () => number = Date.now, limits: Limits = LIMITS) {
    this.#now = now;
    this.#limits = limits;
  }

  add(assessment: Assessment, source: Source, subjectName: string): void {
    const { id, nonce, subjectDigest } = assessment;
    this.#items.set(id, { id, subjectDigest, subjectName, source, at: this.#now(), assessment, state: 'assessed', nonce });
  }

  /** Items that wait for a person, oldest first. */
  waiting(): Item[] {
    return [...this.#items.values()].filter((item) => needsDecision(item) && item.choice === undefined);
  }

  find(id: string): Item | undefined {
    return this.#items.get(id);
  }

  /** One window takes the decision and gets a nonce that nobody else knows; it may ask again. */
  claim(id: string, windowId: string): string {
    const item = this.#known(id);
    if (!needsDecision(item)) refuse('not_found', 'This assessment passed: no decision waits under its id.');
    if (item.state === 'decided' || item.state === 'writing') refuse('already_decided', 'This has been decided already.');
    if (item.claimedBy !== undefined && item.claimedBy !== windowId) {
      refuse('already_claimed', 'Another window is asking about this already: answer it there.');
    }
    item.claimedBy = windowId;
    item.state = 'claimed';
    item.nonce = newNonce();
    return item.nonce;
  }

  /**
   * Reserves the one decision that an item can have. Who calls then writes the entry and says
   * {@link decided}, or {@link release} when it could not be written.
   */
  reserveDecision(id: string, nonce: string, subjectDigest: string): Item {
    const item = this.#known(id);
    if (!needsDecision(item)) refuse('not_found', 'This assessment passed: no decision waits under its id.');
    if (item.state === 'decided' || item.state === 'writing') refuse('already_decided', 'This has been decided already.');
    if (item.state !== 'claimed') refuse('not_claimed', 'Claim the decision first: its reply brings the nonce.');
    this.#checkBinding(item, nonce, subjectDigest);
    item.state = 'writing';
    return item;
  }

  decided(item: Item, choice: Choice): string {
    item.choice = choice;
    item.state = 'decided';
    item.nonce = newNonce();
    return item.nonce;
  }

  /** As {@link reserveDecision}, for the outcome; {@link close} follows. */
  reserveOutcome(id: string, nonce: string, subjectDigest: string, outcome: Outcome): Item {
    const item = this.#known(id);
    if (item.state === 'writing') refuse('nonce_spent', 'Another request with this nonce is being recorded.');
    if (needsDecision(item)) {
      if (item.choice === undefined) refuse('not_claimed', 'This needs a decision before it can have an outcome.');
      const allowed = item.choice === 'approve' ? APPROVED : DENIED;
      if (!allowed.includes(outcome)) {
        refuse('forbidden', `After "${item.choice}" the outcome can only be ${allowed.join(' or ')}, not ${outcome}.`);
      }
    }
    this.#checkBinding(item, nonce, subjectDigest);
    item.state = 'writing';
    return item;
  }

  /** The entry could not be written: the item is as it was. */
  release(item: Item): void {
    item.state = item.choice !== undefined ? 'decided' : item.claimedBy !== undefined ? 'claimed' : 'assessed';
  }

  close(item: Item): void {
    item.state = 'closed';
    this.#items.delete(item.id);
    this.#closed.add(item.id);
    for (const oldest of this.#closed) {
      if (this.#closed.size <= MAX_CLOSED) break;
      this.#closed.delete(oldest);
    }
  }

  /**
   * Takes out what has waited too long or is beyond the bound, oldest first, and gives those that need
   * closing entries. A pass needs none: nothing was to be decided.
   */
  expire(everything = false): Item[] {
    const horizon = this.#now() - this.#limits.ageMs;
    const expired: Item[] = [];
    let excess = everything ? this.#items.size : this.#items.size - this.#limits.items;
    for (const item of this.#items.values()) {
      if (excess <= 0 && item.at >= horizon) break;
      excess -= 1;
      if (item.state === 'writing') continue;
      this.close(item);
      if (needsDecision(item)) expired.push(item);
    }
    return expired;
  }

  #known(id: string): Item {
    const item = this.#items.get(id);
    if (item !== undefined) return item;
    if (this.#closed.has(id)) refuse('nonce_spent', 'This assessment is closed: its decision and outcome are on record, or it expired.');
    return refuse('not_found', 'This verifier issued no such assessment; ask for a new one.');
  }

  #checkBinding(item: Item, nonce: string, subjectDigest: string): void {
    if (item.nonce !== nonce) refuse('nonce_spent', 'The nonce is not, or no longer, valid for this assessment.');
    if (item.subjectDigest !== subjectDigest) {
      refuse('subject_changed', 'These are not the bytes that were assessed: have the present text assessed again.');
    }
  }
}

function needsDecision(item: Item): boolean {
  return item.assessment.verdict !== 'pass';
}
