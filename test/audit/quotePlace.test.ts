import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { quoteFinder } from '../../verifier/audit/quotePlace.ts';
import { linesOf } from '../../verifier/audit/textLines.ts';

const TEXT = 'first line\n\tsecond  line {\n\t\tx = 1;\r\n  third\n\nsecond line {\nlast';

const cases: { name: string; quote: string; claimed?: number; lines: [number, number] | undefined }[] = [
  { name: 'as it stands', quote: 'first line', lines: [1, 1] },
  { name: 'with other white space', quote: ' second\tline {', lines: [2, 2] },
  { name: 'over several lines', quote: 'second line {\n  x = 1;\n third', lines: [2, 4] },
  { name: 'over an empty line', quote: 'third\nsecond', lines: [4, 6] },
  { name: "with the frame's numbers", quote: '2| second line {\n3| x = 1;', lines: [2, 3] },
  { name: 'nearest to the claimed line', quote: 'second line {', claimed: 7, lines: [6, 6] },
  { name: 'in spite of a wild claim', quote: 'last', claimed: -3e9, lines: [7, 7] },
  { name: 'not when invented', quote: 'rm -rf /', lines: undefined },
  { name: 'not with other letters', quote: 'First line', lines: undefined },
  { name: 'not with a word left out', quote: 'first second line', lines: undefined },
  { name: 'not when empty', quote: ' \n ', lines: undefined },
  { name: 'not when too short to mean anything', quote: '1;', lines: undefined },
];

describe('a quote is found', () => {
  for (const { name, quote, claimed, lines } of cases) {
    it(name, () => {
      const place = quoteFinder(TEXT)(quote, claimed);
      assert.deepEqual(place && [place.startLine, place.endLine], lines);
    });
  }

  it('when it is short, but all there is', () => {
    assert.equal(quoteFinder(' w\n')('w')?.startLine, 1);
    assert.equal(quoteFinder('')(''), undefined);
  });

  it('wherever it is taken from, with offsets that give its very text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '\r\n', '\t', '\u00a0', 'é', '😀'), minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (whole, a, b) => {
        const from = a % whole.length;
        const quote = whole.slice(from, from + 1 + (b % (whole.length - from)));
        if (quote.trim().length < 3) return;
        const place = quoteFinder(whole)(quote);
        assert.ok(place);
        const words = (s: string) => s.split(/\s+/).filter(Boolean).join(' ');
        assert.equal(words(whole.slice(place.start, place.end)), words(quote));
        const lines = linesOf(whole)
          .slice(place.startLine - 1, place.endLine)
          .join('\n');
        assert.ok(words(lines).includes(words(quote)));
      }),
      { numRuns: 1_000 },
    );
  });
});
