import { parseArgs } from 'node:util';
import { complaint } from './geminiComplaint.ts';
import { apiError, type Behaviour, GeminiBody, type GeminiRequest, say } from './geminiSay.ts';
import { type Act, type Incoming, type StandIn, startStandIn } from './standInServer.ts';

export interface GeminiOptions {
  readonly host?: string;
  readonly port?: number;
  /** Other keys are refused in the service's words; absent: every key is taken. */
  readonly apiKey?: string;
  readonly models?: readonly string[];
  /** What is done when nothing is queued. */
  readonly fallback?: Act<GeminiRequest>;
}

export type GeminiStandIn = StandIn<GeminiRequest>;

const MODELS = ['gemini-2.5-flash', 'gemini-2.5-flash-lite', 'gemini-2.5-pro', 'gemini-3.5-flash-lite', 'gemini-3.5-flash'];

/**
 * A local stand-in for `POST /v1beta/models/{model}:generateContent` and `GET /v1beta/models`. It checks
 * requests as the service does. Also a program of its own:
 * `node test/audit/geminiStandIn.ts --port 8787 --key KEY`.
 */
export function startGemini({ host, port, apiKey, models = MODELS, fallback = say.verdict() }: GeminiOptions = {}): Promise<GeminiStandIn> {
  const read = ({ method, url, headers, json }: Incoming): { question: GeminiRequest } | { refuse: Behaviour } => {
    const key = headers['x-goog-api-key'];
    if (apiKey !== undefined && key !== apiKey) return { refuse: say.badKey() };
    if (method === 'GET' && url.pathname === '/v1beta/models') return { refuse: say.models(models) };
    const model = /^\/v1(?:beta)?\/models\/([^/:]+):generateContent$/.exec(url.pathname)?.[1];
    if (method !== 'POST' || model === undefined) return { refuse: apiError(404, 'NOT_FOUND', 'Requested entity was not found.') };
    const body = GeminiBody.parse(json);
    const wrong = complaint(body);
    if (wrong !== undefined) return { refuse: say.badRequest(wrong) };
    if (!models.includes(model)) return { refuse: say.gone(model) };
    const text = (body.contents ?? []).flatMap((content) => (content.parts ?? []).map((part) => part.text ?? '')).join('\n');
    const system = (body.systemInstruction?.parts ?? []).map((part) => part.text ?? '').join('\n');
    return { question: { model, body, text, system, key: key?.toString(), headers, url: url.pathname + url.search, aborted: false } };
  };
  return startStandIn({ host, port, fallback, read, dress: (reply, { model }) => ({ ...reply, modelVersion: model }) });
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8787' }, key: { type: 'string' } } });
  const standIn = await startGemini({ port: Number(values.port), ...(values.key === undefined ? {} : { apiKey: values.key }) });
  console.log(`Gemini stand-in at ${standIn.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void standIn.stop());
}
