import { isDummyValue, isReference, mentionsReference } from '../../policy/dummy.ts';
import type { Secret } from '../../policy/facts.ts';
import { HARMLESS, NOT_VALUES } from './names.ts';
import { isWordUnit, looksRandom, shapeOf } from './shape.ts';
import { bareValue, MAX_VALUE, nameEndOf, nameStartOf, type Value, valueAfter, valueInSentence } from './values.ts';

/** Schemes of the Authorization header (RFC 7235), wherever they stand. */
export const AUTHORIZATION_SCHEMES = ['bearer ', 'basic '] as const;

/** The credential behind an authorization scheme at `at`: a run that is no word. */
export function authorizationAt(text: string, at: number, scheme: string, eager: boolean): Secret | undefined {
  const start = at + scheme.length;
  let end = start;
  const limit = Math.min(text.length, start + MAX_VALUE * 4);
  while (end < limit && (isWordUnit(text.charCodeAt(end)) || '+/=.~-'.includes(text.charAt(end)))) end++;
  const value = text.slice(start, end).replace(/[.]+$/, '');
  if (value.length < 12 || !(eager ? /\d|[a-z][A-Z]|=$/.test(value) : looksRandom(value))) return undefined;
  return { kind: 'generic', format: 'authorization', start, end: start + value.length, value, dummy: isDummyValue(value) };
}

/** Plain words, paths and addresses: names of things rather than credentials. */
function isWordlike(value: string): boolean {
  return /^(?:[A-Za-z]+|[A-Za-z]{2,}(?:[._/ :-][A-Za-z]{2,}\d{0,2})*|(?:[a-z]+\d{0,3}_){2,}[a-z]+\d{0,3}|urn:[\w:-]+|[./~][\w./-]*|https?:\/\/.*|[\w-]+\.(?:json|ya?ml|pem|txt|env|crt|key|js|ts|py))$/.test(
    value,
  );
}

/** Digests that say which they are; nobody logs in with one. */
const DIGEST = /^(?:sha(?:1|256|384|512)[-:]|md5:|\$(?:2[aby]|argon2\w*|apr1|[156]|scrypt|pbkdf2[\w-]*)\$)/i;

/** A long random value of all kinds of characters, blanks among them, as WordPress makes its salts. */
function isSalt(value: string, found: Value): boolean {
  const { lower, upper, digits, symbols, entropy } = shapeOf(value);
  return (
    found.quoted && value.length >= 32 && Math.min(lower, upper, digits, symbols) >= 3 && symbols >= value.length / 6 && entropy >= 4.2
  );
}

/** Names of what people choose: shorter and plainer than keys. */
const PASSWORDS = /^pass|pwd|_pass|passwort|kennwort|senha|identified|securestring/;

/** Whether a value under a telling name is a credential beyond doubt enough to report it. */
function isCredential(value: string, found: Value, isPassword: boolean): boolean {
  if ((/\s/.test(value) && !isSalt(value, found)) || isWordlike(value) || DIGEST.test(value) || /^\[[\w-]+[~|^$*]?=[^\]]*\]$/.test(value))
    return false;
  const { lower, upper, digits, symbols, changes, entropy } = shapeOf(value);
  const letters = lower + upper;
  const classes = [lower, upper, digits, symbols].filter((count) => count > 0).length;
  if (found.quoted) {
    if (isPassword) return value.length >= 6 && classes >= 2 && (digits > 0 || symbols > 0) && letters > 0;
    return value.length >= 8 && letters > 0 && digits > 0 && entropy >= 2.6 && (changes >= 2 || value.length >= 16);
  }
  if (/^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)+$/.test(value) && digits < 4) return false;
  if (found.literal) return value.length >= 8 && letters > 0 && digits > 0 && entropy >= 2.6 && (isPassword || changes >= 3);
  if (isPassword && value.length >= 8 && lower > 0 && upper > 0 && digits > 1 && changes >= 4) return true;
  return value.length >= 12 && letters > 0 && digits > 1 && entropy >= 3 && (changes >= 4 || (isPassword && symbols > 0));
}

