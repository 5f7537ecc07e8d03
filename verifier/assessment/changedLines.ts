import { diffArrays } from 'diff';
import { linesOf } from '../audit/textLines.ts';

/** Unchanged lines that are shown on either side of a change. */
const CONTEXT = 8;
/** Steps after which the comparison is given up: it runs beside the requests of others. */
const MAX_EDITS = 500;

/**
 * One-based numbers of the lines of `text` that an auditor has to read: those that differ from `baseline`
 * (line ends aside), places from which lines were taken away, and some lines around each. Empty where nothing
 * differs; undefined where the two differ so much that all of it is to be read.
 */
export function changedLines(baseline: string, text: string): number[] | undefined {
  const lines = linesOf(text);
  const changes = diffArrays(linesOf(baseline), lines, { maxEditLength: MAX_EDITS });
  if (changes === undefined) return undefined;
  const shown = new Set<number>();
  let line = 1;
  for (const { added, removed, count } of changes) {
    if (added || removed) {
      // Of lines that were taken away only the place is left, between the lines around it.
      const last = Math.min(lines.length, line - 1 + (added ? count : 0) + CONTEXT);
      for (let number = Math.max(1, line - CONTEXT); number <= last; number += 1) shown.add(number);
    }
    if (!removed) line += count;
  }
  return [...shown].sort((a, b) => a - b);
}
