import type { ProblemCode } from '../../verifier/protocol/problem.ts';

/** Failures that happen before the verifier's own {@link ProblemCode}s can be told. */
export type ConnectionFailure = 'not_running' | 'unreachable' | 'late' | 'garbage' | 'impostor' | 'cancelled';

/**
 * Why the verifier gave no usable answer. Whoever catches it holds back what was asked about: there
 * is no code that means "go on". `message` says what happened and what to do, without secrets.
 */
export class VerifierError extends Error {
  readonly code: ProblemCode | ConnectionFailure;
  constructor(code: ProblemCode | ConnectionFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VerifierError';
    this.code = code;
  }
}

/** Any error as one that can be shown: strangers are named, never unwound. */
export function asVerifierError(error: unknown): VerifierError {
  if (error instanceof VerifierError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new VerifierError('unreachable', `The verifier could not be asked: ${message}`);
}
