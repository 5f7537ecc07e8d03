import type { Verdict } from '../../../verifier/protocol/vocabulary.ts';
import type { LedgerReader } from '../ledgerReader.ts';

/** What the ledger says of one file from now on. */
export class FileRecord {
  readonly #ledger: LedgerReader;
  readonly #name: string;
  readonly #known: ReadonlySet<string>;

  constructor(ledger: LedgerReader, name: string) {
    this.#ledger = ledger;
    this.#name = name;
    this.#known = new Set(ledger.entries().map((entry) => entry.hash));
  }

  /**
   * The first verdict that was not a pass, and when it was recorded (milliseconds since the epoch). What is older
   * than `since` is about an earlier text: VS Code writes a large file in pieces.
   */
  assessed(timing: 'before' | 'after', since = 0): { verdict: Verdict; at: number } | undefined {
    for (const { event, time } of this.#news()) {
      if (event?.type !== 'assessment' || event.timing !== timing || event.verdict === 'pass') continue;
      const at = Date.parse(time);
      if (at >= since && event.subject.name?.endsWith(this.#name) === true) return { verdict: event.verdict, at };
    }
    return undefined;
  }

  /** What is said of a file that was written and could not be assessed. */
  gap(): string | undefined {
    for (const { event } of this.#news()) {
      if (event?.type === 'notice' && event.notice === 'coverage-gap' && event.detail.includes(this.#name)) return event.detail;
    }
    return undefined;
  }

  #news() {
    return this.#ledger.entries().filter((entry) => !this.#known.has(entry.hash));
  }
}
