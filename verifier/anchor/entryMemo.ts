import type { SealedCheckpoint } from '../ledger/checkpoint.ts';
import { isAnchoredAlone } from '../protocol/anchor.ts';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import { type Memo, NOTHING, OTHER_RULES, requestLabel } from './memo.ts';

/** What of a memo is not in its own entry. */
export interface MemoContext {
  /** Request ids as published, by assessment: a decision names its assessment alone. */
  readonly requestOf: (assessmentId: string) => string | undefined;
  /** Whether a rule is the product's own. */
  readonly isPublic: (ruleId: string) => boolean;
}

/** Distinct ids, sorted; those that are not public as one word at the end. */
export function publicRules(ruleIds: readonly string[], isPublic: MemoContext['isPublic']): string[] {
  const own = [...new Set(ruleIds)].filter(isPublic).sort();
  return ruleIds.every(isPublic) ? own : [...own, OTHER_RULES];
}

/** What is published of an entry; undefined where it gets no memo of its own. */
export function entryMemo(entry: LedgerEntry, { requestOf, isPublic }: MemoContext): Memo | undefined {
  const { chain, seq, hash, prev, key, time, event } = entry;
  if (key === null || !isAnchoredAlone(entry)) return undefined;
  const place = { chain, seq, hash, prev, keyId: key, time, cut: false };
  if (event?.type === 'assessment') {
    const rules = publicRules(
      event.findings.map(({ ruleId }) => ruleId),
      isPublic,
    );
    return { ...place, event: event.type, risk: event.verdict, decision: NOTHING, request: requestLabel(event.requestId), rules };
  }
  if (event?.type === 'decision') {
    const request = requestOf(event.assessmentId) ?? NOTHING;
    return { ...place, event: event.type, risk: event.verdict, decision: event.choice, request, rules: [] };
  }
  return undefined;
}

/** What is published of a checkpoint. `prev`: root of the checkpoint that was anchored before, zeros for the first. */
export function checkpointMemo({ chain, size, root, keyId }: Omit<SealedCheckpoint, 'note'>, prev: string, time: string): Memo {
  const hash = Buffer.from(root).toString('hex');
  const nothing = { risk: NOTHING, decision: NOTHING, request: NOTHING, rules: [], cut: false };
  return { chain, seq: size, hash, prev, keyId, time, event: 'checkpoint', ...nothing };
}
