import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { PROTOCOL_HEADER, PROTOCOL_VERSION } from '../../verifier/protocol/vocabulary.ts';

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  readonly headers?: Record<string, string>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
}

/** Begins a call over a Unix socket (or a TCP port) without ending it. */
export function begin(to: string | number, call: Call, onResponse: (response: IncomingMessage) => void): ClientRequest {
  return request(
    {
      ...(typeof to === 'string' ? { socketPath: to } : { host: '127.0.0.1', port: to }),
      path: call.path,
      method: call.method ?? (call.body === undefined ? 'GET' : 'POST'),
      headers: {
        [PROTOCOL_HEADER]: String(PROTOCOL_VERSION),
        ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      agent: false,
    },
    onResponse,
  );
}

export function send(to: string | number, call: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = begin(to, call, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, text, json: parsed(text) });
      });
    });
    sent.on('error', reject);
    const body = call.body;
    sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
