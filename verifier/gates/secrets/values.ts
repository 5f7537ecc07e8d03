import { isWordUnit } from './shape.ts';

/** Longest value that is looked at under a name, in UTF-16 units. */
export const MAX_VALUE = 512;

/** A value that stands behind a name. */
export interface Value {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** The name stands before a bare `=`, `--flag ` or in a query: the value is text, not an expression. */
  readonly literal: boolean;
}

/** How a name is read with its value. */
export interface Reading {
  /** Where the name begins: after some, a mere space suffices. */
  readonly nameStart: number;
  /** Redaction: whatever may be meant. */
  readonly eager: boolean;
}

const isSpace = (unit: number): boolean => unit === 32 || unit === 9;
const isQuote = (unit: number): boolean => unit === 34 || unit === 39 || unit === 96;

/** `name="password" value="…"`, `- name: DB_PASSWORD⏎  value: …`, `variable "token" { default = "…" }`. */
const ATTRIBUTE =
  /^["'`]?(?:\s*,|\s)\s*(?:\{\s*)?(?:type\s*[=:]\s*["']?\w{2,12}["']?\s*,?\s*)?["'`]?(?:value|default|defaultvalue|content)["'`]?\s*[:=]\s*/i;
/** `env.TOKEN || "…"`, `getenv("TOKEN") ?: '…'`, `os.environ.get("TOKEN") or "…"`. */
const FALLBACK = /^["'`]?[\])]{0,2}\s{0,4}(?:\|\|=?|\?\?=?|\?:|or\b)\s{0,4}(?=["'`])/;
/** YAML's block scalars and what a formatter moves to the next line. */
const NEXT_LINE = /^(?:[ \t]*(?:[|>][-+]?\d?|\())?[ \t]*\r?\n[ \t]*/;

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

/** A value within JSON within a string: `\"password\":\"…\"`. */
function escapedValue(text: string, start: number): Value | undefined {
  const end = text.slice(start, start + MAX_VALUE).search(/[\\"'\n]/);
  return end > 0 ? { start, end: start + end, quoted: true, literal: true } : undefined;
}

/** A value without quotes, from `from` on, past an authorization scheme. */
export function bareValue(text: string, from: number, literal: boolean): Value | undefined {
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

function valueAt(text: string, from: number, operator: string, bare: boolean): Value | undefined {
  const marks = /^(?:[A-Za-z]{0,2}|@|\$@?)(?=\\?["'`])/.exec(text.slice(from, from + 4));
  const at = from + (marks?.[0].length ?? 0);
  if (text.charCodeAt(at) === 92 && isQuote(text.charCodeAt(at + 1))) return escapedValue(text, at + 2);
  if (isQuote(text.charCodeAt(at))) return quotedValue(text, at);
  if (operator === '(' || operator === ',') return undefined;
  return bareValue(text, at, bare);
}

/** Where the value stands in the line below: only a quoted one, or in YAML or XML. */
function onNextLine(text: string, at: number, operator: string): number {
  const found = NEXT_LINE.exec(text.slice(at, at + 80));
  if (found === null) return at;
  const place = at + found[0].length;
  const block = /[|>]/.test(found[0]) || operator === '>';
  return block || isQuote(text.charCodeAt(place)) ? place : at;
}

/** The value of a name that ends at `nameEnd`: past an operator and what may stand before the value. */
export function valueAfter(text: string, nameEnd: number, { nameStart, eager }: Reading): Value | undefined {
  let at = nameEnd;
  const skipSpaces = (): void => {
    while (isSpace(text.charCodeAt(at))) at++;
  };
  const ahead = text.slice(nameEnd, nameEnd + 96);
  const attribute = ATTRIBUTE.exec(ahead);
  if (attribute !== null) return valueAt(text, nameEnd + attribute[0].length, '=', false);
  const fallback = FALLBACK.exec(ahead);
  if (fallback !== null) return valueAt(text, nameEnd + fallback[0].length, ',', false);
  const inName = text.charCodeAt(at);
  if (isQuote(inName) || inName === 92) at += inName === 92 && isQuote(text.charCodeAt(at + 1)) ? 2 : 1;
  if (text.charCodeAt(at) === 93) at++;
  const beforeOperator = at;
  skipSpaces();
  const spaced = at > beforeOperator;
  let operator = text.charAt(at);
  let bare = false;
  if (operator === ':' || operator === '=' || operator === '!' || operator === '+' || operator === '?' || operator === '|') {
    while (':=!+?|'.includes(text.charAt(at)) && at < text.length) at++;
    // `password + 'x'` adds to it; only `password += 'x'` is about its value.
    if (!eager && (operator === '+' || operator === '|') && text.charAt(at - 1) !== '=') return undefined;
    if (text.charAt(at) === '>') at++;
    bare = operator === '=' && !spaced && !isSpace(text.charCodeAt(at));
  } else if (operator === '>' || operator === '(' || operator === ',') {
    at++;
    bare = operator === '>';
  } else if (spaced && takesSpace(text, nameStart)) {
    operator = ' ';
    bare = true;
  } else return undefined;
  if (operator !== '(' && operator !== ',') at = onNextLine(text, at, operator);
  skipSpaces();
  // `password: str = "…"`, `password: &'static str = "…"`: the value stands behind the type.
  if (operator === ':') {
    const typed = /^[&A-Za-z][\w&'<>[\]. |]{0,40}?(?:\s=\s?|=(?=["'`]))/.exec(text.slice(at, at + 48));
    if (typed !== null && !typed[0].includes('==')) at += typed[0].length;
  }
  return valueAt(text, at, operator, bare);
}

/** `with password 'abc'`, `the token is abc123`: how people and error messages put it. */
export function valueInSentence(text: string, nameEnd: number): Value | undefined {
  const lead = /^\s{1,4}(?:(?:is|was|of|to|value)\s{1,4})?/.exec(text.slice(nameEnd, nameEnd + 16));
  if (lead === null) return undefined;
  const at = nameEnd + lead[0].length;
  if (isQuote(text.charCodeAt(at))) return quotedValue(text, at);
  const found = bareValue(text, at, true);
  const value = found === undefined ? '' : text.slice(found.start, found.end);
  return /\d/.test(value) && /[A-Za-z]/.test(value) && value.length >= 6 ? found : undefined;
}

/** Longest name that is followed to either side, in UTF-16 units. */
const MAX_NAME = 80;

const isNameUnit = (unit: number): boolean => isWordUnit(unit) || unit === 45;

/** Start of the name in which `at` stands. */
export function nameStartOf(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < MAX_NAME && isNameUnit(text.charCodeAt(start - 1))) start--;
  return start;
}

/** End of the name in which `at` stands. */
export function nameEndOf(text: string, at: number): number {
  const limit = Math.min(text.length, at + MAX_NAME);
  let end = at;
  while (end < limit && isNameUnit(text.charCodeAt(end))) end++;
  return end;
}

/** Whether a space alone may separate the value from the name at `start`: options, `#define`, `ENV`, a netrc, SQL. */
function takesSpace(text: string, start: number): boolean {
  if (text.charCodeAt(start) === 45) return true;
  const before = text.slice(Math.max(0, start - 120), start);
  return (
    /^(?:identified by|convertto-securestring|(?:store|key)password)/i.test(text.slice(start, start + 24)) ||
    /(?:#define|\bENV|\bsetx|\bset -g?x|\bsetenv|\blogin \S{1,64}|\bconfig(?:ure)? set)\s+(?:\S{1,60}:)?$|\bWITH\b[\w\s]{1,60}$/.test(
      before,
    )
  );
}
