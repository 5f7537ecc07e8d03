import type { LedgerEntry, LedgerEvent } from '../../../verifier/protocol/ledgerEntry.ts';
import { type Clock, wait } from '../ports.ts';
import type { SelfTestScript } from './script.ts';

type EventOf<T extends LedgerEvent['type']> = Extract<LedgerEvent, { type: T }>;
export type AssessmentEvent = EventOf<'assessment'>;

const LOOK_EVERY_MS = 20;

/** The self-test's own entries, as the verifier tells them once they are on the disk. */
export class OwnRecord {
  readonly assessments: AssessmentEvent[] = [];
  readonly #mark: string;
  readonly #script: SelfTestScript;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #decisions = new Map<string, EventOf<'decision'>>();
  readonly #outcomes = new Map<string, EventOf<'outcome'>>();

  constructor(parts: { mark: string; script: SelfTestScript; clock: Clock; signal: AbortSignal }) {
    this.#mark = parts.mark;
    this.#script = parts.script;
    this.#clock = parts.clock;
    this.#signal = parts.signal;
  }

  note({ event }: LedgerEntry): void {
    if (event?.type === 'assessment' && this.#isOwn(event)) this.assessments.push(event);
    if (event?.type === 'decision') this.#decisions.set(event.assessmentId, event);
    if (event?.type === 'outcome') this.#outcomes.set(event.assessmentId, event);
  }

  decisionOn(assessmentId: string): EventOf<'decision'> | undefined {
    return this.#decisions.get(assessmentId);
  }

  outcomeOf(assessmentId: string): EventOf<'outcome'> | undefined {
    return this.#outcomes.get(assessmentId);
  }

  /** Of a text, by its digest. */
  ofDigest(digest: string): AssessmentEvent[] {
    return this.assessments.filter(({ subject }) => subject.digest === digest);
  }

  /** Of a file, by the random name that it has. */
  ofFile(name: string): AssessmentEvent[] {
    return this.assessments.filter(({ subject }) => subject.name?.endsWith(name) === true);
  }

  /** Those that were not let through by themselves. */
  get held(): AssessmentEvent[] {
    return this.assessments.filter(({ verdict }) => verdict !== 'pass');
  }

  /** Asks again until there is an answer, at most for `ms`, and not once the self-test is stopped; undefined where there never was one. */
  async until<T>(ask: () => T | undefined, ms: number): Promise<T | undefined> {
    const end = this.#clock.now() + ms;
    for (;;) {
      const answer = ask();
      if (answer !== undefined || this.#clock.now() >= end || this.#signal.aborted) return answer;
      await wait(this.#clock, LOOK_EVERY_MS);
    }
  }

  #isOwn({ sessionId, subject }: AssessmentEvent): boolean {
    return sessionId === this.#mark || this.#script.isOwnDigest(subject.digest) || subject.name?.includes(this.#mark) === true;
  }
}
