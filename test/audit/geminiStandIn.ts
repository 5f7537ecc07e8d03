import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { complaint } from './geminiComplaint.ts';
import { apiError, type Behaviour, GeminiBody, type GeminiRequest, say } from './geminiSay.ts';

/** A fixed behaviour, or one that is chosen by the request. */
export type Act = Behaviour | ((request: GeminiRequest) => Behaviour);

export interface GeminiOptions {
  readonly host?: string;
  readonly port?: number;
  /** Other keys are refused in the service's words; absent: every key is taken. */
  readonly apiKey?: string;
  readonly models?: readonly string[];
  /** What is done when nothing is queued. */
  readonly fallback?: Act;
}

export interface GeminiStandIn {
  readonly url: string;
  /** All well-formed calls so far. */
  readonly requests: GeminiRequest[];
  /** Queues behaviours, one a call. */
  next(...acts: Act[]): void;
  clear(): void;
  stop(): Promise<void>;
}

const MODELS = ['gemini-2.5-flash', 'gemini-2.5-flash-lite', 'gemini-2.5-pro', 'gemini-3.5-flash-lite', 'gemini-3.5-flash'];

/**
 * A local stand-in for `POST /v1beta/models/{model}:generateContent`. It thinks nothing: it does what
 * it is told, and checks requests as the service does. Also a program of its own:
 * `node test/audit/geminiStandIn.ts --port 8787 --key KEY`.
 */
export async function startGemini(options: GeminiOptions = {}): Promise<GeminiStandIn> {
  const { host = '127.0.0.1', port = 0, apiKey, models = MODELS, fallback = say.verdict() } = options;
  const queue: Act[] = [];
  const requests: GeminiRequest[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const wait = (ms: number) => new Promise<void>((resolve) => timers.add(setTimeout(resolve, ms)));

  const send = async (response: ServerResponse, act: Behaviour, json: object | undefined) => {
    const text = act.raw ?? JSON.stringify(json);
    response.writeHead(act.status ?? 200, { 'content-type': 'application/json; charset=UTF-8', ...act.headers });
    if (act.bodyDelayMs === undefined) return response.end(text);
    response.write(text.slice(0, text.length >> 1));
    await wait(act.bodyDelayMs);
    return response.end(text.slice(text.length >> 1));
  };

  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const refuse = (act: Behaviour) => send(response, act, act.json);
    if (apiKey !== undefined && request.headers['x-goog-api-key'] !== apiKey) return refuse(say.badKey());
    const model = /^\/v1(?:beta)?\/models\/([^/:]+):generateContent$/.exec(url.pathname)?.[1];
    if (request.method !== 'POST' || model === undefined) return refuse(apiError(404, 'NOT_FOUND', 'Requested entity was not found.'));
    const body = GeminiBody.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    const wrong = complaint(body);
    if (wrong !== undefined) return refuse(say.badRequest(wrong));
    if (!models.includes(model)) return refuse(say.gone(model));
    const text = (body.contents ?? []).flatMap((content) => (content.parts ?? []).map((part) => part.text ?? '')).join('\n');
    const received: GeminiRequest = { model, body, text, headers: request.headers, url: request.url ?? '', aborted: false };
    requests.push(received);
    response.on('close', () => {
      received.aborted = !response.writableFinished;
    });
    const queued = queue.shift() ?? fallback;
    const act = typeof queued === 'function' ? queued(received) : queued;
    if (act.delayMs !== undefined) await wait(act.delayMs);
    if (act.reset === true) return request.socket.resetAndDestroy();
    if (act.hang === true) return undefined;
    return send(response, act, act.reply === undefined ? act.json : { ...act.reply(received), modelVersion: model });
  };

  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://${host}:${typeof address === 'object' ? address?.port : port}`,
    requests,
    next: (...acts) => void queue.push(...acts),
    clear: () => {
      queue.length = 0;
      requests.length = 0;
    },
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8787' }, key: { type: 'string' } } });
  const standIn = await startGemini({ port: Number(values.port), ...(values.key === undefined ? {} : { apiKey: values.key }) });
  console.log(`Gemini stand-in at ${standIn.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void standIn.stop());
}
