import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { Readable, Writable } from 'node:stream';

/** A process that prints one JSON line with its socket, and then serves until its input ends. */
export interface Served {
  readonly socket: string;
  end(): Promise<void>;
}

export async function serve(args: readonly string[], firstLine?: string, more: Readonly<Record<string, string>> = {}): Promise<Served> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, [...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...more },
  });
  if (firstLine !== undefined) child.stdin.write(`${firstLine}\n`);
  const [line] = await once(child.stdout, 'data');
  child.stdout.resume();
  return { socket: JSON.parse(String(line).split('\n')[0] ?? '').socket, end: () => endOf(child) };
}

async function endOf(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.stdin?.end();
  await closed;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One request over a kept connection. @returns its time in milliseconds and the reply. */
export function timed(
  socketPath: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<{ ms: number; json: unknown }> {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request({ socketPath, path, method, agent, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const ms = performance.now() - from;
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode !== 200) reject(new Error(`${path} answered ${response.statusCode}: ${text}`));
        else resolve({ ms, json: JSON.parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
