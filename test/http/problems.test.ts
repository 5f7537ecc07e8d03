import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createConnection } from 'node:net';
import { test } from 'node:test';
import { PROBLEMS, Problem, type ProblemCode, SentinelError } from '../../verifier/protocol/problem.ts';
import { PROTOCOL_HEADER } from '../../verifier/protocol/vocabulary.ts';
import { latch, PERSON } from '../assessment/standIns.ts';
import type { Answer, Call } from './client.ts';
import { type Served, serve, TOKENS, verifyBody } from './server.ts';

const verify = { path: '/verify', token: TOKENS.assess, body: verifyBody };
const ALICE = { requestId: 'r', sessionId: 's', source: 'http', subject: { kind: 'prompt', text: 'x' }, depth: 'gates' };

/** Requests that are refused before anything is assessed. */
const REFUSED: Record<string, { call: Call; code: ProblemCode }> = {
  'no token': { call: { ...verify, token: '' }, code: 'unauthorised' },
  'a wrong token': { call: { ...verify, token: 'x'.repeat(43) }, code: 'unauthorised' },
  'a token that is longer by one': { call: { ...verify, token: `${TOKENS.assess}a` }, code: 'unauthorised' },
  'the assess token where decisions are read': { call: { path: '/decisions', token: TOKENS.assess }, code: 'forbidden' },
  'the assess token where a decision is claimed': {
    call: { path: `/decisions/${randomUUID()}/claim`, token: TOKENS.assess, body: { windowId: 'w' } },
    code: 'forbidden',
  },
  'the assess token for a notice': {
    call: { path: '/notices', token: TOKENS.assess, body: { notice: 'guard-off', by: PERSON, detail: '' } },
    code: 'forbidden',
  },
  'events without a token': { call: { path: '/events' }, code: 'unauthorised' },
  'another protocol': { call: { ...verify, headers: { [PROTOCOL_HEADER]: '999' } }, code: 'protocol_mismatch' },
  'a route that is not': { call: { path: '/nothing', token: TOKENS.assess }, code: 'not_found' },
  'a method that is not': { call: { ...verify, method: 'PUT' }, code: 'not_found' },
  'a claim on nothing': {
    call: { path: `/decisions/${randomUUID()}/claim`, token: TOKENS.decide, body: { windowId: 'w' } },
    code: 'not_found',
  },
  'an unknown field': { call: { ...verify, body: { ...verifyBody, exempt: true } }, code: 'bad_request' },
  'an unknown field inside': {
    call: { ...verify, body: { ...ALICE, subject: { kind: 'prompt', text: 'x', verdict: 'pass' } } },
    code: 'bad_request',
  },
  'a missing field': { call: { ...verify, body: { requestId: 'r' } }, code: 'bad_request' },
  'broken JSON': { call: { ...verify, body: '{"requestId": ' }, code: 'bad_request' },
  'an empty body': { call: { ...verify, body: '' }, code: 'bad_request' },
  'JSON that would reach the prototype': { call: { ...verify, body: '{"__proto__": {"x": 1}}' }, code: 'bad_request' },
  'a body that is not JSON': { call: { ...verify, headers: { 'content-type': 'text/plain' }, body: 'ls' }, code: 'bad_request' },
  'both a decision and an outcome': {
    call: {
      path: '/execution-result',
      token: TOKENS.decide,
      body: {
        assessmentId: randomUUID(),
        nonce: 'n'.repeat(32),
        subjectDigest: '0'.repeat(64),
        outcome: 'shown',
        decision: { choice: 'approve', by: PERSON },
      },
    },
    code: 'bad_request',
  },
  'health without a challenge': { call: { path: '/health' }, code: 'bad_request' },
  'a notice in the name of another': {
    call: { path: '/notices', token: TOKENS.decide, body: { notice: 'guard-off', by: { name: 'M', source: 'os-user' }, detail: '' } },
    code: 'person_mismatch',
  },
};

function assertProblem(answer: Answer, code: ProblemCode): Problem {
  const problem = Problem.parse(answer.json);
  assert.deepEqual([problem.code, answer.status], [code, PROBLEMS[code]], answer.text);
  assert.ok(!answer.text.includes(' at ') || !/\.(ts|js|mjs):\d+/.test(answer.text), 'no stack');
  return problem;
}

for (const [name, { call, code }] of Object.entries(REFUSED)) {
  test(`${code}: ${name}`, async (t) => {
    const served = await serve(t);
    assertProblem(await served.call(call), code);
    assert.equal(served.gates.assessed.length, 0);
    assert.equal(served.ledger.entries.length, 1);
  });
}

test('too_large: a body beyond the limit', async (t) => {
  const { call } = await serve(t, { bodyLimit: 2_000 });
  assertProblem(await call({ ...verify, body: { ...verifyBody, subject: { kind: 'prompt', text: 'x'.repeat(3_000) } } }), 'too_large');
});

