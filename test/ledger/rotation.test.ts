import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chainFiles, parsePartName, partName } from '../../verifier/ledger/chainParts.ts';
import { diskFiles, type LedgerFiles } from '../../verifier/ledger/filePort.ts';
import { openLedger } from '../../verifier/ledger/store.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import type { LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { CrashingFiles } from './crashingFiles.ts';
import { assessment, CHAIN, decision, outcome, SESSION, sessionClose, sessionOpen } from './sampleChain.ts';

const product = { version: '0.1.0', protocol: 1 };
/** Small enough that every assessment begins a new file. */
const rotateBytes = 1_000;

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-rotation-'));
});
after(() => rm(root, { recursive: true, force: true }));
const newDir = () => mkdtemp(join(root, 'd-'));

const EVENTS: readonly LedgerEvent[] = [
  sessionOpen(),
  assessment(1, 'block'),
  decision(1, 'deny'),
  outcome(1, 'withheld'),
  assessment(2, 'block'),
  decision(2, 'approve', { reason: 'a throw-away machine' }),
  outcome(2, 'ran'),
  sessionClose(),
];

async function write(dir: string, events: readonly LedgerEvent[], files: LedgerFiles = diskFiles): Promise<string> {
  const ledger = await openLedger({ dir, product, files, rotateBytes });
  for (const event of events) await ledger.append(event);
  await ledger.close();
  return ledger.chain;
}

describe('a chain that has grown', () => {
  it('goes on in further files, over restarts, and is verified as one', async () => {
    const dir = await newDir();
    const chain = await write(dir, EVENTS);
    const first = (await chainFiles(dir, chain)).length;
    assert.ok(first >= 3, `${first} files`);
    assert.equal(await write(dir, EVENTS), chain);
    const parts = await chainFiles(dir, chain);
    assert.ok(parts.length > first);
    assert.deepEqual(
      parts.map(({ part }) => part),
      parts.map((_part, index) => index + 1),
    );
    const { ok, chains } = await verifyLedger(dir);
    assert.equal(ok, true);
    assert.deepEqual(
      chains.map(({ files, entries, sessions }) => ({ files: files.length, entries, sessions })),
      [{ files: parts.length, entries: 1 + 2 * EVENTS.length, sessions: 2 }],
    );
  });

  it('is opened by its newest file alone where it was closed', async () => {
    const dir = await newDir();
    const chain = await write(dir, EVENTS);
    const opened: string[] = [];
    const files: LedgerFiles = {
      ...diskFiles,
      open: (path, how) => {
        opened.push(path);
        return diskFiles.open(path, how);
      },
    };
    await write(dir, [], files);
    const newest = (await chainFiles(dir, chain)).at(-1)?.path;
    assert.deepEqual([...new Set(opened)], [newest]);
  });

  it('goes on in the file it has where no other can be made', async () => {
    const dir = await newDir();
    const files: LedgerFiles = {
      ...diskFiles,
      open: async (path, how) => {
        if (how === 'create' && path.includes('.000002.')) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        return diskFiles.open(path, how);
      },
    };
    const chain = await write(dir, EVENTS, files);
    assert.equal((await chainFiles(dir, chain)).length, 1);
    assert.equal((await verifyLedger(dir)).ok, true);
  });

  it('says which entries are missing where one of its files is', async () => {
    const dir = await newDir();
    const chain = await write(dir, EVENTS);
    const [, second, third] = await chainFiles(dir, chain);
    assert.ok(second && third);
    await rm(second.path);
    const [report] = (await verifyLedger(dir)).chains;
    assert.equal(report?.tampering?.kind, 'removed');
    assert.equal(report?.tampering?.file, third.path);
    assert.equal(report?.tampering?.line, 1);
  });

  it('is not taken for whole where its first file is missing', async () => {
    const dir = await newDir();
    const chain = await write(dir, EVENTS);
    await rm(join(dir, partName(chain, 1)));
    assert.equal((await verifyLedger(dir)).chains[0]?.tampering?.kind, 'removed');
  });

  it('shows a later file by itself for what it is: a part', async () => {
    const dir = await newDir();
    const chain = await write(dir, EVENTS);
    const last = (await chainFiles(dir, chain)).at(-1)?.path ?? '';
    const { ok, chains } = await verifyLedger(last);
    assert.equal(ok, true);
    const whole = chains[0]?.checks.find(({ check }) => check === 'whole chain');
    assert.equal(whole?.result, 'noted');
    assert.match(whole?.first?.message ?? '', /only what begins with entry \d+ was given/);
  });

  it('is broken where a file that the chain has left ends within a line', async () => {
    const dir = await newDir();
    const chain = await write(dir, EVENTS);
    const [first] = await chainFiles(dir, chain);
    assert.ok(first);
    const bytes = await readFile(first.path);
    await writeFile(first.path, bytes.subarray(0, bytes.length - 10));
    const found = (await verifyLedger(dir)).chains[0]?.tampering;
    assert.equal(found?.kind, 'truncated');
    assert.equal(found?.file, first.path);
  });
});

describe('a crash while a chain goes on in another file', () => {
  it('loses no acknowledged entry, whenever it comes', async () => {
    const calm = new CrashingFiles(Number.POSITIVE_INFINITY, 0);
    await write(await newDir(), EVENTS, calm);
    for (let crashAt = 1; crashAt <= calm.operations; crashAt += 1) {
      for (const survives of [0, 0.5, 1]) {
        const dir = await newDir();
        const acknowledged: string[] = [];
        const files = new CrashingFiles(crashAt, survives);
        try {
          const ledger = await openLedger({ dir, product, files, rotateBytes });
          for (const event of EVENTS) acknowledged.push((await ledger.append(event)).hash);
          await ledger.close();
        } catch {
          // The power is gone.
        }
        for (const name of await readdir(dir)) if (name.includes('.lock.')) await rm(join(dir, name));
        const again = await openLedger({ dir, product, rotateBytes });
        await again.close();
        const { ok, chains } = await verifyLedger(dir);
        const at = `crash at ${crashAt} of ${calm.operations}, ${survives} of the unsynced survives`;
        assert.equal(ok, true, at);
        const texts = await Promise.all(chains.flatMap((chain) => chain.files).map((file) => readFile(file, 'utf8')));
        const kept = texts.join('');
        for (const hash of acknowledged) assert.ok(kept.includes(hash), at);
      }
    }
  });
});

describe("names of a chain's files", () => {
  const named = [
    { name: `${CHAIN}.jsonl`, part: 1 },
    { name: `${CHAIN}.000002.jsonl`, part: 2 },
    { name: `${CHAIN}.999999.jsonl`, part: 999_999 },
  ];
  for (const { name, part } of named) {
    it(`${name} is part ${part}`, () => {
      assert.deepEqual(parsePartName(name), { chain: CHAIN, part });
      assert.equal(partName(CHAIN, part), name);
    });
  }
  for (const name of [`${CHAIN}.000001.jsonl`, `${CHAIN}.2.jsonl`, `${CHAIN}.torn-3`, `${CHAIN}.lock.1`, 'x.jsonl', `${SESSION}x.jsonl`]) {
    it(`${name} is none`, () => assert.equal(parsePartName(name), undefined));
  }
});

it('a new file of a chain is private', { skip: process.platform === 'win32' && 'no modes on Windows' }, async () => {
  const dir = await newDir();
  const chain = await write(dir, EVENTS);
  for (const { path } of await chainFiles(dir, chain)) assert.equal((await stat(path)).mode & 0o777, 0o600);
});
