import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { redact } from '../../verifier/gates/redact.ts';
import { TEMPLATE_NAMES, templateValue } from '../../verifier/policy/templates.ts';

const RUNS = Number(process.env['SOAK_RUNS'] ?? 400);

/** Formats without a form of their own are known by the name that they are assigned to. */
const UNNAMED = new Set([
  'aws-secret-key',
  'azure-storage-key',
  'password',
  'hex',
  'base64',
  'base64url',
  'alnum',
  'digits',
  'card-number',
]);
const OUT_OF_SCOPE = new Set(['card-number', 'digits']);

interface Credential {
  readonly name: string;
  /** What stands in the text. */
  readonly shown: string;
  /** What must not be left of it, in any encoding. */
  readonly core: string;
}

/** The part of a credential without which the rest is worthless. */
function coreOf(name: string, value: string): string {
  if (name.includes('private-key')) return value.replaceAll('\\n', '\n').split('\n')[1] ?? value;
  if (name.endsWith('-url')) return /:([^:@/]+)@/.exec(value)?.[1] ?? value;
  return value;
}

function credential(name: string): Credential {
  const value = templateValue(name) ?? '';
  return { name, shown: UNNAMED.has(name) ? `client_secret = "${value}"` : value, core: coreOf(name, value) };
}

const CREDENTIALS = TEMPLATE_NAMES.filter((name) => !OUT_OF_SCOPE.has(name)).map(credential);

const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const reversed = (text: string): string => [...text].reverse().join('');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Ways to write a text down without meaning anything else by it. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  base64,
  'base64 (URL alphabet)': (text) => Buffer.from(text).toString('base64url'),
  'wrapped base64': (text) => (base64(text).match(/.{1,76}/g) ?? []).join('\n'),
  'indented base64': (text) => (base64(text).match(/.{1,60}/g) ?? []).join('\n    '),
  'base64 of base64': (text) => base64(base64(text)),
  'base64 within more': (text) => base64(`user=someone&note=${text}&end`),
  hex,
  'upper-case hex': (text) => hex(text).toUpperCase(),
  'hex with colons': (text) => (hex(text).match(/../g) ?? []).join(':'),
  percent,
  'URL component': (text) => encodeURIComponent(text),
  'unicode escapes': (text) => [...text].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  'hex escapes': (text) => [...text].map((unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''),
  'HTML entities': (text) => [...text].map((unit) => `&#${unit.charCodeAt(0)};`).join(''),
  reversed,
};

