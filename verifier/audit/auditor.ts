import type { Finding } from '../protocol/assessment.ts';
import type { SubjectKind } from '../protocol/subject.ts';
import type { Verdict } from '../protocol/vocabulary.ts';

/** A policy's prose as the auditor reads it. A workspace's is hostile and travels inside the frame. */
export interface PolicyProse {
  readonly name: string;
  readonly title: string;
  readonly prose: string;
  readonly trusted: boolean;
}

/** Everything here is redacted by the caller: the auditor port never sees a secret (law 3). */
export interface AuditRequest {
  readonly purpose: 'intent' | 'output';
  readonly kind: SubjectKind;
  /** Redacted, with the line count of the original. */
  readonly text: string;
  /** Where `text` holds only some lines of the subject: the number that each has in the whole, ascending. */
  readonly lineNumbers?: readonly number[];
  /** Lines that the accepted text had and this one has not, redacted, with their numbers in that one. */
  readonly removed?: { readonly text: string; readonly lineNumbers: readonly number[] };
  readonly name?: string;
  readonly language?: string;
  readonly intent?: string;
  readonly policies: readonly PolicyProse[];
}

/**
 * `unavailable`: the service failed; the gates decide, nothing is cached, the breaker counts it.
 * `refused`: the audit failed because of the content; that is `review`, never counted, never cached.
 */
export type AuditResult =
  | {
      readonly state: 'ran';
      readonly verdict: Verdict;
      readonly findings: Finding[];
      readonly dropped: string[];
      readonly model: string;
      readonly ms: number;
    }
  | { readonly state: 'unavailable'; readonly why: string; readonly ms: number }
  | { readonly state: 'refused'; readonly why: string; readonly ms: number };

/** One LLM provider. Never throws: each failure is a state with a reason that a person can read. */
export interface Auditor {
  readonly model: string;
  /** Digest of all configuration that the answer depends on (no key): part of the cache key. */
  readonly configDigest: string;
  audit(request: AuditRequest, signal: AbortSignal): Promise<AuditResult>;
}
