import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createClient } from '../../extension/core/client.ts';
import type { Verify } from '../../verifier/protocol/routes.ts';
import { assessmentOf, healthOf, PERSON } from './fakes.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server on a private socket, and a client for it. */
async function serve(test: TestContext, answer: Answer) {
  const folder = mkdtempSync(join(tmpdir(), 'client-'));
  const socket = process.platform === 'win32' ? `\\\\.\\pipe\\${folder.replaceAll(/\W/g, '')}` : join(folder, 's');
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    answer(request, response, Buffer.concat(pieces).toString());
  });
  server.listen(socket);
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return createClient({ socket, assessToken: 'a'.repeat(64), decideToken: 'd'.repeat(64), person: PERSON });
}

const SUBJECT = { kind: 'command', text: 'git status' } as const;
const ASKED: Verify = { requestId: 'r1', sessionId: 's', source: 'http', subject: SUBJECT, depth: 'gates' };
const json = (response: ServerResponse, value: unknown, status = 200) => {
  response.statusCode = status;
  response.end(typeof value === 'string' ? value : JSON.stringify(value));
};

describe('the client', () => {
  it('sends what was asked with version and token, and gives back the assessment', async (test) => {
    const seen: unknown[] = [];
    const client = await serve(test, (request, response, body) => {
      seen.push(request.method, request.url, request.headers['sentinel-protocol'], request.headers.authorization, JSON.parse(body));
      json(response, assessmentOf(SUBJECT, 'review', 'r1'));
    });
    assert.equal((await client.verify(ASKED)).verdict, 'review');
    assert.deepEqual(seen, ['POST', '/verify', '1', `Bearer ${'a'.repeat(64)}`, ASKED]);
  });

  it('shows the right to decide only where something is decided', async (test) => {
    const tokens: string[] = [];
    const client = await serve(test, (request, response) => {
      tokens.push(`${request.url} ${request.headers.authorization?.slice(7, 8)}`);
      json(response, { code: 'not_found', message: 'x', requestId: 'r' }, 404);
    });
    const id = '6b1e1b0a-0b6f-4a0b-9d6e-0a3d0c6d0b11';
    const bound = { assessmentId: id, nonce: 'n'.repeat(32), subjectDigest: 'ab'.repeat(32) };
    await assert.rejects(client.record({ ...bound, outcome: 'shown' }));
    await assert.rejects(client.record({ ...bound, decision: { choice: 'deny', by: PERSON } }));
    await assert.rejects(client.claim(id, 'w'));
    assert.deepEqual(tokens, ['/execution-result a', '/execution-result d', `/decisions/${id}/claim d`]);
  });

  const wrong: [string, Answer, string][] = [
    ['no JSON', (_request, response) => json(response, '<html>'), 'garbage'],
    ['JSON of another shape', (_request, response) => json(response, { verdict: 'pass' }), 'garbage'],
    [
      'a verdict with more fields than agreed',
      (_request, response) => json(response, { ...assessmentOf(SUBJECT, 'pass', 'r1'), extra: 1 }),
      'garbage',
    ],
    ['a verdict on another request', (_request, response) => json(response, assessmentOf(SUBJECT, 'pass', 'r2')), 'garbage'],
    [
      'a verdict on other bytes',
      (_request, response) => json(response, assessmentOf({ kind: 'command', text: 'other' }, 'pass', 'r1')),
      'garbage',
    ],
    ['a status without a reason', (_request, response) => json(response, 'oops', 500), 'garbage'],
    ['a problem', (_request, response) => json(response, { code: 'too_busy', message: 'later', requestId: 'r' }, 429), 'too_busy'],
    [
      'a success that is an assessment in an error’s clothes',
      (_request, response) => json(response, assessmentOf(SUBJECT, 'pass', 'r1'), 503),
      'garbage',
    ],
    [
      'half an answer',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"verdict"');
        setTimeout(() => response.destroy(), 20);
      },
      'unreachable',
    ],
    ['a closed connection', (request) => request.socket.destroy(), 'unreachable'],
    ['nothing, ever', () => {}, 'late'],
  ];
  for (const [what, answer, code] of wrong) {
    it(`takes ${what} for a failure`, async (test) => {
      const client = await serve(test, answer);
      await assert.rejects(client.verify(ASKED, { deadlineMs: 300 }), { name: 'VerifierError', code });
    });
  }

  it('tells a cancelled call from a late one', async (test) => {
    const client = await serve(test, () => {});
    await assert.rejects(client.verify(ASKED, { signal: AbortSignal.timeout(20) }), { code: 'cancelled' });
  });

  it('says that nobody is there', async () => {
    const client = createClient({ socket: join(tmpdir(), 'nobody-here'), assessToken: 'a', person: PERSON });
    await assert.rejects(client.verify(ASKED), { code: 'unreachable', message: /not reachable/ });
  });

  it('refuses to decide without the right to', async () => {
    const client = createClient({ socket: join(tmpdir(), 'nobody-here'), assessToken: 'a', person: PERSON });
    await assert.rejects(async () => client.claim('x', 'w'), { code: 'forbidden' });
  });

  it('believes a health answer only with the proof for its own challenge', async (test) => {
    const challenges: string[] = [];
    const client = await serve(test, (request, response) => {
      const challenge = new URL(request.url ?? '', 'http://x').searchParams.get('challenge') ?? '';
      challenges.push(challenge);
      // The second time an old answer is played again.
      const proof = createHmac('sha256', 'd'.repeat(64))
        .update(challenges[0] ?? '')
        .digest('hex');
      json(response, { ...healthOf(), proof });
    });
    assert.equal((await client.health()).version, '0.1.0');
    await assert.rejects(client.health(), { code: 'impostor' });
  });
});
