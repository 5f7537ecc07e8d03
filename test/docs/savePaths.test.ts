import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DiskReader } from '../host/savePaths/diskReader.ts';
import { type Evidence, judge, Observation } from '../host/savePaths/observation.ts';
import { cellId, observedId, PLAN, sampleOf } from '../host/savePaths/plan.ts';
import { DOCUMENT_FILE, documentOf, readObservations } from '../host/savePaths/table.ts';
import { until } from '../host/until.ts';

describe('docs/save-paths.md', () => {
  it('is what the recorded observations say', () => {
    assert.equal(readFileSync(DOCUMENT_FILE, 'utf8'), documentOf(readObservations()));
  });

  it('has every cell, and each was tried', () => {
    const { cells } = readObservations();
    assert.deepEqual([...new Set(cells.map(observedId))], PLAN.map(cellId));
    assert.deepEqual(cells.filter(({ result }) => result === 'not tried' || result === 'text lost').map(observedId), []);
  });

  it('says held of no cell in which the disk reader saw the text at any try', () => {
    const { cells } = readObservations();
    const seen = cells.find(({ result }) => result === 'held');
    assert.ok(seen?.evidence);
    const { evidence } = seen;
    const disk = { ...evidence.disk, firstSeen: 1000, stoodMs: 5 };
    const contradiction: Observation = { ...seen, evidence: { ...evidence, disk }, ...judge({ ...evidence, disk }) };
    const rows = (all: readonly Observation[]) => documentOf({ editor: '', platform: '', date: '2026-01-01', cells: [...all] });
    assert.match(rows([seen]), /\| held \| 1 \|/);
    assert.doesNotMatch(rows([seen, contradiction]), /\| held \| \d+ \|/);
    assert.match(rows([seen, contradiction]), /1 × held/);
  });

  it('is sampled so that every path but the largest files has its turn under every setting', () => {
    const turns = new Set(Array.from({ length: 24 }, (_, day) => sampleOf(day).map(cellId)).flat());
    const expected = PLAN.filter(({ path, column }) => path.doesNotApply?.(column) === undefined && !['mb-25', 'mb-55'].includes(path.id));
    assert.deepEqual([...turns].sort(), expected.map(cellId).sort());
  });
});

describe('a cell of docs/save-paths.md', () => {
  const held: Evidence = {
    disk: { reads: 900, longestGapMs: 9, firstSeen: null, stoodMs: 0, standing: false },
    text: 'unsaved',
    heldBy: 'block',
    foundAt: null,
    shown: true,
    gap: null,
    load: 0.5,
  };
  const written: Evidence = { ...held, disk: { ...held.disk, firstSeen: 1000, stoodMs: 5 }, heldBy: null };
  const cases: readonly { what: string; evidence: Evidence; result: string }[] = [
    { what: 'a verdict, nothing on the disk, the text in the editor', evidence: held, result: 'held' },
    { what: 'the same, but the disk reader saw the text', evidence: { ...written, heldBy: 'block' }, result: 'not seen' },
    { what: 'seen on the disk for a moment, recorded and shown', evidence: { ...written, foundAt: 1300 }, result: 'found after' },
    { what: 'recorded, but nothing was shown', evidence: { ...written, foundAt: 1300, shown: false }, result: 'not seen' },
    { what: 'a gap on record', evidence: { ...written, gap: 'a.sh (too large)' }, result: 'not seen' },
    {
      what: 'a gap on record for a write that no read has shown',
      evidence: { ...held, heldBy: null, gap: 'a.sh (too large)' },
      result: 'not tried',
    },
    { what: 'neither written nor held', evidence: { ...held, heldBy: null, shown: false }, result: 'not tried' },
    { what: 'held, and the text came back by the offer', evidence: { ...held, text: 'offered' }, result: 'held' },
    { what: 'held, but the text is gone', evidence: { ...held, text: 'gone' }, result: 'text lost' },
    { what: 'held, but what was typed came out changed', evidence: { ...held, text: 'changed' }, result: 'text lost' },
  ];
  for (const { what, evidence, result } of cases) {
    it(`says "${result}" of ${what}`, () => assert.equal(judge(evidence).result, result));
  }

  it('is refused where it says held and its evidence does not', () => {
    const cell = { setting: 'default', load: 'first', formatter: false, path: 'ctrl-s', result: 'held', why: '' };
    assert.equal(Observation.safeParse({ ...cell, evidence: held }).success, true);
    assert.equal(Observation.safeParse({ ...cell, evidence: written }).success, false);
    assert.equal(Observation.safeParse({ ...cell, evidence: null }).success, false);
  });
});

describe('the reader of the disk', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sentinel-reader-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('sees a text that was there for a moment at the end of a large file', async () => {
    const file = join(folder, 'large.txt');
    const clean = `${'filling '.repeat(100_000)}\n`;
    writeFileSync(file, clean);
    const reader = await DiskReader.begin([file, join(folder, 'absent.txt')], 'needle');
    writeFileSync(file, `${clean}needle\n`);
    await until('it is seen', () => reader.seen);
    writeFileSync(file, clean);
    const { firstSeen, standing, reads } = await reader.stop();
    assert.equal(firstSeen, reader.firstSeen);
    assert.equal(standing, false);
    assert.ok(reads > 1);
  });

  it('sees nothing where there was nothing', async () => {
    const file = join(folder, 'small.txt');
    writeFileSync(file, 'clean\n');
    const reader = await DiskReader.begin([file], 'needle');
    const { firstSeen, standing } = await reader.stop();
    assert.equal(firstSeen, null);
    assert.equal(standing, false);
    assert.equal(reader.seen, false);
  });
});
