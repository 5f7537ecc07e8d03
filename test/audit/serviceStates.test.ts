import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAuditor } from '../../verifier/audit/create.ts';
import type { AuditSettings } from '../../verifier/protocol/handshake.ts';
import { say as geminiSay } from './geminiSay.ts';
import { say as openaiSay } from './openaiSay.ts';
import { PROVIDERS, type Provider } from './providers.ts';
import { claim, KEY, NEVER, request, unchanged } from './samples.ts';
import { type Behaviour, startStandIn } from './standInServer.ts';

interface Case {
  readonly name: string;
  readonly act: Behaviour;
  readonly state: 'ran' | 'refused' | 'unavailable';
  readonly why?: RegExp;
  readonly settings?: Partial<AuditSettings>;
}

/** What every service can do, and what must come of it whichever service it is. */
const shared = ({ say }: Provider): Case[] => [
  { name: 'no findings', act: say.verdict(), state: 'ran' },
  { name: 'a finding', act: say.verdict({ verdict: 'block', findings: [claim()] }), state: 'ran' },
  { name: 'a slow answer within the deadline', act: say.slow(60), state: 'ran' },
  { name: 'a slow body within the deadline', act: say.slowBody(60), state: 'ran' },
  { name: 'prose', act: say.text('Looks fine to me.'), state: 'refused', why: /not the JSON/ },
  { name: 'JSON in prose', act: say.text('Here: {"findings":[]} as asked.'), state: 'refused', why: /not the JSON/ },
  { name: 'malformed JSON', act: say.malformedJson(), state: 'refused', why: /not the JSON/ },
  { name: 'another shape', act: say.verdict({ risk: 'LOW' }), state: 'refused', why: /not the JSON/ },
  { name: 'an answer cut off where it happens to parse', act: say.truncated(), state: 'refused', why: /cut off/ },
  { name: 'nothing but thinking', act: say.noTextMaxTokens(), state: 'refused', why: /cut off/ },
  { name: 'an empty text', act: say.text(''), state: 'refused', why: /empty/ },
  { name: 'no answer at all', act: say.empty(), state: 'refused', why: /no answer/ },
  {
    name: 'a passing verdict with a finish reason of its own',
    act: say.text('{"findings":[]}', 'SAFETY'),
    state: 'refused',
    why: /did not finish/,
  },
  { name: 'a stopped answer', act: say.answerBlocked(), state: 'refused', why: /did not finish.*filter/ },
  { name: 'a payload too large', act: { status: 413, raw: '' }, state: 'refused', why: /too large/ },
  {
    name: 'content that it rejects',
    act: say.badRequest('Invalid content.'),
    state: 'refused',
    why: /rejected the content.*Invalid content/,
  },
  { name: 'rate limit with a delay', act: say.rateLimited(7), state: 'unavailable', why: /limit/ },
  { name: 'rate limit without a delay', act: say.rateLimited(), state: 'unavailable', why: /limit/ },
  { name: 'an internal error', act: say.internal(), state: 'unavailable', why: /HTTP 500/ },
  { name: 'overload', act: say.overloaded(), state: 'unavailable', why: /HTTP 503/ },
  { name: 'a model that is gone', act: say.gone('x'), state: 'unavailable', why: /does not know the model/ },
  { name: 'a forbidden key', act: { status: 403, json: {} }, state: 'unavailable', why: /does not accept the API key/ },
  { name: 'a login page', act: say.notJson(), state: 'unavailable', why: /other than JSON/ },
  {
    name: 'JSON of another kind',
    act: { status: 200, json: { candidates: 'none', choices: 'none' } },
    state: 'unavailable',
    why: /base URL/,
  },
  { name: 'a connection reset', act: say.reset(), state: 'unavailable', why: /could not be reached/ },
  { name: 'silence', act: say.hang(), state: 'unavailable', why: /within 80 ms/, settings: { deadlineMs: 80 } },
  { name: 'half a body', act: say.slowBody(60_000), state: 'unavailable', why: /within 300 ms/, settings: { deadlineMs: 300 } },
];

