import { isDummyValue, isHandWritten } from '../../policy/dummy.ts';
import type { Secret } from '../../policy/facts.ts';

/** Longest header, and longest whole token, in characters. */
const MAX_HEADER = 1024;
/** `{"alg":"…"}` has at least as many, encoded. */
const MIN_HEADER = 14;
const MAX_TOKEN = 8192;

const isPartUnit = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 45 || unit === 95;

function partEnd(text: string, from: number, limit: number): number {
  let end = from;
  while (end < limit && isPartUnit(text.charCodeAt(end))) end++;
  return end;
}

function jsonOf(part: string): object | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    // Not base64url of JSON: some other text that begins alike.
    return undefined;
  }
}

/** Claims of the tokens that specifications and tutorials show (RFC 7519 §3.1, jwt.io). */
const SAMPLE = /"(?:John Doe|Jane Doe|Joe Bloggs|joe)"|"sub":"1234567890"|https?:\/\/(?:[\w-]+\.)*example\.(?:com|org|net)/;

/**
 * A JSON web token (RFC 7519), or an encrypted one, whose first part begins at `at`: the header must be
 * JSON that names an algorithm (RFC 7515 §4), and so must the claims be JSON where they are not encrypted.
 * @param eager redaction: also where the claims are none
 */
export function jwtAt(text: string, at: number, eager: boolean): Secret | undefined {
  // Of a row of beginnings the one next to the dot counts; it would be slow to follow each to its end.
  const headerEnd = partEnd(text, at, Math.min(text.length, at + MAX_HEADER));
  if (text.charCodeAt(headerEnd) !== 46 || headerEnd - at < MIN_HEADER) return undefined;
  const header = jsonOf(text.slice(at, headerEnd));
  if (header === undefined || !('alg' in header || 'enc' in header)) return undefined;
  const limit = Math.min(text.length, at + MAX_TOKEN);
  const claimsEnd = partEnd(text, headerEnd + 1, limit);
  let end = claimsEnd;
  if (end - headerEnd < 6) return undefined;
  for (let parts = 2; parts < 5 && text.charCodeAt(end) === 46; parts++) end = partEnd(text, end + 1, limit);
  const value = text.slice(at, end);
  const claims = Buffer.from(text.slice(headerEnd + 1, claimsEnd), 'base64url').toString('utf8');
  if (!eager && !('enc' in header) && !claims.startsWith('{')) return undefined;
  // A token without a signature lets nobody in.
  const unsigned = 'alg' in header && header.alg === 'none';
  const signature = value.slice(value.lastIndexOf('.') + 1);
  const dummy = isDummyValue(value) || SAMPLE.test(claims) || unsigned || isHandWritten(signature);
  return { kind: 'jwt', format: 'jwt', start: at, end, value, dummy };
}
