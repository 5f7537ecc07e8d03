import { z } from 'zod';
import { MetSuppression } from './suppression.ts';
import { LayerName, LayerState, SEVERITIES, Severity, Sha256, Timestamp, Timing, Verdict } from './vocabulary.ts';

/** Where a finding is, one-based; columns count UTF-16 units. */
export const Location = z.strictObject({
  startLine: z.int().positive(),
  endLine: z.int().positive(),
  startColumn: z.int().positive().optional(),
  endColumn: z.int().positive().optional(),
});
export type Location = z.infer<typeof Location>;

/** Redacted proof of a finding: what may be shown and stored, and a digest of what was really there. */
export const Evidence = z.strictObject({ excerpt: z.string().max(400), digest: Sha256 });
export type Evidence = z.infer<typeof Evidence>;

export const Finding = z.strictObject({
  /** `<policy>.<rule>`, or `<policy>.audit` for what the auditor found, `gate.<limit>`, or `guard.suppression-added`. */
  ruleId: z.string().max(128),
  policy: z.string().max(64),
  layer: LayerName,
  severity: Severity,
  verdict: z.enum(['review', 'block']),
  message: z.string().max(600),
  /** What would be safer. */
  remediation: z.string().max(600).optional(),
  evidence: Evidence,
  location: Location.optional(),
  /** False where the baseline had it already: shown, but without weight in the verdict. */
  isNew: z.boolean(),
  /** 0 to 1, the auditor's own; gates are certain and leave it out. */
  confidence: z.number().min(0).max(1).optional(),
  /** What a suppression beside this finding is bound to; absent where a comment can't suppress it. */
  match: Sha256.optional(),
  cwe: z.array(z.string()).optional(),
  owasp: z.array(z.string()).optional(),
});
export type Finding = z.infer<typeof Finding>;

/** One step of the reasoning: which rule fired, was exempted (and why), or which limit was met. */
export const TraceLine = z.strictObject({
  step: z.enum(['matched', 'exempted', 'known', 'limit', 'error', 'dropped', 'suppressed']),
  ruleId: z.string().max(128).optional(),
  note: z.string().max(400),
});
export type TraceLine = z.infer<typeof TraceLine>;

/** `why` is in plain words for a person, without secrets. */
export const LayerReport = z.strictObject({
  state: LayerState,
  why: z.string().max(300).optional(),
  ms: z.number().nonnegative(),
  model: z.string().optional(),
});
export type LayerReport = z.infer<typeof LayerReport>;

export const Layers = z.strictObject({ gates: LayerReport, audit: LayerReport });
export type Layers = z.infer<typeof Layers>;

/** The verifier's answer: what was concluded, from what, and the one-time right to follow it up. */
export const Assessment = z.strictObject({
  id: z.uuid(),
  /** Spent by the outcome; replaced when a window claims the decision. */
  nonce: z.string().min(22).max(64),
  requestId: z.string(),
  time: Timestamp,
  timing: Timing,
  verdict: Verdict,
  findings: z.array(Finding),
  trace: z.array(TraceLine),
  layers: Layers,
  subjectDigest: Sha256,
  policyDigest: Sha256,
  /** Digest of all that the verdict depended on: equal inputs, equal digest. */
  inputsDigest: Sha256,
  cached: z.boolean(),
  /** Scripts that the subject runs and that were judged with it; the digest is SHA-256 of each file's bytes, null where there was none. */
  scripts: z.array(z.strictObject({ path: z.string(), digest: Sha256.nullable() })).optional(),
  /** Suppressions that were met, in force or not; a finding that an active one covers is not among the findings. */
  suppressions: z.array(MetSuppression).optional(),
  /** Problems of policy files (last good set is in force), so that no door can miss them. */
  policyProblems: z.array(z.string()),
  /** Ledger sequence number of the entry that records this assessment. */
  seq: z.int().nonnegative(),
});
export type Assessment = z.infer<typeof Assessment>;

type Ranked = Pick<Finding, 'isNew' | 'severity' | 'location' | 'ruleId'>;

/** Gravest first, then by place: the order in which people and ledgers read findings. */
export function compareFindings(a: Ranked, b: Ranked): number {
  return (
    Number(b.isNew) - Number(a.isNew) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    (a.location?.startLine ?? 0) - (b.location?.startLine ?? 0) ||
    (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0)
  );
}
