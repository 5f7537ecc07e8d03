import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LiteralIndex } from '../../verifier/policy/literals.ts';

function naive(literals: readonly string[], text: string): Map<number, number[]> {
  const hits = new Map<number, number[]>();
  for (const [number, literal] of literals.entries()) {
    for (let at = 0; at + literal.length <= text.length; at++) {
      if (text.slice(at, at + literal.length).toLowerCase() !== literal.toLowerCase()) continue;
      hits.set(number, [...(hits.get(number) ?? []), at]);
    }
  }
  return hits;
}

test('finds exactly what a search for each literal finds', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é', '-'), minLength: 1, maxLength: 4 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', 'é', '-', ' '), maxLength: 60 });
  fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 8 }), text, (literals, content) => {
      assert.deepEqual(new Map([...new LiteralIndex(literals).scan(content)].sort()), new Map([...naive(literals, content)].sort()));
    }),
    { numRuns: 500 },
  );
});

test('an overlapping, nested or empty literal set is handled', () => {
  const index = new LiteralIndex(['he', 'she', 'hers', '']);
  assert.deepEqual(
    index.scan('uSHErs'),
    new Map([
      [1, [1]],
      [0, [2]],
      [2, [2]],
    ]),
  );
  assert.deepEqual(new LiteralIndex([]).scan('anything'), new Map());
});
