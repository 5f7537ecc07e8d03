import { randomUUID } from 'node:crypto';
import { Assessor } from '../../verifier/assessment/assessor.ts';
import { VerdictCache } from '../../verifier/assessment/cache.ts';
import { Decisions } from '../../verifier/assessment/decisions.ts';
import { type Limits, PendingRegister } from '../../verifier/assessment/pending.ts';
import type { GateAnswer, GatesPort, PolicyStatus } from '../../verifier/assessment/ports.ts';
import type { AssessmentRequest } from '../../verifier/assessment/request.ts';
import { Session } from '../../verifier/assessment/session.ts';
import type { Auditor, AuditRequest, AuditResult } from '../../verifier/audit/auditor.ts';
import type { Ledger } from '../../verifier/ledger/ledger.ts';
import type { Finding } from '../../verifier/protocol/assessment.ts';
import type { Person } from '../../verifier/protocol/decision.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { LedgerEntry, type LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { SentinelError } from '../../verifier/protocol/problem.ts';
import { type Subject, subjectText } from '../../verifier/protocol/subject.ts';
import type { Verdict } from '../../verifier/protocol/vocabulary.ts';

export const PERSON: Person = { name: 'Ada Lovelace <ada@example.org>', source: 'git-global' };
export const POLICIES = sha256('policies as they are');
export const OTHER_POLICIES = sha256('policies as they are after an edit');

export function finding(ruleId: string, layer: 'gates' | 'audit', verdict: 'review' | 'block'): Finding {
  return {
    ruleId,
    policy: ruleId.split('.')[0] ?? ruleId,
    layer,
    severity: 'high',
    verdict,
    message: `${ruleId} was found here`,
    remediation: 'do something safer',
    evidence: { excerpt: 'the line', digest: sha256(ruleId) },
    isNew: true,
  };
}

/** Gates that say what they are told to, and count what they are asked. */
export class SaidGates implements GatesPort {
  verdict: Verdict = 'pass';
  policyDigest = POLICIES;
  problems: string[] = [];
  failure: Error | undefined;
  redactFailure: Error | undefined;
  /** What counts as a secret here. */
  secret = 'open-sesame';
  assessed: Subject[] = [];
  /** The answer waits for this, when it is set. */
  gate: Promise<void> | undefined;

  async policies(): Promise<PolicyStatus> {
    this.#failIfInvalid();
    const prose = [{ name: 'sample', title: 'Sample', prose: 'Do no harm.', trusted: true }];
    return { policyDigest: this.policyDigest, problems: this.problems, prose };
  }

  async assess(subject: Subject): Promise<GateAnswer> {
    this.assessed.push(subject);
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    const { verdict, policyDigest, problems } = this;
    const findings = verdict === 'pass' ? [] : [finding('sample.rule', 'gates', verdict)];
    return { verdict, findings, trace: [], steps: subjectText(subject).length, policyDigest, problems, ms: 1 };
  }

  async redact(texts: readonly string[]): Promise<string[]> {
    if (this.redactFailure !== undefined) throw this.redactFailure;
    return texts.map((text) => text.replaceAll(this.secret, '‹redacted:sample›'));
  }

  #failIfInvalid(): void {
    if (this.failure instanceof SentinelError && this.failure.code === 'policies_invalid') throw this.failure;
  }
}

/** An auditor that gives the result it is told to, when it is let. */
export class SaidAuditor implements Auditor {
  readonly model = 'stand-in';
  configDigest = sha256('auditor');
  result: AuditResult = { state: 'ran', verdict: 'pass', findings: [], dropped: [], model: 'stand-in', ms: 5 };
  asked: AuditRequest[] = [];
  gate: Promise<void> | undefined;

  async audit(request: AuditRequest, signal: AbortSignal): Promise<AuditResult> {
    this.asked.push(request);
    await Promise.race([this.gate, new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))]);
    return signal.aborted ? { state: 'unavailable', why: 'cancelled', ms: 1 } : this.result;
  }

  says(verdict: Verdict): void {
    const findings = verdict === 'pass' ? [] : [finding('sample.audit', 'audit', verdict)];
    this.result = { state: 'ran', verdict, findings, dropped: [], model: 'stand-in', ms: 5 };
  }
}

