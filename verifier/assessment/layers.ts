import type { GateContext } from '../gates/gates.ts';
import { compareFindings, type Finding, type LayerReport, type Layers, type TraceLine } from '../protocol/assessment.ts';
import type { MetSuppression } from '../protocol/suppression.ts';
import { graver, type Verdict } from '../protocol/vocabulary.ts';
import { type AuditLayer, type AuditSource, runAudit } from './auditLayer.ts';
import { type GateLayer, runGates } from './gateLayer.ts';
import type { GatesPort } from './ports.ts';
import type { AssessmentRequest } from './request.ts';
import { mayRunScripts, type ScriptSeen, seen, shownToAuditor } from './scripts.ts';

/** What the layers together concluded about one request. */
export interface Concluded {
  readonly verdict: Verdict;
  readonly findings: Finding[];
  readonly trace: TraceLine[];
  readonly layers: Layers;
  readonly policyDigest: string;
  readonly problems: readonly string[];
  /** Suppressions that the gates met; the audit's findings know none. */
  readonly suppressions?: readonly MetSuppression[];
  /** Scripts on which the verdict rests: it counts for these contents alone. */
  readonly scripts?: readonly ScriptSeen[];
}

export interface Running {
  readonly concluded: Concluded;
  /** The audit that the reply did not wait for. */
  readonly late?: Promise<Concluded>;
}

export interface LayerOptions {
  readonly gates: GatesPort;
  readonly audit: AuditSource;
  readonly context: GateContext;
  /** The policies last known to be in force, for when the gates can't say. */
  readonly lastPolicyDigest: () => string;
  readonly signal: AbortSignal;
  /** Told why a layer could not run, for the log. */
  readonly onError: (error: unknown) => void;
}

const PENDING: LayerReport = {
  state: 'pending',
  why: 'The gates had already blocked; what the audit finds is recorded when it comes.',
  ms: 0,
};

/** Law 2: the higher verdict of the two layers; neither can lower the other's. */
export function combine(gates: GateLayer, audit: AuditLayer): Concluded {
  return {
    verdict: graver(gates.verdict, audit.verdict),
    findings: [...gates.findings, ...audit.findings].sort(compareFindings),
    trace: [...gates.trace, ...audit.trace],
    layers: { gates: gates.report, audit: audit.report },
    policyDigest: gates.policyDigest,
    problems: gates.problems,
    ...(gates.suppressions === undefined ? {} : { suppressions: gates.suppressions }),
    ...(gates.scripts === undefined ? {} : { scripts: gates.scripts.map(seen) }),
  };
}

/**
 * Gates and audit, concurrently. When the gates say `block` the audit is not waited for.
 * Rejects only with SentinelError `policies_invalid`; any other failure is a layer's state.
 */
export async function runLayers(request: AssessmentRequest, digest: string, options: LayerOptions): Promise<Running> {
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, options.signal]);
  let audit: AuditLayer | undefined;
  const judging = runGates(request, digest, options);
  // Which scripts a command runs, the gates know first; an audit of anything else does not wait for them.
  const attached = mayRunScripts(request.subject) ? judging.then(({ scripts = [] }) => shownToAuditor(scripts)).catch(() => '') : '';
  const auditing = runAudit(request, digest, options, signal, attached).then((layer) => {
    audit = layer;
    return layer;
  });
  try {
    const gates = await judging;
    if (gates.verdict === 'block' && audit === undefined) {
      const concluded = combine(gates, { report: PENDING, verdict: 'pass', findings: [], trace: [] });
      return { concluded, late: auditing.then((layer) => combine(gates, layer)) };
    }
    return { concluded: combine(gates, audit ?? (await auditing)) };
  } catch (error) {
    abort.abort();
    throw error;
  }
}
