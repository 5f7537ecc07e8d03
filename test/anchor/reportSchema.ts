import { z } from 'zod';

const count = z.int().nonnegative();

/** What `sentinel audit --json` prints, as far as tests read it. */
export const AuditReport = z.object({
  verdict: z.enum(['clean', 'incomplete', 'tampered']),
  counts: z.object({ matched: count, covered: count, waiting: count, missing: count, gone: count, altered: count, duplicated: count }),
  findings: z.array(z.object({ class: z.string(), detail: z.string(), seq: z.number().nullable() })),
  ledgerHolds: z.boolean().nullable(),
  completeUpTo: z.record(z.string(), z.number().nullable()),
});
export type AuditReport = z.infer<typeof AuditReport>;
