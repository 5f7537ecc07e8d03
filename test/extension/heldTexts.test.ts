import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FileStorage } from '../../extension/core/fileStorage.ts';
import { HeldTexts } from '../../extension/core/heldTexts.ts';
import { FakeClock, FakeLog, settle } from './fakes.ts';

const FILE = '/w/run.sh';
const of = (text: string, path = FILE) => ({ path, language: 'shellscript', text });
const AWKWARD = '\ufeffone\r\ntwo\rthree\n\u0000 \ud800 \ud83d\udd25 "quoted" \\ \u2028';

describe('the copy of a held text', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'held-texts-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  let folders = 0;
  const fresh = () => {
    folders += 1;
    return join(root, `${folders}`, 'held');
  };
  const session = (folder: string, log = new FakeLog()) =>
    new HeldTexts({ storage: new FileStorage(folder, { durable: true }), clock: new FakeClock(), log });

  it('is on disk, for the user alone, when it is kept, and comes back unit by unit', async () => {
    const folder = fresh();
    await session(folder).keep(of(AWKWARD));
    const [name] = await readdir(folder);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(join(folder, name ?? ''))).mode & 0o777, 0o600);
    const [copy] = await session(folder).all();
    assert.equal(copy?.text, AWKWARD);
    assert.equal(copy?.path, FILE);
  });

  it('takes the place of the earlier one of the same session, and goes with the hold', async () => {
    const folder = fresh();
    const texts = session(folder);
    await Promise.all([texts.keep(of('first')), texts.keep(of('second')), texts.keep(of('third')), texts.keep(of('other', '/w/b'))]);
    assert.deepEqual((await texts.all()).map(({ text }) => text).sort(), ['other', 'third']);
    texts.drop(FILE);
    await texts.keep(of('other', '/w/b'));
    assert.deepEqual(
      (await texts.all()).map(({ text }) => text),
      ['other'],
    );
  });

  it('that is kept again just after it was dropped is there', async () => {
    const texts = session(fresh());
    await texts.keep(of('same'));
    texts.drop(FILE);
    await texts.keep(of('same'));
    assert.equal((await texts.all()).length, 1);
  });

  it('of an earlier session stays, whatever this session holds of the same file', async () => {
    const folder = fresh();
    await session(folder).keep(of('lost in the crash'));
    const texts = session(folder);
    await texts.keep(of('new'));
    texts.drop(FILE);
    await settle();
    await texts.keep(of('newer'));
    assert.deepEqual((await texts.all()).map(({ text }) => text).sort(), ['lost in the crash', 'newer']);
  });

  it('is never removed to make room', async () => {
    const folder = fresh();
    const storage = new FileStorage(folder, { durable: true });
    const texts = new HeldTexts({ storage, clock: new FakeClock(), log: new FakeLog() });
    await texts.keep(of('the oldest'));
    await Promise.all(Array.from({ length: 2_010 }, (_, index) => writeFile(join(folder, `filler-${index}`), 'x')));
    for (let round = 0; round < 101; round += 1) await storage.write('again', `${round}`);
    assert.equal((await texts.all()).length, 1);
  });

  it('that cannot be read is left where it is, said in the log, and hides no other', async () => {
    const folder = fresh();
    const log = new FakeLog();
    const texts = session(folder, log);
    await texts.keep(of('good'));
    await writeFile(join(folder, 'held-broken'), '{"schema":1');
    assert.deepEqual(
      (await texts.all()).map(({ text }) => text),
      ['good'],
    );
    assert.ok((await readdir(folder)).includes('held-broken'));
    assert.match(log.lines.join(), /held-broken/);
  });

  it('that cannot be written is an error of the one who wants to rely on it', async () => {
    const folder = fresh();
    await writeFile(join(root, `${folders}`), 'a file where the folder should be');
    await assert.rejects(session(folder).keep(of('x')));
  });
});
