import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Baselines } from '../../extension/core/baselines.ts';
import { FileStorage } from '../../extension/core/fileStorage.ts';
import { textAtHead } from '../../extension/core/gitHead.ts';
import { FakeLog, FakeStorage, settle } from './fakes.ts';

/** A window that was opened after everything that is committed here. */
const LATER = Date.now() + 3_600_000;

function folder(test: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'baseline-'));
  test.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function repository(test: TestContext): { path: string; git: (...words: string[]) => void } {
  const path = folder(test);
  const git = (...words: string[]) => {
    execFileSync('git', ['-C', path, '-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...words], {
      stdio: 'ignore',
    });
  };
  git('init', '-q');
  return { path, git };
}

describe('the text at git HEAD', () => {
  it('is the committed one, whatever the working copy says', async (test) => {
    const { path, git } = repository(test);
    mkdirSync(join(path, 'sub'));
    writeFileSync(join(path, 'sub/a.txt'), 'committed\n');
    git('add', '.');
    git('commit', '-qm', 'x');
    writeFileSync(join(path, 'sub/a.txt'), 'changed\n');
    assert.equal(await textAtHead(join(path, 'sub/a.txt'), LATER), 'committed\n');
  });

  it('is unknown for a new file, without a commit, and outside a repository', async (test) => {
    const { path } = repository(test);
    assert.equal(await textAtHead(join(path, 'a.txt'), LATER), undefined);
    assert.equal(await textAtHead(join(folder(test), 'a.txt'), LATER), undefined);
    assert.equal(await textAtHead('/no/such/folder/a.txt', LATER), undefined);
  });

  it('is not what was committed since the window was opened', async (test) => {
    const { path, git } = repository(test);
    const opened = Date.now();
    const file = join(path, '[a].txt');
    writeFileSync(file, 'new\n');
    git('add', '.');
    git('commit', '-qm', 'x');
    assert.equal(await textAtHead(file, opened), undefined);
    assert.equal(await textAtHead(file, LATER), 'new\n');
    writeFileSync(join(path, 'other.txt'), 'another file of the same pattern\n');
    git('add', '.');
    git('commit', '-qm', 'y', '--date=2001-01-01T00:00:00');
    assert.equal(await textAtHead(join(path, 'other.txt'), opened), undefined, "an author's date is no proof of age");
  });

  it('is read without running anything that the repository names', {
    skip: process.platform === 'win32' ? 'needs a shell script' : false,
  }, async (test) => {
    const { path, git } = repository(test);
    const trap = join(path, 'trap.sh');
    const sprung = join(path, 'sprung');
    writeFileSync(trap, `#!/bin/sh\ntouch ${sprung}\ncat\n`);
    chmodSync(trap, 0o755);
    writeFileSync(join(path, 'a.txt'), 'text\n');
    git('add', 'a.txt');
    git('commit', '-qm', 'x');
    writeFileSync(join(path, '.gitattributes'), '* filter=trap diff=trap\n');
    for (const name of [
      'filter.trap.smudge',
      'filter.trap.clean',
      'diff.trap.textconv',
      'core.fsmonitor',
      'core.sshCommand',
      'core.pager',
      'gpg.program',
    ])
      git('config', name, trap);
    git('config', 'log.showSignature', 'true');
    assert.equal(await textAtHead(join(path, 'a.txt'), LATER), 'text\n');
    assert.equal(existsSync(sprung), false);
  });
});

describe('the accepted text of a file', () => {
  it('is the last accepted one, else the one at HEAD, else unknown', async () => {
    const baselines = new Baselines({
      storage: new FakeStorage(),
      log: new FakeLog(),
      atHead: async (path) => (path === '/a' ? 'head' : undefined),
    });
    assert.equal(await baselines.of('/a'), 'head');
    assert.equal(await baselines.of('/b'), undefined);
    baselines.accept('/a', 'accepted');
    assert.equal(await baselines.of('/a'), 'accepted');
  });

  it('outlives the session in private files', async (test) => {
    const path = join(folder(test), 'state');
    const storage = new FileStorage(path);
    const parts = { log: new FakeLog(), atHead: async () => undefined };
    new Baselines({ storage, ...parts }).accept('/a', 'accepted');
    const later = new Baselines({ storage: new FileStorage(path), ...parts });
    for (let turn = 0; turn < 200 && (await later.of('/a')) === undefined; turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(await later.of('/a'), 'accepted');
    if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o700);
    await storage.write('name', 'text');
    if (process.platform !== 'win32') assert.equal(statSync(join(path, 'name')).mode & 0o777, 0o600);
    await storage.remove('name');
    assert.equal(await storage.read('name'), undefined);
  });

  it('does not grow without bound in memory, which is used where the file cannot be', async () => {
    const storage = new FakeStorage();
    const log = new FakeLog();
    storage.write = async () => Promise.reject(new Error('the disk is full'));
    const baselines = new Baselines({ storage, log, atHead: async () => undefined });
    for (let index = 0; index < 50; index += 1) baselines.accept(`/${index}`, 'x'.repeat(1024 * 1024));
    for (let turns = 0; turns < 20; turns += 1) await settle();
    assert.equal((await baselines.of('/49'))?.length, 1024 * 1024);
    assert.equal(await baselines.of('/0'), undefined);
    assert.ok(log.lines.some((line) => line.includes('the disk is full')));
  });

  it('is the one that another window accepted last', async () => {
    const storage = new FakeStorage();
    const make = () => new Baselines({ storage, log: new FakeLog(), atHead: async () => 'head' });
    const [one, other] = [make(), make()];
    assert.equal(await other.of('/a'), 'head');
    one.accept('/a', 'accepted');
    await settle();
    assert.equal(await other.isAccepted('/a', 'accepted'), true);
    assert.equal(await other.isAccepted('/a', 'head'), false);
    assert.equal(await other.of('/a'), 'accepted');
    await other.pin('/a');
    assert.equal(await one.of('/a'), 'accepted', 'a mark takes no text of another window away');
    other.accept('/a', 'later');
    one.accept('/a', 'latest');
    one.accept('/a', 'very latest');
    await settle();
    assert.equal(await other.of('/a'), 'very latest');
  });

  it('counts as the one at HEAD whatever the line endings', async () => {
    const baselines = new Baselines({ storage: new FakeStorage(), log: new FakeLog(), atHead: async () => 'a\nb\n' });
    assert.equal(await baselines.isAtHead('/a', 'a\r\nb\r\n'), true);
    assert.equal(await baselines.isAtHead('/a', 'a\nc\n'), false);
  });

  it('stays as it was while something undecided waits, whatever is committed meanwhile', async () => {
    const storage = new FakeStorage();
    const head = new Map([['/known', 'old']]);
    const make = () => new Baselines({ storage, log: new FakeLog(), atHead: async (path) => head.get(path) });
    const baselines = make();
    for (const path of ['/known', '/new']) await baselines.pin(path);
    for (const path of ['/known', '/new']) head.set(path, 'evil');
    for (const now of [baselines, make()]) {
      assert.equal(await now.of('/known'), 'old');
      assert.equal(await now.of('/new'), undefined);
      assert.equal(await now.isAtHead('/new', 'evil'), false);
    }
    baselines.accept('/new', 'evil');
    await settle();
    for (const now of [baselines, make()]) {
      assert.equal(await now.of('/new'), 'evil');
      assert.equal(await now.isAtHead('/new', 'evil'), true);
    }
  });
});
