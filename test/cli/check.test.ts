import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { VERDICTS } from '../../verifier/protocol/vocabulary.ts';
import { say } from '../audit/geminiSay.ts';
import { startGemini } from '../audit/geminiStandIn.ts';
import { type Ended, sentinel } from './sentinel.ts';

const Conclusion = z.looseObject({
  verdict: z.enum(VERDICTS),
  findings: z.array(z.looseObject({ ruleId: z.string(), evidence: z.looseObject({ excerpt: z.string() }) })),
  trace: z.array(z.looseObject({ step: z.string(), note: z.string() })),
  layers: z.looseObject({ gates: z.looseObject({ state: z.string() }), audit: z.looseObject({ state: z.string() }) }),
});

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Each row is one call: what it gets and how it must end. */
const CALLS: Record<string, { args: string[]; input?: string | Uint8Array; code: number; stdout?: RegExp; stderr?: RegExp }> = {
  'a harmless command': {
    args: ['check', '--command', 'ls -l'],
    code: 0,
    stdout: /^command: pass, 0 findings\n$/,
    stderr: /audit: off \(GEMINI_API_KEY/,
  },
  'a dangerous command': {
    args: ['check', '--command', 'rm -rf /'],
    code: 2,
    stdout:
      /^command:1 block destructive-operations\.[a-z-]+ \(critical\) .+\n {4}\| rm -rf \/\n {4}safer: .+\ncommand: block, 1 finding\n$/,
  },
  'a command from standard input': { args: ['check'], input: 'rm -rf /\n', code: 2 },
  'a command from standard input, by dash': { args: ['check', '--command', '-'], input: 'rm -rf /\n', code: 2 },
  'a prompt': { args: ['check', '--prompt', 'write a haiku about rain'], code: 0, stdout: /^prompt: pass/ },
  'an answer from standard input': {
    args: ['check', '--response'],
    input: 'Run this:\n\n```sh\nrm -rf /\n```\n',
    code: 2,
    stdout: /^response:4 block/,
  },
  'a file from standard input': {
    args: ['check', '--filename', 'a.sh', '--language', 'shellscript'],
    input: 'ls\nrm -rf /\n',
    code: 2,
    stdout: /^a\.sh:2 block/,
  },
  'without the audit': { args: ['check', '--no-audit', '--command', 'ls'], code: 0, stderr: /audit: skipped/ },
  'empty input': { args: ['check'], input: '', code: 0, stdout: /pass/ },
  'two subjects': { args: ['check', '--command', 'ls', '--prompt', 'x'], code: 64, stderr: /one of --command/ },
  'a subject with --jsonl': { args: ['check', '--jsonl', '--command', 'ls'], code: 64, stderr: /--jsonl/ },
  'an unknown option': { args: ['check', '--allow'], code: 64, stderr: /unknown option/ },
  'an unknown command': { args: ['chek'], code: 64 },
  'a file that is not there': { args: ['check', '--file', '/no/such/file'], code: 66, stderr: /can't be read \(ENOENT\)/ },
  'a folder as a file': { args: ['check', '--file', '/'], code: 66, stderr: /can't be read \(EISDIR\)/ },
  help: { args: ['check', '--help'], code: 0, stdout: /Exit codes: 0 pass, 1 review, 2 block/ },
  version: { args: ['--version'], code: 0, stdout: /^\d+\.\d+\.\d+\n$/ },
};

for (const [name, { args, input, code, stdout, stderr }] of Object.entries(CALLS)) {
  test(`check: ${name}`, async () => {
    const ended = await sentinel(args, input);
    assert.equal(ended.code, code, ended.stdout + ended.stderr);
    if (stdout !== undefined) assert.match(ended.stdout, stdout);
    if (stderr !== undefined) assert.match(ended.stderr, stderr);
    assertNoStack(ended);
  });
}

function assertNoStack({ stdout, stderr }: Ended): void {
  assert.ok(!/^\s+at .+:\d+/m.test(stdout + stderr), 'no stack for a user');
}

test('check: a policy folder of the user adds to the built-in ones', async () => {
  const own = join(folder, 'own', 'house-rules');
  await mkdir(own, { recursive: true });
  await writeFile(
    join(own, 'policy.md'),
    '---\nname: house-rules\ntitle: House rules\nversion: 1\n---\n\nNo pineapple.\n\n## Exemptions\n\nNone.\n',
  );
  await writeFile(
    join(own, 'rules.yaml'),
    `schema: 1
rules:
  - id: no-pineapple
    severity: low
    verdict: review
    message: Pineapple was mentioned here.
    remediation: Choose another fruit instead.
    cwe: [CWE-1]
    when:
      - pattern: pineapple
        literals: [pineapple]
        zones: [prompt]
    examples:
      match: [{kind: prompt, text: pineapple}, {kind: prompt, text: a pineapple}]
      ignore: [{kind: prompt, text: apple}, {kind: prompt, text: pine}]
`,
  );
  const ended = await sentinel(['check', '--policies', join(folder, 'own'), '--prompt', 'a pineapple please']);
  assert.equal(ended.code, 1, ended.stdout + ended.stderr);
  assert.match(ended.stdout, /house-rules\.no-pineapple/);
});

const JSON_INPUTS: Record<string, { bytes: () => Uint8Array; verdict?: string; note?: RegExp }> = {
  'a file of 5 MB': { bytes: () => Buffer.from('x = 1  # nothing\n'.repeat(320_000)), verdict: 'review', note: /./ },
  'a line of 1 MB': { bytes: () => Buffer.from(`x = "${'ab '.repeat(349_000)}"\n`) },
  'binary data': { bytes: () => Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 256), note: /not valid UTF-8/ },
  'invalid UTF-8 around a dangerous command': {
    bytes: () => Buffer.concat([Buffer.from([0xff, 0xc0, 0x0a]), Buffer.from('rm -rf /\n'), Buffer.from([0x80])]),
    verdict: 'block',
    note: /not valid UTF-8/,
  },
  'UTF-16 with a byte order mark': { bytes: () => Buffer.from('\ufeffrm -rf /\n', 'utf16le'), verdict: 'block' },
  'only zero bytes': { bytes: () => new Uint8Array(10_000) },
};

for (const [name, { bytes, verdict, note }] of Object.entries(JSON_INPUTS)) {
  test(`check: ${name} gives a clear result`, async () => {
    const file = join(folder, 'input.sh');
    await writeFile(file, bytes());
    const ended = await sentinel(['check', '--json', '--file', file, '--language', 'shellscript']);
    const conclusion = Conclusion.parse(JSON.parse(ended.stdout));
    assert.equal(ended.code, VERDICTS.indexOf(conclusion.verdict));
    assert.equal(conclusion.layers.gates.state, 'ran');
    if (verdict !== undefined) assert.equal(conclusion.verdict, verdict);
    if (note !== undefined) assert.match(conclusion.trace.map((line) => line.note).join('\n'), note);
    assertNoStack(ended);
  });
}

test('check: control characters of what is examined do not reach the terminal', async () => {
  const ended = await sentinel(['check', '--filename', 'a\u001b[2Jb.sh', '--language', 'shellscript'], 'rm -rf / \u001b]0;owned\u0007\n');
  assert.equal(ended.code, 2);
  assert.ok(!ended.stdout.includes('\u001b') && !ended.stdout.includes('\u0007'));
});

test('check: the audit is asked only with consent, and tightens the verdict', async (t) => {
  const gemini = await startGemini();
  t.after(() => gemini.stop());
  const env = { GEMINI_API_KEY: 'k'.repeat(20) };
  const args = ['check', '--audit-url', gemini.url, '--command', 'ls'];
  const silent = await sentinel(args, '', { env });
  assert.deepEqual([silent.code, gemini.requests.length], [0, 0]);
  assert.match(silent.stderr, /audit: off \(--audit-consent was not given/);
  const finding = { policy: 'destructive-operations', severity: 'high', verdict: 'review', confidence: 0.9, message: 'hm', quote: 'ls' };
  gemini.next(say.verdict({ verdict: 'review', findings: [finding] }));
  const asked = await sentinel([...args, '--audit-consent'], '', { env });
  assert.deepEqual([asked.code, gemini.requests.length], [1, 1], asked.stderr);
  assert.match(asked.stderr, /audit: ran/);
});
