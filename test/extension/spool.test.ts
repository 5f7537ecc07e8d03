import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { Spool } from '../../extension/core/spool.ts';
import { NO_LINE } from '../../extension/core/spoolLine.ts';
import type { Unassessed } from '../../verifier/protocol/unassessed.ts';
import { spoolEntry, spoolFolder } from './spoolSetting.ts';

const dead = () => false;
const alive = () => true;

/** Collects what is delivered; fails from `failAt` lines on. */
function sink(failAt = Number.POSITIVE_INFINITY) {
  const got: Unassessed[] = [];
  const send = async (line: Unassessed) => {
    if (got.length >= failAt) throw new Error('the verifier is gone again');
    got.push(line);
  };
  return { got, send };
}

const linesOf = async (folder: string) => (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));

describe('the spool', () => {
  it('hands each line to whoever delivers, once, in order and chained', async (t) => {
    const folder = await spoolFolder(t);
    const spool = new Spool({ folder });
    const written = [await spool.append(spoolEntry()), await spool.append(spoolEntry({ action: 'save' }))];
    assert.equal(spool.waiting, true);
    const { got, send } = sink();
    assert.deepEqual((await spool.deliver(send)).faults, []);
    assert.deepEqual(
      got,
      written.map((line) => ({ ...line, spoolIntact: true })),
    );
    assert.equal(got[0]?.spoolPrev, NO_LINE);
    assert.equal(got[1]?.spoolPrev, got[0]?.spoolHash);
    assert.equal(spool.waiting, false);
    await spool.append(spoolEntry());
    await spool.deliver(send);
    assert.equal(got.length, 3);
    assert.equal(got[2]?.spoolPrev, got[1]?.spoolHash, 'the chain goes on in the next file');
    assert.deepEqual(await linesOf(folder), []);
  });

  it('is for its user alone to read', { skip: process.platform === 'win32' && 'no file modes' }, async (t) => {
    const folder = join(await spoolFolder(t), 'made');
    await new Spool({ folder }).append(spoolEntry());
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    for (const name of await linesOf(folder)) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
  });

  it('keeps what could not be delivered, and a repetition brings the same ids', async (t) => {
    const folder = await spoolFolder(t);
    const spool = new Spool({ folder });
    const ids = [(await spool.append(spoolEntry())).id, (await spool.append(spoolEntry())).id];
    await assert.rejects(spool.deliver(sink(1).send), /gone again/);
    const { got, send } = sink();
    await spool.deliver(send);
    assert.deepEqual(
      got.map(({ id }) => id),
      ids,
    );
  });

  it('survives its window being killed between the line and the effect', async (t) => {
    const folder = await spoolFolder(t);
    const writer = spawn(process.execPath, [join(import.meta.dirname, 'spoolWriter.ts'), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [id] = await once(createInterface({ input: writer.stdout }), 'line');
    const heir = new Spool({ folder, pid: 1_000_000_001 });
    const { got, send } = sink();
    await heir.deliver(send);
    assert.equal(got.length, 0, 'a window that lives delivers its own');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    await heir.deliver(send);
    assert.deepEqual(
      got.map((line) => [line.id, line.reason, line.spoolIntact]),
      [[id, 'about to be killed', true]],
    );
    await heir.deliver(send);
    assert.equal(got.length, 1);
  });

  it('of a window that is gone is taken over by one of several', async (t) => {
    const folder = await spoolFolder(t);
    await new Spool({ folder, pid: 11 }).append(spoolEntry());
    const { got, send } = sink();
    await Promise.all([21, 22, 23].map((pid) => new Spool({ folder, pid, isAlive: dead }).deliver(send)));
    assert.equal(got.length, 1);
  });

  it('from before the machine was started is nobody’s, whatever process wears that number now', async (t) => {
    const folder = await spoolFolder(t);
    await new Spool({ folder, pid: 11 }).append(spoolEntry());
    for (const name of await linesOf(folder)) await utimes(join(folder, name), 1_000_000, 1_000_000);
    const { got, send } = sink();
    await new Spool({ folder, pid: 21, isAlive: alive }).deliver(send);
    assert.equal(got.length, 1);
  });

  it('uses the space put aside where the disk is full', async (t) => {
    const folder = await spoolFolder(t);
    const reserve = join(folder, 'reserve');
    const full = async () => (await stat(reserve).catch(() => undefined)) !== undefined;
    const opened: typeof open = async (...parts) => {
      const file = await open(...parts);
      const write = file.appendFile.bind(file);
      file.appendFile = async (...text) => {
        if (await full()) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        return write(...text);
      };
      return file;
    };
    const spool = new Spool({ folder, open: opened });
    await spool.reserve();
    assert.equal((await stat(reserve)).size, 65_536);
    await spool.append(spoolEntry());
    assert.equal(await full(), false);
    const { got, send } = sink();
    assert.deepEqual((await spool.deliver(send)).faults, []);
    assert.equal(got.length, 1);
  });

  it('says where a line could not be written, and the next one stands by itself', async (t) => {
    const folder = await spoolFolder(t);
    let broken = true;
    const opened: typeof open = async (...parts) => {
      const file = await open(...parts);
      const write = file.appendFile.bind(file);
      file.appendFile = async (data, ...rest) => {
        if (!broken) return write(data, ...rest);
        await write(String(data).slice(0, 20));
        throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      };
      return file;
    };
    const spool = new Spool({ folder, open: opened });
    await assert.rejects(spool.append(spoolEntry()), /EIO/);
    broken = false;
    await spool.append(spoolEntry());
    const { got, send } = sink();
    assert.deepEqual((await spool.deliver(send)).faults, []);
    assert.equal(got.length, 1);
  });

  it('that cannot be brought to the disk itself lets nothing go', async (t) => {
    const folder = await spoolFolder(t);
    const opened: typeof open = async (...parts) => {
      const file = await open(...parts);
      file.sync = async () => Promise.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
      return file;
    };
    const spool = new Spool({ folder, open: opened });
    await assert.rejects(spool.append(spoolEntry()), /EIO/);
    assert.equal(spool.waiting, false);
  });

  it('that cannot be written at all lets nothing go', async (t) => {
    const folder = join(await spoolFolder(t), 'a file');
    await writeFile(folder, '');
    await assert.rejects(new Spool({ folder }).append(spoolEntry()));
  });
});

describe('a spool that somebody changed', () => {
  const changes: [string, (text: string) => string, number][] = [
    ['in a word', (text) => text.replace('antivirus', 'lunchtime'), 1],
    ['by taking the first line out', (text) => text.slice(text.indexOf('\n') + 1), 1],
    ['by swapping lines', (text) => `${text.trim().split('\n').reverse().join('\n')}\n`, 2],
    ['by taking the last line out', (text) => `${text.trim().split('\n').slice(0, -1).join('\n')}\n`, 1],
    ['by cutting it off in mid-line', (text) => text.slice(0, -10), 1],
    ['by emptying it', () => '', 1],
  ];
  for (const [how, change] of changes) {
    it(`${how} shows, and loses its own window nothing`, async (t) => {
      const folder = await spoolFolder(t);
      const spool = new Spool({ folder });
      const written = [];
      for (let n = 0; n < 3; n += 1) written.push(await spool.append(spoolEntry()));
      const [name = ''] = await linesOf(folder);
      await writeFile(join(folder, name), change(await readFile(join(folder, name), 'utf8')));
      const { got, send } = sink();
      const { faults } = await spool.deliver(send);
      assert.ok(faults.length > 0);
      assert.deepEqual(new Set(got.map(({ id }) => id)), new Set(written.map(({ id }) => id)));
      assert.ok(got.some(({ spoolIntact }) => !spoolIntact));
      assert.ok(!got.some(({ reason }) => reason === 'lunchtime'), 'what this window wrote is what is recorded');
    });
  }

  it('after its window was gone shows by its digests', async (t) => {
    const folder = await spoolFolder(t);
    const gone = new Spool({ folder, pid: 11 });
    for (let n = 0; n < 3; n += 1) await gone.append(spoolEntry());
    const [name = ''] = await linesOf(folder);
    const path = join(folder, name);
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    await writeFile(path, `${[lines[0], lines[2]].join('\n')}\n`);
    await appendFile(path, '{"id":1}\n');
    const { got, send } = sink();
    const { faults } = await new Spool({ folder, pid: 21, isAlive: dead }).deliver(send);
    assert.deepEqual(
      got.map(({ spoolIntact }) => spoolIntact),
      [true, false],
    );
    assert.deepEqual(faults, ['line 2 is not as it was written, or not in its place', 'line 3 cannot be read']);
    assert.ok(
      (await readdir(folder)).some((left) => left.endsWith('.damaged')),
      'it is kept to be looked at',
    );
  });

  it('by removing its folder still brings what its window knows', async (t) => {
    const folder = join(await spoolFolder(t), 'inner');
    await mkdir(folder);
    const spool = new Spool({ folder });
    const { id } = await spool.append(spoolEntry());
    await rm(folder, { recursive: true });
    const { got, send } = sink();
    const { faults } = await spool.deliver(send);
    assert.deepEqual(faults, ['a line was taken out']);
    assert.deepEqual(
      got.map((line) => [line.id, line.spoolIntact]),
      [[id, false]],
    );
  });
});