test('too_slow: a request that never arrives whole', async (t) => {
  const { socket } = await serve(t, { requestTimeoutMs: 100 });
  const text = await new Promise<string>((resolve) => {
    let received = '';
    const head = `POST /verify HTTP/1.1\r\nhost: x\r\n${PROTOCOL_HEADER}: 1\r\nauthorization: Bearer ${TOKENS.assess}`;
    const connection = createConnection(socket, () => {
      connection.write(`${head}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`);
    });
    connection.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
    });
    connection.on('close', () => resolve(received));
  });
  assert.match(text, /^HTTP\/1\.1 408 /);
  assert.equal(Problem.parse(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).code, 'too_slow');
});

test('bad_request: bytes that are not HTTP', async (t) => {
  const { socket } = await serve(t);
  const text = await new Promise<string>((resolve) => {
    let received = '';
    const connection = createConnection(socket, () => connection.write('\u0000\u0001 hello\r\n\r\n'));
    connection.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
    });
    connection.on('close', () => resolve(received));
  });
  assert.equal(Problem.parse(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).code, 'bad_request');
});

test('too_busy: more at once than the bound, and served again when there is room', async (t) => {
  const { call, gates } = await serve(t, { maxConcurrent: 1 });
  const hang = latch();
  gates.gate = hang.opened;
  const first = call(verify);
  while (gates.assessed.length === 0) await new Promise(setImmediate);
  assertProblem(await call(verify), 'too_busy');
  hang.open();
  assert.equal((await first).status, 200);
  assert.equal((await call(verify)).status, 200);
});

test('shutting_down: what comes while the verifier stops', async (t) => {
  const { call, app } = await serve(t);
  app.load.shuttingDown = true;
  assertProblem(await call(verify), 'shutting_down');
});

const FAILURES: Record<string, { prepare: (served: Served) => void; code: ProblemCode }> = {
  'no valid policy set': {
    prepare: ({ gates }) => {
      gates.failure = new SentinelError('policies_invalid', 'No policy set is valid: rules.yaml:3.');
    },
    code: 'policies_invalid',
  },
  'a ledger that cannot be written': {
    prepare: ({ ledger }) => {
      ledger.failure = new SentinelError('ledger_failed', 'The disk is full: make room.');
    },
    code: 'ledger_failed',
  },
  'an error that nobody foresaw': {
    prepare: ({ ledger }) => {
      ledger.failure = new TypeError('x of undefined, key open-sesame');
    },
    code: 'internal',
  },
};

for (const [name, { prepare, code }] of Object.entries(FAILURES)) {
  test(`${code}: ${name}, and no verdict`, async (t) => {
    const served = await serve(t);
    prepare(served);
    const problem = assertProblem(await served.call(verify), code);
    assert.equal(problem.requestId, 'request-1');
    assert.ok(!problem.message.includes('open-sesame') && !problem.message.includes('undefined'));
  });
}

test('internal: a reply that does not fit the contract is not sent', async (t) => {
  const { call } = await serve(t, { assessor: { assess: async () => JSON.parse('{"verdict":"open-sesame"}') } });
  const answer = await call(verify);
  assertProblem(answer, 'internal');
  assert.ok(!answer.text.includes('open-sesame'));
});

const LEAKS: Record<string, Call> = {
  'broken JSON': { ...verify, body: '{"requestId": open-sesame' },
  'an unknown field': { ...verify, body: { ...verifyBody, 'open-sesame': 1 } },
  'a wrong value': { ...verify, body: { ...verifyBody, depth: 'open-sesame' } },
  'a request id': { ...verify, body: { ...verifyBody, requestId: 'open-sesame', depth: 0 } },
  'an address': { path: '/open-sesame?open-sesame', token: TOKENS.assess },
  'a token': { ...verify, token: 'open-sesame' },
  'a protocol': { ...verify, headers: { [PROTOCOL_HEADER]: 'open-sesame' } },
};

for (const [name, call] of Object.entries(LEAKS)) {
  test(`a refusal does not repeat a secret in ${name}`, async (t) => {
    const served = await serve(t);
    const answer = await served.call(call);
    assert.ok(answer.status >= 400);
    assert.ok(!answer.text.includes('open-sesame'), answer.text);
  });
}

test('where nothing can be redacted a refusal is its code alone', async (t) => {
  const served = await serve(t);
  served.gates.redactFailure = new Error('stopped');
  const answer = await served.call({ ...verify, body: { ...verifyBody, 'open-sesame': 1 } });
  assert.equal(assertProblem(answer, 'bad_request').message, 'bad_request');
});

test('a loopback listener tells nobody without a token who works here', async (t) => {
  const { call } = await serve(t, { allowedHosts: ['127.0.0.1:4000'] });
  const health = { path: '/health?challenge=00112233445566778899aabbccddeeff', headers: { host: '127.0.0.1:4000' } };
  assertProblem(await call({ ...health, token: 'none of the two' }), 'unauthorised');
  assert.equal((await call({ ...health, token: verify.token })).status, 200);
});

test('a loopback listener answers to its own name only', async (t) => {
  const { call } = await serve(t, { allowedHosts: ['127.0.0.1:4000'] });
  assertProblem(await call({ ...verify, headers: { host: 'evil.example' } }), 'forbidden');
  assertProblem(await call({ path: '/health?challenge=00112233445566778899aabbccddeeff', headers: { host: 'evil.example' } }), 'forbidden');
  const answer = await call({ ...verify, headers: { host: '127.0.0.1:4000' } });
  assert.equal(answer.status, 200);
});