/** A ledger in memory: what is in `entries` is what would be on disk. */
export class MemoryLedger implements Ledger {
  readonly chain = randomUUID();
  readonly file = 'memory';
  readonly recovery = { tornBytes: 0, closedItems: 0 };
  readonly entries: LedgerEntry[] = [];
  failure: Error | undefined;
  closed = false;
  /** Appends wait for this, when it is set. */
  gate: Promise<void> | undefined;
  readonly #listeners = new Set<(entry: LedgerEntry) => void>();

  get seq(): number {
    return this.entries.length - 1;
  }

  async append(event: LedgerEvent): Promise<LedgerEntry> {
    const [entry] = await this.appendAll([event]);
    if (entry === undefined) throw new Error('nothing appended');
    return entry;
  }

  /** How often content was to be erased. */
  erasures = 0;

  async erase(): Promise<number> {
    this.erasures += 1;
    return 0;
  }

  async appendAll(events: readonly LedgerEvent[]): Promise<LedgerEntry[]> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    return events.map((event) => {
      const seq = this.entries.length;
      const hash = sha256(JSON.stringify([seq, event]));
      const prev = this.entries.at(-1)?.hash ?? '0'.repeat(64);
      const time = new Date().toISOString();
      // Parsed, so that an event which the format does not allow fails here as it would in a checker.
      const entry = LedgerEntry.parse({
        v: 1,
        chain: this.chain,
        seq,
        time,
        prev,
        key: null,
        content: hash,
        hash,
        salt: '0'.repeat(32),
        event,
      });
      this.entries.push(entry);
      for (const listener of this.#listeners) listener(entry);
      return entry;
    });
  }

  onEntry(listener: (entry: LedgerEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** The entry of an unassessed action. */
  recorded(id: string): LedgerEntry | undefined {
    return this.entries.find(({ event }) => event?.type === 'unassessed' && event.id === id);
  }

  events<T extends LedgerEvent['type']>(type: T): Extract<LedgerEvent, { type: T }>[] {
    return this.entries.flatMap(({ event }) => (event !== null && isOf(event, type) ? [event] : []));
  }
}

function isOf<T extends LedgerEvent['type']>(event: LedgerEvent, type: T): event is Extract<LedgerEvent, { type: T }> {
  return event.type === type;
}

export interface Bench {
  readonly gates: SaidGates;
  readonly auditor: SaidAuditor;
  readonly ledger: MemoryLedger;
  readonly session: Session;
  readonly register: PendingRegister;
  readonly cache: VerdictCache;
  readonly assessor: Assessor;
  readonly decisions: Decisions;
  readonly errors: unknown[];
  readonly clock: { now: number };
}

/** The real assessment over stand-ins for its ports. */
export async function bench(options: { audit?: boolean; limits?: Limits; cacheBytes?: number } = {}): Promise<Bench> {
  const gates = new SaidGates();
  const auditor = new SaidAuditor();
  const ledger = new MemoryLedger();
  const clock = { now: Date.now() };
  const register = new PendingRegister(() => clock.now, options.limits);
  const cache = new VerdictCache(options.cacheBytes ?? 1024 * 1024);
  const session = new Session({
    ledger,
    person: PERSON,
    audit: { state: 'on', model: 'stand-in' },
    pending: () => register.waiting().length,
  });
  const errors: unknown[] = [];
  const configured = options.audit ?? true;
  const assessor = new Assessor({
    session,
    register,
    cache,
    gates,
    audit: { auditor: async () => (configured ? auditor : undefined), offBecause: 'no key was given' },
    context: { workspaceRoots: ['/home/ada/project'], home: '/home/ada' },
    onError: (error) => errors.push(error),
  });
  await session.open(gates.policies());
  return { gates, auditor, ledger, session, register, cache, assessor, decisions: new Decisions(register, session, gates), errors, clock };
}

export function ask(changes: Partial<AssessmentRequest> = {}): AssessmentRequest {
  return {
    purpose: 'output',
    requestId: 'request-1',
    sessionId: 'window-1',
    source: 'http',
    subject: { kind: 'command', text: 'ls -l' },
    references: [],
    depth: 'full',
    timing: 'before',
    ...changes,
  };
}

/** A promise and the function that resolves it. */
export function latch(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}
