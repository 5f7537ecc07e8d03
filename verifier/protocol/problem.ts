import { z } from 'zod';

/** Every way in which the verifier refuses a request, with the HTTP status it answers. */
export const PROBLEMS = {
  bad_request: 400,
  unauthorised: 401,
  forbidden: 403,
  not_found: 404,
  protocol_mismatch: 426,
  already_claimed: 409,
  not_claimed: 409,
  already_decided: 409,
  nonce_spent: 409,
  subject_changed: 409,
  person_mismatch: 409,
  reason_required: 422,
  too_large: 413,
  too_slow: 408,
  too_busy: 429,
  policies_invalid: 503,
  ledger_failed: 503,
  shutting_down: 503,
  internal: 500,
} as const;
export type ProblemCode = keyof typeof PROBLEMS;

const codes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** The body of every error reply. `message` says what happened and what to do; no secrets, no stack. */
export const Problem = z.strictObject({
  code: z.enum(codes),
  message: z.string(),
  requestId: z.string(),
});
export type Problem = z.infer<typeof Problem>;

/** An error with a code that becomes a {@link Problem} at the door. */
export class SentinelError extends Error {
  readonly code: ProblemCode;
  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SentinelError';
    this.code = code;
  }
}
