import { z } from 'zod';
import { PublicKeyText } from './keyRecord.ts';
import { Sha256, Timestamp } from './vocabulary.ts';

/** Version of the bundle that `sentinel ledger export` writes; specified in docs/ledger-format.md. */
export const BUNDLE_FORMAT = 1;

/**
 * One line of a bundle. First comes `bundle`; then for each chain `chain`, its keys, its checkpoints (smallest first)
 * and its entries.
 */
export const BundleLine = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('bundle'),
    v: z.literal(BUNDLE_FORMAT),
    made: Timestamp,
    product: z.string(),
    /** What was asked for, where it was not everything. */
    from: Timestamp.optional(),
    to: Timestamp.optional(),
    request: z.string().optional(),
  }),
  /** `whole`: all its entries follow, so that the tree can be grown from them; else each brings its proof. */
  z.strictObject({ kind: z.literal('chain'), chain: z.uuid(), entries: z.int().nonnegative(), whole: z.boolean() }),
  z.strictObject({ kind: z.literal('key'), keyId: z.string().length(11), publicKey: PublicKeyText }),
  /** `consistency` leads from the checkpoint before it in the bundle; empty in the first, and in a whole chain. */
  z.strictObject({ kind: z.literal('checkpoint'), note: z.string().max(8192), consistency: z.array(Sha256).max(128) }),
  /** `line` is the entry as it stands in the ledger. `size`: of the checkpoint that `inclusion` leads to; null where none covers it. */
  z.strictObject({
    kind: z.literal('entry'),
    line: z.string(),
    size: z.int().positive().nullable(),
    inclusion: z.array(Sha256).max(64),
  }),
]);
export type BundleLine = z.infer<typeof BundleLine>;
