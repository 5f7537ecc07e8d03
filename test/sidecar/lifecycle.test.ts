import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readIdentity } from '../../verifier/ledger/identityFile.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { Assessment } from '../../verifier/protocol/assessment.ts';
import { Claimed, Receipt } from '../../verifier/protocol/decision.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { StartFailure } from '../../verifier/protocol/handshake.ts';
import { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import { Problem } from '../../verifier/protocol/problem.ts';
import { send } from '../http/client.ts';
import { chains, ENTRY, firstStdoutLine, helloFor, launch, POLICIES, type Sidecar, scratch, startSidecar } from './sidecarProcess.ts';

const command = (text: string) => ({ requestId: 'r', sessionId: 's', source: 'http', subject: { kind: 'command', text }, depth: 'gates' });

async function verify({ call, hello }: Sidecar, text: string): Promise<Assessment> {
  const { json, text: said } = await call({ path: '/verify', token: hello.assessToken, body: command(text) });
  const assessment = Assessment.safeParse(json);
  assert.ok(assessment.success, said);
  return assessment.data;
}

test('a dangerous command is blocked, claimed, approved and reported, and each step is on disk and on stdout', async (t) => {
  const folder = await scratch(t);
  const sidecar = await startSidecar(t, folder);
  const { call, hello, ready } = sidecar;
  const { id: assessmentId, subjectDigest, verdict } = await verify(sidecar, 'rm -rf /');
  assert.equal(verdict, 'block');
  assert.equal((await verify(sidecar, 'ls -l')).verdict, 'pass');
  const claimed = await call({ path: `/decisions/${assessmentId}/claim`, token: hello.decideToken, body: { windowId: 'w' } });
  const { nonce } = Claimed.parse(claimed.json);
  const decision = { choice: 'approve', by: ready.person, reason: 'a drill' };
  const decided = await call({
    path: '/execution-result',
    token: hello.decideToken,
    body: { assessmentId, nonce, subjectDigest, decision },
  });
  const receipt = Receipt.parse(decided.json);
  const onDisk = [...(await chains(folder)).values()].join('');
  assert.ok(onDisk.includes(receipt.hash), 'the decision is on disk when its receipt arrives');
  const outcome = { assessmentId, nonce: receipt.nonce, subjectDigest, outcome: 'ran' };
  assert.equal((await call({ path: '/execution-result', token: hello.assessToken, body: outcome })).status, 200);
  assert.equal(await sidecar.end(), 0);

  const [file] = (await chains(folder)).values();
  const written = (file ?? '').trim().split('\n').slice(1);
  assert.deepEqual(sidecar.stdout().trim().split('\n').slice(1), written);
  assert.deepEqual(
    written.map((line) => LedgerEntry.parse(JSON.parse(line)).event?.type),
    ['session-open', 'assessment', 'assessment', 'decision', 'outcome', 'session-close'],
  );
  assert.equal((await verifyLedger(folder)).ok, true);
});

test('with a key of the user’s, all that it wrote is under checkpoints when it ends', async (t) => {
  const folder = await scratch(t);
  const [ledgerDir, identityDir] = [join(folder, 'ledger'), join(folder, 'identity')];
  for (let run = 1; run <= 2; run++) {
    const sidecar = await startSidecar(t, ledgerDir, { identityDir });
    await verify(sidecar, 'rm -rf /');
    assert.equal(await sidecar.end(), 0);
    const { ok, chains: found, folder: folderChecks } = await verifyLedger(ledgerDir);
    const kept = await readIdentity(identityDir);
    assert.ok(ok && found.length === 1 && kept !== undefined);
    assert.deepEqual(
      [found[0]?.covered, found[0]?.keys.map(({ keyId }) => keyId), found[0]?.checks.filter(({ result }) => result !== 'held')],
      [found[0]?.entries, [kept.identity.keyId], []],
    );
    const written = [...(await chains(ledgerDir)).values()].join('');
    assert.equal(folderChecks.find(({ check }) => check === 'policy texts')?.result, 'held');
    assert.ok(
      !`${written}${sidecar.stdout()}${sidecar.stderr()}`.includes(Buffer.from(kept.identity.keypair()).toString('base64').slice(0, 40)),
    );
  }
});

test('the policies that judged are kept with their texts, and a text that is changed or gone afterwards is told', async (t) => {
  const ledgerDir = join(await scratch(t), 'ledger');
  const sidecar = await startSidecar(t, ledgerDir);
  await verify(sidecar, 'rm -rf /');
  assert.equal(await sidecar.end(), 0);
  const texts = join(ledgerDir, 'policies');
  const rules = await readFile(join(POLICIES, 'destructive-operations', 'rules.yaml'), 'utf8');
  const file = join(texts, sha256(rules));
  assert.ok((await readdir(texts)).includes(sha256(rules)), 'a rule that blocked can be read');
  const told = async () => {
    const { ok, folder } = await verifyLedger(ledgerDir);
    const { result, message = '' } = folder.find(({ check }) => check === 'policy texts') ?? assert.fail();
    return { ok, result, message };
  };
  await writeFile(file, rules.replace('block', 'review'));
  const changed = await told();
  assert.deepEqual([changed.ok, changed.result], [false, 'failed']);
  assert.match(changed.message, /destructive-operations\/rules\.yaml \(.*\) was changed/);
  await rm(file);
  const gone = await told();
  assert.deepEqual([gone.ok, gone.result], [true, 'noted']);
});

test('with a key that can not be used it guards all the same, and its entries name none', async (t) => {
  const folder = await scratch(t);
  const identityDir = join(folder, 'identity');
  await mkdir(identityDir);
  await writeFile(join(identityDir, 'key.json'), '{', { mode: 0o600 });
  const sidecar = await startSidecar(t, join(folder, 'ledger'), { identityDir });
  assert.equal((await verify(sidecar, 'rm -rf /')).verdict, 'block');
  assert.equal(await sidecar.end(), 0);
  assert.match(sidecar.stderr(), /the key can not be used/);
  const { ok, chains: found } = await verifyLedger(join(folder, 'ledger'));
  assert.deepEqual([ok, found[0]?.keys], [true, []]);
});

test('when standard input closes it denies what is open, closes the session and removes its socket', async (t) => {
  const folder = await scratch(t);
  const sidecar = await startSidecar(t, folder);
  await verify(sidecar, 'rm -rf /');
  assert.equal(await sidecar.end(), 0);
  await assert.rejects(stat(dirname(sidecar.ready.socket)), { code: 'ENOENT' });
  const events = sidecar
    .stdout()
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => LedgerEntry.parse(JSON.parse(line)).event);
  assert.deepEqual(
    events.map((event) => event?.type),
    ['session-open', 'assessment', 'decision', 'outcome', 'session-close'],
  );
  const denied = events[2];
  assert.ok(denied?.type === 'decision' && denied.choice === 'deny' && denied.cause === 'cancelled' && denied.by.source === 'verifier');
});

