import { isDummyValue } from '../../policy/dummy.ts';
import type { Secret } from '../../policy/facts.ts';

/** Longest header, and longest whole token, in characters. */
const MAX_HEADER = 1024;
const MAX_TOKEN = 8192;

const isPartUnit = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 45 || unit === 95;

function partEnd(text: string, from: number, limit: number): number {
  let end = from;
  while (end < limit && isPartUnit(text.charCodeAt(end))) end++;
  return end;
}

/** Whether the first part decodes to a JOSE header (RFC 7515 §4): JSON that names an algorithm. */
function isHeader(part: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null && ('alg' in header || 'enc' in header);
  } catch {
    // Not base64url of JSON: some other text that begins alike.
    return false;
  }
}

/** A JSON web token (RFC 7519), or an encrypted one, whose first part begins at `at`. */
export function jwtAt(text: string, at: number): Secret | undefined {
  // Of a row of beginnings the one next to the dot counts; it would be slow to follow each to its end.
  const headerEnd = partEnd(text, at, Math.min(text.length, at + MAX_HEADER));
  if (text.charCodeAt(headerEnd) !== 46 || !isHeader(text.slice(at, headerEnd))) return undefined;
  const limit = Math.min(text.length, at + MAX_TOKEN);
  let end = partEnd(text, headerEnd + 1, limit);
  if (end - headerEnd < 6) return undefined;
  for (let parts = 2; parts < 5 && text.charCodeAt(end) === 46; parts++) end = partEnd(text, end + 1, limit);
  const value = text.slice(at, end);
  return { kind: 'jwt', format: 'jwt', start: at, end, value, dummy: isDummyValue(value) };
}
