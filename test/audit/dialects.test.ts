import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createAuditor } from '../../verifier/audit/create.ts';
import { say } from './openaiSay.ts';
import { MODEL, type OpenaiOptions, startOpenai } from './openaiStandIn.ts';
import { claim, NEVER, request, settings, unchanged } from './samples.ts';

async function serving(test: TestContext, options: OpenaiOptions) {
  const standIn = await startOpenai(options);
  test.after(() => standIn.stop());
  const { apiKey: _none, ...keyless } = settings(standIn.url, { provider: 'openai', model: MODEL });
  return { standIn, keyless, auditor: createAuditor(keyless, { redact: unchanged }) };
}

/** Each row is a server that lacks something: how it is asked in the end. */
const SERVERS: { lacks: NonNullable<OpenaiOptions['lacks']>; asked: Record<string, unknown>; refusals: number }[] = [
  { lacks: [], asked: { format: 'json_schema', max_tokens: 4096, temperature: 0, reasoning_effort: 'none' }, refusals: 0 },
  { lacks: ['json_schema'], asked: { format: 'json_object', max_tokens: 4096 }, refusals: 1 },
  { lacks: ['json_schema', 'json_object'], asked: { format: undefined, max_tokens: 4096 }, refusals: 2 },
  { lacks: ['effort'], asked: { format: 'json_schema', reasoning_effort: undefined }, refusals: 1 },
  {
    lacks: ['max_tokens', 'temperature'],
    asked: { max_tokens: undefined, max_completion_tokens: 4096, temperature: undefined },
    refusals: 2,
  },
  {
    lacks: ['json_schema', 'json_object', 'effort', 'temperature', 'max_tokens'],
    asked: { format: undefined, max_completion_tokens: 4096, temperature: undefined, reasoning_effort: undefined },
    refusals: 5,
  },
];

describe('an OpenAI-compatible server', () => {
  for (const { lacks, asked, refusals } of SERVERS) {
    it(`that lacks ${lacks.join(', ') || 'nothing'} is asked in words that it takes, and from then on at once`, async (test) => {
      const { standIn, auditor } = await serving(test, { lacks });
      standIn.next(say.verdict({ findings: [claim()] }));
      const first = await auditor.audit(request(), NEVER);
      assert.equal(first.state === 'ran' && first.verdict, 'block', JSON.stringify(first));
      assert.equal(standIn.refusals.length, refusals);
      await auditor.audit(request(), NEVER);
      assert.equal(standIn.refusals.length, refusals, 'what it does not take is not tried again');
      const [sent] = standIn.requests;
      assert.ok(sent);
      const told: Record<string, unknown> = { ...sent.body, format: sent.body.response_format?.type };
      for (const [field, value] of Object.entries(asked)) assert.equal(told[field], value, field);
    });
  }

  it('that needs no key is sent none', async (test) => {
    const { standIn, auditor } = await serving(test, {});
    assert.equal((await auditor.audit(request(), NEVER)).state, 'ran');
    assert.equal(standIn.requests[0]?.headers.authorization, undefined);
  });

  it('that wants a key where none is stored says what to do', async (test) => {
    const { auditor } = await serving(test, { apiKey: 'wanted' });
    const result = await auditor.audit(request(), NEVER);
    assert.match(result.state === 'unavailable' ? result.why : '', /wants an API key.*Store one/);
  });

  it('whose complaint repeats itself is not asked for ever', async (test) => {
    const { standIn, auditor } = await serving(test, {});
    standIn.next(...Array.from({ length: 20 }, () => say.badRequest('temperature, reasoning, response_format, max_completion_tokens')));
    const result = await auditor.audit(request(), NEVER);
    assert.notEqual(result.state, 'ran');
    assert.ok(standIn.requests.length <= 6, `${standIn.requests.length}`);
  });

  it('that nobody started is named, with what to start', async (test) => {
    const { standIn, keyless } = await serving(test, {});
    await standIn.stop().catch(() => undefined);
    const result = await createAuditor(keyless, { redact: unchanged }).audit(request(), NEVER);
    assert.match(result.state === 'unavailable' ? result.why : '', /nothing listens at 127\.0\.0\.1:\d+.*ollama serve/);
  });
});
