import type { ProblemCode } from '../../verifier/protocol/problem.ts';
import { type Said, said } from './said.ts';

/** Failures that happen before the verifier's own {@link ProblemCode}s can be told. */
export type ConnectionFailure = 'not_running' | 'unreachable' | 'late' | 'garbage' | 'impostor' | 'cancelled';

/**
 * Why the verifier gave no usable answer. Whoever catches it holds back what was asked about: there
 * is no code that means "go on". `message` says what happened and what to do, without secrets, and is in
 * English for the record and the log; `shown` says it to a person. What the verifier itself says is English in both.
 */
export class VerifierError extends Error {
  readonly code: ProblemCode | ConnectionFailure;
  readonly shown: string;
  constructor(code: ProblemCode | ConnectionFailure, message: string | Said, options?: ErrorOptions) {
    const { record, shown } = typeof message === 'string' ? { record: message, shown: message } : message;
    super(record, options);
    this.name = 'VerifierError';
    this.code = code;
    this.shown = shown;
  }
}

/** Any error as one that can be shown: strangers are named, never unwound. */
export function asVerifierError(error: unknown): VerifierError {
  if (error instanceof VerifierError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new VerifierError('unreachable', said('The verifier could not be asked: {0}', message));
}
