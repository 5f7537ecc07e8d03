import { z } from 'zod';
import { compareFindings } from '../protocol/assessment.ts';
import type { History, HistoryGap, HistoryItem, HistoryQuery } from '../protocol/history.ts';
import { LedgerEntry, type LedgerEvent } from '../protocol/ledgerEntry.ts';
import { linesNewestFirst } from './newestFirst.ts';

type EventOf<T extends LedgerEvent['type']> = Extract<LedgerEvent, { type: T }>;

/** What was read of an assessment's story before the assessment itself: a chain is read from its end. */
interface Later {
  decision?: HistoryItem['decision'];
  outcome?: HistoryItem['outcome'];
  layers: EventOf<'late-layer'>[];
}

/** A question about "today" must not read a whole year where nothing is old enough to end it. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * What became of what was assessed, read from the files of one chain (oldest file first). Nothing is checked: that
 * is `sentinel ledger verify`. An entry that is erased, damaged or of a newer format is counted and passed over.
 * Rejects with the system's error where a file can't be read.
 */
export async function readHistory(files: readonly string[], query: HistoryQuery): Promise<History> {
  const reading = new Reading(query);
  let bytes = 0;
  for (const file of files.toReversed()) {
    for await (const batch of linesNewestFirst(file)) {
      for (const line of batch) {
        bytes += line.length;
        if (bytes > MAX_BYTES) reading.complete = false;
        if (!reading.take(line) || !reading.complete) return reading.result();
      }
    }
  }
  return reading.result();
}

/** As much of an entry as tells a check that passed: nearly all are, and need no closer reading to be counted. */
const Passed = z.object({
  time: z.string(),
  event: z.object({
    type: z.literal('assessment'),
    assessmentId: z.string(),
    verdict: z.literal('pass'),
    timing: z.enum(['before', 'ahead']),
  }),
});

/** Joins entries that come newest first. */
class Reading {
  readonly #query: HistoryQuery;
  readonly #since: string;
  readonly #later = new Map<string, Later>();
  readonly #items: HistoryItem[] = [];
  readonly #gaps: HistoryGap[] = [];
  #passed = 0;
  #unreadable = 0;
  complete = true;

  constructor(query: HistoryQuery) {
    this.#query = query;
    // Entries have one form of time, so that texts compare like times.
    this.#since = query.since === undefined ? '' : new Date(query.since).toISOString();
  }

  /** False where nothing older is asked for. */
  take(line: Uint8Array): boolean {
    const json = parsed(line);
    const passed = this.#query.only === 'noteworthy' ? Passed.safeParse(json).data : undefined;
    if (passed !== undefined && passed.time >= this.#since && !this.#later.get(passed.event.assessmentId)?.layers.length) {
      this.#later.delete(passed.event.assessmentId);
      this.#passed += 1;
      return true;
    }
    const entry = LedgerEntry.safeParse(json).data;
    if (entry === undefined) {
      this.#unreadable += 1;
      return true;
    }
    if (entry.time < this.#since) return false;
    if (entry.event === null) this.#unreadable += 1;
    else this.#tell(entry, entry.event);
    return true;
  }

  result(): History {
    return { items: this.#items, gaps: this.#gaps, passed: this.#passed, unreadable: this.#unreadable, complete: this.complete };
  }

  #tell({ seq, time }: LedgerEntry, event: LedgerEvent): void {
    if (event.type === 'notice') this.#gap({ seq, time, what: event.notice, detail: event.detail });
    if (event.type === 'unassessed') {
      const name = event.subject.name === undefined ? '' : ` ${event.subject.name}`;
      this.#gap({ seq, time, what: 'let-go', detail: `${event.action}${name} by ${event.by.name}: ${event.reason} (${event.why})` });
    }
    if (event.type === 'suppression') {
      const what = event.action === 'accept' ? 'suppression-accepted' : 'suppression-withdrawn';
      this.#gap({ seq, time, what, detail: `${event.ruleId} in ${event.name} until ${event.until}: ${event.reason}` });
    }
    if (event.type === 'outcome') {
      const { outcome, detail } = event;
      this.#of(event.assessmentId).outcome = { outcome, time, ...(detail === undefined ? {} : { detail }) };
    }
    if (event.type === 'decision') {
      const { choice, by, reason, cause } = event;
      this.#of(event.assessmentId).decision = { choice, by, cause, time, seq, ...(reason === undefined ? {} : { reason }) };
    }
    if (event.type === 'late-layer') this.#of(event.assessmentId).layers.push(event);
    if (event.type === 'assessment') this.#assessment(seq, time, event);
  }

  #assessment(seq: number, time: string, event: EventOf<'assessment'>): void {
    const later = this.#of(event.assessmentId);
    this.#later.delete(event.assessmentId);
    const findings = [...event.findings, ...later.layers.flatMap((late) => late.findings)].sort(compareFindings);
    const passed = event.verdict === 'pass' && event.timing !== 'after' && findings.every(({ isNew }) => !isNew);
    if (passed) this.#passed += 1;
    if (passed && this.#query.only === 'noteworthy') return;
    if (this.#items.length >= this.#query.limit) {
      this.complete = false;
      return;
    }
    const { assessmentId, source, verdict, timing, unassessed, subject } = event;
    this.#items.push({
      ...{ seq, assessmentId, time, source, kind: subject.kind, verdict, timing },
      ...(subject.name === undefined ? {} : { subjectName: subject.name }),
      ...(unassessed === undefined ? {} : { unassessed }),
      // The first that was met is the latest that was recorded.
      layers: later.layers[0]?.layers ?? event.layers,
      ruleIds: [...new Set(findings.map(({ ruleId }) => ruleId))],
      ...(findings[0] === undefined ? {} : { message: findings[0].message }),
      ...(later.decision === undefined ? {} : { decision: later.decision }),
      ...(later.outcome === undefined ? {} : { outcome: later.outcome }),
    });
  }

  #gap(gap: HistoryGap): void {
    if (this.#gaps.length < this.#query.limit) this.#gaps.push(gap);
    else this.complete = false;
  }

  #of(assessmentId: string): Later {
    const known = this.#later.get(assessmentId);
    if (known !== undefined) return known;
    const made: Later = { layers: [] };
    this.#later.set(assessmentId, made);
    return made;
  }
}

function parsed(line: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}
