import { z } from 'zod';
import { Sha256, Timestamp } from './vocabulary.ts';

/** What a person may let go on while no verifier can be had. */
export const UncheckedAction = z.enum(['prompt', 'answer', 'save', 'tool']);
export type UncheckedAction = z.infer<typeof UncheckedAction>;

/**
 * Body of `POST /unassessed`: an action that a person let go on without an assessment, as the door wrote it
 * down before the effect. Whether the effect then came is not said. Sent again with the same `id`, it is
 * not recorded again. No text of the subject is in it.
 */
export const Unassessed = z.strictObject({
  id: z.uuid(),
  action: UncheckedAction,
  subject: z.strictObject({
    /** SHA-256 of exactly the text that was let through. */
    digest: Sha256,
    bytes: z.int().nonnegative(),
    /** A file's path, a tool's name. */
    name: z.string().max(4096).optional(),
  }),
  /** The person's own words; redacted before they are stored. */
  reason: z.string().min(1).max(1000),
  /** What was broken. */
  why: z.string().max(300),
  happenedAt: Timestamp,
  /** Digest of the line before in the door's spool; 64 zeros where a spool began. */
  spoolPrev: Sha256,
  /** Digest of this line in the spool. */
  spoolHash: Sha256,
  /** False where the door found that the line, or its place in the spool, was not as it had written it. */
  spoolIntact: z.boolean(),
});
export type Unassessed = z.infer<typeof Unassessed>;