/** The same question where a miss is worse than too much: redaction. */
function mayBeCredential(value: string, found: Value, isPassword: boolean): boolean {
  if (NOT_VALUES.has(value.toLowerCase()) || /^https?:\/\//.test(value)) return false;
  if (!isPassword && /^\d{1,8}$/.test(value)) return false;
  if (found.quoted) return value.length >= 3;
  const { digits, symbols } = shapeOf(value);
  if (found.literal) return value.length >= 3;
  return value.length >= 4 && (digits > 0 || symbols > 0 || value.length >= 8) && !/^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)+$/.test(value);
}

/** The address of a status badge: its token shows a picture and is meant to be published. */
function isBadge(text: string, nameStart: number): boolean {
  if (!'?&'.includes(text.charAt(nameStart - 1)) || nameStart === 0) return false;
  const address = /https?:\/\/[^\s"'()<>]*$/i.exec(text.slice(Math.max(0, nameStart - 300), nameStart))?.[0] ?? '';
  return /\bbadges?\b|\.svg\?|\/\/img\.shields\.io\//i.test(address);
}

/** `live_${TOKEN}`, `live_<token>`: the bare value ends where the reference begins. */
function isCutByReference(text: string, { end, quoted }: Value): boolean {
  return !quoted && /^(?:[({]|<[A-Za-z])/.test(text.slice(end, end + 2)) && /[^\w]/.test(text.charAt(end - 1) + text.charAt(end));
}

/** Whether what follows a telling word makes the name that of something else. */
function isHarmless(rest: string): boolean {
  const word = rest.replace(/^[_-]+/, '').toLowerCase();
  if (word !== '' && HARMLESS.test(word)) return true;
  // `passwordless` and `tokenizer` go on in lower case: another word altogether.
  return /^[a-z]{3,}/.test(rest) && !/^(?:key|value|hash|base|data|str|env)/.test(rest);
}

/** What before `token` says that it is no secret: it goes to everybody who opens the page. */
const PUBLIC = /(?:csrf|xsrf|public|publishable|next_page|page|continuation|cancel(?:lation)?|sync)[_-]?$/i;

/**
 * A value assigned to a telling name that begins at `at`: in code, configuration, environment, JSON,
 * command-line flags, query strings and headers.
 * @param eager redaction: whatever may be a credential, rather than what surely is one
 */
export function assignmentAt(text: string, at: number, name: string, eager: boolean): Secret | undefined {
  const parameter = name.endsWith('=');
  if (parameter && (!'?&;#'.includes(text.charAt(at - 1)) || at === 0)) return undefined;
  const nameEnd = parameter ? at + name.length : nameEndOf(text, at + name.length);
  if (!parameter && !eager && isHarmless(text.slice(at + name.length, nameEnd))) return undefined;
  const nameStart = nameStartOf(text, at);
  if (!eager && name === 'token' && PUBLIC.test(text.slice(nameStart, at))) return undefined;
  const found = parameter
    ? bareValue(text, nameEnd, true)
    : (valueAfter(text, nameEnd, { nameStart, eager }) ?? (eager ? valueInSentence(text, nameEnd) : undefined));
  if (found === undefined) return undefined;
  const value = text.slice(found.start, found.end);
  if (isReference(value) || value.includes('‹redacted')) return undefined;
  if (!eager && (isBadge(text, nameStart) || mentionsReference(value) || isCutByReference(text, found))) return undefined;
  const isPassword = PASSWORDS.test(name);
  if (eager ? !mayBeCredential(value, found, isPassword) : !isCredential(value, found, isPassword)) return undefined;
  return { kind: 'generic', format: 'generic', start: found.start, end: found.end, value, dummy: isDummyValue(value) };
}
