import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAuditor } from '../../verifier/audit/create.ts';
import type { AuditSettings } from '../../verifier/protocol/handshake.ts';
import { type Behaviour, say } from './geminiSay.ts';
import { startGemini } from './geminiStandIn.ts';
import { claim, KEY, NEVER, request, settings, unchanged } from './samples.ts';
import { auditor, gemini } from './withGemini.ts';

/** The finish reasons and block reasons that the service documents and that spoil an answer. */
const finish = ['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'MALFORMED_FUNCTION_CALL', 'OTHER'];
const block = ['SAFETY', 'OTHER', 'BLOCKLIST', 'PROHIBITED_CONTENT'];

const cases: { name: string; act: Behaviour; state: 'ran' | 'refused' | 'unavailable'; why?: RegExp; settings?: Partial<AuditSettings> }[] =
  [
    { name: 'no findings', act: say.verdict(), state: 'ran' },
    { name: 'a finding', act: say.verdict({ verdict: 'block', findings: [claim()] }), state: 'ran' },
    { name: 'a slow answer within the deadline', act: say.slow(60), state: 'ran' },
    { name: 'a slow body within the deadline', act: say.slowBody(60), state: 'ran' },
    { name: 'prose', act: say.text('Looks fine to me.'), state: 'refused', why: /not the JSON/ },
    { name: 'fenced JSON', act: say.fenced({ findings: [] }), state: 'refused', why: /not the JSON/ },
    { name: 'malformed JSON', act: say.malformedJson(), state: 'refused', why: /not the JSON/ },
    { name: 'another shape', act: say.verdict({ risk: 'LOW' }), state: 'refused', why: /not the JSON/ },
    { name: 'an answer cut off where it happens to parse', act: say.truncated(), state: 'refused', why: /cut off/ },
    { name: 'nothing but thinking', act: say.noTextMaxTokens(), state: 'refused', why: /cut off/ },
    { name: 'an empty text', act: say.text(''), state: 'refused', why: /empty/ },
    { name: 'no candidate', act: say.empty(), state: 'refused', why: /no answer/ },
    {
      name: 'a verdict without a finish reason',
      act: { reply: () => ({ candidates: [{ content: { parts: [{ text: '{"findings":[]}' }] } }] }) },
      state: 'refused',
      why: /did not finish/,
    },
    ...finish.map((reason) => ({
      name: `finish reason ${reason}`,
      act: say.answerBlocked(reason),
      state: 'refused' as const,
      why: /did not finish/,
    })),
    ...finish.map((reason) => ({
      name: `a passing verdict with finish reason ${reason}`,
      act: say.text('{"findings":[]}', reason),
      state: 'refused' as const,
    })),
    ...block.map((reason) => ({
      name: `block reason ${reason}`,
      act: say.promptBlocked(reason),
      state: 'refused' as const,
      why: /refused to read/,
    })),
    {
      name: 'too many tokens',
      act: say.badRequest('The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'),
      state: 'refused',
      why: /token count/,
    },
    { name: 'a payload too large', act: { status: 413, raw: '' }, state: 'refused', why: /too large/ },
    { name: 'rate limit with a delay', act: say.rateLimited(7), state: 'unavailable', why: /limit/ },
    { name: 'rate limit without a delay', act: say.rateLimited(), state: 'unavailable', why: /limit/ },
    { name: 'an internal error', act: say.internal(), state: 'unavailable', why: /HTTP 500/ },
    { name: 'overload', act: say.overloaded(), state: 'unavailable', why: /HTTP 503/ },
    { name: 'a model that is gone', act: say.gone('x'), state: 'unavailable', why: /does not know the model/ },
    { name: 'a forbidden key', act: { status: 403, json: {} }, state: 'unavailable', why: /key/ },
    {
      name: 'a thinking level that the model lacks',
      act: say.badRequest('Thinking level is unsupported: THINKING_LEVEL_MINIMAL'),
      state: 'unavailable',
      why: /configuration.*THINKING_LEVEL/,
    },
    {
      name: 'a country that is not served',
      act: say.badRequest('User location is not supported for the API use.'),
      state: 'unavailable',
      why: /location/,
    },
    { name: 'a login page', act: say.notJson(), state: 'unavailable', why: /other than JSON/ },
    { name: 'JSON of another kind', act: { status: 200, json: { candidates: 'none' } }, state: 'unavailable', why: /base URL/ },
    { name: 'a connection reset', act: say.reset(), state: 'unavailable', why: /could not be reached/ },
    { name: 'silence', act: say.hang(), state: 'unavailable', why: /within 80 ms/, settings: { deadlineMs: 80 } },
    { name: 'half a body', act: say.slowBody(60_000), state: 'unavailable', why: /within 300 ms/, settings: { deadlineMs: 300 } },
  ];

describe('what the service does decides the state of the audit', () => {
  for (const { name, act, state, why, settings: changes } of cases) {
    it(`${name}: ${state}`, async () => {
      gemini.next(act);
      const result = await auditor({ settings: changes ?? {} }).audit(request(), NEVER);
      assert.equal(result.state, state);
      assert.equal(gemini.requests.length, 1);
      if (result.state === 'ran') return;
      if (why !== undefined) assert.match(result.why, why);
      assert.ok(result.why.length <= 300);
      assert.ok(!result.why.includes(KEY) && !result.why.includes('://'), result.why);
    });
  }

  it('a wrong key: unavailable, and the key is not repeated', async () => {
    const apiKey = `${KEY}-wrong`;
    const result = await auditor({ settings: { apiKey } }).audit(request(), NEVER);
    assert.equal(result.state, 'unavailable');
    assert.match(result.state === 'unavailable' ? result.why : '', /does not accept the API key/);
    assert.ok(!JSON.stringify(result).includes(KEY));
  });

  it('nobody there: unavailable', async () => {
    const gone = await startGemini();
    await gone.stop();
    const result = await createAuditor(settings(gone.url), { redact: unchanged }).audit(request(), NEVER);
    assert.equal(result.state, 'unavailable');
  });

  it('a service that repeats the key is not quoted', async () => {
    gemini.next(say.badRequest(`Bad thinking, ${KEY}`));
    const first = await auditor().audit(request(), NEVER);
    gemini.next(say.verdict({ findings: [claim({ message: `Key ${KEY}` })] }));
    const second = await auditor().audit(request(), NEVER);
    assert.ok(!JSON.stringify([first, second]).includes(KEY));
  });

  it('what the service says is redacted', async () => {
    gemini.next(say.badRequest('Bad thinking about hunter2'));
    const result = await auditor({ redact: (text) => text.replaceAll('hunter2', '[gone]') }).audit(request(), NEVER);
    assert.match(result.state === 'unavailable' ? result.why : '', /\[gone\]/);
  });
});
