import { z } from 'zod';
import { Assessment } from './assessment.ts';
import { Choice, Outcome, Sha256, Source } from './vocabulary.ts';

/** Who decided, and where the name comes from; never a repository's own git identity. */
export const Person = z.strictObject({
  name: z.string().min(1).max(256),
  source: z.enum(['git-global', 'os-user', 'verifier']),
});
export type Person = z.infer<typeof Person>;

export const Decision = z.strictObject({
  choice: Choice,
  by: Person,
  /** Required to approve a `block`; redacted before it is stored. */
  reason: z.string().max(1000).optional(),
  /** `cancelled`: nobody answered (chat cancelled, window closing, replaced by a later check); only with `deny`. */
  cause: z.enum(['person', 'cancelled']).optional(),
});
export type Decision = z.infer<typeof Decision>;

/**
 * Body of `POST /execution-result`. With `decision` it needs the decide token and a claim; with
 * `outcome` alone it needs the current nonce. A decision spends the nonce and the receipt brings the
 * next one, which the outcome spends.
 */
export const ExecutionResult = z
  .strictObject({
    assessmentId: z.uuid(),
    nonce: z.string().min(22).max(64),
    /** SHA-256 of the exact bytes that the person was asked about or that took effect. */
    subjectDigest: Sha256,
    decision: Decision.optional(),
    outcome: Outcome.optional(),
    detail: z.string().max(300).optional(),
  })
  .refine((body) => (body.decision === undefined) !== (body.outcome === undefined), {
    message: 'give either a decision or an outcome, not both',
  });
export type ExecutionResult = z.infer<typeof ExecutionResult>;

/** Proof of the entry: its place and hash. `anchor` says how far it is from the chain. */
export const Receipt = z.strictObject({
  seq: z.int().nonnegative(),
  hash: Sha256,
  chain: z.uuid(),
  anchor: z.enum(['off', 'queued', 'confirmed']),
  /** For the outcome that must follow a decision; absent after the outcome. */
  nonce: z.string().min(22).max(64).optional(),
});
export type Receipt = z.infer<typeof Receipt>;

/** What waits for a person. `claimedBy` names the window that is asking. */
export const PendingDecision = z.strictObject({
  assessment: Assessment.omit({ nonce: true }),
  source: Source,
  subjectName: z.string(),
  claimedBy: z.string().optional(),
});
export type PendingDecision = z.infer<typeof PendingDecision>;

export const Claim = z.strictObject({ windowId: z.string().min(1).max(128) });
/** The claim's reply: a fresh nonce that only this window knows. */
export const Claimed = z.strictObject({ assessmentId: z.uuid(), nonce: z.string() });
export type Claimed = z.infer<typeof Claimed>;
