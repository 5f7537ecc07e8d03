import { z } from 'zod';
import { Layers } from './assessment.ts';
import { Person } from './decision.ts';
import { SubjectKind } from './ledgerEntry.ts';
import { Choice, Outcome, Source, Timestamp, Timing, Verdict } from './vocabulary.ts';

/** Most items of one reply. */
export const MAX_HISTORY = 1_000;

/** Query of `GET /history`, as it stands in the address. */
export const HistoryQuery = z.strictObject({
  /** RFC 3339; what is older is left out. */
  since: z.iso.datetime({ offset: true }).optional(),
  /** At most so many items, the newest. */
  limit: z.coerce.number().int().min(1).max(MAX_HISTORY).default(MAX_HISTORY),
  /** `noteworthy`: what passed before its effect is counted, not listed. */
  only: z.enum(['noteworthy']).optional(),
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;
/** What a caller gives. */
export type HistoryAsked = z.input<typeof HistoryQuery>;

/** One assessment with all that followed it. Texts are redacted, as in the ledger. */
export const HistoryItem = z.strictObject({
  seq: z.int().nonnegative(),
  assessmentId: z.uuid(),
  time: Timestamp,
  source: Source,
  kind: SubjectKind,
  /** A file's path or a tool's name. */
  subjectName: z.string().optional(),
  verdict: Verdict,
  timing: Timing,
  /** With timing `after`: how it got past. */
  unassessed: z.string().optional(),
  layers: Layers,
  /** Of the findings, those of a layer that came later included; gravest first, each once. */
  ruleIds: z.array(z.string()),
  /** What the gravest finding says. */
  message: z.string().optional(),
  decision: z
    .strictObject({
      choice: Choice,
      by: Person,
      reason: z.string().optional(),
      cause: z.enum(['person', 'cancelled', 'recovered']),
      time: Timestamp,
      seq: z.int().nonnegative(),
    })
    .optional(),
  outcome: z.strictObject({ outcome: Outcome, detail: z.string().optional(), time: Timestamp }).optional(),
});
export type HistoryItem = z.infer<typeof HistoryItem>;

/** Something that happened without an assessment, or a change of what is seen. */
export const HistoryGap = z.strictObject({
  seq: z.int().nonnegative(),
  time: Timestamp,
  what: z.enum([
    ...(['guard-off', 'guard-on', 'save-guard-bypassed', 'save-guard-active', 'coverage-gap'] as const),
    /** A person let one action go on while no verifier could be had; `time` is when it was recorded. */
    'let-go',
    'suppression-accepted',
    'suppression-withdrawn',
  ]),
  detail: z.string(),
});
export type HistoryGap = z.infer<typeof HistoryGap>;

/** Reply of `GET /history`: this verifier's own chain, newest first. */
export const History = z.strictObject({
  items: z.array(HistoryItem),
  gaps: z.array(HistoryGap),
  /** Assessments in the time asked for that passed before their effect. */
  passed: z.int().nonnegative(),
  /** Entries in the time asked for whose content was erased, or that only a newer version can read. */
  unreadable: z.int().nonnegative(),
  /** False where there is more than was listed. */
  complete: z.boolean(),
});
export type History = z.infer<typeof History>;
