import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export const ENTRY = join(import.meta.dirname, '../../verifier/cli/main.ts');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sentinel` from its sources; the environment has no key unless it is given one. */
export async function sentinel(
  args: readonly string[],
  input: string | Uint8Array | Readable = '',
  options: SpawnOptionsWithoutStdio & { nodeArgs?: readonly string[] } = {},
): Promise<Ended> {
  const { GEMINI_API_KEY: _key, NO_COLOR: _colour, ...inherited } = process.env;
  const env = { ...inherited, ...options.env };
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), ENTRY, ...args], {
    ...options,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined);
  if (typeof input === 'string' || input instanceof Uint8Array) child.stdin.end(input);
  else input.pipe(child.stdin);
  await once(child, 'close');
  return { code: child.exitCode, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') };
}
