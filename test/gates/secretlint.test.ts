import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lintSource } from '@secretlint/core';
import { creator, rules } from '@secretlint/secretlint-rule-preset-recommend';
import { secretsIn } from '../../verifier/gates/secretsIn.ts';
import { TEMPLATE_NAMES, templateValue } from '../../verifier/policy/templates.ts';
import { drawn } from './tokenSamples.ts';

const PRESET = '@secretlint/secretlint-rule-preset-recommend';
const AWS = '@secretlint/secretlint-rule-aws';

/** Ranges that secretlint's recommended rules report, each with the rule's name. */
async function reported(content: string, name = 'settings.ts'): Promise<{ start: number; end: number; rule: string }[]> {
  const { messages } = await lintSource({
    source: { content, filePath: `/made-up/${name}`, ext: name.slice(name.lastIndexOf('.')), contentType: 'text' },
    options: {
      locale: 'en',
      config: { rules: [{ id: PRESET, rule: creator, rules: [{ id: AWS, options: { enableIDScanRule: true } }] }] },
    },
  });
  return messages.map(({ range, ruleId }) => ({
    start: range[0],
    end: range[1],
    rule: ruleId.replace('@secretlint/secretlint-rule-', ''),
  }));
}

/** What of it our own detector does not find. */
async function missed(content: string, name?: string): Promise<string[]> {
  const ours = secretsIn(content).filter(({ dummy }) => !dummy);
  return (await reported(content, name))
    .filter(({ start, end }) => !ours.some((secret) => secret.start < end && start < secret.end))
    .map(({ rule, start, end }) => `${rule}: ${content.slice(start, end)}`);
}

const account = () => templateValue('gitlab-token')?.slice(6) ?? '';
const jsonKey = (value: string): string =>
  JSON.stringify({ type: 'service_account', private_key: value, private_key_id: 'a1', client_email: 'x@y.iam.gserviceaccount.com' });

/** Texts made for each rule of the preset, by its own pattern; each must be reported by that rule. */
const MADE: readonly [rule: string, texts: readonly string[], name?: string][] = [
  ['aws', drawn('A(?:KIA|SIA)[A-Z0-9]{16}', 20).map((id) => `id: "${id}"`)],
  ['aws', drawn('[A-Za-z0-9/+]{39}[A-Za-z0-9]', 20).map((key) => `AWS_SECRET_ACCESS_KEY=${key}\n`)],
  ['npm', drawn('[a-z0-9]{36}', 20).map((key) => `//registry.made-up.dev/:_authToken=${key}\n`), '.npmrc'],
  ['npm', [`npm i git+https://${account()}:x-oauth-basic@github.com/made-up/private.git`], 'package.json'],
  ['npm', [`x ${templateValue('npm-token')} y`]],
  ['slack', drawn('xox[bpaor]-[0-9]{11,12}-[0-9]{11,12}-[A-Za-z0-9]{24}', 20).map((token) => `token = "${token}"`)],
  ['slack', drawn('xapp-[0-9]-A[A-Z0-9]{10}-[0-9]{13}-[a-f0-9]{39}', 10).map((token) => `token = "${token}"`)],
  ['slack', drawn('https://hooks\\.slack\\.com/services/T[A-Z0-9]{9}/B[A-Z0-9]{9}/[A-Za-z0-9]{24}', 10)],
  ['basicauth', drawn('[a-z]{5,8}:[A-Za-z0-9]{12,20}', 20).map((pair) => `fetch("https://${pair}@artifacts.made-up.dev/x")`)],
  ['openai', drawn('sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}', 20).map((key) => `k("${key}")`)],
  ['openai', drawn('sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{73}[A-Za-z0-9]', 20).map((key) => `k("${key}")`)],
  ['linear', drawn('lin_api_[A-Za-z0-9]{40}', 20).map((key) => `k("${key}")`)],
  ['sendgrid', drawn('SG\\.[A-Za-z0-9_]{22}\\.[A-Za-z0-9_]{43}', 20).map((key) => `k("${key}")`)],
  ['shopify', drawn('shp(?:at|ca|pa|ss)_[a-f0-9]{32}', 20).map((key) => `k("${key}")`)],
  ['github', TEMPLATE_NAMES.filter((name) => name.startsWith('github')).map((name) => `k("${templateValue(name)}")`)],
  ['privatekey', ['private-key-pem', 'rsa-private-key', 'ec-private-key', 'ssh-private-key'].map((name) => templateValue(name) ?? '')],
  ['gcp', [jsonKey(templateValue('private-key-pem') ?? '')], 'key.json'],
  [
    '1password',
    drawn('[A-Za-z0-9]{40}', 5).map(
      (secret) =>
        `x ops_${Buffer.from(JSON.stringify({ secretKey: secret, email: 'a@made-up.dev', muk: { k: secret, kid: 'm' } })).toString('base64')}`,
    ),
  ],
];

for (const [rule, texts, name] of MADE) {
  test(`what secretlint's rule ${rule} finds is found: ${texts[0]?.slice(0, 12)}…`, async () => {
    assert.ok(texts.length > 0);
    for (const text of texts) {
      assert.ok(
        (await reported(text, name)).some((found) => found.rule === rule),
        `secretlint itself does not report ${text}`,
      );
      assert.deepEqual(await missed(text, name), []);
    }
  });
}

test('each rule of the preset is held against ours, but the one that reads comments', () => {
  const known = new Set([...MADE.map(([rule]) => rule), 'filter-comments']);
  assert.deepEqual(
    rules.map(({ meta }) => meta.id.replace('@secretlint/secretlint-rule-', '')).filter((name) => !known.has(name)),
    [],
  );
});

test('what secretlint finds in its own sources, where its examples are, is found', async () => {
  const folder = fileURLToPath(new URL('.', import.meta.resolve(PRESET)));
  const sources = readdirSync(folder).filter((name) => name.endsWith('.js'));
  assert.ok(sources.length > 0);
  for (const name of sources) assert.deepEqual(await missed(readFileSync(folder + name, 'utf8')), [], name);
});

/** Where we differ on purpose. */
const DIFFERENT: readonly [why: string, text: string][] = [
  [
    'the number of a user, group or role is public',
    drawn('A(?:IDA|GPA|ROA|IPA|NPA|NVA)[A-Z0-9]{16}', 1)
      .map((id) => `principal: "${id}"`)
      .join(),
  ],
  ['words with hyphens are talk', 'Set SLACK_TOKEN to xoxb-your-bot-token.'],
  ['a name in a documented domain opens nothing', 'git clone https://deploy:k3xq9hunter2@git.example.com/repo.git'],
  ['a body of one letter is no key', `-----BEGIN ${'PRIVATE'} KEY-----\n${'x'.repeat(64)}\n-----END ${'PRIVATE'} KEY-----`],
];

for (const [why, text] of DIFFERENT) {
  test(`secretlint reports it and we do not: ${why}`, async () => {
    assert.notDeepEqual(await reported(text), []);
    assert.deepEqual(
      secretsIn(text).filter(({ dummy }) => !dummy),
      [],
    );
  });
}
