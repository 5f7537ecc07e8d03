import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bidiControlAt, foldedView, hiddenTextAt } from '../../verifier/gates/normalise.ts';

const FOLDED: readonly [what: string, text: string, shown: string][] = [
  ['wide letters', 'ｒｍ －ｒｆ', 'rm -rf'],
  ['zero-width characters', 'r\u200bm\u2060 \ufeff-rf', 'rm -rf'],
  ['Cyrillic look-alikes', '\u0440\u0430ss', 'pass'],
  ['Greek look-alikes', '\u03bfk', 'ok'],
  ['mathematical letters', '𝐫𝐦', 'rm'],
  ['a soft hyphen', 'pass\u00adword', 'password'],
  ['a no-break space', 'rm\u00a0-rf', 'rm -rf'],
  ['tag characters', '\u{e0072}\u{e006d}', 'rm'],
];

for (const [what, text, shown] of FOLDED) {
  test(`${what} are seen through, and lead back to where they were`, () => {
    const view = foldedView(`é ${text} é`);
    assert.equal(view?.text, `é ${shown} é`);
    const place = view?.toOriginal(2, 2 + shown.length);
    assert.deepEqual(place, { start: 2, end: 2 + text.length });
  });
}

test('plain and accented text is left as it is', () => {
  assert.equal(foldedView('rm -rf'), undefined);
  assert.equal(foldedView('déjà vu 漢字 😀'), undefined);
});

test('every place of a view lies within the original, in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const view = foldedView(text);
      if (view === undefined) return;
      let before = 0;
      for (let at = 0; at < view.text.length; at++) {
        const { start, end } = view.toOriginal(at, at + 1);
        assert.ok(start >= before && start < end && end <= text.length);
        before = start;
      }
    }),
  );
});

test('reordering and hidden characters are told from ordinary ones', () => {
  assert.equal(bidiControlAt('a\u202eb'), 1);
  assert.equal(bidiControlAt('שלום é 😀'), -1);
  assert.equal(hiddenTextAt(`x${'\u{e0061}'.repeat(8)}`), 1);
  // A byte in each variation selector, a bit in each character without width.
  assert.equal(hiddenTextAt(`😀${'\u{e0152}\u{fe01}'.repeat(4)}`), 2);
  assert.equal(hiddenTextAt(`x${'\u200b\u200c'.repeat(4)}`), 1);
  assert.equal(hiddenTextAt(`x${'\u200c'.repeat(20)} ❤️‍🔥`), -1);
  assert.equal(hiddenTextAt('🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'), -1);
});
