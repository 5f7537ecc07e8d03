import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { type Hello, Ready } from '../../verifier/protocol/handshake.ts';
import { Health } from '../../verifier/protocol/routes.ts';
import { type Answer, type Call, send } from '../http/client.ts';

export const ENTRY = join(import.meta.dirname, '../../verifier/main.ts');
export const POLICIES = join(import.meta.dirname, '../../policies');

export interface Sidecar {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ready: Ready;
  readonly hello: Hello;
  /** All that it wrote so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly call: (call: Call) => Promise<Answer>;
  readonly health: () => Promise<Health>;
  /** Closes its standard input and gives its exit code. */
  readonly end: () => Promise<number | null>;
}

export async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-test-'));
  // A verifier may be writing still: it is killed only afterwards.
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  return folder;
}

export function helloFor(ledgerDir: string, changes: Partial<Hello> = {}): Hello {
  const token = () => randomBytes(32).toString('hex');
  return {
    protocol: 1,
    assessToken: token(),
    decideToken: token(),
    policies: { builtIn: POLICIES, workspace: [] },
    ledgerDir,
    workspaceRoots: ['/home/ada/project'],
    auditOffBecause: 'not part of this test',
    ...changes,
  };
}

/** Starts the process and writes one line, if there is one; its output is collected. */
export function launch(line?: string, env: NodeJS.ProcessEnv = process.env) {
  const child = spawn(process.execPath, [ENTRY], { stdio: ['pipe', 'pipe', 'pipe'], env, cwd: tmpdir() });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said.stderr += chunk;
  });
  child.stdin.on('error', () => undefined);
  if (line !== undefined) child.stdin.write(`${line}\n`);
  return { child, said };
}

export async function firstStdoutLine({ child, said }: ReturnType<typeof launch>): Promise<string> {
  while (!said.stdout.includes('\n')) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended: ${said.stderr}`);
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
  }
  return said.stdout.slice(0, said.stdout.indexOf('\n'));
}

/** The real sidecar process, from its sources, with gates loaded; killed at the end if need be. */
export async function startSidecar(
  t: TestContext,
  ledgerDir: string,
  changes: Partial<Hello> = {},
  env?: NodeJS.ProcessEnv,
): Promise<Sidecar> {
  const hello = helloFor(ledgerDir, changes);
  const launched = launch(JSON.stringify(hello), env);
  const { child, said } = launched;
  t.after(() => child.kill('SIGKILL'));
  const ready = Ready.parse(JSON.parse(await firstStdoutLine(launched)));
  const call = (asked: Call) => send(ready.socket, asked);
  const health = async () => Health.parse((await call({ path: `/health?challenge=${'ab'.repeat(16)}` })).json);
  while ((await health()).layers.gates.state === 'pending') await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    child,
    ready,
    hello,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    call,
    health,
    end: async () => {
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
      return child.exitCode;
    },
  };
}

/** The text of all chains in a folder, by file name. */
export async function chains(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)));
}
