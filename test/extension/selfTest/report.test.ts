import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportPage, reportText, summary, withoutPrivate } from '../../../extension/core/selfTest/report.ts';
import { failed, notTested, ok, type Row, type Seen } from '../../../extension/core/selfTest/step.ts';

const row = (what: string, seen: Seen): Row => ({ id: what, what, ...seen });
const SURROUNDINGS = {
  versions: ['extension: 0.1.0'],
  lines: ['organisation file: none (/home/ada/etc)'],
  changedSettings: ['files.autoSave'],
};

describe('the summary of a self-test', () => {
  const good = row('The ledger', ok('verifies', 'verifies'));
  for (const [what, rows, expected] of [
    ['all as expected', [row('x', notTested('why')), good], 'Self-test passed: 1 as expected, 1 not tested.'],
    [
      'one failed',
      [good, row('Save All', failed('held', 'written', 'Look.'))],
      'Self-test failed at 1: Save All (written). 1 as expected, 0 not tested.',
    ],
    ['stopped on its way', [good, row('x', notTested('stopped'))], 'Self-test stopped: 1 as expected, 1 not tested.'],
    ['nothing tried', [row('x', notTested('stopped'))], 'Self-test stopped: 0 as expected, 1 not tested.'],
  ] as const) {
    it(what, () => assert.equal(summary(rows), expected));
  }
});

describe('the report of a self-test', () => {
  it('has a line for each step, with what to do where it failed', () => {
    const page = reportPage([row('Save | All', failed('held', 'written', 'Look at the doctor.'))], SURROUNDINGS);
    assert.match(page, /^\| Save \\\| All \| held \| written \| \*\*failed\*\* \| Look at the doctor\\\. \|$/m);
    assert.match(page, /settings that differ from their defaults\\: files\\\.autoSave/);
  });

  it('as text names no private place', () => {
    const text = reportText([row('Save', failed('held', 'EACCES: /home/ada/project/a.sh', 'x'))], SURROUNDINGS, [
      { text: '/home/ada', instead: '<home>' },
      { text: '/home/ada/project', instead: '<workspace 1>' },
    ]);
    assert.match(text, /^\[FAILED\] Save: expected held; seen: EACCES: <workspace 1>\/a\.sh$/m);
    assert.equal(text.includes('ada'), false);
  });
});

describe('what is private in a text', () => {
  const home = { text: 'C:\\Users\\Ada', instead: '<home>' };
  const user = { text: 'ada', instead: '<user>' };
  for (const [what, text, secrets, expected] of [
    [
      'is replaced in each spelling of a path',
      'C:\\Users\\Ada\\x C:/Users/Ada/x c:/users/ada/x "C:\\\\Users\\\\Ada"',
      [home],
      '<home>\\x <home>/x <home>/x "<home>"',
    ],
    ['is replaced as part of an address', 'file:///home/a%20b/c', [{ text: '/home/a b', instead: '<home>' }], 'file://<home>/c'],
    ['is the whole word', 'ada adapter Ada, canada', [user], '<user> adapter <user>, canada'],
    ['stays where it is too short to mean anything', 'a b', [{ text: 'a', instead: '<user>' }], 'a b'],
    ['is replaced after letters that grow in lower case', 'İ ada', [user], 'İ <user>'],
    ['may be the longer of two', '/home/ada/project', [user, { text: '/home/ada/project', instead: '<workspace 1>' }], '<workspace 1>'],
  ] as const) {
    it(what, () => assert.equal(withoutPrivate(text, secrets), expected));
  }
});
