import { z } from 'zod';
import { type CommentSyntax, commentSyntax } from './commentSyntax.ts';
import { sha256 } from './digest.ts';
import { Sha256 } from './vocabulary.ts';

/** Longest time for which a rule can be suppressed, in days; an organisation may allow less. */
export const MAX_SUPPRESSION_DAYS = 365;

/** Where a workspace keeps its entries, below a root. */
export const SUPPRESSIONS_FILE = '.sentinelai/suppressions.yaml';

/** A calendar day in UTC, `YYYY-MM-DD`. */
export const Day = z.iso.date();

/** Why a rule is suppressed: one line that can stand between quotes in any language's comment. */
export const SuppressionReason = z
  .string()
  .trim()
  .min(3)
  .max(300)
  .regex(/^[^"\n\r\u2028\u2029]*$/, 'must be one line without double quotes')
  .refine((reason) => !/\*\/|-->/.test(reason), 'must not end a comment');

/** Full id of a rule. */
export const RuleId = z.string().regex(/^[a-z][a-z0-9-]{1,60}\.[a-z][a-z0-9-]{1,60}$/);

/** Where a suppression stands, and so what it reaches. Paths are absolute. */
export const SuppressionPlace = z.discriminatedUnion('kind', [
  /** In the file itself: reaches the finding on its line or below it, as long as that stays what it was (`match`). */
  z.strictObject({ kind: z.literal('comment'), path: z.string().min(1).max(4096), match: Sha256 }),
  /** In the workspace's file: reaches the rule in every file that fits `path`, a path or glob below `root`. */
  z.strictObject({ kind: z.literal('entry'), root: z.string().min(1).max(4096), path: z.string().min(1).max(1024) }),
]);
export type SuppressionPlace = z.infer<typeof SuppressionPlace>;

/** What a suppression says, as its acceptance is bound to it. The reason counts by its digest: the text itself is kept redacted. */
export interface SuppressionTerms {
  readonly ruleId: string;
  readonly until: string;
  readonly reasonDigest: string;
  readonly place: SuppressionPlace;
}

/** Digest of exactly these terms. A person accepts it; any change of rule, place, text, day or reason makes another one. */
export function suppressionDigest({ ruleId, until, reasonDigest, place }: SuppressionTerms): string {
  const where = place.kind === 'comment' ? [place.path, place.match] : [place.root, place.path];
  return sha256(JSON.stringify(['suppression', 1, place.kind, ...where, ruleId, until, reasonDigest]));
}

/** `active`: in force. The other states have no effect: its day is over, nobody on this machine accepted it, or it may not be. */
export const SuppressionState = z.enum(['active', 'expired', 'not-accepted', 'forbidden']);
export type SuppressionState = z.infer<typeof SuppressionState>;

/** A suppression that an assessment met, and what became of it. */
export const MetSuppression = z.strictObject({
  digest: Sha256,
  ruleId: z.string().max(128),
  until: Day,
  /** Redacted. */
  reason: z.string().max(300),
  reasonDigest: Sha256,
  place: SuppressionPlace,
  state: SuppressionState,
  /** Why it has no effect, in plain words. */
  why: z.string().max(300).optional(),
  /** One-based line of the finding that it is about. */
  line: z.int().positive(),
});
export type MetSuppression = z.infer<typeof MetSuppression>;

/** How many suppressions there are: met in this session by state, and accepted on this machine for now or later. */
export const SuppressionCounts = z.strictObject({
  active: z.int().nonnegative(),
  expired: z.int().nonnegative(),
  notAccepted: z.int().nonnegative(),
  forbidden: z.int().nonnegative(),
  accepted: z.int().nonnegative(),
});
export type SuppressionCounts = z.infer<typeof SuppressionCounts>;

/** What a suppression's comment begins with. */
export const SUPPRESSION_MARK = 'sentinel:allow';

/** The comment's own words, without the signs of the language. */
export function suppressionWords(ruleId: string, until: string, reason: string): string {
  return `${SUPPRESSION_MARK} ${ruleId} until=${until} reason="${reason}"`;
}

/** A whole line with the comment, or undefined where the language has no comments. */
export function suppressionComment(language: string, words: string): string | undefined {
  const syntax: CommentSyntax | undefined = commentSyntax(language);
  if (syntax === undefined) return undefined;
  return `${syntax.open.trimEnd()} ${words}${syntax.close === '' ? '' : ` ${syntax.close}`}`;
}
