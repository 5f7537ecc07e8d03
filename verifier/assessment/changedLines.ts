import { diffArrays } from 'diff';
import { linesOf } from '../audit/textLines.ts';

/** Unchanged lines that are shown on either side of a change. */
const CONTEXT = 8;
/** Steps after which the comparison is given up: it runs beside the requests of others. */
const MAX_EDITS = 500;

/** One-based numbers of lines, ascending. */
export interface ChangedLines {
  /** Of the new text: those that differ, and some around each change. */
  readonly read: number[];
  /** Of the old text: those that are gone or differ now. */
  readonly removed: number[];
}

/**
 * What an auditor has to read of a change from `baseline` to `text`, line ends aside. Empty where nothing
 * differs; undefined where the two differ so much that all of it is to be read.
 */
export function changedLines(baseline: string, text: string): ChangedLines | undefined {
  const lines = linesOf(text);
  const changes = diffArrays(linesOf(baseline), lines, { maxEditLength: MAX_EDITS });
  if (changes === undefined) return undefined;
  const shown = new Set<number>();
  const gone: number[] = [];
  let line = 1;
  let before = 1;
  for (const { added, removed, count } of changes) {
    if (added || removed) {
      // Of lines that were taken away the place is left, between the lines around it.
      const last = Math.min(lines.length, line - 1 + (added ? count : 0) + CONTEXT);
      for (let number = Math.max(1, line - CONTEXT); number <= last; number += 1) shown.add(number);
    }
    if (removed) for (let number = before; number < before + count; number += 1) gone.push(number);
    if (!removed) line += count;
    if (!added) before += count;
  }
  return { read: [...shown].sort((a, b) => a - b), removed: gone };
}
