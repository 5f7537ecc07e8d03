import { isDocumented } from './documented.ts';

/** Words with which documentation and tests mark a value as no real one. */
const WORDS = [
  'example',
  'sample',
  'dummy',
  'placeholder',
  'changeme',
  'change_me',
  'change-me',
  'replaceme',
  'replace_me',
  'replace-me',
  'replace_with',
  'insert_',
  'redacted',
  'your_',
  'your-',
  'yourpassword',
  'yourtoken',
  'yoursecret',
  'yourkey',
  'youraccesskey',
  'my_password',
  'my-secret',
  'mysecret',
  'mypassword',
  'fake',
  'foobar',
  'not-a-real',
  'notreal',
  'not_real',
  'lorem',
  'xxxx',
  '****',
  '...',
  '…',
  'not-real',
  'notavalid',
  'not_a_valid',
  'not-a-valid',
  'invalidtoken',
  'deadbeefdeadbeef',
  'abc123def',
  'abcdefghij',
  '1234567890',
  '0123456789',
  '‹redacted',
  '<redacted',
  '[redacted',
];

/** `your…key`, `insert-token-here`, `replace_me`: what a reader is asked to put in. */
const REQUEST =
  /your[\w .-]{0,30}(?:key|token|secret|passw|pwd|id\b|here|value|cred)|(?:insert|enter|put|add|replace|use|set|paste|type|fill|some|goes)[\w .-]{0,30}here\b|[-_ ]goes[-_ ]here|[-_.]todo$|replace[\w .-]{0,20}(?:with|this|me)\b|\b(?:my|the|some|any|a)[-_](?:\w{1,20}[-_])?(?:api[-_]?key|token|secret|password|key)\b(?![-_]?\w*\d{3})/;

/** Whole values that are obviously nobody's. */
const WHOLE = new Set([
  'todo',
  'tbd',
  'none',
  'null',
  'undefined',
  'true',
  'false',
  'password',
  'passwd',
  'secret',
  'token',
  'test',
  'string',
]);

/** One character over and over, or a plain run such as `12345678` or `abcdefgh`. */
function isMonotone(value: string): boolean {
  let same = 0;
  let rising = 0;
  for (let at = 1; at < value.length; at++) {
    const step = value.charCodeAt(at) - value.charCodeAt(at - 1);
    if (step === 0) same++;
    if (step === 1) rising++;
  }
  return value.length >= 4 && (same >= value.length - 2 || rising >= value.length - 2);
}

/**
 * Whether a value is a reference to where the secret really is: `${VAR}`, `$VAR`, `<token>`,
 * `{{ template }}`, `%VAR%`, `process.env.X`, `os.environ[…]`, or already redacted.
 */
export function isReference(value: string): boolean {
  const text = value.trim();
  if (text.startsWith('‹redacted')) return true;
  if (
    /^(\$\{[^}]{1,200}\}|\$\([^)]{1,200}\)|\$\{\{.{1,200}\}\}|\{\{.{1,200}\}\}|<[^<>]{1,80}>|%[\w.-]{1,80}%|\$[A-Za-z_]\w{0,80})$/.test(
      text,
    )
  )
    return true;
  return /^(process\.env|import\.meta\.env|os\.environ|os\.getenv|getenv|env\(|ENV\[|System\.getenv|secrets\.|vault:|op:\/\/|arn:aws:secretsmanager)/.test(
    text,
  );
}

/** Whether a value is a reference with something around it, as in `prefix-${TOKEN}` or `{{ token }}-dev`. */
export function mentionsReference(value: string): boolean {
  return /\$\{[^}]{1,120}\}|\{\{[^}]{1,120}\}\}|\$\([^)]{1,120}\)|#\{[^}]{1,120}\}|<[A-Za-z][\w -]{2,40}>|^\{[\w.]{1,60}\}$|^%\(\w{1,40}\)s$|^__[A-Z0-9_]{2,60}__$|^@[A-Za-z_]{3,60}@?$|^\[[A-Za-z][\w -]{2,40}\]$/.test(
    value,
  );
}

/** Longest part of a value that is judged, in UTF-16 units. */
const JUDGED = 300;
/** Words and runs that are in no random token but about once in a thousand. */
const WORDS_IN_TOKENS =
  /test|fake|demo|token|secret|passw|apikey|api_key|api-key|123456|234567|345678|456789|567890|abcdef|bcdefg|defghi|qwert|asdfg|zxcvb|987654|fedcba|zyxwvu|hello|invalid|goes.?here|[_-]here|abc123|deadbeef|cafebabe|mykey|todo$/;

/** How many neighbours are alike or follow each other, as in `abc123def456`; by chance it is few. */
function orderly(body: string): number {
  let steps = 0;
  for (let at = 1; at < body.length; at++) {
    const step = body.charCodeAt(at) - body.charCodeAt(at - 1);
    if (step >= -1 && step <= 1) steps++;
  }
  return steps / Math.max(1, body.length - 1);
}

/** Whether a text repeats one of at most 16 characters, as in `0123abcd0123abcd`. */
function isPeriodic(body: string): boolean {
  for (let period = 1; period <= 16 && period * 2 <= body.length; period++) {
    let same = 0;
    for (let at = period; at < body.length; at++) if (body.charCodeAt(at) === body.charCodeAt(at - period)) same++;
    if (same >= (body.length - period) * 0.7) return true;
  }
  return false;
}

/** Whether a value follows a pattern: runs, repetitions, sequences, too few different characters. */
function isPatterned(value: string): boolean {
  if (value.length < 12) return false;
  const text = value.slice(0, JUDGED).toLowerCase();
  // Base64 pads with `A` and `=`, names with `-` and `_`.
  if (/([^a=_-])\1{5}|a{12}$/.test(text)) return true;
  const distinct = new Set(text).size;
  if (distinct <= Math.min(7, Math.floor(text.length / 3))) return true;
  return !/^[\d-]+$/.test(text) && (orderly(text) >= 0.5 || isPeriodic(text));
}

/**
 * Whether the part of a token that should be random is written by hand: in words, or by a pattern.
 * @param body the token without its fixed beginning
 */
export function isHandWritten(body: string): boolean {
  return body.length >= 8 && (WORDS_IN_TOKENS.test(body.slice(0, JUDGED).toLowerCase()) || isPatterned(body));
}

/** Whether a value is a documented or obvious placeholder rather than somebody's credential. */
export function isDummyValue(value: string): boolean {
  const text = value.trim().toLowerCase();
  if (text === '' || WHOLE.has(text) || isReference(value) || isMonotone(text)) return true;
  return WORDS.some((word) => text.includes(word)) || REQUEST.test(text) || isPatterned(text) || isDocumented(value.trim());
}
