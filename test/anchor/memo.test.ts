import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { publicRules } from '../../verifier/anchor/entryMemo.ts';
import { decodeMemo, encodeMemo, MEMO_LIMIT, type Memo, requestLabel } from '../../verifier/anchor/memo.ts';
import { solanaChain } from '../../verifier/anchor/solana.ts';
import { ground, onChain } from './parts.ts';

const letters = (alphabet: string, length: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: length });
const digest = letters('0123456789abcdef', 64);
const ruleId = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9-]{1,60}$/), fc.stringMatching(/^[a-z][a-z0-9-]{1,60}$/))
  .map(([policy, rule]) => `${policy}.${rule}`);
const memo: fc.Arbitrary<Memo> = fc.record({
  chain: fc.uuid(),
  seq: fc.integer({ min: 0, max: 999_999_999_999_999 }),
  hash: digest,
  prev: digest,
  keyId: letters('ABCXYZabcxyz0189-_', 11),
  time: fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }).map((date) => date.toISOString()),
  event: fc.constantFrom('assessment', 'decision', 'checkpoint'),
  risk: fc.constantFrom('-', 'pass', 'review', 'block'),
  decision: fc.constantFrom('-', 'approve', 'deny'),
  request: fc.string({ unit: 'binary' }).map(requestLabel),
  rules: fc.uniqueArray(ruleId, { maxLength: 30 }),
  cut: fc.constant(false),
});

test('every memo is ASCII, short enough, and reads back as what was kept of it', () => {
  fc.assert(
    fc.property(memo, (made) => {
      const text = encodeMemo(made);
      assert.match(text, /^[\x20-\x7e]+$/);
      assert.ok(text.length <= MEMO_LIMIT);
      const read = decodeMemo(text);
      assert.ok('memo' in read);
      const { rules, cut, ...kept } = read.memo;
      const { rules: all, cut: _cut, ...given } = made;
      assert.deepEqual(kept, given);
      assert.deepEqual(rules, all.slice(0, rules.length));
      assert.equal(cut, rules.length < all.length);
      assert.equal(encodeMemo(read.memo), text);
    }),
    { numRuns: 2_000 },
  );
});

test('the real memo program takes every memo with the compute units that are asked for', async () => {
  await using at = await ground({ funds: 1_000_000_000_000, slotMs: 400 });
  const chain = solanaChain(at.local.url, at.identity);
  const texts = fc.sample(memo, 150).map(encodeMemo);
  const longest = encodeMemo({
    ...(fc.sample(memo, 1)[0] ?? assert.fail()),
    seq: 999_999_999_999_999,
    request: requestLabel('a door of its own'),
    rules: Array.from({ length: 40 }, (_, n) => `a-policy-${n}.a-rule-${n}`),
  });
  assert.ok(longest.length > MEMO_LIMIT - 30);
  const block = await chain.recentBlock();
  for (const text of [...texts, longest]) await chain.send(chain.sign(text, block));
  assert.deepEqual(onChain(at).toSorted(), [...new Set([...texts, longest])].toSorted());
});

test('what is no memo of this form is told apart from one that a newer version wrote', () => {
  fc.assert(
    fc.property(memo, fc.nat(), fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), (made, at, put) => {
      const text = encodeMemo(made);
      const place = at % text.length;
      const changed = text.slice(0, place) + put + text.slice(place + put.length);
      const read = decodeMemo(changed);
      // Whatever still reads is written just so: nothing can be hidden in a memo.
      if ('memo' in read) assert.equal(encodeMemo(read.memo), changed);
    }),
    { numRuns: 2_000 },
  );
  assert.deepEqual(decodeMemo('SAI2|anything'), { problem: 'unknown version' });
  assert.deepEqual(decodeMemo('gm'), { problem: 'not ours' });
  assert.deepEqual(decodeMemo('SAI1|gm'), { problem: 'malformed' });
});

test('neither the id of a request nor that of a rule can carry a text of its own', () => {
  assert.match(requestLabel('ada@example.org wrote /home/ada'), /^#[\w-]{22}$/);
  const rules = publicRules(['acme-merger.secret-name', 'secrets.in-code'], (id) => id === 'secrets.in-code');
  assert.deepEqual(rules, ['secrets.in-code', 'other']);
});
