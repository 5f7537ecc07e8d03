import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ADA, GRACE, sampleLedger, sealedAt, writeLedger } from '../ledger/sampleLedger.ts';
import { KEPT_SIZE, TAMPERINGS } from '../ledger/tamperings.ts';
import { sentinel } from './sentinel.ts';

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cli-proof-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const tampering = (name: string) => TAMPERINGS.find((each) => each.name === name) ?? assert.fail(name);

async function kept(folder: string): Promise<string> {
  const path = join(folder, 'kept.txt');
  await writeFile(path, sealedAt(sampleLedger().entries, [KEPT_SIZE])[0]?.note ?? '');
  return path;
}

test('ledger verify: a ledger that was made anew with its key is caught by an earlier checkpoint alone', async (t) => {
  const folder = await scratch(t);
  const dir = join(folder, 'ledger');
  await writeLedger(dir, tampering('a field is edited and everything hashed and signed anew').change(sampleLedger()));
  assert.equal((await sentinel(['ledger', 'verify', dir])).code, 0);
  const told = await sentinel(['ledger', 'verify', dir, '--checkpoint', await kept(folder)]);
  assert.equal(told.code, 1, told.stdout);
  assert.match(told.stdout, /First bad entry: .*\.jsonl:8: rewritten/);
});

test('ledger verify: a checkpoint that is none, or is not there, is an error and no verdict', async (t) => {
  const folder = await scratch(t);
  await writeFile(join(folder, 'none.txt'), 'not a checkpoint\n');
  assert.equal((await sentinel(['ledger', 'verify', folder, '--checkpoint', join(folder, 'none.txt')])).code, 65);
  assert.equal((await sentinel(['ledger', 'verify', folder, '--checkpoint', join(folder, 'gone.txt')])).code, 66);
});

test('ledger verify --trust: says whose the chain is, and fails on a key of nobody or out of its time', async (t) => {
  const folder = await scratch(t);
  const dir = join(folder, 'ledger');
  await writeLedger(dir, [sampleLedger()]);
  const verify = async (key: Uint8Array, more: object = {}) => {
    const enrolment = {
      publicKey: Buffer.from(key).toString('base64'),
      person: 'Ada Example',
      machine: 'desk',
      from: '2025-01-01T00:00:00.000Z',
      ...more,
    };
    const path = join(folder, 'trust.json');
    await writeFile(path, JSON.stringify({ v: 1, keys: [enrolment] }));
    return sentinel(['ledger', 'verify', dir, '--trust', path]);
  };
  const known = await verify(ADA.publicKey);
  assert.equal(known.code, 0, known.stdout);
  assert.match(known.stdout, /enrolled for Ada Example on desk/);
  const stranger = await verify(GRACE.publicKey);
  assert.equal(stranger.code, 1);
  assert.match(stranger.stdout, /foreign: key \S{11} is enrolled for nobody/);
  const late = await verify(ADA.publicKey, { until: '2026-01-02T05:00:00.000Z' });
  assert.equal(late.code, 1);
  assert.match(late.stdout, /was not valid at 2026-01-02T1/);
  const broken = await verify(ADA.publicKey, { from: 'yesterday' });
  assert.ok((broken.code ?? 0) >= 64, broken.stdout);
});

async function exported(t: TestContext, ...options: string[]) {
  const folder = await scratch(t);
  const dir = join(folder, 'ledger');
  await writeLedger(dir, [sampleLedger()]);
  const out = join(folder, 'bundle.jsonl');
  const told = await sentinel(['ledger', 'export', dir, '--out', out, ...options]);
  assert.equal(told.code, 0, told.stderr);
  const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
  return { folder, dir, out, told, lines };
}

const REQUEST = ['--request', 'r2'];

