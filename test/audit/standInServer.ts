import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

/** A question that a stand-in received, and took for well formed. */
export interface Received {
  readonly model: string;
  /** The part with the subject. */
  readonly text: string;
  /** The part with the policies. */
  readonly system: string;
  /** The key as the service was shown it. */
  readonly key: string | undefined;
  readonly body: object;
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  /** Turns true when the client goes away before the answer is out. */
  aborted: boolean;
}

/** One thing that a stand-in does with a request. */
export interface Behaviour {
  readonly reply?: (request: Received) => object;
  readonly status?: number;
  readonly json?: object;
  readonly raw?: string;
  readonly headers?: Record<string, string>;
  readonly reset?: boolean;
  readonly hang?: boolean;
  readonly delayMs?: number;
  readonly bodyDelayMs?: number;
}

/** A fixed behaviour, or one that is chosen by the request. */
export type Act<R extends Received> = Behaviour | ((request: R) => Behaviour);

export interface StandIn<R extends Received> {
  readonly url: string;
  /** All well-formed questions so far. */
  readonly requests: R[];
  /** Queues behaviours, one a question. */
  next(...acts: Act<R>[]): void;
  clear(): void;
  stop(): Promise<void>;
}

export interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly json: unknown;
}

export interface Protocol<R extends Received> {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** What is done when nothing is queued. */
  readonly fallback: Act<R>;
  /** A question, or what is answered at once to anything else. */
  readonly read: (incoming: Incoming) => { readonly question: R } | { readonly refuse: Behaviour };
  /** What the service adds to each answer. */
  readonly dress: (json: object, request: R) => object;
}

/** The part of a model's stand-in that is the same for every provider: it thinks nothing and does what it is told. */
export async function startStandIn<R extends Received>({
  host = '127.0.0.1',
  port = 0,
  fallback,
  read,
  dress,
}: Protocol<R>): Promise<StandIn<R>> {
  const queue: Act<R>[] = [];
  const requests: R[] = [];
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
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString('utf8');
    const understood = read({
      method: request.method ?? '',
      url: new URL(request.url ?? '/', 'http://localhost'),
      headers: request.headers,
      json: body === '' ? undefined : JSON.parse(body),
    });
    if ('refuse' in understood) return send(response, understood.refuse, understood.refuse.json);
    const { question } = understood;
    requests.push(question);
    response.on('close', () => {
      question.aborted = !response.writableFinished;
    });
    const queued = queue.shift() ?? fallback;
    const act = typeof queued === 'function' ? queued(question) : queued;
    if (act.delayMs !== undefined) await wait(act.delayMs);
    if (act.reset === true) return request.socket.resetAndDestroy();
    if (act.hang === true) return undefined;
    return send(response, act, act.reply === undefined ? act.json : dress(act.reply(question), question));
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
