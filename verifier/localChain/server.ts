import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { LocalLedger } from './localLedger.ts';
import { loadMachine } from './machine.ts';
import { RpcError, rpcMethods } from './methods.ts';

export interface LocalChainOptions {
  readonly port?: number;
  readonly file?: string;
  readonly slotMs?: number;
  readonly finalAfter?: number;
}

/** How the next calls go wrong. */
export interface Fault {
  /** Every method where none is named. */
  readonly method?: string;
  readonly times: number;
  /** `mute`: the call is carried out, but its answer is lost. */
  readonly does: 'busy' | 'reset' | 'error' | 'mute' | { readonly delayMs: number };
}

/** A Solana of one's own, on the loopback address. */
export interface LocalChain {
  readonly url: string;
  readonly ledger: LocalLedger;
  /** How often each method was called. */
  readonly calls: ReadonlyMap<string, number>;
  addFault(fault: Fault): void;
  clearFaults(): void;
  stop(): Promise<void>;
}

const MAX_BODY = 1024 * 1024;
const Call = z.looseObject({ jsonrpc: z.literal('2.0'), id: z.unknown(), method: z.string(), params: z.array(z.unknown()).default([]) });

/** Starts a chain. @throws NoMachine where the runtime is not installed */
export async function startLocalChain(options: LocalChainOptions = {}): Promise<LocalChain> {
  const { port = 0, file, slotMs = 400, finalAfter = 32 } = options;
  const ledger = new LocalLedger(await loadMachine(), { slotMs, finalAfter, ...(file === undefined ? {} : { file }) });
  const methods = rpcMethods(ledger);
  const calls = new Map<string, number>();
  let faults: { fault: Fault; left: number }[] = [];

  const answer = (value: unknown): object => {
    const call = Call.safeParse(value);
    if (!call.success) return { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'Invalid request' } };
    const { id, method, params } = call.data;
    calls.set(method, (calls.get(method) ?? 0) + 1);
    try {
      const run = methods.get(method);
      if (run === undefined) throw new RpcError(-32601, 'Method not found');
      return { jsonrpc: '2.0', id, result: run(params) };
    } catch (error) {
      if (error instanceof RpcError) return { jsonrpc: '2.0', id, error: { code: error.code, message: error.message, data: error.data } };
      if (error instanceof RangeError)
        return { jsonrpc: '2.0', id, error: { code: -32602, message: `invalid transaction: ${error.message}` } };
      throw error;
    }
  };
  const faultOf = (value: unknown): Fault | undefined => {
    const call = Call.safeParse(Array.isArray(value) ? value[0] : value);
    const found = faults.find(({ fault }) => fault.method === undefined || fault.method === call.data?.method);
    if (found === undefined) return undefined;
    found.left -= 1;
    faults = faults.filter(({ left }) => left > 0);
    return found.fault;
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = (status: number, body: string, headers: Record<string, string> = {}) =>
      void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    if (request.method !== 'POST') return reply(405, '');
    const value = await bodyOf(request);
    const does = faultOf(value)?.does;
    if (does === 'busy') return reply(429, '{"error":"Too many requests"}', { 'retry-after': '0' });
    if (does === 'error') return reply(503, 'upstream error');
    if (does === 'reset') return void request.socket.resetAndDestroy();
    if (does === 'mute') {
      answer(value);
      return void request.socket.resetAndDestroy();
    }
    if (does !== undefined) await new Promise((resolve) => setTimeout(resolve, does.delayMs).unref());
    reply(200, JSON.stringify(Array.isArray(value) ? value.map(answer) : answer(value)));
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  // Else a client that was busy for a while meets a reset on its kept connection.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`,
    ledger,
    calls,
    addFault: (fault) => void faults.push({ fault, left: fault.times }),
    clearFaults: () => {
      faults = [];
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY) throw new RangeError('the request is too long');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
