import type { LedgerEvent } from '../protocol/ledgerEntry.ts';

type EventOf<T extends LedgerEvent['type']> = Extract<LedgerEvent, { type: T }>;
type Kept = Pick<EventOf<'assessment'>, 'session' | 'assessmentId' | 'verdict' | 'timing' | 'policyDigest' | 'inputsDigest'>;

/** An assessment whose story has not ended. */
export interface OpenItem extends Kept {
  readonly subjectDigest: string;
  readonly decided?: EventOf<'decision'>['choice'];
}

/** What an event breaks in the story so far. */
export interface StoryFault {
  readonly check: 'sessions' | 'binding' | 'single use';
  readonly message: string;
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
  /** Something was erased or forgotten, so that an unknown id or session proves nothing. */
  #gaps = false;

  /** The session that is open at this point. */
  get session(): string | undefined {
    return this.#session;
  }

  /** Assessments that still need a decision, and decisions that still need an outcome, oldest first. */
  unsettled(): OpenItem[] {
    return [...this.#waiting.values()];
  }

  /** Takes the next event, null where it was erased, and tells what it breaks. */
  apply(event: LedgerEvent | null): StoryFault | undefined {
    if (event === null) {
      this.#gaps = true;
      return undefined;
    }
    switch (event.type) {
      case 'genesis':
        return undefined;
      case 'session-open':
        return this.#open(event.session);
      case 'session-close':
        return this.#close(event);
      case 'assessment':
        return this.#inSession(event) ?? this.#assess(event);
      case 'decision':
        return this.#inSession(event) ?? this.#decide(event);
      case 'outcome':
        return this.#inSession(event) ?? this.#end(event);
      default:
        return this.#inSession(event);
    }
  }

  #inSession(event: { readonly session: string }): StoryFault | undefined {
    if (event.session === this.#session || this.#gaps) return undefined;
    return { check: 'sessions', message: `it belongs to session ${event.session}, which is not open here` };
  }

  #open(session: string): StoryFault | undefined {
    const before = this.#session;
    this.#session = session;
    if (before === undefined || this.#gaps) return undefined;
    return { check: 'sessions', message: `session ${session} opens while session ${before} is open` };
  }

  #close(event: EventOf<'session-close'>): StoryFault | undefined {
    const fault = this.#inSession(event);
    this.#session = undefined;
    if (fault !== undefined) return fault;
    const left = this.#waiting.size;
    return left === 0
      ? undefined
      : { check: 'sessions', message: `the session closes with ${left} assessment(s) neither decided nor closed` };
  }

  #assess(event: EventOf<'assessment'>): StoryFault | undefined {
    const { session, assessmentId, verdict, timing, policyDigest, inputsDigest } = event;
    const known = this.#waiting.has(assessmentId) || this.#passed.has(assessmentId);
    const item = { session, assessmentId, verdict, timing, policyDigest, inputsDigest, subjectDigest: event.subject.digest };
    if (verdict !== 'pass') this.#waiting.set(assessmentId, item);
    else this.#passed.set(assessmentId, item);
    if (this.#passed.size > PASSED_KEPT) {
      for (const oldest of this.#passed.keys()) {
        this.#passed.delete(oldest);
        break;
      }
      this.#gaps = true;
    }
    return known ? { check: 'single use', message: `assessment ${assessmentId} is recorded twice` } : undefined;
  }

  #find(assessmentId: string): OpenItem | StoryFault | undefined {
    const item = this.#waiting.get(assessmentId) ?? this.#passed.get(assessmentId);
    if (item !== undefined || this.#gaps) return item;
    return { check: 'single use', message: `no open assessment ${assessmentId} comes before it: never assessed, or already ended` };
  }

  #decide(event: EventOf<'decision'>): StoryFault | undefined {
    const item = this.#find(event.assessmentId);
    if (item === undefined || 'check' in item) return item;
    if (item.decided !== undefined) return { check: 'single use', message: `assessment ${event.assessmentId} is decided twice` };
    this.#passed.delete(event.assessmentId);
    this.#waiting.set(event.assessmentId, { ...item, decided: event.choice });
    const differs = (['subjectDigest', 'policyDigest', 'inputsDigest', 'verdict'] as const).filter((field) => event[field] !== item[field]);
    if (differs.length === 0) return undefined;
    return { check: 'binding', message: `the decision is bound to another ${differs.join(', ')} than assessment ${event.assessmentId}` };
  }

  #end(event: EventOf<'outcome'>): StoryFault | undefined {
    const item = this.#find(event.assessmentId);
    if (item === undefined || 'check' in item) return item;
    this.#waiting.delete(event.assessmentId);
    this.#passed.delete(event.assessmentId);
    const tookEffect = event.outcome !== 'withheld' && event.outcome !== 'failed';
    if (event.subjectDigest !== item.subjectDigest) {
      return { check: 'binding', message: `the outcome is about another subject than assessment ${event.assessmentId}` };
    }
    if (!tookEffect || item.timing === 'after' || item.decided === 'approve' || (item.verdict === 'pass' && item.decided === undefined)) {
      return undefined;
    }
    return { check: 'binding', message: `the subject of assessment ${event.assessmentId} took effect without an approval` };
  }
}
