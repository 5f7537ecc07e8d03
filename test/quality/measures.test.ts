import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Baseline, baselineOf, regressions } from './baseline.ts';
import { FLOORS, floorLines } from './floors.ts';
import { withPart } from './publish.ts';
import { mistakes, type Outcome, type SetFigures, setFigures } from './scoring.ts';
import { isHeldOut, type QualityCase, readSharedCases, sharedFolder } from './sets.ts';
import { counted } from './table.ts';
import { wilson } from './wilson.ts';

/** Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 3. */
const PUBLISHED = [
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
] as const;

for (const [hits, of, low, high] of PUBLISHED) {
  test(`the bounds of ${hits} in ${of} are the published ones`, () => {
    const bounds = wilson({ hits, of });
    assert.equal(bounds.low.toFixed(4), low.toFixed(4));
    assert.equal(bounds.high.toFixed(4), high.toFixed(4));
  });
}

test('bounds hold the share, whatever was counted', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(5000), (a, b) => {
      const [hits, of] = a < b ? [a, b] : [b, a];
      const { low, high } = wilson({ hits, of });
      assert.ok(low >= 0 && high <= 1 && low <= high);
      if (of > 0) assert.ok(low <= hits / of && hits / of <= high, `${low} ${hits / of} ${high}`);
    }),
  );
});

test('what is held out stays so, and is about a fifth', () => {
  // A change here changes which cases were tuned on: the figures of before and after are then of different cases.
  assert.deepEqual(Array.from({ length: 20 }, (_, number) => `case ${number}`).filter(isHeldOut), ['case 7', 'case 11', 'case 15']);
  const part = Array.from({ length: 5000 }, (_, number) => `text ${number}`).filter(isHeldOut).length;
  assert.ok(part > 850 && part < 1150, `${part} of 5000`);
});

test('cases that are absent are skipped aloud', () => {
  const read = readSharedCases(join(tmpdir(), 'no-such-folder-of-cases'));
  assert.ok('skipped' in read);
  assert.match(read.skipped, /^SKIPPED: .*no-such-folder-of-cases.*SENTINEL_CASES/);
});

test('cases are looked for beside the checkout, or where the environment says', () => {
  assert.equal(sharedFolder('/code/product', {}), '/code/shared/cases');
  assert.equal(sharedFolder('/code/product', { SENTINEL_CASES: '/elsewhere' }), '/elsewhere');
});

test('a line that is no case is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quality-'));
  try {
    const line = { id: 'a:1', kind: 'command', text: 'ls', expected: 'allow', headline: true, source: 'somebody' };
    await writeFile(join(folder, 'a.jsonl'), `${JSON.stringify(line)}\n`);
    const read = readSharedCases(folder);
    assert.ok(!('skipped' in read));
    assert.deepEqual(
      read.map(({ id, set, expected }) => [id, set, expected]),
      [['a:1', 'a', 'allow']],
    );
    await writeFile(join(folder, 'b.jsonl'), `${JSON.stringify({ ...line, expected: 'perhaps' })}\n`);
    assert.throws(() => readSharedCases(folder), /b\.jsonl:1 is no case/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function outcome(id: string, given: Partial<QualityCase> & { verdict: Outcome['verdict'] }): Outcome {
  const { verdict, ...rest } = given;
  const item: QualityCase = {
    id,
    set: 'a',
    subject: { kind: 'command', text: id },
    expected: 'block',
    headline: true,
    heldOut: false,
    ...rest,
  };
  return { item, verdict, flagged: verdict !== 'pass', rules: [], ms: 1 };
}

const OUTCOMES = [
  outcome('found', { verdict: 'block' }),
  outcome('missed', { verdict: 'pass' }),
  outcome('held out and missed', { verdict: 'pass', heldOut: true }),
  outcome('by convention', { verdict: 'pass', headline: false }),
  outcome('left alone', { verdict: 'pass', expected: 'allow' }),
  outcome('in the way', { verdict: 'review', expected: 'allow' }),
];

test('headline lines, and what is held out, are counted apart', () => {
  const [headline, other] = setFigures(OUTCOMES);
  assert.deepEqual(headline?.tuned, { recall: { hits: 1, of: 2 }, falseAlarms: { hits: 1, of: 2 } });
  assert.deepEqual(headline?.heldOut, { recall: { hits: 0, of: 1 }, falseAlarms: { hits: 0, of: 0 } });
  assert.deepEqual(other?.tuned.recall, { hits: 0, of: 1 });
});

test('what is held out is never listed', () => {
  assert.deepEqual(
    mistakes(OUTCOMES, 'miss').map(({ item }) => item.id),
    ['missed', 'by convention'],
  );
  assert.deepEqual(
    mistakes(OUTCOMES, 'false alarm').map(({ item }) => item.id),
    ['in the way'],
  );
});

const row = (found: number, alarms: number): SetFigures => {
  const figures = { recall: { hits: found, of: 200 }, falseAlarms: { hits: alarms, of: 200 } };
  return { set: 'dcg-corpus', lines: 'headline', tuned: figures, heldOut: figures, p50: 1, p99: 1 };
};
const baseline = (found: number, alarms: number): Baseline => baselineOf([row(found, alarms)], []);

test('what gets worse beyond the tolerance is a regression, what gets better is none', () => {
  const then = baseline(190, 4);
  assert.deepEqual(regressions(baseline(190, 4), then), []);
  assert.deepEqual(regressions(baseline(188, 6), then), [], 'within 1 %');
  assert.deepEqual(regressions(baseline(200, 0), then), []);
  assert.equal(regressions(baseline(187, 4), then).length, 2);
  assert.equal(regressions(baseline(190, 7), then).length, 2);
  assert.match(regressions(baseline(187, 4), then)[0] ?? '', /^dcg-corpus headline, recall, tuned: 187\/200, was 190\/200$/);
});

test('a rewrite that loses more is a regression', () => {
  const made = (hits: number): Baseline =>
    baselineOf([], [{ id: 'sudo', direction: 'stays grave', kept: { hits, of: 300 }, lost: [], invalid: 0 }]);
  assert.deepEqual(regressions(made(297), made(300)), []);
  assert.equal(regressions(made(290), made(300)).length, 1);
});

test('sets that are absent are compared with nothing', () => {
  assert.deepEqual(regressions({ sets: {}, rewrites: {} }, baseline(190, 4)), []);
});

test('a floor is kept or missed by both parts together', () => {
  const about = (found: number) => floorLines([row(found, 0)]).find(({ what }) => what === FLOORS[0]?.what);
  assert.equal(about(180)?.kept, true);
  assert.equal(about(179)?.kept, false);
  assert.deepEqual(floorLines([]), []);
});

test('a share is shown with its bounds, and nothing where nothing was asked', () => {
  assert.equal(counted({ hits: 0, of: 20 }), '0/20 = 0.0 % (0.0–16.1)');
  assert.equal(counted({ hits: 0, of: 0 }), '');
});

test('a part of a document is replaced between its marks, or the lack of them is said', () => {
  const document = 'before\n<!-- sets: generated by x -->\nold\n<!-- /sets -->\nafter';
  assert.equal(withPart(document, 'sets', 'new'), 'before\n<!-- sets: generated by x -->\n\nnew\n\n<!-- /sets -->\nafter');
  assert.throws(() => withPart('nothing', 'sets', 'new'), /There is no place for "sets"/);
});
