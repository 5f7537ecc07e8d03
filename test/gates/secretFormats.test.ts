import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redact } from '../../verifier/gates/redact.ts';
import { TOKEN_FORMATS } from '../../verifier/gates/secrets/formats.ts';
import { secretsIn } from '../../verifier/gates/secretsIn.ts';
import { templateValue } from '../../verifier/policy/templates.ts';
import { namedSamples, type Sample, tokenSamples } from './tokenSamples.ts';

const PER_FORMAT = 4;
const TOKENS = tokenSamples(PER_FORMAT);
const NAMED = namedSamples(PER_FORMAT);

/** Where a token stands that is known by its own form. */
const PLACES: Readonly<Record<string, (value: string) => string>> = {
  'a call': (value) => `client = new Client("${value}");`,
  prose: (value) => `It says that ${value} is not valid, why?`,
  'an environment file': (value) => `SOME_SETTING=${value}\n`,
  'a list': (value) => `- '${value}'\n- other`,
  'a log': (value) => `2031-01-02 03:04:05 INFO sent (${value}) in 3 ms`,
};

/** How a value stands under its provider's name. */
const ASSIGNED: Readonly<Record<string, (name: string, value: string) => string>> = {
  environment: (name, value) => `export ${name.toUpperCase()}_API_TOKEN='${value}'\n`,
  JSON: (name, value) => `{ "${name}_token": "${value}" }`,
  'JSON in a string': (name, value) => `"{\\"${name}_secret\\": \\"${value}\\"}"`,
  code: (name, value) => `const ${name}Key = "${value}";`,
  'typed code': (name, value) => `static readonly ${name}Secret: string = '${value}';`,
  'a fallback': (name, value) => `key = os.environ.get("${name.toUpperCase()}_API_KEY", "${value}")`,
  YAML: (name, value) => `${name}_api_key: "${value}"\n`,
  XML: (name, value) => `<add key="${name}ApiKey" value="${value}" />`,
};

const wordy = (name: string): string => name.replace(/[^a-z0-9_]/gi, '_');

/** Some formats are told by what stands around them. */
const around = ({ format, value }: Sample): string => (format === 'json-web-key' ? `{"kty":"RSA",${value}}` : value);

function assertFound(text: string, { format, value }: Sample): void {
  const at = text.indexOf(value);
  const found = secretsIn(text).filter(({ dummy }) => !dummy);
  // Of an address the scheme may stay, as may the path behind it.
  const hit = found.some(({ start, end }) => start <= at + value.length / 4 && end >= at + value.length * 0.75);
  assert.ok(hit, `${format}: ${text} gave ${secretsIn(text).map((secret) => `${secret.format} ${secret.dummy}`)}`);
}

/** The half of a value without which the rest is worth nothing. */
const core = (value: string): string => value.slice(Math.floor(value.length / 4), Math.ceil(value.length * 0.75));

test('well over two hundred formats are known, each with values to try', () => {
  const formats = new Set([...TOKENS, ...NAMED].map(({ format }) => format));
  assert.ok(formats.size >= 270, `${formats.size}`);
  for (const entry of TOKEN_FORMATS) assert.ok(formats.has(entry.format), entry.format);
});

for (const [place, write] of Object.entries(PLACES)) {
  test(`a token of each format is found in ${place}`, () => {
    for (const sample of TOKENS) assertFound(write(around(sample)), sample);
  });
}

for (const [syntax, write] of Object.entries(ASSIGNED)) {
  test(`a value of each provider is found under its name: ${syntax}`, () => {
    for (const sample of NAMED) assertFound(write(wordy(sample.name ?? ''), sample.value), sample);
  });
}

test('without its name a value of a provider is left alone, as digests and numbers are', () => {
  const lengths = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
  for (const { format, value } of NAMED.filter((sample) => lengths.test(sample.value))) {
    for (const text of [`commit ${value}`, `digest = "${value}"`, `id: ${value}`, `etag: "${value}"`]) {
      assert.deepEqual(secretsIn(text), [], `${format}: ${text}`);
    }
  }
});

test('a number, an address or a digest under a provider’s name is left alone', () => {
  for (const text of [
    'HEROKU_APP_ID=1f8a3c2e-9b7d-4e6f-8a5c-3d2b1e0f9a87',
    'sentry_project_id: 7c1d9e0f3b5a4826917d0e4c6b8a2f35',
    'datadogSha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
    'twilio_commit: 3f786850e387550fdab836ed7e6dc881de23001b',
  ]) {
    assert.deepEqual(secretsIn(text), [], text);
  }
});

/** What people write where a token should be; longer than any token that they are cut to. */
const FILLINGS: Readonly<Record<string, string>> = {
  crosses: 'x'.repeat(300),
  zeros: '0'.repeat(300),
  counting: '1234567890abcdefghijklmnopqrstuvwxyz'.repeat(9),
  alphabet: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.repeat(5),
  'hexadecimal digits': '0123456789abcdef'.repeat(20),
  'a word over and over': 'deadbeef'.repeat(40),
  steps: 'abc123def456ghi789jkl012mno345pqr678stu901vwx234yz'.repeat(6),
  words: 'thisisafaketokenfordocumentation'.repeat(10),
};

for (const [what, filling] of Object.entries(FILLINGS)) {
  test(`of tokens filled with ${what} at most one in twenty counts`, () => {
    let flagged = 0;
    let tried = 0;
    for (const { literals, lead } of TOKEN_FORMATS) {
      if (lead !== undefined) continue;
      for (const literal of literals) {
        tried++;
        const length = 24 + (tried % 40);
        if (secretsIn(`token = "${literal}${filling.slice(0, length)}"`).some(({ dummy }) => !dummy)) {
          flagged++;
        }
      }
    }
    assert.ok(flagged * 20 <= tried, `${flagged} of ${tried}`);
  });
}

test('a checksum that holds overrules a word within the token; one character off, the word counts', () => {
  const value = templateValue('github-token') ?? '';
  const last = value.endsWith('a') ? 'b' : 'a';
  const worded = `${value.slice(0, 8)}fakefake${value.slice(16, -1)}${last}`;
  assert.deepEqual(
    [value, worded].map((text) => secretsIn(`token: ${text}`)[0]?.dummy),
    [false, true],
  );
});

test('no token of any format is left in what is redacted, plain or encoded', () => {
  for (const sample of [...TOKENS, ...NAMED]) {
    const { format, name, value } = sample;
    const text = name === undefined ? `sent ${around(sample)} away` : `${wordy(name)}_token = "${value}"`;
    for (const encode of [(plain: string) => plain, (plain: string) => Buffer.from(plain).toString('base64')]) {
      const left = redact(`first line\nlog: ${encode(text)} and more\nlast line`);
      assert.ok(!left.includes(encode(core(value)).slice(0, 12)), `${format}: ${left}`);
      assert.ok(left.startsWith('first line\n') && left.endsWith('\nlast line'), format);
    }
  }
});
