import { randomUUID } from 'node:crypto';
import type { GateContext } from '../gates/gates.ts';
import type { Assessment, Finding, LayerReport, Layers } from '../protocol/assessment.ts';
import type { LedgerEvent } from '../protocol/ledgerEntry.ts';
import { SentinelError } from '../protocol/problem.ts';
import { subjectText } from '../protocol/subject.ts';
import { isCacheable, type VerdictCache } from './cache.ts';
import { inputsDigest, inputsKey, subjectDigest } from './inputs.ts';
import { type Concluded, type LayerOptions, type Running, runLayers } from './layers.ts';
import { newNonce, type PendingRegister } from './pending.ts';
import { redactedFields } from './recordedFields.ts';
import type { AssessmentRequest } from './request.ts';
import { unchanged } from './scripts.ts';
import type { Session } from './session.ts';
import type { SuppressionBook, SuppressionsAsked } from './suppressionBook.ts';

export interface AssessorOptions extends Omit<LayerOptions, 'lastPolicyDigest' | 'signal'> {
  readonly session: Session;
  readonly register: PendingRegister;
  readonly cache: VerdictCache;
  /** Without it no suppression counts. */
  readonly suppressions?: Pick<SuppressionBook, 'asked' | 'met'>;
}

const NO_SUPPRESSIONS: SuppressionsAsked = { problems: [] };

/** The one assessment that all doors use (law 8). Its entry is durable before it resolves (law 5). */
export class Assessor {
  readonly #options: AssessorOptions;
  readonly #closing = new AbortController();
  readonly #late = new Set<Promise<void>>();
  #lastSeen: { gates?: LayerReport; audit?: LayerReport } = {};

  constructor(options: AssessorOptions) {
    this.#options = options;
  }

  /** How each layer fared when it was last really asked. */
  get lastSeen(): { readonly gates?: LayerReport; readonly audit?: LayerReport } {
    return this.#lastSeen;
  }

  /**
   * Rejects with SentinelError `policies_invalid` where no policy set is valid, `ledger_failed` where
   * the entry could not be made durable: then there is no verdict. `gone`: nobody waits for an audit any more.
   */
  async assess(wanted: AssessmentRequest, gone?: AbortSignal): Promise<Assessment> {
    const started = performance.now();
    const { session, register, cache, gates, context } = this.#options;
    const digest = subjectDigest(wanted.subject);
    const { context: suppressions, problems } = await this.#suppressions(wanted);
    const asked = suppressions === undefined ? context : { ...context, suppressions };
    const { request, key } = await this.#affordable(wanted, asked);
    const [fields, { running, cached }] = await Promise.all([
      redactedFields(request, gates, context.workspaceRoots),
      this.#concluded(key, request, digest, asked, gone),
    ]);
    const { concluded } = running;
    const met = concluded.suppressions;
    if (met !== undefined) this.#options.suppressions?.met(met);
    const common = {
      verdict: concluded.verdict,
      layers: concluded.layers,
      policyDigest: concluded.policyDigest,
      inputsDigest: inputsDigest(key, concluded.policyDigest, concluded.scripts),
      cached,
    };
    const id = randomUUID();
    const [entry] = await session.record(
      [
        {
          type: 'assessment',
          session: session.id,
          assessmentId: id,
          ...fields.ids,
          source: request.source,
          depth: request.depth,
          timing: request.timing,
          subject: {
            kind: request.subject.kind,
            digest,
            bytes: Buffer.byteLength(subjectText(request.subject)),
            ...(fields.name === undefined ? {} : { name: fields.name }),
          },
          ...common,
          findings: concluded.findings.map(recorded),
          ...suppressedIn(met),
          ms: performance.now() - started,
        },
      ],
      concluded,
    );
    if (entry === undefined) throw new SentinelError('internal', 'The ledger gave no entry for what it recorded.');
    const assessment: Assessment = {
      id,
      nonce: newNonce(),
      requestId: request.requestId,
      time: entry.time,
      timing: request.timing,
      findings: concluded.findings,
      trace: concluded.trace,
      subjectDigest: digest,
      ...(met === undefined ? {} : { suppressions: [...met] }),
      ...scriptsIn(concluded.scripts),
      policyProblems: [...concluded.problems, ...problems],
      seq: entry.seq,
      ...common,
    };
    // Text that is still being edited waits for nobody: what is saved of it is another question.
    if (request.timing !== 'ahead') register.add(assessment, request.source, fields.name ?? request.subject.kind);
    if (running.late !== undefined) this.#recordLate(id, key, running.late);
    else if (!cached && isCacheable(concluded)) cache.set(key, concluded);
    return assessment;
  }

