import { z } from 'zod';
import { Person } from './decision.ts';
import { Day, RuleId, SuppressionPlace, SuppressionReason, SuppressionState } from './suppression.ts';
import { Sha256, Timestamp } from './vocabulary.ts';

/** Body of `POST /suppressions`, which needs the decide token: a person accepts exactly these terms, or takes that back. */
export const SuppressionChange = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('accept'),
    /** Must be that of the other fields. */
    digest: Sha256,
    ruleId: RuleId,
    until: Day,
    reason: SuppressionReason,
    /** Of the reason as it stands in the comment or the file. */
    reasonDigest: Sha256,
    place: SuppressionPlace,
    by: Person,
  }),
  z.strictObject({ action: z.literal('withdraw'), digest: Sha256, by: Person }),
]);
export type SuppressionChange = z.infer<typeof SuppressionChange>;

/** One that was accepted on this machine and not withdrawn. In force only while it also stands in its file. */
export const AcceptedSuppression = z.strictObject({
  digest: Sha256,
  ruleId: RuleId,
  until: Day,
  /** Redacted. */
  reason: z.string().max(300),
  place: SuppressionPlace,
  by: Person,
  acceptedAt: Timestamp,
  state: SuppressionState.exclude(['not-accepted']),
});
export type AcceptedSuppression = z.infer<typeof AcceptedSuppression>;