test('SIGTERM ends it as cleanly', { skip: process.platform === 'win32' }, async (t) => {
  const sidecar = await startSidecar(t, await scratch(t));
  const closed = once(sidecar.child, 'close');
  sidecar.child.kill('SIGTERM');
  await closed;
  assert.equal(sidecar.child.exitCode, 0);
  assert.match(sidecar.stdout(), /"type":"session-close"/);
});

test('it ends when its parent is killed', { skip: process.platform === 'win32' }, async (t) => {
  const folder = await scratch(t);
  // The parent hands its own standard input's hello on, so that only the parent holds the sidecar's.
  const script = `
    const child = require('node:child_process').spawn(process.execPath, [${JSON.stringify(ENTRY)}], { stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.write(process.argv[1] + '\\n');
    child.stdout.once('data', (line) => process.stdout.write(line));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['-e', script, JSON.stringify(helloFor(folder))], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => parent.kill('SIGKILL'));
  const [line] = await once(parent.stdout, 'data');
  const { pid } = JSON.parse(String(line));
  parent.kill('SIGKILL');
  const alive = () => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  while (alive()) await new Promise((resolve) => setTimeout(resolve, 20));
  const written = [...(await chains(folder)).values()].join('');
  assert.match(written, /"type":"session-close"/);
});

const whole = JSON.stringify(helloFor('/nowhere'));
const BAD_HELLOS: Record<string, { line: string; code: string }> = {
  'bytes that are not JSON': { line: '\u0000\u0001{{{', code: 'bad_request' },
  'an empty line': { line: '', code: 'bad_request' },
  'JSON that is no hello': { line: '[]', code: 'bad_request' },
  'a field too many': { line: JSON.stringify({ ...helloFor('/nowhere'), allowAll: true }), code: 'bad_request' },
  'no tokens': { line: JSON.stringify({ ...helloFor('/nowhere'), assessToken: undefined, decideToken: undefined }), code: 'bad_request' },
  'one token for both': {
    line: JSON.stringify({ ...helloFor('/nowhere'), assessToken: 'x'.repeat(40), decideToken: 'x'.repeat(40) }),
    code: 'bad_request',
  },
  'another protocol': { line: JSON.stringify({ ...helloFor('/nowhere'), protocol: 2 }), code: 'protocol_mismatch' },
  'a line without end': { line: 'x'.repeat(1_100_000), code: 'bad_request' },
};

for (const [name, { line, code }] of Object.entries(BAD_HELLOS)) {
  test(`it says why it does not start: ${name}`, async () => {
    const launched = launch(line);
    const closed = once(launched.child, 'close');
    const failure = StartFailure.parse(JSON.parse(await firstStdoutLine(launched)));
    await closed;
    assert.equal(failure.code, code);
    assert.equal(launched.child.exitCode, 64);
    assert.ok(!failure.message.includes('{{{') && !/\bat .*:\d+/.test(failure.message));
  });
}

test('it ends when its parent is gone before it has started', async (t) => {
  const launched = launch();
  t.after(() => launched.child.kill('SIGKILL'));
  const closed = once(launched.child, 'close', { signal: AbortSignal.timeout(60_000) });
  launched.child.stdin.end(`${JSON.stringify(helloFor(await scratch(t)))}\n`);
  await closed;
  assert.equal(launched.child.exitCode, 0);
});

test('it says why it does not start: standard input ends within the hello', async () => {
  const launched = launch();
  launched.child.stdin.end(whole.slice(0, 50));
  const closed = once(launched.child, 'close');
  assert.equal(StartFailure.parse(JSON.parse(await firstStdoutLine(launched))).code, 'bad_request');
  await closed;
  assert.equal(launched.child.exitCode, 64);
});

test('it says why it does not start: the ledger folder is a file', async (t) => {
  const folder = await scratch(t);
  await writeFile(join(folder, 'file'), '');
  const launched = launch(JSON.stringify(helloFor(join(folder, 'file'))));
  const closed = once(launched.child, 'close');
  const failure = StartFailure.parse(JSON.parse(await firstStdoutLine(launched)));
  await closed;
  assert.deepEqual([failure.code, launched.child.exitCode], ['ledger_failed', 74]);
});

test('two verifiers on one folder write two chains', async (t) => {
  const folder = await scratch(t);
  const [one, two] = [await startSidecar(t, folder), await startSidecar(t, folder)];
  await verify(one, 'ls');
  await verify(two, 'ls');
  assert.deepEqual([await one.end(), await two.end()], [0, 0]);
  assert.equal((await chains(folder)).size, 2);
  assert.equal((await verifyLedger(folder)).ok, true);
});

test('what was open when it was killed is closed as denied at the next start', async (t) => {
  const folder = await scratch(t);
  const first = await startSidecar(t, folder);
  const { id } = await verify(first, 'rm -rf /');
  const killed = once(first.child, 'close');
  first.child.kill('SIGKILL');
  await killed;
  const second = await startSidecar(t, folder);
  assert.equal(await second.end(), 0);
  const [file] = (await chains(folder)).values();
  const events = (file ?? '')
    .trim()
    .split('\n')
    .map((line) => LedgerEntry.parse(JSON.parse(line)).event);
  const decision = events.find((event) => event?.type === 'decision');
  assert.ok(decision?.type === 'decision' && decision.assessmentId === id && decision.choice === 'deny' && decision.cause === 'recovered');
  const opened = events.findLast((event) => event?.type === 'session-open');
  assert.ok(opened?.type === 'session-open' && opened.recovered.closedItems === 1);
  assert.equal((await verifyLedger(folder)).ok, true);
});

test('a policy file that becomes invalid leaves the last good set in force and is named', async (t) => {
  const folder = await scratch(t);
  const policies = join(folder, 'policies');
  await cp(POLICIES, policies, { recursive: true });
  const sidecar = await startSidecar(t, join(folder, 'ledger'), { policies: { builtIn: policies, workspace: [] } });
  const before = await verify(sidecar, 'rm -rf /');
  await writeFile(join(policies, 'destructive-operations', 'rules.yaml'), 'schema: 1\nrules: nothing\n');
  const after = await verify(sidecar, 'rm -rf / ');
  assert.deepEqual([after.verdict, after.policyDigest], ['block', before.policyDigest]);
  assert.match(after.policyProblems.join('\n'), /destructive-operations.rules\.yaml:\d+/);
  assert.equal(await sidecar.end(), 0);
  assert.match(sidecar.stdout(), /"type":"policy-change"/);
});

test('an edited policy counts on the next request', async (t) => {
  const folder = await scratch(t);
  const policies = join(folder, 'policies');
  await cp(POLICIES, policies, { recursive: true });
  const sidecar = await startSidecar(t, join(folder, 'ledger'), { policies: { builtIn: policies, workspace: [] } });
  const before = await verify(sidecar, 'rm -rf /');
  await rm(join(policies, 'destructive-operations'), { recursive: true });
  const after = await verify(sidecar, 'rm -rf /');
  assert.notEqual(after.policyDigest, before.policyDigest);
  assert.equal(after.cached, false);
  assert.ok(!after.findings.some((finding) => finding.policy === 'destructive-operations'));
});

test('without any valid policy there is no verdict, health says why, and mended policies count at once', async (t) => {
  const folder = await scratch(t);
  const policies = join(folder, 'policies');
  await mkdir(policies);
  const sidecar = await startSidecar(t, join(folder, 'ledger'), { policies: { builtIn: policies, workspace: [] } });
  assert.equal((await sidecar.health()).layers.gates.state, 'failed');
  const refused = await sidecar.call({ path: '/verify', token: sidecar.hello.assessToken, body: command('ls') });
  assert.deepEqual([refused.status, Problem.parse(refused.json).code], [503, 'policies_invalid']);
  assert.ok(!sidecar.stdout().includes('"type":"assessment"'));
  await cp(POLICIES, policies, { recursive: true });
  assert.equal((await verify(sidecar, 'rm -rf /')).verdict, 'block');
  assert.match(sidecar.stdout(), /"type":"policy-change"/);
});

test('the person is the global git identity, never a repository’s', async (t) => {
  const folder = await scratch(t);
  const home = join(folder, 'home');
  const repository = join(folder, 'repository');
  await mkdir(join(repository, '.git'), { recursive: true });
  await mkdir(home);
  await writeFile(join(home, '.gitconfig'), '[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n');
  await writeFile(join(repository, '.git', 'config'), '[user]\n\tname = Mallory\n');
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    USERPROFILE: home,
    GIT_DIR: join(repository, '.git'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'Mallory',
    GIT_CONFIG_GLOBAL: join(repository, '.git', 'config'),
  };
  const { ready } = await startSidecar(t, join(folder, 'ledger'), {}, env);
  assert.deepEqual(ready.person, { name: 'Ada Lovelace <ada@example.org>', source: 'git-global' });
});

test('without a git identity the person is the user of the system', async (t) => {
  const folder = await scratch(t);
  const { ready } = await startSidecar(t, join(folder, 'ledger'), {}, { PATH: process.env['PATH'], HOME: folder, USERPROFILE: folder });
  assert.equal(ready.person.source, 'os-user');
});

test('while idle it beats, so that silence shows', async (t) => {
  const sidecar = await startSidecar(t, await scratch(t), { heartbeatMs: 60 });
  while (!/"type":"heartbeat"/.test(sidecar.stdout())) await once(sidecar.child.stdout, 'data');
});

test('a parent that does not read stdout does not stop it', async (t) => {
  const folder = await scratch(t);
  const hello = helloFor(folder);
  const launched = launch(JSON.stringify(hello));
  t.after(() => launched.child.kill('SIGKILL'));
  const { socket } = JSON.parse(await firstStdoutLine(launched));
  launched.child.stdout.pause();
  // Far more than a pipe's buffer: each entry is about a kilobyte.
  for (let index = 0; index < 400; index += 1) {
    const answer = await send(socket, { path: '/verify', token: hello.assessToken, body: command(`echo ${index}`) });
    assert.equal(answer.status, 200);
  }
  launched.child.stdout.resume();
});
