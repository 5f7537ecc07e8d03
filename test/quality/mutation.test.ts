import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gates } from '../../verifier/gates/gates.ts';
import { loadShellGrammar } from '../../verifier/gates/shell/grammar.ts';
import { builtInGates } from '../policies/builtIn.ts';
import { doubleQuoted, quoted, shapeOf } from './mutation/commandShape.ts';
import { MENTIONING } from './mutation/mentioning.ts';
import { mutate } from './mutation/mutate.ts';
import { ORDINARY, PRESERVING } from './mutation/preserving.ts';
import { hasBash, invalidTexts } from './mutation/syntax.ts';
import { outcomesOf } from './scoring.ts';
import type { QualityCase } from './sets.ts';

const grammar = await loadShellGrammar();
const { gates } = await builtInGates();

test('only one external program by itself has words', () => {
  const words = (text: string) => shapeOf(grammar, text).words;
  assert.deepEqual(words(`rm -rf "$HOME/x y"`), ['rm', '-rf', '"$HOME/x y"']);
  for (const text of ['cd /tmp', 'ls | wc', 'ls > out', 'a=1 ls', 'ls; ls', 'if x; then y; fi', 'echo $(', "$'ls' x"])
    assert.equal(words(text), undefined, text);
});

test('quoting changes nothing of a text', () => {
  assert.equal(quoted("it's"), `'it'\\''s'`);
  assert.equal(doubleQuoted('a"$b`\\'), '"a\\"\\$b\\`\\\\"');
});

test('a text that is no bash is found among others', { skip: hasBash() ? false : 'there is no bash on this machine' }, () => {
  assert.deepEqual(invalidTexts(['ls', "echo 'x", 'if true; then ls; fi', 'done', 'ls']), new Set(["echo 'x", 'done']));
});

test('every rewrite of a simple command is valid bash', { skip: hasBash() ? false : 'there is no bash on this machine' }, () => {
  const shape = shapeOf(grammar, 'rm -rf /srv/data');
  const made = [...PRESERVING, ...MENTIONING].map((rewrite) => rewrite.apply(shape));
  assert.ok(
    made.every((text) => text !== undefined),
    'each applies',
  );
  assert.deepEqual(invalidTexts(made.flatMap((text) => text ?? [])), new Set());
});

const judged = (id: string, text: string, expected: 'block' | 'allow', heldOut = false): QualityCase => ({
  id,
  set: 'sample',
  subject: { kind: 'command', text },
  expected,
  headline: true,
  heldOut,
});
const CASES = [judged('1', 'rm -rf /', 'block'), judged('2', 'rm -rf ~', 'block', true), judged('3', 'ls -l src', 'allow')];

test('a plain deletion stays one in every rewrite, and a plain listing too', () => {
  const rows = mutate(gates, grammar, outcomesOf(gates, CASES), hasBash());
  assert.equal(rows.length, PRESERVING.length + ORDINARY.length + MENTIONING.length);
  assert.deepEqual(
    rows.filter(({ kept }) => kept.hits < kept.of).map(({ id, lost }) => [id, lost]),
    [],
  );
});

test('what gets lost is counted, and told only where it may be read', () => {
  const outcomes = outcomesOf(gates, CASES);
  const blind: Gates = { policyDigest: '', assess: () => ({ verdict: 'pass', findings: [], trace: [], steps: 0 }) };
  const row = mutate(blind, grammar, outcomes, false).find(({ id }) => id.startsWith('nohup … (stays grave)'));
  assert.deepEqual(row?.kept, { hits: 0, of: 2 });
  assert.deepEqual(row?.lost, ['nohup rm -rf /']);
});
