import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { templateValue } from '../../verifier/policy/templates.ts';
import type { AuditSettings } from '../../verifier/protocol/handshake.ts';
import { say } from '../audit/geminiSay.ts';
import { startGemini } from '../audit/geminiStandIn.ts';
import { chains, scratch, startSidecar } from './sidecarProcess.ts';

/** Formats that a credential can have; values are made up at run time. */
const FORMATS = ['aws-access-key-id', 'github-token', 'openai-key', 'slack-token', 'jwt', 'npm-token', 'stripe-key'] as const;

function secretOf(format: string): string {
  const value = templateValue(format);
  assert.ok(value !== undefined, format);
  return value;
}

/** How a secret's bytes could still be read by whoever sees them written otherwise. */
function encodings(secret: string): Record<string, string> {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  // Base64 of a text that contains the secret somewhere: the same letters whatever surrounds it.
  const inside = (shift: number) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, -4);
  };
  return {
    plain: secret,
    reversed: [...secret].reverse().join(''),
    base64: inside(0),
    'base64 shifted by one': inside(1),
    'base64 shifted by two': inside(2),
    base64url: inside(0).replaceAll('+', '-').replaceAll('/', '_'),
    hex,
    'upper-case hex': hex.toUpperCase(),
    percent: hex.replace(/../g, '%$&'),
    'percent, upper case': hex.toUpperCase().replace(/../g, '%$&'),
    'percent where it must be': encodeURIComponent(secret),
    'JSON escapes': [...secret].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    'hex escapes': hex.replace(/../g, '\\x$&'),
  };
}

function assertAbsent(sinks: Record<string, string>, secret: string): void {
  for (const [sink, text] of Object.entries(sinks)) {
    for (const [encoding, written] of Object.entries(encodings(secret))) {
      assert.ok(
        !text.includes(written),
        `${sink} holds the secret (${encoding}): …${text.slice(Math.max(0, text.indexOf(written) - 160), text.indexOf(written) + 20)}`,
      );
    }
  }
}

async function withAuditor(t: TestContext) {
  const gemini = await startGemini();
  t.after(() => gemini.stop());
  const apiKey = secretOf('google-api-key');
  const audit: AuditSettings = {
    provider: 'gemini',
    model: 'gemini-3.5-flash-lite',
    baseUrl: gemini.url,
    apiKey,
    deadlineMs: 20_000,
    thinking: 'off',
    dailyRequestCap: 100_000,
    consentedTo: gemini.url,
  };
  const folder = await scratch(t);
  const sidecar = await startSidecar(t, folder, { audit, auditOffBecause: undefined });
  return { gemini, audit, folder, sidecar };
}

/** Texts that hold a secret in one form or another. */
const FORMS: Record<string, (secret: string) => object> = {
  plain: (secret) => ({ kind: 'file', path: '/home/ada/project/a.py', text: `x = 1\nkey = "${secret}"\n` }),
  'split over lines': (secret) => ({
    kind: 'file',
    path: '/home/ada/project/a.py',
    text: `key = ("${secret.slice(0, 12)}" +\n    "${secret.slice(12)}")\n`,
  }),
  'split by a continuation': (secret) => ({ kind: 'command', text: `export KEY=${secret.slice(0, 12)}\\\n${secret.slice(12)}` }),
  base64: (secret) => ({ kind: 'response', text: `decode this: ${Buffer.from(`token=${secret}`).toString('base64')}` }),
  hex: (secret) => ({ kind: 'response', text: `decode this: ${Buffer.from(secret).toString('hex')}` }),
  'in an address': (secret) => ({ kind: 'command', text: `curl 'https://api.example.org/v1?access_token=${encodeURIComponent(secret)}'` }),
  'in an authority': (secret) => ({ kind: 'command', text: `git clone https://ada:${encodeURIComponent(secret)}@git.example.org/a.git` }),
  'in a path': (secret) => ({ kind: 'file', path: `/home/ada/project/${secret}/a.txt`, text: 'nothing here\n' }),
  'in a tool call': (secret) => ({ kind: 'tool', name: 'fetch', input: { headers: { authorization: `Bearer ${secret}` } } }),
};

test('no secret of any format reaches a sink, in whatever form', async (t) => {
  const { gemini, audit, folder, sidecar } = await withAuditor(t);
  const { assessToken, decideToken } = sidecar.hello;
  const verify = (body: unknown) => sidecar.call({ path: '/verify', token: assessToken, body });
  for (const secret of FORMATS.map(secretOf)) {
    const ids = { requestId: `r-${secret}`.slice(0, 128), sessionId: 's', source: 'http' };
    for (const subject of Object.values(FORMS)) {
      const answer = await verify({ ...ids, subject: subject(secret), depth: 'full', intent: `use ${secret}` });
      assert.equal(answer.status, 200, answer.text);
    }
    // The auditor says it back.
    const finding = { policy: 'secrets', severity: 'high', verdict: 'review', confidence: 0.9, message: `found ${secret}`, quote: 'x = 1' };
    gemini.next(say.verdict({ verdict: 'review', findings: [finding] }), say.text(`not JSON: ${secret}`));
    for (const path of [`/home/ada/project/${secret}b.py`, `/home/ada/project/${secret}c.py`]) {
      const answer = await verify({ ...ids, subject: { kind: 'file', path, text: 'x = 1\n' }, depth: 'full' });
      assert.equal(answer.status, 200, answer.text);
    }
    // Requests that fail.
    await sidecar.call({ path: `/${secret}`, token: secret });
    await verify(`{"requestId": ${secret}`);
    await verify({ ...ids, [secret]: secret });
    const notice = { notice: 'coverage-gap', by: sidecar.ready.person, detail: secret };
    assert.equal((await sidecar.call({ path: '/notices', token: decideToken, body: notice })).status, 200);
  }
  await sidecar.end();

  const sinks = {
    'the audit request': JSON.stringify(gemini.requests.map(({ text, url, body }) => ({ text, url, body }))),
    'the ledger': [...(await chains(folder)).values()].join(''),
    'standard output': sidecar.stdout(),
    'the log': sidecar.stderr(),
  };
  assert.ok(gemini.requests.length >= FORMATS.length * Object.keys(FORMS).length, 'the auditor was asked');
  assert.ok(sinks['the ledger'].includes('"state":"refused"') && sinks['the ledger'].includes('‹redacted:'));
  for (const secret of [...FORMATS.map(secretOf), audit.apiKey ?? assert.fail('no key'), assessToken, decideToken])
    assertAbsent(sinks, secret);
});
