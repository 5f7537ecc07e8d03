import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { changedLines } from '../../verifier/assessment/changedLines.ts';

const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}`);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const base = lines(100);

/** Each row: what is done to a hundred lines, and which lines an auditor then reads. */
const CASES: Record<string, { text: string[]; read: number[] }> = {
  nothing: { text: base, read: [] },
  'one line in the middle': { text: base.with(49, 'changed'), read: range(42, 58) },
  'the first line': { text: base.with(0, 'changed'), read: range(1, 9) },
  'the last line': { text: base.with(99, 'changed'), read: range(92, 100) },
  'a line inserted': { text: base.toSpliced(50, 0, 'new'), read: range(43, 59) },
  'lines taken away: the place they were in': { text: base.toSpliced(50, 10), read: range(43, 58) },
  'two places far apart': { text: base.with(19, 'a').with(79, 'b'), read: [...range(12, 28), ...range(72, 88)] },
  'two places whose surroundings meet': { text: base.with(19, 'a').with(30, 'b'), read: range(12, 39) },
};

describe('of a changed file an auditor reads', () => {
  for (const [name, { text, read }] of Object.entries(CASES)) {
    it(`${name}`, () => assert.deepEqual(changedLines(base.join('\n'), text.join('\n'))?.read, read));
  }

  it('nothing where only the line ends differ', () => {
    assert.deepEqual(changedLines(base.join('\n'), base.join('\r\n')), { read: [], removed: [] });
  });

  it('also what was taken away, by its former numbers', () => {
    assert.deepEqual(changedLines(base.join('\n'), base.toSpliced(50, 3).join('\n'))?.removed, [51, 52, 53]);
    assert.deepEqual(changedLines(base.join('\n'), base.toSpliced(9, 0, 'new').toSpliced(60, 1).join('\n'))?.removed, [60]);
  });

  it('all of it where it is another text', () => {
    assert.equal(
      changedLines(
        lines(5_000).join('\n'),
        lines(5_000)
          .map((line) => `other ${line}`)
          .join('\n'),
      ),
      undefined,
    );
  });

  it('every line that the accepted text did not have, whatever was edited', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 40 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changes = changedLines(before.join('\n'), after.join('\n'));
        if (changes === undefined) return;
        const { read, removed } = changes;
        const known = new Set(before.join('\n').split('\n'));
        for (const [i, line] of after.entries()) if (!known.has(line)) assert.ok(read.includes(i + 1), `${i + 1}`);
        const rest = before
          .join('\n')
          .split('\n')
          .filter((_, i) => !removed.includes(i + 1));
        const kept = after.join('\n').split('\n');
        assert.ok(rest.every((line) => kept.includes(line)));
        assert.ok(read.every((number, i) => number >= 1 && number <= Math.max(1, after.length) && number > (read[i - 1] ?? 0)));
      }),
    );
  });
});
