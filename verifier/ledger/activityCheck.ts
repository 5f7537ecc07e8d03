import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import type { Found } from './tallies.ts';

/** A verifier that has nothing to say says so every quarter of an hour; one beat may be late. */
const SILENCE_MS = 31 * 60_000;
/** Sessions that are remembered, so that memory stays bounded. */
const SPANS_KEPT = 20_000;

/** When a session was open. */
export interface SessionSpan {
  readonly session: string;
  readonly from: string;
  readonly to: string;
}

/** How long something took, in the two largest units. */
export function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const parts: [number, string][] = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ];
  const from = Math.max(
    0,
    parts.findIndex(([count]) => count > 0),
  );
  const said = minutes === 0 ? [[Math.round(ms / 1000), 's'] as const] : parts.slice(from, from + 2);
  return said.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

const between = (from: string, to: string): number => Date.parse(to) - Date.parse(from);

/** Follows whether somebody watched: sessions, their beats, the guard's own switch, and the policies in force. */
export class ActivityCheck {
  readonly spans: SessionSpan[] = [];
  /** Digests of all policies that were in force. */
  readonly policies = new Set<string>();
  readonly #report: (found: Found) => void;
  #last: LedgerEntry | undefined;
  #session: { readonly id: string; readonly from: string } | undefined;
  #offSince: LedgerEntry | undefined;
  #policy: string | undefined;

  constructor(report: (found: Found) => void) {
    this.#report = report;
  }

  take(entry: LedgerEntry): void {
    const last = this.#last;
    this.#last = entry;
    const { event, seq, time } = entry;
    if (last !== undefined && this.#session !== undefined && between(last.time, time) > SILENCE_MS) {
      const message = `nothing for ${duration(between(last.time, time))} in an open session: the machine slept, the verifier was killed, or entries were never made`;
      this.#note('heartbeats', seq, message);
    }
    switch (event?.type) {
      case 'session-open':
        this.#session = { id: event.session, from: time };
        this.#policyNow(event.policyDigest);
        break;
      case 'session-close':
        this.#close(entry, event.reason);
        break;
      case 'policy-change':
        this.#policyNow(event.to);
        break;
      case 'assessment':
        this.policies.add(event.policyDigest);
        if (this.#policy !== undefined && event.policyDigest !== this.#policy)
          this.#note('policy digests', seq, `it was judged by policies ${event.policyDigest}, while ${this.#policy} were in force`);
        break;
      case 'notice':
        this.#notice(entry, event.notice);
        break;
    }
  }

  finish(): void {
    const { time, seq } = this.#last ?? {};
    if (this.#session !== undefined && time !== undefined) this.#span(this.#session, time);
    if (this.#offSince !== undefined && seq !== undefined)
      this.#note('guard on', this.#offSince.seq, `the guard was switched off at ${this.#offSince.time}, and not on again since`);
  }

  #policyNow(digest: string): void {
    this.#policy = digest;
    this.policies.add(digest);
  }

  #close({ seq, time }: LedgerEntry, reason: 'clean' | 'recovered'): void {
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) this.#span(session, time);
    if (reason === 'recovered')
      this.#note('session gaps', seq, 'the session was broken off: what came between its last own entry and this one is not known');
  }

  #span({ id, from }: { readonly id: string; readonly from: string }, to: string): void {
    if (this.spans.length < SPANS_KEPT) this.spans.push({ session: id, from, to });
  }

  #notice(entry: LedgerEntry, notice: string): void {
    if (notice === 'guard-off') this.#offSince ??= entry;
    if (notice !== 'guard-on' || this.#offSince === undefined) return;
    const { seq, time } = this.#offSince;
    this.#offSince = undefined;
    this.#note('guard on', seq, `the guard was switched off at ${time} for ${duration(between(time, entry.time))}`);
  }

  #note(check: Found['check'], seq: number, message: string): void {
    this.#report({ check, result: 'noted', seq, message });
  }
}
