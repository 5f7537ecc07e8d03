import { z } from 'zod';
import type { AuditSettings } from '../protocol/handshake.ts';
import type { ModelAnswer } from './modelAnswer.ts';
import { clip, visibleLine } from './plainText.ts';

/** What a service said instead of answering. */
export interface ServiceError {
  readonly status: number;
  /** Its own words, as one line without addresses; may be empty. */
  readonly words: string;
  /** The field of the request that it names, and its own name for the error; may be empty. */
  readonly param: string;
  readonly retryAfterMs?: number;
}

const Message = z.union([
  z.string(),
  z.object({
    message: z.string().nullish(),
    param: z.string().nullish().catch(undefined),
    type: z.string().nullish().catch(undefined),
    code: z.union([z.string(), z.number()]).nullish().catch(undefined),
  }),
]);
/** OpenAI and llama.cpp nest the error, older vLLM does not, FastAPI calls it `detail`. */
const Wire = z.object({
  error: Message.nullish().catch(undefined),
  detail: Message.nullish().catch(undefined),
  message: z.string().nullish().catch(undefined),
});

/** The failure in a response, if it is one: by its status, or by an error in a body that says 200. */
export function serviceError(response: Response, json: unknown): ServiceError | undefined {
  const wire = Wire.safeParse(json).data;
  if (response.ok && !wire?.error) return undefined;
  const said = wire?.error ?? wire?.detail ?? wire?.message ?? '';
  const { message = '', param = '', type = '', code = '' } = typeof said === 'string' ? { message: said } : said;
  const status = response.ok ? (typeof code === 'number' && code >= 400 && code < 600 ? code : 500) : response.status;
  const retryAfterMs = pauseOf(response.headers.get('retry-after'));
  return {
    status,
    words: withoutAddresses(message ?? ''),
    param: `${param ?? ''} ${type ?? ''} ${code ?? ''}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** `Retry-After` (RFC 9110, 10.2.3) in milliseconds. */
function pauseOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  if (header.trim() !== '' && Number.isFinite(seconds)) return seconds * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** The prompt is longer than the model's context: the content's doing, whatever the status. */
const TOO_LONG = [
  'context size',
  'context length',
  'context_length',
  'context_size',
  'context window',
  'maximum context',
  'prompt is too long',
  'too many tokens',
];
/** Our configuration or the account; all else at 400 is the content's doing, and an attacker must not gain by it. */
const NOT_THE_CONTENT = [
  'unsupported',
  'not supported',
  'unrecognized',
  'unknown',
  'invalid model',
  'does not exist',
  'billing',
  'quota',
  'credit',
];

/** A failure as the fail modes tell it apart, in words that a person can act on. */
export function serviceFailure({ status, words, param, retryAfterMs }: ServiceError, settings: AuditSettings): ModelAnswer {
  const unavailable = (why: string): ModelAnswer => ({ kind: 'unavailable', why, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  const said = `${param} ${words}`.toLowerCase();
  const quoted = words === '' ? '' : `: ${clip(words, 140)}`;
  if (status >= 300 && status < 400) {
    return unavailable(`The audit service redirects to another address (HTTP ${status}), to which nothing is sent. Check the base URL.`);
  }
  if (status === 401 || status === 403) {
    return unavailable(
      settings.apiKey === undefined
        ? `The audit service wants an API key (HTTP ${status}). Store one.`
        : `The audit service does not accept the API key (HTTP ${status}). Store a valid key.`,
    );
  }
  if (status === 404 && said.includes('model')) {
    const { model } = settings;
    return unavailable(
      `The audit service does not know the model "${clip(model, 60)}" (HTTP 404). Choose another model; with Ollama, run "ollama pull ${clip(model, 60)}" first.`,
    );
  }
  if (status === 404 || status === 405) {
    return unavailable(`There are no chat completions at this address (HTTP ${status}). Check the base URL: it usually ends in /v1.`);
  }
  if (TOO_LONG.some((sign) => said.includes(sign))) {
    return {
      kind: 'refused',
      why: `The content is longer than the model's context (HTTP ${status}). Check it in parts, or give the server a larger context (Ollama: OLLAMA_CONTEXT_LENGTH).`,
    };
  }
  if (status === 413) return { kind: 'refused', why: 'The content is too large for the audit service (HTTP 413).' };
  if (status === 429) return unavailable('The audit service reports that its request limit is reached (HTTP 429).');
  if (status === 503 && said.includes('loading'))
    return unavailable('The audit service is still loading the model (HTTP 503). Try again soon.');
  if (status !== 400 && status !== 422) {
    return unavailable(`The audit service failed (HTTP ${status}). If this lasts, see whether the service is down.`);
  }
  if (NOT_THE_CONTENT.some((sign) => said.includes(sign))) {
    return unavailable(`The audit service refuses this configuration (HTTP ${status})${quoted}`);
  }
  return { kind: 'refused', why: `The audit service rejected the content (HTTP ${status})${quoted}` };
}

const ErrorCode = z.object({ cause: z.object({ code: z.string() }) });

/** No response at all. Fetch's own message says nothing; its cause has a code. */
export function unreachable(error: unknown, { baseUrl }: AuditSettings): ModelAnswer {
  const code = ErrorCode.safeParse(error).data?.cause.code;
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : 'the base URL';
  const why: Record<string, string> = {
    ECONNREFUSED: `The audit service could not be reached: nothing listens at ${host}. Start the server (Ollama: "ollama serve") or correct the base URL.`,
    ENOTFOUND: `The audit service could not be reached: the name in ${host} is not known. Check the network and the base URL.`,
  };
  return {
    kind: 'unavailable',
    why:
      why[code ?? ''] ?? 'The audit service could not be reached or closed the connection. Check the network, the proxy and the base URL.',
  };
}

function withoutAddresses(message: string): string {
  return visibleLine(message)
    .split(' ')
    .filter((word) => !word.includes('://'))
    .join(' ');
}
