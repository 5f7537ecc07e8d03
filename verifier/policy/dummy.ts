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
  '....',
];

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

/** Whether a value is a documented or obvious placeholder rather than somebody's credential. */
export function isDummyValue(value: string): boolean {
  const text = value.trim().toLowerCase();
  if (text === '' || WHOLE.has(text) || isReference(value) || isMonotone(text)) return true;
  return WORDS.some((word) => text.includes(word));
}
