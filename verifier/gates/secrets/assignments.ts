import { isDummyValue, isReference } from '../../policy/dummy.ts';
import type { Secret } from '../../policy/facts.ts';
import { HARMLESS, NOT_VALUES } from './names.ts';
import { isWordUnit, looksRandom, shapeOf } from './shape.ts';
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

const MAX_NAME = 80;
const MAX_VALUE = 512;

const isSpace = (unit: number): boolean => unit === 32 || unit === 9;
const isQuote = (unit: number): boolean => unit === 34 || unit === 39 || unit === 96;

interface Value {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** The name stands before a bare `=`, `--flag ` or in a query: the value is text, not an expression. */
  readonly literal: boolean;
}

function quotedValue(text: string, open: number): Value | undefined {
  const quote = text.charCodeAt(open);
  const limit = Math.min(text.length, open + 1 + MAX_VALUE);
  for (let at = open + 1; at < limit; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 92) at++;
    else if (unit === quote) return at > open + 1 ? { start: open + 1, end: at, quoted: true, literal: true } : undefined;
    else if (unit === 0 || (unit === 10 && quote !== 96)) return undefined;
  }
  return undefined;
}

/** Reads past the name's end, an operator and what may stand before the value. */
function valueAfter(text: string, nameEnd: number, isFlag: boolean, eager: boolean): Value | undefined {
  let at = nameEnd;
  const skipSpaces = (): void => {
    while (isSpace(text.charCodeAt(at))) at++;
  };
  const inName = text.charCodeAt(at);
  if (isQuote(inName) || inName === 92) at += inName === 92 && isQuote(text.charCodeAt(at + 1)) ? 2 : 1;
  if (text.charCodeAt(at) === 93) at++;
  const beforeOperator = at;
  skipSpaces();
  const spaced = at > beforeOperator;
  let operator = text.charAt(at);
  let bare = false;
  if (operator === ':' || operator === '=' || operator === '!' || operator === '+' || operator === '?') {
    while (':=!+?'.includes(text.charAt(at)) && at < text.length) at++;
    // `password + 'x'` adds to it; only `password += 'x'` is about its value.
    if (!eager && operator === '+' && text.charAt(at - 1) !== '=') return undefined;
    if (text.charAt(at) === '>') at++;
    bare = operator === '=' && !spaced && !isSpace(text.charCodeAt(at));
  } else if (operator === '>' || operator === '(' || operator === ',') {
    at++;
    bare = operator === '>';
  } else if (spaced && isFlag) {
    operator = ' ';
    bare = true;
  } else return undefined;
  skipSpaces();
  // `password: str = "…"`, `password: &'static str = "…"`: the value stands behind the type.
  if (operator === ':') {
    const typed = /^[&A-Za-z][\w&'<>[\]. |]{0,40}?\s?=\s?/.exec(text.slice(at, at + 48));
    if (typed !== null && !typed[0].includes('==')) at += typed[0].length;
  }
  const marks = /^(?:[A-Za-z]{0,2}|@|\$@?)(?=\\?["'`])/.exec(text.slice(at, at + 4));
  if (marks !== null) at += marks[0].length;
  if (text.charCodeAt(at) === 92 && isQuote(text.charCodeAt(at + 1))) return escapedValue(text, at + 2);
  if (isQuote(text.charCodeAt(at))) return quotedValue(text, at);
  if (operator === '(' || operator === ',') return undefined;
  return bareValue(text, at, bare);
}

/** `with password 'abc'`, `the token is abc123`: how people and error messages put it. */
function valueInSentence(text: string, nameEnd: number): Value | undefined {
  const lead = /^\s{1,4}(?:(?:is|was|of|to|value)\s{1,4})?/.exec(text.slice(nameEnd, nameEnd + 16));
  if (lead === null) return undefined;
  const at = nameEnd + lead[0].length;
  if (isQuote(text.charCodeAt(at))) return quotedValue(text, at);
  const found = bareValue(text, at, true);
  const value = found === undefined ? '' : text.slice(found.start, found.end);
  return /\d/.test(value) && /[A-Za-z]/.test(value) && value.length >= 6 ? found : undefined;
}

/** A value within JSON within a string: `\"password\":\"…\"`. */
function escapedValue(text: string, start: number): Value | undefined {
  const end = text.slice(start, start + MAX_VALUE).search(/[\\"'\n]/);
  return end > 0 ? { start, end: start + end, quoted: true, literal: true } : undefined;
}

function bareValue(text: string, from: number, literal: boolean): Value | undefined {
  let start = from;
  const scheme = /^(?:bearer|basic|token|apikey|digest)\s+/i.exec(text.slice(start, start + 12));
  if (scheme !== null) start += scheme[0].length;
  const limit = Math.min(text.length, start + MAX_VALUE);
  let end = start;
  while (end < limit) {
    const unit = text.charCodeAt(end);
    if (unit <= 32 || isQuote(unit) || unit === 0x2039 || '<>;,&|)}]{('.includes(text.charAt(end))) break;
    end++;
  }
  if ('(['.includes(text.charAt(end)) && end < text.length && !literal) return undefined;
  return end > start ? { start, end, quoted: false, literal: literal || scheme !== null } : undefined;
}

/** Plain words, paths and addresses: names of things rather than credentials. */
function isWordlike(value: string): boolean {
  return /^(?:[A-Za-z]+|[A-Za-z]{2,}(?:[._/ :-][A-Za-z]{2,}\d{0,2})*|[./~][\w./-]*|https?:\/\/.*|[\w-]+\.(?:json|ya?ml|pem|txt|env|crt|key|js|ts|py))$/.test(
    value,
  );
}

/** Whether a value under a telling name is a credential beyond doubt enough to report it. */
function isCredential(value: string, found: Value, isPassword: boolean): boolean {
  if (/\s/.test(value) || isWordlike(value) || /^\[[\w-]+[~|^$*]?=[^\]]*\]$/.test(value)) return false;
  const { lower, upper, digits, symbols, changes, entropy } = shapeOf(value);
  const letters = lower + upper;
  const classes = [lower, upper, digits, symbols].filter((count) => count > 0).length;
  if (found.quoted) {
    if (isPassword) return value.length >= 6 && classes >= 2 && (digits > 0 || symbols > 0) && letters > 0;
    return value.length >= 8 && letters > 0 && digits > 0 && entropy >= 2.6 && (changes >= 2 || value.length >= 16);
  }
  if (/^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)+$/.test(value) && digits < 4) return false;
  if (found.literal) return value.length >= 8 && letters > 0 && digits > 0 && entropy >= 2.6 && (isPassword || changes >= 3);
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

/**
 * A value assigned to a telling name that begins at `at`: in code, configuration, environment, JSON,
 * command-line flags, query strings and headers.
 * @param eager redaction: whatever may be a credential, rather than what surely is one
 */
export function assignmentAt(text: string, at: number, name: string, eager: boolean): Secret | undefined {
  let nameEnd = at + name.length;
  const limit = Math.min(text.length, nameEnd + MAX_NAME);
  const parameter = name.endsWith('=');
  if (!parameter) {
    while (nameEnd < limit && (isWordUnit(text.charCodeAt(nameEnd)) || text.charCodeAt(nameEnd) === 45)) nameEnd++;
    const rest = text.slice(at + name.length, nameEnd);
    const word = rest.replace(/^[_-]+/, '').toLowerCase();
    if (!eager && word !== '' && HARMLESS.test(word)) return undefined;
    // `passwordless` and `tokenizer` go on in lower case: another word altogether.
    if (!eager && /^[a-z]{3,}/.test(rest) && !/^(?:key|value|hash|base|data|str|env)/.test(rest)) return undefined;
  } else if (!'?&;#'.includes(text.charAt(at - 1)) || at === 0) return undefined;
  let nameStart = at;
  while (
    nameStart > 0 &&
    at - nameStart < MAX_NAME &&
    (isWordUnit(text.charCodeAt(nameStart - 1)) || text.charCodeAt(nameStart - 1) === 45)
  )
    nameStart--;
  const isFlag = text.charCodeAt(nameStart) === 45;
  const found = parameter
    ? bareValue(text, nameEnd, true)
    : (valueAfter(text, nameEnd, isFlag, eager) ?? (eager ? valueInSentence(text, nameEnd) : undefined));
  if (found === undefined) return undefined;
  const value = text.slice(found.start, found.end);
  if (isReference(value) || value.includes('‹redacted')) return undefined;
  if (!eager && isBadge(text, nameStart)) return undefined;
  const isPassword = name.startsWith('pass') || name === 'pwd';
  if (eager ? !mayBeCredential(value, found, isPassword) : !isCredential(value, found, isPassword)) return undefined;
  const cloud = text.slice(nameStart, nameEnd).toLowerCase().includes('aws') && value.length === 40;
  return {
    kind: cloud ? 'cloud-key' : 'generic',
    format: cloud ? 'aws-secret-key' : 'generic',
    start: found.start,
    end: found.end,
    value,
    dummy: isDummyValue(value) && !looksRandom(value.replace(/example|key/gi, '')),
  };
}
