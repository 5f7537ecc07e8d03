import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { diskFiles, type LedgerFiles } from '../../verifier/ledger/filePort.ts';
import { takeLock } from '../../verifier/ledger/lock.ts';
import { isGone, ownMark } from '../../verifier/ledger/processes.ts';
import { openLedger } from '../../verifier/ledger/store.ts';
import { killWriters, NO_PROCESS } from './goneWriters.ts';
import { CHAIN, heartbeat, sessionClose, sessionOpen, uuid } from './sampleChain.ts';

const product = { version: '0.1.0', protocol: 1 };

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-writers-'));
});
after(() => rm(root, { recursive: true, force: true }));
const newDir = (): Promise<string> => mkdtemp(join(root, 'd-'));

describe('one chain has one writer', () => {
  it('two live writers are two chains, each verifying and resumed later', async () => {
    const dir = await newDir();
    const [one, two] = await Promise.all([openLedger({ dir, product }), openLedger({ dir, product })]);
    assert.notEqual(one.chain, two.chain);
    for (const [i, ledger] of [one, two].entries())
      await ledger.appendAll([sessionOpen(uuid(i)), heartbeat(1, uuid(i)), sessionClose(uuid(i))]);
    await Promise.all([one.close(), two.close()]);
    const again = await Promise.all([openLedger({ dir, product }), openLedger({ dir, product })]);
    assert.deepEqual(again.map((each) => each.chain).sort(), [one.chain, two.chain].sort());
    await Promise.all(again.map((each) => each.close()));
  });

  it('the chain written to last is resumed and goes on where it ended', async () => {
    const dir = await newDir();
    const older = await openLedger({ dir, product });
    const first = await openLedger({ dir, product });
    await older.close();
    await utimes(older.file, 1, 1);
    await first.appendAll([sessionOpen(), sessionClose()]);
    await first.close();
    const second = await openLedger({ dir, product });
    assert.deepEqual([second.chain, second.seq], [first.chain, 2]);
    const next = await second.append(sessionOpen(uuid(2)));
    assert.equal(next.seq, 3);
    await second.close();
    assert.equal((await readFile(second.file, 'utf8')).trim().split('\n').length, 4);
  });

  // Windows keeps no modes: there the user's profile folder is private.
  it('the folder is for its owner alone, and so is every file', async () => {
    if (process.platform === 'win32') return;
    const dir = join(await newDir(), 'ledger');
    await (await openLedger({ dir, product })).close();
    assert.equal((await stat(dir)).mode & 0o777, 0o700);
    for (const name of await readdir(dir)) assert.equal((await stat(join(dir, name))).mode & 0o777, 0o600, name);
  });
});

describe('the lock of a chain', () => {
  it('is not given twice, and is given again after its release', async () => {
    const dir = await newDir();
    const lock = await takeLock(dir, CHAIN);
    assert.ok(lock);
    assert.equal(await takeLock(dir, CHAIN), undefined);
    await lock.release();
    assert.ok(await takeLock(dir, CHAIN));
  });

  it('is taken over from a process that is gone, by exactly one of many', async () => {
    for (let round = 0; round < 20; round++) {
      const dir = await newDir();
      assert.ok(await takeLock(dir, CHAIN));
      await killWriters(dir);
      const taken = await Promise.all(Array.from({ length: 12 }, () => takeLock(dir, CHAIN)));
      assert.equal(taken.filter((lock) => lock !== undefined).length, 1);
      const names = await readdir(dir);
      assert.ok(names.includes(`${CHAIN}.lock.2`), names.join(', '));
    }
  });

  it('of another process holds while that lives, and is stale once it was killed', async () => {
    const dir = await newDir();
    const script = join(import.meta.dirname, 'lockHolder.ts');
    const child = spawn(process.execPath, [script, dir, CHAIN], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [said] = await once(child.stdout, 'data');
    assert.equal(String(said), 'held\n');
    assert.equal(await takeLock(dir, CHAIN), undefined);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(await takeLock(dir, CHAIN));
  });

  it('is given up by a slow taker whom two others have overtaken', async (t) => {
    const dir = await newDir();
    const link = fs.link;
    let winner: Awaited<ReturnType<typeof takeLock>>;
    let overtaken = false;
    t.mock.method(fs, 'link', async (from: string, to: string) => {
      if (!overtaken) {
        overtaken = true;
        await (await takeLock(dir, CHAIN))?.release();
        winner = await takeLock(dir, CHAIN);
      }
      return link(from, to);
    });
    syncBuiltinESMExports();
    t.after(syncBuiltinESMExports);
    assert.equal(await takeLock(dir, CHAIN), undefined);
    assert.ok(winner);
    assert.deepEqual(await readdir(dir), [`${CHAIN}.lock.2`]);
  });

  it('that can not be read is left alone', async () => {
    const dir = await newDir();
    await writeFile(join(dir, `${CHAIN}.lock.1`), '');
    assert.equal(await takeLock(dir, CHAIN), undefined);
  });
});

describe('a writer is gone', async () => {
  const own = await ownMark();
  const cases = [
    { name: 'not while it runs', mark: own, gone: false },
    { name: 'when no process has its number', mark: { ...own, pid: NO_PROCESS }, gone: true },
    { name: 'when another process wears its number', mark: { ...own, started: 'long ago' }, gone: true },
    { name: 'not, if its start time is not known', mark: { ...own, started: null }, gone: false },
    { name: 'not for sure, if it ran on another host', mark: { ...own, host: 'elsewhere', pid: NO_PROCESS }, gone: false },
    { name: 'not for sure, if it ran in another container', mark: { ...own, numbering: 'pid:[1]', pid: NO_PROCESS }, gone: false },
    ...(own.boot === null ? [] : [{ name: 'when the machine was started anew', mark: { ...own, boot: 'another' }, gone: true }]),
  ];
  for (const { name, mark, gone } of cases) it(name, async () => assert.equal(await isGone(mark, own), gone));
});

describe('a folder that can not be used', () => {
  it('is named with the reason and the remedy', async () => {
    const file = join(await newDir(), 'a-file');
    await writeFile(file, '');
    await assert.rejects(openLedger({ dir: file, product }), (error: Error) => {
      assert.ok(error.message.includes(file), error.message);
      return 'code' in error && error.code === 'ledger_failed';
    });
  });

  for (const how of ['create', 'existing'] as const) {
    it(`for want of permission (${how === 'create' ? 'to create' : 'to open'} the file), and leaves no lock behind`, async () => {
      const dir = await newDir();
      if (how === 'existing') await (await openLedger({ dir, product })).close();
      const refused = Object.assign(new Error('refused'), { code: 'EACCES' });
      const files: LedgerFiles = { ...diskFiles, open: () => Promise.reject(refused) };
      await assert.rejects(openLedger({ dir, product, files }), {
        code: 'ledger_failed',
        message: /\.jsonl \(EACCES\): permission was refused/,
      });
      await (await openLedger({ dir, product })).close();
      assert.equal((await readdir(dir)).filter((name) => name.endsWith('.jsonl')).length, 1);
    });
  }
});
