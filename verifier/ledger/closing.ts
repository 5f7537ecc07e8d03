import type { LedgerEvent } from '../protocol/ledgerEntry.ts';
import type { OpenItem } from './chainStory.ts';

/** Who stands behind what the verifier closes by itself. */
const RECOVERY = { name: 'recovery', source: 'verifier' } as const;

const AFTER = 'the effect had happened before the assessment; the denial did not undo it';
const UNKNOWN = 'approved, but no outcome was reported: whether it took effect is not known';
const DENIED = 'withheld: closed when the ledger was next opened';

/**
 * The entries that end an open item: without a decision it is denied; then the outcome. `withheld`
 * is said only where nothing can have taken effect. After an approval, or where the effect came
 * before the assessment, it is `failed` with what is known.
 */
export function closingEvents(item: OpenItem): LedgerEvent[] {
  const { session, assessmentId, subjectDigest, policyDigest, inputsDigest, verdict } = item;
  const events: LedgerEvent[] = [];
  if (item.decided === undefined) {
    events.push({
      ...{ type: 'decision', session, assessmentId, choice: 'deny', by: RECOVERY },
      ...{ subjectDigest, policyDigest, inputsDigest, verdict, cause: 'recovered' },
    });
  }
  const detail = item.decided === 'approve' ? UNKNOWN : item.timing === 'after' ? AFTER : DENIED;
  events.push({ type: 'outcome', session, assessmentId, outcome: detail === DENIED ? 'withheld' : 'failed', subjectDigest, detail });
  return events;
}
