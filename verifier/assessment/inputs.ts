import type { SuppressionContext } from '../policy/suppressions.ts';
import { sha256 } from '../protocol/digest.ts';
import { type Subject, subjectText } from '../protocol/subject.ts';
import type { AssessmentRequest } from './request.ts';
import type { ScriptSeen } from './scripts.ts';

/** Configuration that a verdict depends on besides the request and the policies. */
export interface Configuration {
  readonly workspaceRoots: readonly string[];
  readonly home: string;
  /** Digest of the auditor's configuration, or the reason why there is none. */
  readonly audit: string;
  /** What a person on this machine allowed, and the day; absent where it can't concern the subject. */
  readonly suppressions?: SuppressionContext | undefined;
}

/** Digest of a subject's text: what a decision and an outcome must name again. */
export function subjectDigest(subject: Subject): string {
  return sha256(subjectText(subject));
}

/**
 * Digest of all that a verdict depends on, except the policies, which may change at any moment. Fields
 * have fixed places and absent ones are null, so that no two different inputs can write the same array.
 */
export function inputsKey(request: AssessmentRequest, configuration: Configuration): string {
  const { subject } = request;
  const digestOf = (text: string | undefined) => (text === undefined ? null : sha256(text));
  return sha256(
    JSON.stringify([
      request.purpose,
      request.depth,
      subject.kind,
      subjectDigest(subject),
      'path' in subject ? subject.path : null,
      ('cwd' in subject ? subject.cwd : undefined) ?? null,
      ('language' in subject ? subject.language : undefined) ?? null,
      subject.kind === 'file' ? digestOf(subject.baseline) : null,
      subject.kind === 'tool' ? subject.name : null,
      digestOf(request.intent),
      request.references.map((reference) => [reference.name, sha256(reference.text)]),
      configuration.workspaceRoots,
      configuration.home,
      request.depth === 'full' ? configuration.audit : null,
      configuration.suppressions ?? null,
    ]),
  );
}

/** The key together with the policies and the scripts that were read: what an assessment's `inputsDigest` says. */
export function inputsDigest(key: string, policyDigest: string, scripts: readonly ScriptSeen[] = []): string {
  const files = scripts.length === 0 ? '' : `\n${JSON.stringify(scripts.map(({ path, state, digest }) => [path, state, digest]))}`;
  return sha256(`${key}\n${policyDigest}${files}`);
}
