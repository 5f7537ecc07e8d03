import type { AuditSettings } from '../protocol/handshake.ts';
import { boundedText, parseJson } from './boundedText.ts';
import type { AskModel, ModelAnswer, ModelQuestion } from './modelAnswer.ts';
import { type ServiceError, serviceError, serviceFailure, unreachable } from './openaiFailure.ts';
import { readCompletion } from './openaiReply.ts';

/**
 * AuditAnswer (reply.ts) as JSON Schema in the strict subset that OpenAI's structured outputs take
 * (every field required, nothing else allowed); limits are checked on our side.
 */
const ANSWER_SCHEMA = object({
  verdict: { type: 'string', enum: ['pass', 'review', 'block'] },
  findings: {
    type: 'array',
    items: object({
      policy: { type: 'string', description: 'Name of the violated policy.' },
      severity: { type: 'string', enum: ['low', 'medium', 'high', 'critical'] },
      verdict: { type: 'string', enum: ['review', 'block'] },
      confidence: { type: 'number', description: '0 to 1.' },
      message: { type: 'string', description: 'What is wrong and what could happen.' },
      remediation: { type: 'string', description: 'What would be safer.' },
      quote: { type: 'string', description: 'Offending text, copied exactly from the subject.' },
      startLine: { type: 'integer', description: 'Number of the first quoted line.' },
    }),
  },
});

function object(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** Thoughts count against the limit, so it grows with them; servers add it to the prompt's length, so it is no larger than needed. */
const TOKENS = { off: 4_096, low: 8_192, high: 16_384 } as const;
/** `none` also keeps models from thinking that do so unasked (Ollama). */
const EFFORT = { off: 'none', low: 'low', high: 'high' } as const;

/** What "compatible" servers differ in. Each complaint about one of these leads to a milder dialect. */
interface Dialect {
  readonly format: 'json_schema' | 'json_object' | 'text';
  readonly limit: 'max_tokens' | 'max_completion_tokens';
  readonly temperature: boolean;
  readonly effort: boolean;
}

const RICHEST: Dialect = { format: 'json_schema', limit: 'max_tokens', temperature: true, effort: true };
/** One more than there are steps from the richest to the plainest dialect. */
const MAX_ATTEMPTS = 6;
const FORMAT_SIGNS = ['response_format', 'json_schema', 'json_object', 'schema', 'grammar', 'guided', 'structured'];

/** The next dialect to try after this complaint; undefined where the complaint is about something else. */
function milder(dialect: Dialect, { status, words, param }: ServiceError): Dialect | undefined {
  // 500 and 501: how some servers say that they have no grammars.
  if (![400, 422, 500, 501].includes(status)) return undefined;
  const said = `${param} ${words}`.toLowerCase();
  if (dialect.effort && said.includes('reasoning')) return { ...dialect, effort: false };
  if (dialect.temperature && said.includes('temperature')) return { ...dialect, temperature: false };
  if (dialect.limit === 'max_tokens' && said.includes('max_completion_tokens')) return { ...dialect, limit: 'max_completion_tokens' };
  if (dialect.format !== 'text' && FORMAT_SIGNS.some((sign) => said.includes(sign))) {
    return { ...dialect, format: dialect.format === 'json_schema' ? 'json_object' : 'text' };
  }
  return undefined;
}

/**
 * A client for `POST {baseUrl}/chat/completions` as Ollama, llama.cpp, vLLM and others serve it
 * (OpenAI's API reference, "Create chat completion"). Remembers the dialect that the server took.
 */
export function openAi(settings: AuditSettings): AskModel {
  let known = RICHEST;
  return async (question, signal) => {
    let dialect = known;
    for (let attempt = 1; ; attempt += 1) {
      const sent = await send(settings, requestBody(settings, question, dialect), signal);
      if (sent.kind !== 'complaint') {
        if (sent.kind === 'answer') known = dialect;
        return sent;
      }
      const next = attempt < MAX_ATTEMPTS ? milder(dialect, sent.error) : undefined;
      if (next === undefined) return serviceFailure(sent.error, settings);
      dialect = next;
    }
  };
}

function requestBody({ model, thinking }: AuditSettings, { system, user }: ModelQuestion, dialect: Dialect): object {
  const { format, limit, temperature, effort } = dialect;
  return {
    model,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ],
    stream: false,
    [limit]: TOKENS[thinking],
    ...(temperature ? { temperature: 0 } : {}),
    ...(effort ? { reasoning_effort: EFFORT[thinking] } : {}),
    ...(format === 'json_schema'
      ? { response_format: { type: format, json_schema: { name: 'audit', strict: true, schema: ANSWER_SCHEMA } } }
      : {}),
    ...(format === 'json_object' ? { response_format: { type: format } } : {}),
  };
}

type Sent = ModelAnswer | { readonly kind: 'complaint'; readonly error: ServiceError };

async function send(settings: AuditSettings, body: { messages?: unknown }, signal: AbortSignal): Promise<Sent> {
  let response: Response;
  let text: string | undefined;
  try {
    response = await fetch(endpoint(settings.baseUrl, 'chat/completions'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization(settings) },
      body: JSON.stringify(body),
      // Neither key nor content goes to an address that nobody agreed to.
      redirect: 'manual',
      signal,
    });
    text = await boundedText(response);
  } catch (error) {
    if (signal.aborted) throw error;
    return unreachable(error, settings);
  }
  if (text === undefined)
    return { kind: 'unavailable', why: 'The audit service answered with more than any audit needs. Check the base URL.' };
  const json = parseJson(text);
  const error = serviceError(response, json);
  if (error !== undefined) return { kind: 'complaint', error };
  if (json === undefined) {
    return {
      kind: 'unavailable',
      why: 'The audit service answered with something other than JSON, perhaps a proxy or a login page. Check the network and the base URL.',
    };
  }
  return readCompletion(json, { model: settings.model, asked: JSON.stringify(body.messages) });
}

/** An address below the base URL, whether that ends in a slash or not. */
export function endpoint(baseUrl: string, path: string): string {
  return `${baseUrl}${baseUrl.endsWith('/') ? '' : '/'}${path}`;
}

export function authorization({ apiKey }: Pick<AuditSettings, 'apiKey'>): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}
