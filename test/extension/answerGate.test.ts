import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AnswerGate } from '../../extension/core/answerGate.ts';
import { renderSafe } from '../../extension/core/renderSafe.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import type { Depth, Verdict } from '../../verifier/protocol/vocabulary.ts';
import { assessmentOf, settle } from './fakes.ts';

const RUNS = Number(process.env['SENTINEL_SOAK'] ?? 1) * 300;

interface Checked {
  readonly text: string;
  readonly depth: Depth;
}

/** A gate over a judge that answers after a while; `checked` has what it was asked, `shown` what came through. */
function gateOver(judge: (text: string) => Verdict, delay: () => Promise<void> = async () => {}) {
  const checked: Checked[] = [];
  const seen = { shown: '', inFlight: 0, mostInFlight: 0 };
  const gate = new AnswerGate(
    async (text, depth) => {
      checked.push({ text, depth });
      seen.inFlight += 1;
      seen.mostInFlight = Math.max(seen.mostInFlight, seen.inFlight);
      await delay();
      seen.inFlight -= 1;
      return assessmentOf({ kind: 'response', text }, judge(text));
    },
    (markdown) => {
      seen.shown += markdown;
    },
  );
  return { gate, checked, seen };
}

/** A text cut at the given places. */
function cut(text: string, places: readonly number[]): string[] {
  const sorted = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((start, index, all) => text.slice(start, all[index + 1] ?? text.length));
}

const line = fc.constantFrom(
  ...[
    'Some prose.',
    'More `code` here.',
    '',
    '',
    '```sh',
    '```',
    '~~~',
    '    indented',
    '\tindented',
    '- item',
    '    in an item',
    '> quoted',
    '1. ```',
    '[a](https://b)',
    '![p](x)',
  ],
);
const answer = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\n')), { maxLength: 25 })
  .map((lines) => lines.map(([text, end]) => text + end).join(''));
const places = fc.array(fc.nat(2000), { maxLength: 30 });

describe('a streaming answer', () => {
  it('is shown as the same text however it is cut into chunks, when everything passes', async () => {
    await fc.assert(
      fc.asyncProperty(answer, places, fc.boolean(), async (text, where, slow) => {
        const { gate, seen } = gateOver(() => 'pass', slow ? settle : undefined);
        for (const chunk of cut(text, where)) {
          gate.push(chunk);
          await Promise.resolve();
        }
        await gate.finish();
        gate.releaseRest();
        assert.equal(seen.shown, renderSafe(text));
        assert.equal(gate.text, text.replaceAll('\r\n', '\n'));
      }),
      { numRuns: RUNS },
    );
  });

  it('never shows anything that was not part of a text that passed, nor anything after the first objection', async () => {
    await fc.assert(
      fc.asyncProperty(answer, answer, places, fc.constantFrom('BAD', '```sh\nBAD\n```', '    BAD'), async (before, after, where, bad) => {
        const text = `${before}\n${bad}\n${after}`;
        const { gate, checked, seen } = gateOver((so) => (so.includes('BAD') ? 'block' : 'pass'));
        for (const chunk of cut(text, where)) {
          gate.push(chunk);
          await Promise.resolve();
        }
        await settle();
        await gate.finish();
        assert.ok(!seen.shown.includes('BAD'));
        const passed = checked.filter((one) => !one.text.includes('BAD')).map((one) => one.text);
        const longest = passed.reduce((a, b) => (b.length > a.length ? b : a), '');
        // A block that is still open at the end of what passed has no closing fence yet.
        assert.ok(renderSafe(longest).startsWith(seen.shown), 'only what passed is shown');
        assert.ok(checked.filter((one) => one.text.includes('BAD')).length <= 1, 'no check after the objection');
      }),
      { numRuns: RUNS },
    );
  });

  it('shows prose line by line after the gates', async () => {
    const { gate, checked, seen } = gateOver(() => 'pass');
    gate.push('One.\nTwo');
    await settle();
    assert.equal(seen.shown, 'One.\n');
    assert.deepEqual(checked, [{ text: 'One.\n', depth: 'gates' }]);
  });

  for (const [what, opening, closing] of [
    ['a fenced block', '```sh\nrm x\n', '```\n'],
    ['a block with tildes', '~~~\nrm x\n', '~~~\n'],
    ['a block in a list', '1. ```sh\n   rm x\n', '   ```\n'],
    ['an indented block', '\n    rm x\n', '\nDone.\n'],
    ['a block indented with a tab', '\n\trm x\n', '\nDone.\n'],
    ['a block in an item', '- item\n\n        rm x\n', '\nDone.\n'],
  ] as const) {
    it(`holds ${what} until it is complete and has a full verdict`, async () => {
      const { gate, checked, seen } = gateOver(() => 'pass');
      gate.push(`Prose.\n${opening}`);
      await settle();
      assert.ok(seen.shown.startsWith('Prose.\n'));
      assert.ok(!seen.shown.includes('rm x'));
      gate.push(closing);
      await settle();
      assert.ok(seen.shown.includes('rm x'));
      assert.equal(checked.at(-1)?.depth, 'full');
    });
  }

  it('holds a block that is never closed', async () => {
    const { gate, seen } = gateOver(() => 'pass');
    gate.push('```sh\nrm x\nrm y\n');
    await settle();
    await gate.finish();
    assert.equal(seen.shown, '');
    gate.releaseRest();
    assert.equal(seen.shown, '\n```sh\nrm x\nrm y\n```\n');
  });

  it('has one check in flight, and the next covers all that came meanwhile', async () => {
    let release = () => {};
    const { gate, checked, seen } = gateOver(
      () => 'pass',
      () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    );
    gate.push('1\n');
    gate.push('2\n');
    gate.push('3\n');
    await settle();
    assert.deepEqual(
      checked.map((one) => one.text),
      ['1\n'],
    );
    release();
    await settle();
    assert.deepEqual(
      checked.map((one) => one.text),
      ['1\n', '1\n2\n3\n'],
    );
    assert.equal(seen.mostInFlight, 1);
  });

  it('shows nothing more after a check that failed', async () => {
    const shown: string[] = [];
    const gate = new AnswerGate(
      async (text) => {
        if (text.includes('2')) throw new VerifierError('unreachable', 'gone');
        return assessmentOf({ kind: 'response', text }, 'pass');
      },
      (markdown) => shown.push(markdown),
    );
    for (const chunk of ['1\n', '2\n', '3\n']) {
      gate.push(chunk);
      await settle();
    }
    assert.deepEqual(shown, ['1\n']);
    assert.equal(gate.failure?.code, 'unreachable');
  });
});
