import type { LedgerEvent } from '../protocol/ledgerEntry.ts';

type EventOf<T extends LedgerEvent['type']> = Extract<LedgerEvent, { type: T }>;
type Kept = Pick<EventOf<'assessment'>, 'session' | 'assessmentId' | 'verdict' | 'timing' | 'policyDigest' | 'inputsDigest'>;

/** An assessment whose story has not ended. */
export interface OpenItem extends Kept {
  readonly subjectDigest: string;
  readonly decided?: EventOf<'decision'>['choice'];
}

/** What an event breaks in the story so far. Not `certain` where something erased or forgotten may explain it. */
export interface StoryFault {
  readonly check: 'sessions' | 'binding' | 'single use';
  readonly message: string;
  readonly certain: boolean;
}

/** Passed assessments may go without decision and outcome for ever; only the latest so many are remembered. */
const PASSED_KEPT = 20_000;

/**
 * Follows sessions, assessments, decisions and outcomes through one chain. Memory is bounded: an item
 * is forgotten when its outcome has come, and anything later about it is then a fault.
 */
export class ChainStory {
  /** Assessments that need a decision or an outcome. */
  readonly #waiting = new Map<string, OpenItem>();
  readonly #passed = new Map<string, OpenItem>();
  #session: string | undefined;
  /** Something that was said is not known here: erased, of a newer version, or in a file that was not read. */
  #erased: boolean;
  #forgotten = false;

  /** @param partial true where the story does not begin with the chain */
  constructor(partial = false) {
    this.#erased = partial;
  }

  /** The session that is open at this point. */
  get session(): string | undefined {
    return this.#session;
  }

  /** Assessments that still need a decision, and decisions that still need an outcome, oldest first. */
  unsettled(): OpenItem[] {
    return [...this.#waiting.values()];
  }

  /** Takes the next event, null where it was erased or is not known here, and tells what it breaks. */
  apply(event: LedgerEvent | null): StoryFault | undefined {
    if (event === null) {
      this.#erased = true;
      return undefined;
    }
    switch (event.type) {
      case 'genesis':
      case 'signing-key':
      case 'key-rotation':
        return undefined;
      case 'session-open':
        return this.#open(event.session);
      case 'session-close':
        return this.#close(event);
      default: {
        // What strays is still followed: recovery must close it all the same.
        const stray = this.#inSession(event);
        const broken = this.#follow(event);
        return stray ?? broken;
      }
    }
  }

  #follow(event: LedgerEvent): StoryFault | undefined {
    if (event.type === 'assessment') return this.#assess(event);
    if (event.type === 'decision') return this.#decide(event);
    return event.type === 'outcome' ? this.#end(event) : undefined;
  }

  #fault(check: StoryFault['check'], message: string, certain = !this.#erased): StoryFault {
    return { check, message, certain };
  }

  #inSession(event: { readonly session: string }): StoryFault | undefined {
    if (event.session === this.#session) return undefined;
    return this.#fault('sessions', `it belongs to session ${event.session}, which is not open here`);
  }

  #open(session: string): StoryFault | undefined {
    const before = this.#session;
    this.#session = session;
    return before === undefined ? undefined : this.#fault('sessions', `session ${session} opens while session ${before} is open`);
  }

  #close(event: EventOf<'session-close'>): StoryFault | undefined {
    const stray = this.#inSession(event);
    const left = this.#waiting.size;
    this.#session = undefined;
    this.#waiting.clear();
    this.#passed.clear();
    if (stray !== undefined || left === 0) return stray;
    return this.#fault('sessions', `the session closes with ${left} assessment(s) neither decided nor closed`);
  }

  #assess(event: EventOf<'assessment'>): StoryFault | undefined {
    const { session, assessmentId, verdict, timing, policyDigest, inputsDigest } = event;
    // Of text that was still being edited nothing took effect: no decision and no outcome may follow.
    if (timing === 'ahead') return undefined;
    const known = this.#waiting.has(assessmentId) || this.#passed.has(assessmentId);
    const item = { session, assessmentId, verdict, timing, policyDigest, inputsDigest, subjectDigest: event.subject.digest };
    (verdict === 'pass' ? this.#passed : this.#waiting).set(assessmentId, item);
    const oldest = this.#passed.size > PASSED_KEPT ? this.#passed.keys().next().value : undefined;
    if (oldest !== undefined) this.#forgotten = this.#passed.delete(oldest);
    return known ? this.#fault('single use', `assessment ${assessmentId} is recorded twice`, true) : undefined;
  }

  #find(assessmentId: string): OpenItem | StoryFault {
    const item = this.#waiting.get(assessmentId) ?? this.#passed.get(assessmentId);
    const message = `no open assessment ${assessmentId} comes before it: never assessed, or already ended`;
    return item ?? this.#fault('single use', message, !this.#erased && !this.#forgotten);
  }

  #decide(event: EventOf<'decision'>): StoryFault | undefined {
    const item = this.#find(event.assessmentId);
    if ('check' in item) return item;
    if (item.decided !== undefined) return this.#fault('single use', `assessment ${event.assessmentId} is decided twice`, true);
    this.#passed.delete(event.assessmentId);
    this.#waiting.set(event.assessmentId, { ...item, decided: event.choice });
    const differs = (['subjectDigest', 'policyDigest', 'inputsDigest', 'verdict'] as const).filter((field) => event[field] !== item[field]);
    if (differs.length === 0) return undefined;
    return this.#fault('binding', `the decision is bound to another ${differs.join(', ')} than assessment ${event.assessmentId}`, true);
  }

  #end(event: EventOf<'outcome'>): StoryFault | undefined {
    const item = this.#find(event.assessmentId);
    if ('check' in item) return item;
    this.#waiting.delete(event.assessmentId);
    this.#passed.delete(event.assessmentId);
    if (event.subjectDigest !== item.subjectDigest) {
      return this.#fault('binding', `the outcome is about another subject than assessment ${event.assessmentId}`, true);
    }
    const tookEffect = event.outcome !== 'withheld' && event.outcome !== 'failed';
    const allowed = item.decided === 'approve' || (item.verdict === 'pass' && item.decided === undefined);
    if (!tookEffect || allowed || item.timing === 'after') return undefined;
    const certain = !this.#erased || item.decided === 'deny';
    return this.#fault('binding', `the subject of assessment ${event.assessmentId} took effect without an approval`, certain);
  }
}
