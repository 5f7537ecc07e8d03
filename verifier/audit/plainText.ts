import { RE2JS } from 're2js';
import { linesOf } from './textLines.ts';

// Format characters (bidirectional overrides, zero-width, tags) can hide text or take a secret apart.
const HIDDEN = RE2JS.compile('\\p{Cf}+');
const CONTROL = RE2JS.compile('[\\p{Cc}\\p{Co}]+');
const SPACES = RE2JS.compile('\\s+');
/** No sentence for a person needs more; bounds the work on hostile text. */
const MAX_READ = 8_000;

/**
 * Hostile text as one line without unseen characters. What hides is removed rather than replaced, so
 * that a credential taken apart by it is whole again for the redaction that must follow.
 */
export function visibleLine(text: string): string {
  const seen = HIDDEN.matcher(text.slice(0, MAX_READ).toWellFormed()).replaceAll('');
  return SPACES.matcher(CONTROL.matcher(seen).replaceAll(' ')).replaceAll(' ').trim();
}

/** The same, line by line: breaks and indentation stay. */
export function visibleBlock(text: string): string {
  return linesOf(text.slice(0, MAX_READ).toWellFormed())
    .map((line) => CONTROL.matcher(HIDDEN.matcher(line).replaceAll('').replaceAll('\t', '  ')).replaceAll(' '))
    .join('\n');
}

/** At most `max` UTF-16 units, ending in `…` where cut, never in half a character. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = text.slice(0, max - 1);
  return `${end.isWellFormed() ? end : end.slice(0, -1)}…`;
}
