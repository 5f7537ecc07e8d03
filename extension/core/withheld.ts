import { t } from '@vscode/l10n';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import type { Decided } from './decide.ts';
import { receiptLine, visibleLine, weighty } from './dialogText.ts';
import { type Said, said } from './said.ts';

/** A request to a guarded model ended without, or in the middle of, an answer. `message` is for the person who asked. */
export class WithheldError extends Error {
  override readonly name = 'WithheldError';
  /** Chats show an error with its stack, which tells a person nothing. */
  override readonly stack = '';
}

/** Why something was denied, in plain words: each finding with its rule, and what would be safer. */
export function reasons(assessment: Assessment): Said {
  const lines = weighty(assessment)
    .slice(0, 3)
    .map(({ ruleId, message, remediation }) =>
      remediation
        ? said('{0} (rule {1}) Safer: {2}', visibleLine(message), ruleId, visibleLine(remediation))
        : said('{0} (rule {1})', visibleLine(message), ruleId),
    );
  if (lines.length === 0) return said('It needs a person to look at it.');
  return { record: lines.map(({ record }) => record).join(' '), shown: lines.map(({ shown }) => shown).join(' ') };
}

/** What the person who asked is told of a denial. */
export function withheld(subject: string, assessment: Assessment, decided: Exclude<Decided, { choice: 'approve' }>): WithheldError {
  if (decided.choice === 'unrecorded')
    return new WithheldError(t('Sentinel AI held back {0}: the decision could not be recorded. {1}', subject, decided.problem.shown));
  const what =
    decided.cause === 'cancelled'
      ? t('Sentinel AI withheld {0} (nobody decided).', subject)
      : t('Sentinel AI withheld {0} (denied).', subject);
  return new WithheldError(`${what} ${reasons(assessment).shown} ${receiptLine(decided.receipt)}`);
}