  /** The request with its key; with the gates alone where the caller would rather have that than wait for an audit. */
  async #affordable(request: AssessmentRequest, context: GateContext): Promise<{ request: AssessmentRequest; key: string }> {
    const { cache, gates } = this.#options;
    const keyed = async (one: AssessmentRequest) => ({
      request: one,
      key: inputsKey(one, { ...context, audit: await this.#auditKey(one) }),
    });
    const full = await keyed(request);
    if (request.orGates !== true || request.depth === 'gates') return full;
    const isKnown = cache.has(full.key) && cache.get(full.key, (await gates.policies()).policyDigest) !== undefined;
    return isKnown ? full : keyed({ ...request, depth: 'gates' });
  }

  /** Audits that may differ in their answer have different keys; reasons to have none count as well. */
  async #auditKey({ depth }: AssessmentRequest): Promise<string> {
    const { audit } = this.#options;
    if (depth === 'gates') return '';
    // Loading fails again, and is reported, where the audit is run.
    const auditor = await audit.auditor().catch(() => undefined);
    return auditor === undefined ? `off: ${audit.offBecause}` : `${auditor.model} ${auditor.configDigest}`;
  }

  #suppressions({ subject }: AssessmentRequest): SuppressionsAsked | Promise<SuppressionsAsked> {
    const { suppressions, context } = this.#options;
    return suppressions === undefined ? NO_SUPPRESSIONS : suppressions.asked(subject, context.workspaceRoots);
  }

  async #concluded(
    key: string,
    request: AssessmentRequest,
    digest: string,
    context: GateContext,
    gone: AbortSignal | undefined,
  ): Promise<{ running: Running; cached: boolean }> {
    const { cache, gates, session } = this.#options;
    if (cache.has(key)) {
      const status = await gates.policies();
      const known = cache.get(key, status.policyDigest);
      // A verdict about scripts counts for what they held when it was given.
      if (known !== undefined && (known.scripts === undefined || (await unchanged(known.scripts))))
        return { running: { concluded: { ...known, problems: status.problems } }, cached: true };
    }
    const running = await runLayers(request, digest, {
      ...this.#options,
      context,
      lastPolicyDigest: () => session.policyDigest,
      signal: gone === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, gone]),
    });
    // An audit that nobody wanted any more says nothing about the service.
    if (gone?.aborted !== true) this.#see(running.concluded.layers);
    return { running, cached: false };
  }

  #see({ gates, audit }: Layers): void {
    const asked = audit.state !== 'pending' && audit.state !== 'skipped';
    this.#lastSeen = asked ? { gates, audit } : { ...this.#lastSeen, gates };
  }

  #recordLate(assessmentId: string, key: string, late: Promise<Concluded>): void {
    const { session, register, cache, onError } = this.#options;
    const recording = late
      .then(async (concluded) => {
        const { findings, layers, trace } = concluded;
        this.#see(layers);
        if (isCacheable(concluded)) cache.set(key, concluded);
        const item = register.find(assessmentId);
        if (item !== undefined) item.assessment = { ...item.assessment, findings, layers, trace };
        const event: LedgerEvent = {
          type: 'late-layer',
          session: session.id,
          assessmentId,
          layer: 'audit',
          layers,
          findings: findings.filter((finding) => finding.layer === 'audit').map(recorded),
        };
        await session.record([event]);
      })
      .catch(onError)
      .finally(() => this.#late.delete(recording));
    this.#late.add(recording);
  }

  /** Ends audits that are still running and waits until what they came to is recorded. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#late);
  }
}

/** As the ledger keeps a finding: what to do instead is the policy's text and stays there. */
function recorded({ remediation: _kept, match: _local, ...finding }: Finding): Omit<Finding, 'remediation' | 'match'> {
  return finding;
}

/** The scripts that a door must find unchanged before it lets the subject through. */
function scriptsIn(scripts: Concluded['scripts'] = []): Pick<Assessment, 'scripts'> {
  const read = scripts.flatMap(({ path, digest, state }) => (digest === null && state !== 'missing' ? [] : [{ path, digest }]));
  return read.length === 0 ? {} : { scripts: read };
}

/** The findings that suppressions in force took out of the verdict, for the ledger. */
function suppressedIn(met: Concluded['suppressions']): Pick<Extract<LedgerEvent, { type: 'assessment' }>, 'suppressed'> {
  const active = (met ?? []).filter(({ state }) => state === 'active');
  if (active.length === 0) return {};
  return { suppressed: active.map(({ digest, ruleId, until, reason, line }) => ({ digest, ruleId, until, reason, line })) };
}