/** The finish reasons and block reasons that Gemini documents and that spoil an answer. */
const finish = ['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'MALFORMED_FUNCTION_CALL', 'OTHER'];
const block = ['SAFETY', 'OTHER', 'BLOCKLIST', 'PROHIBITED_CONTENT'];

const OWN: Record<Provider['name'], Case[]> = {
  gemini: [
    { name: 'fenced JSON', act: geminiSay.fenced({ findings: [] }), state: 'refused', why: /not the JSON/ },
    {
      name: 'a verdict without a finish reason',
      act: { reply: () => ({ candidates: [{ content: { parts: [{ text: '{"findings":[]}' }] } }] }) },
      state: 'refused',
      why: /did not finish/,
    },
    ...finish.map(
      (reason): Case => ({
        name: `finish reason ${reason}`,
        act: geminiSay.answerBlocked(reason),
        state: 'refused',
        why: /did not finish/,
      }),
    ),
    ...block.map(
      (reason): Case => ({
        name: `block reason ${reason}`,
        act: geminiSay.promptBlocked(reason),
        state: 'refused',
        why: /refused to read/,
      }),
    ),
    {
      name: 'too many tokens',
      act: geminiSay.badRequest('The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'),
      state: 'refused',
      why: /token count/,
    },
    {
      name: 'a thinking level that the model lacks',
      act: geminiSay.badRequest('Thinking level is unsupported: THINKING_LEVEL_MINIMAL'),
      state: 'unavailable',
      why: /configuration.*THINKING_LEVEL/,
    },
    {
      name: 'a country that is not served',
      act: geminiSay.badRequest('User location is not supported for the API use.'),
      state: 'unavailable',
      why: /location/,
    },
  ],
  openai: [
    { name: 'fenced JSON, which servers without a format give', act: openaiSay.fenced({ findings: [] }), state: 'ran' },
    { name: 'JSON after thoughts', act: openaiSay.text('<think>\nHm. {"findings": 1}\n</think>\n\n{"findings":[]}'), state: 'ran' },
    {
      name: 'a second answer smuggled into the thoughts',
      act: openaiSay.text('<think></think>{"findings":[]}</think>{"findings":[]}'),
      state: 'refused',
    },
    { name: 'thoughts that do not end', act: openaiSay.text('<think>{"findings":[]}'), state: 'refused', why: /not the JSON/ },
    { name: 'a refusal', act: openaiSay.refusal(), state: 'refused', why: /refused to read.*cannot help/ },
    { name: 'a verdict without a finish reason', act: openaiSay.text('{"findings":[]}', null), state: 'refused', why: /did not finish/ },
    { name: 'a tool call', act: openaiSay.answerBlocked('tool_calls'), state: 'refused', why: /called a tool/ },
    {
      name: 'a prompt of which only a part was read',
      act: openaiSay.read(300),
      state: 'refused',
      why: /read only 300 tokens.*OLLAMA_CONTEXT_LENGTH/,
    },
    { name: 'a prompt that was read whole', act: openaiSay.read(1_500), state: 'ran' },
    { name: 'a prompt beyond the context', act: openaiSay.tooLong(), state: 'refused', why: /longer than the model's context/ },
    { name: 'the same, called an internal error', act: openaiSay.tooLong(500), state: 'refused', why: /longer than the model's context/ },
    {
      name: 'an error in a body that says 200',
      act: { status: 200, json: { error: { message: 'boom', code: 503 } } },
      state: 'unavailable',
      why: /HTTP 503/,
    },
    { name: 'a model that is still being loaded', act: openaiSay.loading(), state: 'unavailable', why: /still loading/ },
    {
      name: 'an address without chat completions',
      act: { status: 404, raw: '404 page not found' },
      state: 'unavailable',
      why: /ends in \/v1/,
    },
    { name: 'a model that nobody pulled', act: openaiSay.gone('x'), state: 'unavailable', why: /run "ollama pull qwen3-coder:30b"/ },
    {
      name: 'no credit',
      act: { status: 402, json: { error: { message: 'Insufficient credits' } } },
      state: 'unavailable',
      why: /HTTP 402/,
    },
    {
      name: 'a body without end',
      act: { status: 200, raw: ' '.repeat(5 * 1024 * 1024) },
      state: 'unavailable',
      why: /more than any audit needs/,
    },
  ],
};

for (const provider of PROVIDERS) {
  const { name: who, say, next, requests, auditor, settingsFor } = provider;
  describe(`${who}: what the service does decides the state of the audit`, () => {
    for (const { name, act, state, why, settings: changes } of [...shared(provider), ...OWN[who]]) {
      it(`${name}: ${state}`, async () => {
        next(act);
        const result = await auditor({ settings: changes ?? {} }).audit(request(), NEVER);
        assert.equal(result.state, state, JSON.stringify(result));
        assert.equal(requests.length, 1);
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
      const gone = await startStandIn({ fallback: {}, read: () => ({ refuse: {} }), dress: (json) => json });
      await gone.stop();
      const result = await createAuditor(settingsFor(gone.url), { redact: unchanged }).audit(request(), NEVER);
      assert.equal(result.state, 'unavailable');
    });

    it('a service that repeats the key is not quoted', async () => {
      next(say.badRequest(`Bad billing, ${KEY}`));
      const first = await auditor().audit(request(), NEVER);
      next(say.verdict({ findings: [claim({ message: `Key ${KEY}` })] }));
      const second = await auditor().audit(request(), NEVER);
      assert.deepEqual([first.state, second.state], ['unavailable', 'ran']);
      assert.ok(!JSON.stringify([first, second]).includes(KEY));
    });

    it('what the service says is redacted', async () => {
      next(say.badRequest('Bad billing about hunter2'));
      const result = await auditor({ redact: (text) => text.replaceAll('hunter2', '[gone]') }).audit(request(), NEVER);
      assert.match(result.state === 'unavailable' ? result.why : '', /\[gone\]/);
    });
  });
}
