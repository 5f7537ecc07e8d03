import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { applyChange, changeBetween, inverse, rebased } from '../../extension/core/textChange.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n', '\r\n', '\ud83d\udd25', '\ud83d', 'é'), maxLength: 30 });

describe('a change between two texts', () => {
  it('makes the one of the other, and its inverse takes it back', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const change = changeBetween(before, after);
        assert.equal(applyChange(before, change), after);
        assert.equal(applyChange(after, inverse(before, change)), before);
      }),
    );
  });

  it('touches no more than what differs', () => {
    assert.deepEqual(changeBetween('one two three', 'one 2 three'), { offset: 4, length: 3, text: '2' });
    assert.deepEqual(changeBetween('same', 'same'), { offset: 4, length: 0, text: '' });
  });

  for (const { before, after, change } of [
    { before: '\ud83d\udd25', after: '\ud83d\udd26', change: { offset: 0, length: 2, text: '\ud83d\udd26' } },
    { before: 'a\r\nb', after: 'a\r\rb', change: { offset: 1, length: 2, text: '\r\r' } },
  ]) {
    it(`never cuts a pair or a line end in two: ${JSON.stringify(before)}`, () => assert.deepEqual(changeBetween(before, after), change));
  }
});

describe('a restoring change, when somebody else changes the text first,', () => {
  const typed = fc.record({ at: fc.nat(40), length: fc.nat(5), text: fc.string({ unit: fc.constantFrom('X', 'Y'), maxLength: 5 }) });

  it('loses nothing of what was typed, and nothing of what it restores', () => {
    fc.assert(
      fc.property(text, text, fc.array(typed, { maxLength: 4 }), (mine, disk, edits) => {
        let restore = inverse(mine, changeBetween(mine, disk));
        const restored = restore.text;
        let now = disk;
        for (const { at, text: put } of edits) {
          const other = { offset: Math.min(at, now.length), length: 0, text: put };
          restore = rebased(restore, other);
          now = applyChange(now, other);
        }
        const result = applyChange(now, restore);
        assert.ok(result.includes(restored), 'the held text is torn apart');
        const letters = (from: string) => [...from].filter((letter) => 'XY'.includes(letter)).length;
        assert.equal(letters(result), letters(edits.map((edit) => edit.text).join('')));
      }),
    );
  });

  it('stays within the text whatever was deleted', () => {
    fc.assert(
      fc.property(text, text, fc.array(typed, { maxLength: 4 }), (mine, disk, edits) => {
        let restore = inverse(mine, changeBetween(mine, disk));
        const restored = restore.text;
        let now = disk;
        for (const { at, length, text: put } of edits) {
          const offset = Math.min(at, now.length);
          const other = { offset, length: Math.min(length, now.length - offset), text: put };
          restore = rebased(restore, other);
          now = applyChange(now, other);
        }
        assert.ok(restore.offset >= 0 && restore.length >= 0 && restore.offset + restore.length <= now.length);
        assert.ok(applyChange(now, restore).includes(restored));
      }),
    );
  });

  it('puts what was typed at its end behind it, as its author saw the caret', () => {
    const restore = inverse('ab XYZ', changeBetween('ab XYZ', 'ab'));
    const other = { offset: 2, length: 0, text: '!' };
    assert.equal(applyChange(applyChange('ab', other), rebased(restore, other)), 'ab XYZ!');
  });
});
