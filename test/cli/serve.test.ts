import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { Assessment } from '../../verifier/protocol/assessment.ts';
import { send } from '../http/client.ts';
import { ENTRY } from './sentinel.ts';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

async function serve(
  t: TestContext,
  args: readonly string[],
  firstLine?: string,
): Promise<{ child: Child; serving: Record<string, string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cli-serve-'));
  const child = spawn(process.execPath, [ENTRY, 'serve', '--no-audit', '--ledger', folder, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // The key is kept in the user's data folder, wherever the ledger is.
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: join(folder, 'data'), LOCALAPPDATA: join(folder, 'data') },
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  if (firstLine !== undefined) child.stdin.write(`${firstLine}\n`);
  const [line] = await once(child.stdout, 'data');
  return { child, serving: JSON.parse(String(line).split('\n')[0] ?? '') };
}

const body = { requestId: 'r', sessionId: 's', source: 'http', subject: { kind: 'command', text: 'rm -rf /' }, depth: 'gates' };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

test('serve: tokens are made, kept in a file that only this user can read, and work', { skip: process.platform === 'win32' }, async (t) => {
  const { child, serving } = await serve(t, []);
  const file = serving['tokensFile'] ?? '';
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const tokens = JSON.parse(await readFile(file, 'utf8'));
  assert.ok(!JSON.stringify(serving).includes(tokens.assessToken));
  const answer = await send(serving['address'] ?? '', { path: '/verify', token: tokens.assessToken, body });
  assert.equal(Assessment.parse(answer.json).verdict, 'block');
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
  assert.equal(child.exitCode, 0);
  await assert.rejects(stat(file), { code: 'ENOENT' });
});

test('serve --port: loopback with token and Host check, tokens from standard input, stops when it ends', async (t) => {
  const port = await freePort();
  const token = () => randomBytes(32).toString('hex');
  const tokens = { assessToken: token(), decideToken: token() };
  const { child, serving } = await serve(t, ['--port', String(port), '--tokens-stdin'], JSON.stringify(tokens));
  assert.deepEqual(serving, { type: 'listening', address: `http://127.0.0.1:${port}` });
  const call = { path: '/verify', token: tokens.assessToken, body };
  const answer = await send(port, { ...call, headers: { host: `127.0.0.1:${port}` } });
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await send(port, { ...call, headers: { host: 'rebound.example' } })).status, 403);
  assert.equal((await send(port, { ...call, token: 'x' })).status, 401);
  const preflight = await send(port, { method: 'OPTIONS', path: '/verify', headers: { origin: 'https://evil.example' } });
  assert.equal(preflight.status, 404);
  const closed = once(child, 'close');
  child.stdin.end();
  await closed;
  assert.equal(child.exitCode, 0);
});
