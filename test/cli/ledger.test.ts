import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openLedger } from '../../verifier/ledger/store.ts';
import { assessment, CHAIN, decision, fileText, genesis, outcome, sealChain, sessionClose, sessionOpen } from '../ledger/sampleChain.ts';
import { sentinel } from './sentinel.ts';

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cli-ledger-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A small honest chain, written by the real store. */
async function written(folder: string): Promise<string> {
  const ledger = await openLedger({ dir: folder, product: { version: '0.0.0', protocol: 1 } });
  const session = '6b1d7f0e-6c0a-4f0e-9d53-0a4a7d1f2c11';
  const person = { name: 'Ada', source: 'os-user' } as const;
  await ledger.append({
    type: 'session-open',
    session,
    person,
    policyDigest: 'a'.repeat(64),
    audit: { state: 'off', why: 'none' },
    recovered: { tornBytes: 0, closedItems: 0 },
  });
  await ledger.append({ type: 'notice', session, notice: 'guard-off', by: person, detail: 'for a test' });
  await ledger.append({ type: 'session-close', session, reason: 'clean' });
  await ledger.close();
  return ledger.file;
}

test('ledger verify: an honest folder ends with 0, for people and for machines', async (t) => {
  const folder = await scratch(t);
  await written(folder);
  const told = await sentinel(['ledger', 'verify', folder]);
  assert.equal(told.code, 0, told.stdout + told.stderr);
  const json = await sentinel(['ledger', 'verify', folder, '--json']);
  assert.deepEqual([json.code, JSON.parse(json.stdout).ok], [0, true]);
});

test('ledger verify: an edited entry ends with 1 and is named by file and line', async (t) => {
  const folder = await scratch(t);
  const file = await written(folder);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('guard-off', 'guard-on'));
  const told = await sentinel(['ledger', 'verify', folder]);
  assert.equal(told.code, 1);
  assert.ok(told.stdout.includes(`${file}:3`), told.stdout);
});

test('ledger verify: a folder that is not there is an error, not a verdict', async () => {
  const told = await sentinel(['ledger', 'verify', '/no/such/folder']);
  assert.ok((told.code ?? 0) >= 64, `${told.code}`);
  assert.ok(!/^\s+at /m.test(told.stderr));
});

test('ledger verify: without a folder it is a usage error', async () => {
  assert.equal((await sentinel(['ledger', 'verify'])).code, 64);
});

test('ledger erase: destroys old content on demand, and only with --yes', async (t) => {
  const folder = await scratch(t);
  const reason = 'said by Grace';
  const events = [genesis, sessionOpen(), assessment(1, 'block'), decision(1, 'approve', { reason }), outcome(1, 'ran'), sessionClose()];
  const file = join(folder, `${CHAIN}.jsonl`);
  await writeFile(file, fileText(sealChain(events)));
  const erase = (...more: string[]) => sentinel(['ledger', 'erase', folder, '--before', '2026-02-01', ...more]);
  const asked = await erase();
  assert.equal(asked.code, 64);
  assert.match(asked.stderr, /for good.*--yes/);
  assert.ok((await readFile(file, 'utf8')).includes(reason));
  const done = await erase('--yes');
  assert.deepEqual([done.code, done.stdout], [0, 'The content of 5 entries in 1 chain(s) was erased.\n'], done.stderr);
  assert.ok(!(await readFile(file, 'utf8')).includes(reason));
  assert.equal((await sentinel(['ledger', 'verify', folder])).code, 0);
});

test('ledger erase: leaves a chain alone that is in use, and ends with 1', async (t) => {
  const folder = await scratch(t);
  const ledger = await openLedger({ dir: folder, product: { version: '0.0.0', protocol: 1 } });
  const told = await sentinel(['ledger', 'erase', folder, '--before', '2026-02-01', '--yes']);
  assert.equal(told.code, 1);
  assert.match(told.stderr, /1 chain\(s\) are in use/);
  await ledger.close();
});

for (const day of ['yesterday', '2026-02-30', '9999-01-01']) {
  test(`ledger erase: "${day}" is no day before which content can be erased`, async (t) => {
    assert.equal((await sentinel(['ledger', 'erase', await scratch(t), '--before', day, '--yes'])).code, 64);
  });
}

test('doctor: a sound installation ends with 0 and names the policies', async (t) => {
  const folder = await scratch(t);
  await written(folder);
  const told = await sentinel(['doctor', '--ledger', folder]);
  assert.equal(told.code, 0, told.stdout + told.stderr);
  assert.match(told.stdout, /policies: \d+ in force \(.*destructive-operations.*\), digest [0-9a-f]{64}/);
  assert.match(told.stdout, /1 chains? with 4 entries verif/);
});

test('doctor: a damaged ledger and a broken policy end with 1 and are named', async (t) => {
  const folder = await scratch(t);
  const file = await written(folder);
  await writeFile(file, (await readFile(file, 'utf8')).replace('guard-off', 'guard-on'));
  const policies = await scratch(t);
  await writeFile(join(policies, 'stray'), '');
  const told = await sentinel(['doctor', '--ledger', folder, '--policies', join(policies, 'stray')]);
  assert.equal(told.code, 1, told.stdout);
  assert.match(told.stdout, /^BAD {2}ledger .*does not verify/m);
});
