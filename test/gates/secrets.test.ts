import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretsIn } from '../../verifier/gates/secretsIn.ts';
import type { SecretKind } from '../../verifier/policy/facts.ts';
import { templateValue } from '../../verifier/policy/templates.ts';

const value = (name: string, length?: number): string => templateValue(name, length) ?? '';
const found = (text: string): string[] => secretsIn(text).map((secret) => `${secret.kind}${secret.dummy ? ' (dummy)' : ''}`);

/** Formats that are known by their own form, and the kind that they are. */
const FORMATS: Readonly<Record<string, SecretKind>> = {
  'aws-access-key-id': 'cloud-key',
  'github-token': 'vcs-token',
  'github-app-token': 'vcs-token',
  'github-fine-grained-token': 'vcs-token',
  'gitlab-token': 'vcs-token',
  'slack-token': 'chat-token',
  'slack-webhook': 'chat-token',
  'telegram-token': 'chat-token',
  'sendgrid-key': 'chat-token',
  'stripe-key': 'payment-key',
  'openai-key': 'ai-key',
  'anthropic-key': 'ai-key',
  'google-api-key': 'ai-key',
  'huggingface-token': 'ai-key',
  'npm-token': 'package-token',
  'pypi-token': 'package-token',
  jwt: 'jwt',
  'private-key-pem': 'private-key',
  'rsa-private-key': 'private-key',
  'ec-private-key': 'private-key',
  'ssh-private-key': 'private-key',
  'private-key-inline': 'private-key',
  'database-url': 'database-url',
  'mongodb-url': 'database-url',
  'redis-url': 'database-url',
  'basic-auth-url': 'basic-auth-url',
};

for (const [name, kind] of Object.entries(FORMATS)) {
  test(`${name} is found as ${kind}, at its place`, () => {
    const text = `const x = "${value(name)}";\n`;
    const [secret, ...more] = secretsIn(text);
    assert.deepEqual([secret?.kind, secret?.dummy, more.length], [kind, false, 0]);
    // A webhook's secret begins behind the scheme of its address.
    const start = text.indexOf(value(name).replace(/^https:\/\/(?=hooks)/, ''));
    assert.ok(secret !== undefined && secret.start === start && secret.end <= text.length - 2);
  });
}

const password = value('alnum', 16);
const ASSIGNED = [
  `password = "${password}"`,
  `"clientSecret": "${password}",`,
  `DB_PASSWORD=${password}`,
  `export API_TOKEN='${password}'`,
  `  api_key: ${password}`,
  `mysql --password ${password} -u root`,
  `<password>${password}</password>`,
  `Server=db;User=app;Password=${password};`,
  `const password: string = "${password}";`,
  `config.setSecret("${password}")`,
  `curl -H "Authorization: Bearer ${password}"`,
  `const apiKey = process.env.API_KEY ?? '${password}';`,
  `key = os.environ.get("DB_PASSWORD") or "${password}"`,
  `const accessToken =\n  '${password}';`,
  `secret_key = (\n    "${password}"\n)`,
  `api_key: >-\n  ${value('alnum', 32)}\n`,
  `<apiToken>\n    ${password}\n</apiToken>`,
  `<add key="ApiKey" value="${password}" />`,
  `env:\n  - name: API_TOKEN\n    value: ${value('alnum', 32)}\n`,
  `variable "db_password" {\n  type    = string\n  default = "${password}"\n}`,
  `#define API_KEY "${password}"`,
  `ENV API_KEY ${password}`,
  `machine api.acme.net login deploy password ${password}`,
  `CREATE USER app IDENTIFIED BY '${password}';`,
  `ALTER ROLE app WITH PASSWORD '${password}';`,
  `npm config set //registry.acme.net/:_authToken ${password}`,
];

for (const text of ASSIGNED) {
  test(`a value under a telling name: ${text.replace(password, '…')}`, () => {
    assert.deepEqual(found(text), ['generic']);
  });
}

test("AWS's secret keys have no form but their length and name", () => {
  assert.deepEqual(found(`aws_secret_access_key = ${value('aws-secret-key')}`), ['cloud-key']);
});

const DUMMIES = [
  `key = "AKIA${'IOSFODNN7'}EXAMPLE"`,
  `token = "ghp_${'x'.repeat(36)}"`,
  'api_key = "your-api-key-1234"',
  'password: "changeme-123"',
  'postgres://postgres:postgres@localhost:5432/app',
  'https://user:secret1@example.com/',
  `aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLE'}KEY`,
  `stripe.api_key = "sk_test_${'4eC39HqLyjWDarjt'}T1zdp7dc"`,
  `AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/${'KBHBeksoGMGw=='};`,
  `Authorization: Bearer ${webToken({ alg: 'HS256' }, { sub: '1234567890', name: 'John Doe' })}`,
  `token: ${webToken({ alg: 'none' }, { sub: 'someone' })}`,
  'api_key = "abc123def456ghi789"',
];

