import type { Assessment } from '../../verifier/protocol/assessment.ts';
import type { Decided } from './decide.ts';
import { receiptLine, visibleLine, weighty } from './dialogText.ts';

/** A request to a guarded model ended without, or in the middle of, an answer. `message` is for the person who asked. */
export class WithheldError extends Error {
  override readonly name = 'WithheldError';
  /** Chats show an error with its stack, which tells a person nothing. */
  override readonly stack = '';
}

/** Why something was denied, in plain words: each finding with its rule, and what would be safer. */
export function reasons(assessment: Assessment): string {
  const lines = weighty(assessment)
    .slice(0, 3)
    .map(
      ({ ruleId, message, remediation }) =>
        `${visibleLine(message)} (rule ${ruleId})${remediation ? ` Safer: ${visibleLine(remediation)}` : ''}`,
    );
  return lines.length > 0 ? lines.join(' ') : 'It needs a person to look at it.';
}

/** What the person who asked is told of a denial. */
export function withheld(subject: string, assessment: Assessment, decided: Exclude<Decided, { choice: 'approve' }>): WithheldError {
  if (decided.choice === 'unrecorded')
    return new WithheldError(`Sentinel AI held back ${subject}: the decision could not be recorded. ${decided.problem.message}`);
  const by = decided.cause === 'cancelled' ? 'nobody decided' : 'denied';
  return new WithheldError(`Sentinel AI withheld ${subject} (${by}). ${reasons(assessment)} ${receiptLine(decided.receipt)}`);
}