/** No way to read the credential off what is left. */
function assertGone(left: string, core: string, what: string): void {
  const flat = left.replace(/[\s"'`+\\]/g, '');
  for (const [encoding, encode] of Object.entries(ENCODINGS)) {
    const trace = encode(core)
      .replace(/[\s"'`+\\]/g, '')
      .replace(/=+$/, '');
    assert.ok(!flat.toLowerCase().includes(trace.toLowerCase()), `${what}: left as ${encoding}`);
  }
}

const lines = (text: string): number => text.split('\n').length;

for (const [encoding, encode] of Object.entries(ENCODINGS)) {
  test(`no format of credential survives as ${encoding}`, () => {
    for (const { name, shown, core } of CREDENTIALS) {
      const text = `first line\nlog: ${encode(shown)} and more\nlast line`;
      const left = redact(text);
      assertGone(left, core, name);
      assert.equal(lines(left), lines(text), name);
      assert.ok(left.startsWith('first line\n') && left.endsWith('\nlast line'), name);
    }
  });
}

const surroundings = fc.string({ unit: fc.constantFrom(...'abcXYZ019 \n\t"\'`\\/+=_-.:;,(){}[]<>@#$%&|é€😀'), maxLength: 40 });

test('no credential survives in any surroundings, in any encoding', () => {
  fc.assert(
    fc.property(
      surroundings,
      fc.constantFrom(...CREDENTIALS),
      fc.constantFrom(...Object.entries(ENCODINGS)),
      fc.constantFrom(' ', '\n', '"', '=', '/', ', '),
      surroundings,
      (before, { name, shown, core }, [encoding, encode], separator, after) => {
        const left = redact(before + separator + encode(shown) + separator + after);
        assertGone(left, core, `${name} as ${encoding}`);
      },
    ),
    { numRuns: RUNS },
  );
});

/** How a long string is written on several lines. */
const SPLITS: Readonly<Record<string, (head: string, tail: string) => string>> = {
  concatenation: (head, tail) => `"${head}" +\n    "${tail}"`,
  'PHP concatenation': (head, tail) => `'${head}' .\n '${tail}'`,
  'adjacent strings': (head, tail) => `("${head}"\n "${tail}")`,
  'backslash continuation': (head, tail) => `"${head}\\\n${tail}"`,
  'joined list': (head, tail) => `["${head}", "${tail}"].join("")`,
};

test('no credential survives in pieces', () => {
  const inOneLine = CREDENTIALS.filter(({ core, shown, name }) => !UNNAMED.has(name) && shown === core);
  fc.assert(
    fc.property(
      fc.constantFrom(...inOneLine),
      fc.constantFrom(...Object.entries(SPLITS)),
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      ({ name, core }, [way, split], where) => {
        const at = Math.max(1, Math.floor(core.length * where));
        const text = `const value = ${split(core.slice(0, at), core.slice(at))};\nnext();`;
        const left = redact(text);
        assertGone(left, core, `${name} by ${way}`);
        // Neither may a long piece of it be left.
        for (const piece of [core.slice(0, at), core.slice(at)]) {
          if (piece.length > core.length / 2) assert.ok(!left.includes(piece), `${name} by ${way}: a piece is left`);
        }
        assert.equal(lines(left), lines(text));
      },
    ),
    { numRuns: RUNS },
  );
});

test('a private key goes whole, however it is written', () => {
  const key = templateValue('private-key-pem') ?? '';
  const rows = key.split('\n');
  const writings = [
    key,
    rows.map((row) => `    ${row}`).join('\n'),
    rows.map((row) => `"${row}\\n" +`).join('\n'),
    rows.map((row) => `# ${row}`).join('\n'),
    JSON.stringify(key),
    rows.slice(0, 9).join('\n'),
  ];
  for (const text of writings) {
    const left = redact(`before\n${text}\nafter`);
    for (const row of rows.slice(1, 8)) assert.ok(!left.includes(row), `a line of the key is left: ${text.slice(0, 20)}`);
    assert.equal(lines(left), lines(text) + 2);
  }
});

test('a value that was named once is found where it is not named', () => {
  const value = templateValue('alnum', 24) ?? '';
  const left = redact(`password = "${value}"\nconnect(user, ${value})\nretry ${base64(`x${value}y`)} ${hex(value)} ${reversed(value)}`);
  assertGone(left, value, 'a known value');
});

test('credentials in addresses, headers, paths and error messages are redacted', () => {
  const value = templateValue('alnum', 24) ?? '';
  const texts = [
    `https://api.acme.net/v1?user=a&token=${value}&x=1`,
    `https://store.acme.net/blob?sv=2024&sig=${encodeURIComponent(`${value}/+==`)}`,
    `GET https://deploy:${value}@git.acme.net/repo.git 401`,
    `curl -H 'Authorization: Bearer ${value}' https://api.acme.net`,
    `curl -H 'Authorization: Basic ${base64(`deploy:${value}`)}' https://api.acme.net`,
    `mysql --password=${value} -e 'select 1'`,
    `FATAL: authentication failed for user "app" with password '${value}'`,
    `Error: ENOENT: no such file or directory, open '/srv/${templateValue('github-token')}/x'`,
    `{"error":"bad request","body":"{\\"client_secret\\":\\"${value}\\"}"}`,
    `Server=db;User Id=app;Password=${value};Encrypt=true`,
    `<add key="x" password="${value}" />\n<password>${value}</password>`,
  ];
  for (const text of texts) {
    assertGone(redact(text), value, text.slice(0, 40));
    assertGone(redact(text), templateValue('github-token') ?? '', text.slice(0, 40));
  }
});

test('redacting twice changes nothing, and the number of lines stays', () => {
  const noise = fc.string({ unit: 'binary', maxLength: 80 });
  const part = fc.oneof(
    surroundings,
    noise,
    fc.tuple(fc.constantFrom(...CREDENTIALS), fc.constantFrom(...Object.values(ENCODINGS))).map(([{ shown }, encode]) => encode(shown)),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const text = parts.join('');
      const once = redact(text);
      assert.equal(redact(once), once);
      assert.equal(lines(once), lines(text));
    }),
    { numRuns: RUNS },
  );
});

test('ordinary text stays readable', () => {
  const kept = [
    'const password = await promptForPassword(user);',
    'if (token === undefined) throw new TokenError();',
    'password: string;',
    `export GITHUB_TOKEN=$${'{'}{ secrets.GITHUB_TOKEN }}`,
    'db_password = os.environ["DB_PASSWORD"]',
    'import { createHash, timingSafeEqual } from "node:crypto";',
    'commit 3f786850e387550fdab836ed7e6dc881de23001b',
    'class AbstractSingletonProxyFactoryBean extends FactoryBean<UserAccountService> {}',
    'https://example.com/a/b?page=2&sort=name#top',
    'The quick brown fox jumps over the lazy dog, said the tokenizer.',
  ];
  for (const text of kept) assert.equal(redact(text), text);
});

test('long and hostile texts are redacted without harm', () => {
  const hostile = [
    '"',
    ['-----BEGIN PRIVATE', 'KEY-----'].join(' '),
    'password=',
    'a',
    '0',
    '%41',
    '://a:b@',
    'eyJ',
    '\\',
    '\n',
    'ghp_',
    'QUtJ',
  ];
  for (const unit of hostile) {
    const text = unit.repeat(Math.ceil(60_000 / unit.length));
    assert.equal(lines(redact(text)), lines(text));
  }
  const text = `${'x '.repeat(500_000)}${templateValue('github-token')}`;
  assertGone(redact(text), templateValue('github-token') ?? '', 'a line of 1 MB');
});