/** A web token with a signature that is as good as any. */
function webToken(header: object, claims: object): string {
  const part = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url');
  return `${part(header)}.${part(claims)}.${value('base64url', 43)}`;
}

for (const text of DUMMIES) {
  test(`a placeholder is known as one: ${text.slice(0, 16)}…`, () => {
    const kinds = found(text);
    assert.ok(kinds.length > 0 && kinds.every((kind) => kind.endsWith('(dummy)')), kinds.join());
  });
}

test('a token with a valid checksum is no placeholder, whatever words it holds', () => {
  assert.deepEqual(found(value('github-token')), ['vcs-token']);
});

const NONE = [
  'password = getPassword(user)',
  'const token = await session.fetchToken(id);',
  'password: string;',
  'token_type: "bearer-token-2"',
  'const passwordRegex = "^[a-z0-9]{8,20}$";',
  'secretName: my-tls-secret-2',
  'tokenUrl = "https://auth.acme.net/oauth2/token"',
  'password = os.environ["DB_PASSWORD_2"]',
  'password = "<your password here>"',
  'max_tokens=4096',
  `if (line.startsWith("${['-----BEGIN PRIVATE', 'KEY-----'].join(' ')}")) return true;`,
  'https://host.acme.net:8080/@scope/package',
  'eyJ is how a token begins. It has. Three parts.',
  'risk-assessment-of-the-task-list-interface-implementation-2',
  'commit 3f786850e387550fdab836ed7e6dc881de23001b',
  'the password must be at least 12 characters long',
  `-----BEGIN ${'PRIVATE'} KEY-----\n${'x'.repeat(64)}\n-----END ${'PRIVATE'} KEY-----`,
  `-----BEGIN ${'RSA PRIVATE'} KEY-----\n${'YOUR/PRIVATE/KEY/GOES/HERE/'.repeat(3)}\n-----END ${'RSA PRIVATE'} KEY-----`,
  `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('no claims at all').toString('base64url')}.c2lnbmF0dXJl`,
  '"auth": "aGVsbG8gd29ybGQgaGVsbG8="',
  'password_hash = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"',
  `password: prefix-$\{DB_PASSWORD}-2`,
  'csrf_token = "k3xq9hv72mz0w8"',
  'const tokenAddress = "0x52908400098527886E0F7030069857D2E4169EE7";',
];

for (const text of NONE) {
  test(`no credential: ${text}`, () => {
    assert.deepEqual(found(text), []);
  });
}

test('user and password in base64 are found where Docker keeps them', () => {
  const encoded = Buffer.from(`deploy:${password}`).toString('base64');
  assert.deepEqual(found(`{"auths":{"registry.acme.net":{"auth":"${encoded}"}}}`), ['package-token']);
});

test("a bot's token is known by its number, and without one by what is said of it", () => {
  const rest = `.${value('alnum', 6)}.${value('alnum', 38)}`;
  const numbered = Buffer.from('118427361259034112').toString('base64') + rest;
  const random = `M${value('alnum', 23)}${rest}`;
  assert.deepEqual(found(`x(${numbered})`), ['chat-token']);
  assert.deepEqual([found(`x(${random})`), found(`DISCORD_TOKEN=${random}`)], [[], ['chat-token']]);
});

test('a private key in pieces is found', () => {
  const rows = value('private-key-pem').split('\n');
  assert.deepEqual(found(rows.map((row) => `  "${row}\\n"`).join(' +\n')), ['private-key']);
  const [first = '', ...rest] = rows;
  assert.deepEqual(found(`k = "${first.slice(0, 12)}" + "${first.slice(12)}\\n" + \\\n "${rest.join('\\n')}"`), ['private-key']);
});

/** Texts near a credential's name or form that hold none; and what makes each one hold one. */
const ALIKE: readonly [what: string, without: string, within: string][] = [
  ['a selector', 'const fields = { password: "[type=password]" };', `const fields = { password: "${password}" };`],
  ['a text that is added to', `hash(passwd + '${password}');`, `hash(passwd += '${password}');`],
  ['the address of a badge', `![c](https://sample.dev/x/badge.svg?token=${password})`, `![c](https://sample.dev/x/data?token=${password})`],
  [
    'encoded data',
    `"${value('base64', 400)}${value('aws-access-key-id')}${value('base64', 200)}"`,
    `"${value('base64', 400)}:${value('aws-access-key-id')}:${value('base64', 200)}"`,
  ],
];

for (const [what, without, within] of ALIKE) {
  test(`${what} is no credential, yet hides none`, () => {
    assert.deepEqual(found(without), []);
    assert.equal(found(within).length, 1);
  });
}
