import type { PolicyProse } from '../audit/auditor.ts';
import type { GateContext, GateResult } from '../gates/gates.ts';
import type { Subject } from '../protocol/subject.ts';

/** The policies in force, looked at afresh when asked. `problems` name file and line. */
export interface PolicyStatus {
  readonly policyDigest: string;
  readonly problems: readonly string[];
  readonly prose: readonly PolicyProse[];
}

export type GateAnswer = GateResult & {
  readonly policyDigest: string;
  readonly problems: readonly string[];
  readonly ms: number;
};

/**
 * The deterministic layer as the assessment uses it: off the event loop in the verifier, in process
 * on the command line. Rejects with SentinelError `policies_invalid` when no policy set is valid, and
 * with any other error when the layer could not run.
 */
export interface GatesPort {
  policies(): Promise<PolicyStatus>;
  assess(subject: Subject, context: GateContext): Promise<GateAnswer>;
  /** Each text with its secrets replaced, in order. */
  redact(texts: readonly string[]): Promise<string[]>;
}
