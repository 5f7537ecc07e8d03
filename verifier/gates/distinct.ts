import { VERDICTS, type Verdict } from '../protocol/vocabulary.ts';
import type { Draft } from './draft.ts';
import { NEAR } from './evidence.ts';

const graveness = (verdict: Verdict): number => VERDICTS.indexOf(verdict);

/**
 * One draft for each rule and line (and stretch of a long line); parts that were put together repeat
 * what their parts already gave. Credentials count one by one, each under the rule that says most of it.
 */
export function distinct(drafts: readonly Draft[]): Draft[] {
  const seen = new Set<string>();
  const once = drafts.filter(({ finding, secret }) => {
    const { startLine = 0, startColumn = 0 } = finding.location ?? {};
    // Lines of a script stand for one place in the subject; the message tells them apart.
    const key = `${finding.ruleId} ${startLine} ${Math.floor(startColumn / NEAR)} ${finding.message} ${secret ?? ''}`;
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
  return withoutEchoes(once);
}

interface Columns {
  readonly start: number;
  readonly end: number;
  readonly verdict: Verdict;
}

const columnsOf = ({ finding }: Draft): Columns => {
  const { startColumn = 0, endColumn = 0 } = finding.location ?? {};
  return { start: startColumn, end: endColumn, verdict: finding.verdict };
};

/** Without what a rule on credentials says by a pattern of a place where a credential was found as such. */
function withoutEchoes(drafts: readonly Draft[]): Draft[] {
  const byLine = new Map<number, Columns[]>();
  for (const draft of drafts) {
    if (draft.secret === undefined) continue;
    const line = draft.finding.location?.startLine ?? 0;
    const known = byLine.get(line);
    if (known === undefined) byLine.set(line, [columnsOf(draft)]);
    else known.push(columnsOf(draft));
  }
  return drafts.filter((draft) => {
    if (draft.secret !== undefined || (draft.by?.rule.secrets.length ?? 0) === 0) return true;
    const { start, end, verdict } = columnsOf(draft);
    const there = byLine.get(draft.finding.location?.startLine ?? 0) ?? [];
    return !there.some((secret) => secret.start < end && start < secret.end && graveness(secret.verdict) >= graveness(verdict));
  });
}
