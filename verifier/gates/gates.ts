import type { SuppressionContext } from '../policy/suppressions.ts';
import type { Finding, TraceLine } from '../protocol/assessment.ts';
import type { Subject } from '../protocol/subject.ts';
import type { MetSuppression } from '../protocol/suppression.ts';
import type { Verdict } from '../protocol/vocabulary.ts';
import type { ScriptFile } from './shell/scriptFiles.ts';

/** What the deterministic layer needs to know besides the subject. */
export interface GateContext {
  /** Roots of the workspace: what lies outside is graver. */
  readonly workspaceRoots: readonly string[];
  /** The user's home, for `~` and `$HOME`. */
  readonly home: string;
  /** What a person on this machine allowed, where the subject is a file that any of it may concern. */
  readonly suppressions?: SuppressionContext;
  /** What was found at the paths that an earlier result wanted; absent: nothing was looked for yet. */
  readonly scripts?: readonly ScriptFile[];
}

export interface GateResult {
  readonly verdict: Verdict;
  /** Sorted with compareFindings; excerpts are redacted. */
  readonly findings: Finding[];
  readonly trace: TraceLine[];
  /** Steps used, against the budget in gates/limits.ts. */
  readonly steps: number;
  /** Absolute paths of scripts and manifests that the subject would run, and on which the result depends. */
  readonly wanted?: readonly string[];
  /** Suppressions that were met, where there were any. */
  readonly suppressions?: readonly MetSuppression[];
}

/** The same subject, context and policies always give the same result (law 9). */
export interface Gates {
  readonly policyDigest: string;
  assess(subject: Subject, context: GateContext): GateResult;
}
