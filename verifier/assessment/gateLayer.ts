import type { Finding, LayerReport, TraceLine } from '../protocol/assessment.ts';
import { SentinelError } from '../protocol/problem.ts';
import type { MetSuppression } from '../protocol/suppression.ts';
import { graver, type Verdict } from '../protocol/vocabulary.ts';
import { inReference, layerFinding } from './findings.ts';
import type { LayerOptions } from './layers.ts';
import type { AssessmentRequest } from './request.ts';
import { assessWithScripts } from './scripts.ts';
import type { ScriptOnDisk } from './scriptsOnDisk.ts';

export interface GateLayer {
  readonly report: LayerReport;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly trace: readonly TraceLine[];
  readonly policyDigest: string;
  readonly problems: readonly string[];
  readonly suppressions?: readonly MetSuppression[];
  /** Scripts that the subject runs, as they were read. */
  readonly scripts?: readonly ScriptOnDisk[];
}

/**
 * The deterministic layer over the subject and whatever is attached to it. A gate that could not run is
 * `failed` with `review` (never a pass); no valid policy at all is an error (closed).
 */
export async function runGates(
  request: AssessmentRequest,
  digest: string,
  { gates, context, lastPolicyDigest, onError }: Pick<LayerOptions, 'gates' | 'context' | 'lastPolicyDigest' | 'onError'>,
): Promise<GateLayer> {
  const started = performance.now();
  try {
    const [{ answer: own, scripts }, names, ...attached] = await Promise.all([
      assessWithScripts(gates, request.subject, context),
      request.references.length === 0 ? [] : gates.redact(request.references.map((reference) => reference.name)),
      // An attachment goes to the model as part of the prompt, so it is examined as one.
      ...request.references.map((reference) => gates.assess({ kind: 'prompt', text: reference.text }, context)),
    ]);
    return {
      report: { state: 'ran', ms: performance.now() - started },
      verdict: attached.reduce((verdict, answer) => graver(verdict, answer.verdict), own.verdict),
      findings: [
        ...own.findings,
        ...attached.flatMap((answer, index) => answer.findings.map((finding) => inReference(finding, names[index] ?? 'text'))),
      ],
      trace: [...own.trace, ...attached.flatMap((answer) => answer.trace)],
      policyDigest: own.policyDigest,
      problems: own.problems,
      ...(own.suppressions === undefined ? {} : { suppressions: own.suppressions }),
      ...(scripts.length === 0 ? {} : { scripts }),
    };
  } catch (error) {
    if (error instanceof SentinelError && error.code === 'policies_invalid') throw error;
    onError(error);
    const why = error instanceof SentinelError ? error.message.slice(0, 300) : 'The gates stopped; see the log.';
    return {
      report: { state: 'failed', why, ms: performance.now() - started },
      verdict: 'review',
      findings: [layerFinding('gate.not-run', digest)],
      trace: [{ step: 'error', ruleId: 'gate.not-run', note: why }],
      policyDigest: lastPolicyDigest(),
      problems: [],
    };
  }
}
