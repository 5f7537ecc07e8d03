import { isDummyValue, isHandWritten } from '../../policy/dummy.ts';
import type { Secret } from '../../policy/facts.ts';
import { isWordUnit, looksRandom } from './shape.ts';
import type { TokenFormat } from './tokenFormat.ts';

/** Longest token that is looked at, in UTF-16 units. */
const MAX_TOKEN = 4096;
/** Characters on either side in which {@link TokenFormat.near} must match. */
const NEAR = 400;

/** Characters of one run from which on it is encoded data, in which any four letters turn up by chance. */
const ENCODED_RUN = 80;

/** Whether a place is in the midst of a long run of base64 that goes on before it. */
function isInBase64(text: string, at: number): boolean {
  const before = /[A-Za-z0-9+/]*$/.exec(text.slice(Math.max(0, at - ENCODED_RUN), at))?.[0].length ?? 0;
  const after = /^[A-Za-z0-9+/]*/.exec(text.slice(at, at + ENCODED_RUN))?.[0].length ?? 0;
  return before > 0 && before + after >= ENCODED_RUN;
}

/** What of a token should be random: without what is the same in each one of its format. */
function bodyOf(value: string, literal: string, from: number): string {
  return (value.slice(0, from) + value.slice(from + literal.length)).replace(/&token=/, '');
}

/**
 * A token of one format whose literal is at `at`.
 * @param literal as it stands in the table
 * @param eager redaction: also where a word runs into it and where it does not look random
 */
export function tokenAt(entry: TokenFormat, literal: string, text: string, at: number, eager: boolean): Secret | undefined {
  if (entry.wary && !eager && entry.lead === undefined && at > 0) {
    const before = text.charCodeAt(at - 1);
    if (isWordUnit(before) || before === 45) return undefined;
  }
  let start = at;
  if (entry.lead !== undefined) {
    const lead = entry.lead.re.exec(text.slice(Math.max(0, at - entry.lead.reach), at));
    if (lead === null) return undefined;
    start = at - lead[0].length;
  }
  const matcher = entry.re.matcher(text.slice(at, at + MAX_TOKEN));
  if (!matcher.lookingAt()) return undefined;
  const end = at + matcher.end();
  const value = text.slice(start, end);
  if (!eager) {
    // Of a longer run it is a part, and no token.
    if (isWordUnit(text.charCodeAt(end)) || (entry.kind === 'cloud-key' && isInBase64(text, start))) return undefined;
    if (!entry.possible(value)) return undefined;
    if (entry.near !== undefined && !entry.near.test(text.slice(Math.max(0, start - NEAR), end + NEAR))) return undefined;
  }
  const body = bodyOf(value, literal, at - start);
  if (entry.wary && !looksRandom(body) && !isDummyValue(value)) return undefined;
  const dummy = !entry.proven(value) && (isDummyValue(value) || isHandWritten(body));
  return { kind: entry.kind, format: entry.format, start, end, value, dummy };
}
