import type { Behaviour } from './standInServer.ts';

function apiError(status: number, type: string, message: string, more: object = {}): Behaviour {
  return { status, json: { error: { message, type, param: null, code: null, ...more } } };
}

const completion = (message: object, finish_reason: string | null, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
  ...more,
});

/** Behaviours by name, as OpenAI's reference, Ollama, llama.cpp and vLLM document them; they were not recorded. */
export const say = {
  /** The value as JSON; by default an audit without findings. */
  verdict: (value: object = { verdict: 'pass', findings: [] }): Behaviour => ({
    reply: () => completion({ content: JSON.stringify(value) }, 'stop'),
  }),
  text: (content: string, finishReason: string | null = 'stop'): Behaviour => ({ reply: () => completion({ content }, finishReason) }),
  fenced: (value: object): Behaviour => say.text(`\`\`\`json\n${JSON.stringify(value)}\n\`\`\``),
  malformedJson: (): Behaviour => say.text('{"verdict": "pass", "findings": ['),
  /** Whole JSON that the service nevertheless says was cut off. */
  truncated: (value: object = { verdict: 'pass', findings: [] }): Behaviour => say.text(JSON.stringify(value), 'length'),
  /** All tokens went into thinking. */
  noTextMaxTokens: (): Behaviour => ({ reply: () => completion({ content: null, reasoning: 'Hm.' }, 'length') }),
  refusal: (refusal = 'I cannot help with that.'): Behaviour => ({ reply: () => completion({ content: null, refusal }, 'stop') }),
  answerBlocked: (finishReason = 'content_filter'): Behaviour => ({ reply: () => completion({ content: null }, finishReason) }),
  empty: (): Behaviour => ({ reply: () => ({ object: 'chat.completion', choices: [] }) }),
  /** The answer to a prompt of which the server says it read so many tokens. */
  read: (prompt_tokens: number): Behaviour => ({
    reply: () => completion({ content: '{"verdict":"pass","findings":[]}' }, 'stop', { usage: { prompt_tokens, completion_tokens: 9 } }),
  }),
  rateLimited: (seconds?: number): Behaviour => ({
    ...apiError(429, 'rate_limit_exceeded', 'Rate limit reached for requests.'),
    ...(seconds === undefined ? {} : { headers: { 'retry-after': String(seconds) } }),
  }),
  internal: (): Behaviour => apiError(500, 'server_error', 'The server had an error while processing your request.'),
  overloaded: (): Behaviour => apiError(503, 'service_unavailable', 'The engine is currently overloaded.'),
  /** llama.cpp while it starts. */
  loading: (): Behaviour => apiError(503, 'unavailable_error', 'Loading model', { code: 503 }),
  gone: (model: string): Behaviour =>
    apiError(404, 'not_found_error', `model "${model}" not found, try pulling it first`, { code: 'model_not_found' }),
  badKey: (): Behaviour => apiError(401, 'invalid_request_error', 'Incorrect API key provided.', { code: 'invalid_api_key' }),
  badRequest: (message: string, more: object = {}): Behaviour => apiError(400, 'invalid_request_error', message, more),
  /** llama.cpp of a prompt beyond its context. */
  tooLong: (status = 400): Behaviour =>
    apiError(status, 'exceed_context_size_error', 'the request exceeds the available context size, try increasing it', { code: status }),
  models: (names: readonly string[]): Behaviour => ({ json: { object: 'list', data: names.map((id) => ({ id, object: 'model' })) } }),
  notJson: (): Behaviour => ({ status: 200, raw: '<html>proxy login</html>', headers: { 'content-type': 'text/html' } }),
  reset: (): Behaviour => ({ reset: true }),
  hang: (): Behaviour => ({ hang: true }),
  /** Waits before the headers. */
  slow: (delayMs: number, then: Behaviour = say.verdict()): Behaviour => ({ ...then, delayMs }),
  /** Sends headers and half the body at once, the rest after a while. */
  slowBody: (bodyDelayMs: number, then: Behaviour = say.verdict()): Behaviour => ({ ...then, bodyDelayMs }),
};
