import { entryLine, NO_ENTRY, sealEntry } from '../../verifier/ledger/entry.ts';
import type { LedgerEntry, LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';

export const CHAIN = '5f0c8a52-6d4b-4c1e-9a37-2b1d7e4f9c60';
export const SESSION = '0b9f5e1a-3c7d-4e2f-8a6b-1d2c3e4f5a6b';
const PERSON = { name: 'Ada Example', source: 'os-user' } as const;
const digest = (digit: string): string => digit.repeat(64);

type EventOf<T extends LedgerEvent['type']> = Extract<LedgerEvent, { type: T }>;

export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const genesis: EventOf<'genesis'> = {
  type: 'genesis',
  product: 'Sentinel AI Guard',
  version: '0.1.0',
  protocol: 1,
  platform: 'linux-x64',
};

export function sessionOpen(session = SESSION): EventOf<'session-open'> {
  const audit = { state: 'off', why: 'no key is set' } as const;
  return { type: 'session-open', session, person: PERSON, policyDigest: digest('a'), audit, recovered: { tornBytes: 0, closedItems: 0 } };
}

export function sessionClose(session = SESSION): EventOf<'session-close'> {
  return { type: 'session-close', session, reason: 'clean' };
}

export function heartbeat(assessments = 0, session = SESSION): EventOf<'heartbeat'> {
  return { type: 'heartbeat', session, assessments, pending: 0 };
}

export function assessment(
  n: number,
  verdict: 'pass' | 'review' | 'block',
  more: Partial<EventOf<'assessment'>> = {},
): EventOf<'assessment'> {
  const message = 'Deletes the whole file system: ü, €, 😀';
  const evidence = { excerpt: 'rm -rf /', digest: digest('e') };
  const finding = {
    ruleId: 'destructive-operations.recursive-delete',
    policy: 'destructive-operations',
    layer: 'gates',
    severity: 'critical',
  } as const;
  const findings =
    verdict === 'pass' ? [] : [{ ...finding, verdict, message, evidence, location: { startLine: 1, endLine: 1 }, isNew: true }];
  return {
    ...{
      type: 'assessment',
      session: SESSION,
      assessmentId: uuid(n),
      requestId: `r${n}`,
      sessionId: 'chat-1',
      source: 'chat',
      depth: 'full',
    },
    ...{ timing: 'before', subject: { kind: 'command', digest: digest('d'), bytes: 8 }, verdict, findings },
    layers: { gates: { state: 'ran', ms: 0.25 }, audit: { state: 'off', why: 'no key is set', ms: 0 } },
    ...{ policyDigest: digest('a'), inputsDigest: digest('b'), cached: false, ms: 0.5 },
    ...more,
  };
}

export function decision(n: number, choice: 'approve' | 'deny', more: Partial<EventOf<'decision'>> = {}): EventOf<'decision'> {
  return {
    ...{ type: 'decision', session: SESSION, assessmentId: uuid(n), choice, by: PERSON, subjectDigest: digest('d') },
    ...{ policyDigest: digest('a'), inputsDigest: digest('b'), verdict: 'block', cause: 'person' },
    ...more,
  };
}

export function outcome(n: number, what: EventOf<'outcome'>['outcome'], more: Partial<EventOf<'outcome'>> = {}): EventOf<'outcome'> {
  return { type: 'outcome', session: SESSION, assessmentId: uuid(n), outcome: what, subjectDigest: digest('d'), ...more };
}

/** One session with a pass, a denial, an approval with a reason, and a clean end: 12 entries. */
export function sampleEvents(): LedgerEvent[] {
  return [
    ...[genesis, sessionOpen(), assessment(1, 'pass'), outcome(1, 'shown')],
    ...[assessment(2, 'block'), decision(2, 'deny'), outcome(2, 'withheld'), heartbeat(2)],
    ...[assessment(3, 'block'), decision(3, 'approve', { reason: 'a throw-away machine' }), outcome(3, 'ran'), sessionClose()],
  ];
}

/** Seals events into a chain with times and salts that are always the same. */
export function sealChain(events: readonly LedgerEvent[], chain = CHAIN): LedgerEntry[] {
  let prev = NO_ENTRY;
  return events.map((event, seq) => {
    const time = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6) + seq * 1000).toISOString();
    const { entry } = sealEntry({ chain, seq, time, prev, key: null }, event, seq.toString(16).padStart(32, '0'));
    prev = entry.hash;
    return entry;
  });
}

/** Makes an entry's digests anew after it was changed, as someone who holds the file can. */
export function reseal(entry: LedgerEntry): LedgerEntry {
  if (entry.event === null || entry.salt === null) throw new Error('an erased entry has nothing to seal');
  return sealEntry(entry, entry.event, entry.salt).entry;
}

export function fileText(entries: readonly LedgerEntry[]): string {
  return entries.map((entry) => `${entryLine(entry)}\n`).join('');
}
