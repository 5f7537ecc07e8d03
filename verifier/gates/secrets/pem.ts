import { isDummyValue } from '../../policy/dummy.ts';
import type { Secret } from '../../policy/facts.ts';

/** Longest armoured key that is followed, in UTF-16 units: an RSA key of 16,384 bits has about 12,700. */
const MAX_BLOCK = 20_000;
/** A key has at least this many base64 characters; less is talk about keys. */
const MIN_BODY = 40;

const LABEL = 'PRIVATE KEY';

const isBase64 = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 43 || unit === 47 || unit === 61;

/** What may stand between the lines of a key: white space, quotes, concatenation, escapes, comment and quote marks. */
const isFiller = (unit: number): boolean => unit <= 32 || '"\'`\\,;.|>#*()[]'.includes(String.fromCharCode(unit));

/** End of the base64 that follows `from`, through fillers and `\n` escapes. */
function bodyEnd(text: string, from: number): { end: number; length: number } {
  const limit = Math.min(text.length, from + MAX_BLOCK);
  let end = from;
  let length = 0;
  for (let at = from; at < limit; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 92 && /[nrt]/.test(text.charAt(at + 1))) at++;
    else if (isBase64(unit)) {
      length++;
      end = at + 1;
    } else if (!isFiller(unit)) break;
  }
  return { end, length };
}

/** The next `END … PRIVATE KEY` line, unless another key begins before it. */
function footerAfter(text: string, from: number): { start: number; end: number } | undefined {
  const label = text.slice(from, from + MAX_BLOCK).indexOf(LABEL);
  if (label === -1) return undefined;
  const at = from + label;
  const before = text.slice(Math.max(from, at - 48), at);
  const word = before.lastIndexOf('END');
  if (word === -1 || before.includes('BEGIN')) return undefined;
  let start = at - before.length + word;
  while (start > from && text.charAt(start - 1) === '-') start--;
  let end = at + LABEL.length;
  if (text.startsWith(' BLOCK', end)) end += 6;
  for (let dashes = 0; dashes < 5 && text.charAt(end) === '-'; dashes++) end++;
  return { start, end };
}

/** A body that no key has: a word or a run instead of base64. */
function isStandIn(value: string): boolean {
  const body = value.replace(/-----END[\s\S]*$/, '').replace(/\\[nrt]|[^A-Za-z0-9+/=]/g, '');
  const head = body.slice(0, 400);
  return new Set(head).size < 16 || /example|placeholder|dummy|yourprivatekey|privatekeyhere|redacted|xxxxxxxx|notarealkey/i.test(head);
}

/**
 * A private key in PEM, OpenPGP or PuTTY armour (RFC 7468, RFC 9580) whose label `PRIVATE KEY` or
 * `Private-Lines` is at `at`. A key without its footer counts: it may have been cut off.
 * @param eager redaction: also where the body was plainly put in by hand
 */
export function privateKeyAt(text: string, at: number, eager: boolean): Secret | undefined {
  const before = text.slice(Math.max(0, at - 48), at);
  const begin = before.lastIndexOf('BEGIN');
  const putty = text.startsWith('Private-Lines:', at);
  if (begin === -1 && !putty) return undefined;
  let start = at;
  if (begin !== -1) {
    start = at - before.length + begin;
    while (start > 0 && text.charAt(start - 1) === '-') start--;
  }
  const rest = text.slice(at, at + 64);
  const mark = putty ? rest.indexOf('\n') : rest.indexOf('--');
  if (mark === -1) return undefined;
  let from = at + mark;
  while (text.charAt(from) === '-') from++;
  const body = bodyEnd(text, from);
  let end = body.end;
  let length = body.length;
  const footer = footerAfter(text, from);
  if (footer !== undefined) {
    const inside = text.slice(from, footer.start);
    const dense = inside.replace(/[^A-Za-z0-9+/=]/g, '').length;
    // Armour headers (`Proc-Type: …`) end the run above early; the footer bounds the key all the same.
    if (dense * 2 > inside.length) {
      end = footer.end;
      length = dense;
    }
  }
  if (length < MIN_BODY) return undefined;
  const value = text.slice(from, end);
  if (!eager && isStandIn(value)) return undefined;
  return { kind: 'private-key', format: 'private-key', start, end, value, dummy: isDummyValue(value.slice(0, 200)) };
}
