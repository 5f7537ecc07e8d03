import { z } from 'zod';
import { AuditSettings, PolicyFolders } from './handshake.ts';

/** What `sentinel audit …` reads as one JSON line from standard input: a key never stands in arguments or environment. */
export const AuditTrial = z.strictObject({
  audit: AuditSettings,
  policies: PolicyFolders.optional(),
  /** For a preview alone: what is shown of it is never sent. */
  sample: z.strictObject({ name: z.string().max(4096), language: z.string().max(64).optional(), text: z.string() }).optional(),
});
export type AuditTrial = z.infer<typeof AuditTrial>;

/** `audit preview`: a request as it would be sent, redacted and framed. */
export const TrialPreview = z.strictObject({ system: z.string(), user: z.string() });
export type TrialPreview = z.infer<typeof TrialPreview>;

/** `audit models`: what the service offers, or why it can't be asked. */
export const TrialModels = z.union([z.strictObject({ models: z.array(z.string()) }), z.strictObject({ why: z.string() })]);
export type TrialModels = z.infer<typeof TrialModels>;

/** `audit test`: what came of one request about a made-up example that is wrong on purpose. */
export const TrialReport = z.strictObject({
  state: z.enum(['ran', 'unavailable', 'refused']),
  /** In words for a person, where it did not run. */
  why: z.string().optional(),
  /** Round trip in milliseconds. */
  ms: z.number().nonnegative(),
  model: z.string(),
  /** Whether the model saw what is wrong with the example. */
  objected: z.boolean().optional(),
  /** Its gravest objection, redacted. */
  message: z.string().optional(),
});
export type TrialReport = z.infer<typeof TrialReport>;