for (const options of [[], REQUEST, ['--from', '2026-01-02T12:00:00Z', '--to', '2026-01-03']]) {
  test(`ledger export: what is in the bundle verifies without the ledger: ${options.join(' ') || 'all of it'}`, async (t) => {
    const { folder, dir, out, told, lines } = await exported(t, ...options);
    await rm(dir, { recursive: true });
    const verified = await sentinel(['ledger', 'verify', out, '--checkpoint', await kept(folder)]);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    assert.match(told.stdout, /entries of 1 chain\(s\) and \d checkpoint/);
    assert.equal((await sentinel(['ledger', 'export', folder, '--out', out])).code, 64, 'a file that is there is not overwritten');
    assert.ok(lines.length > 8);
  });

  test(`ledger export: any entry of the bundle that is changed or taken out of its place is told: ${options.join(' ') || 'all of it'}`, async (t) => {
    const { out, lines } = await exported(t, ...options);
    const [one = 0, other = 0] = lines.flatMap((line, n) => (/"kind":"entry".*"type\\":\\"(assessment|outcome)/.test(line) ? [n] : []));
    const [a = '', b = ''] = [lines[one], lines[other]];
    const changes = [
      lines.with(one, a.replace(/assessmentId\\":\\"0/, 'assessmentId\\":\\"1')),
      lines.with(one, b).with(other, a),
      lines.map((line) =>
        line.includes('"kind":"checkpoint"') ? line.replace(/\\n(\d+)\\n/, (_all, size) => `\\n${Number(size) + 1}\\n`) : line,
      ),
    ];
    for (const [n, changed] of changes.entries()) {
      assert.notDeepEqual(changed, lines);
      await writeFile(out, `${changed.join('\n')}\n`);
      const verified = await sentinel(['ledger', 'verify', out]);
      assert.equal(verified.code, 1, `${n}: ${verified.stdout}`);
      assert.match(verified.stdout, /First bad entry/);
    }
  });
}

test('ledger export --request: holds that request with its decision and outcome, and nothing of others', async (t) => {
  const { lines } = await exported(t, ...REQUEST);
  const events = lines.flatMap((line) => {
    const read: { kind: string; line: string } = JSON.parse(line);
    const entry: { event: { type: string; requestId?: string } } | undefined = read.kind === 'entry' ? JSON.parse(read.line) : undefined;
    return entry === undefined ? [] : [entry.event];
  });
  assert.deepEqual(
    events.map(({ type }) => type),
    ['genesis', 'signing-key', 'session-open', 'assessment', 'decision', 'outcome', 'session-open'],
  );
  assert.equal(events.find(({ type }) => type === 'assessment')?.requestId, 'r2');
});

test('ledger export: the bundle of a ledger that was made anew is told from the checkpoint that was kept', async (t) => {
  const folder = await scratch(t);
  const dir = join(folder, 'ledger');
  await writeLedger(dir, tampering('a field is edited and everything hashed and signed anew').change(sampleLedger()));
  for (const options of [[], REQUEST]) {
    const out = join(folder, `bundle-${options.length}`);
    assert.equal((await sentinel(['ledger', 'export', dir, '--out', out, ...options])).code, 0);
    const told = await sentinel(['ledger', 'verify', out, '--checkpoint', await kept(folder)]);
    assert.equal(told.code, 1, told.stdout);
    assert.match(told.stdout, /rewritten/);
  }
});

test('ledger export: a damaged ledger is not handed over as if it were sound', async (t) => {
  const folder = await scratch(t);
  const dir = join(folder, 'ledger');
  await writeLedger(dir, tampering('a field is edited').change(sampleLedger()));
  const told = await sentinel(['ledger', 'export', dir, '--out', join(folder, 'out')]);
  assert.equal(told.code, 70);
  assert.match(told.stderr, /damaged at line 5/);
});

for (const option of ['--from', '--to']) {
  test(`ledger export: ${option} yesterday is a usage error`, async (t) => {
    const folder = await scratch(t);
    assert.equal((await sentinel(['ledger', 'export', folder, '--out', join(folder, 'out'), option, 'yesterday'])).code, 64);
  });
}
