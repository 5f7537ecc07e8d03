import type { CheckName, CheckResult, Tampering } from './verifyReport.ts';

/** Where something was found. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

type Tally = { -readonly [K in keyof CheckResult]: CheckResult[K] };

/** What the checks of one chain found: of each how often, and where first. */
export class Tallies {
  readonly #found = new Map<CheckName, Tally>();

  add(check: CheckName, result: 'failed' | 'noted', place: Place, seq: number | null, message: string): void {
    const tally = this.#found.get(check);
    if (tally === undefined || (result === 'failed' && tally.result === 'noted')) {
      this.#found.set(check, { check, result, count: 1, first: { ...place, seq, message } });
    } else if (result === tally.result) tally.count += 1;
  }

  /** A result for each check, `held` where nothing was found. */
  results(checks: readonly CheckName[]): CheckResult[] {
    return checks.map((check) => this.#found.get(check) ?? { check, result: 'held', count: 0 });
  }
}

/** Something that a check found. `tampering` is what was done there, where that shows. */
export interface Found {
  readonly check: CheckName;
  readonly result: 'failed' | 'noted';
  readonly seq: number | null;
  readonly message: string;
  /** The line, counted through all files of the chain, or the place in another file. Without it: the line that is being read. */
  readonly at?: number | Place;
  readonly kind?: Tampering['kind'];
}
