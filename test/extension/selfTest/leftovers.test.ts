import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HeldTexts } from '../../../extension/core/heldTexts.ts';
import { runFolder, sweepLeftovers, writeLeftovers } from '../../../extension/core/selfTest/leftovers.ts';
import { FakeClock, FakeLog, FakeStorage } from '../fakes.ts';

const MARK = 'sentinel-self-test-00112233';

describe('what a self-test has left whose window died', () => {
  let root: string;
  let discarded: string[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sentinel-leftovers-'));
    discarded = [];
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const texts = () => new HeldTexts({ storage: new FakeStorage(), clock: new FakeClock(), log: new FakeLog() });
  const sweep = (held = texts(), isAlive = false) =>
    sweepLeftovers(join(root, 'runs'), {
      editor: { discard: async (path) => void discarded.push(path) },
      texts: held,
      log: new FakeLog(),
      isAlive: () => isAlive,
    });
  const leave = async (...made: string[]) => {
    const folder = runFolder(join(root, 'runs'), MARK);
    mkdirSync(folder, { recursive: true });
    // Of a process that is not this one.
    await writeLeftovers(folder, made);
    writeFileSync(join(folder, 'made.json'), JSON.stringify({ pid: process.pid + 1, made }));
    return folder;
  };

  it('is removed: its folder, its file in the workspace, its editors and the copies of its texts', async () => {
    const inWorkspace = join(root, `.${MARK}-program.sh`);
    writeFileSync(inWorkspace, 'x');
    const folder = await leave(inWorkspace);
    const held = texts();
    await held.keep({ path: join(folder, `${MARK}-command.sh`), language: '', text: 'held' });
    await held.keep({ path: join(root, 'own.sh'), language: '', text: 'the developer’s' });
    await sweep(held);
    assert.deepEqual([existsSync(folder), existsSync(inWorkspace)], [false, false]);
    assert.deepEqual(discarded, [join(root, 'runs')]);
    assert.deepEqual(
      (await held.all()).map(({ text }) => text),
      ['the developer’s'],
    );
  });

  it('is left alone while the process that made it lives', async () => {
    const folder = await leave();
    await sweep(texts(), true);
    assert.equal(existsSync(folder), true);
  });

  it('is no way to have other files removed', async () => {
    const precious = join(root, 'precious.txt');
    writeFileSync(precious, 'x');
    await leave(precious);
    await sweep();
    assert.equal(existsSync(precious), true);
  });

  it('is removed even where its list is damaged', async () => {
    const folder = await leave();
    writeFileSync(join(folder, 'made.json'), '{"made":');
    await sweep();
    assert.equal(existsSync(folder), false);
  });
});
