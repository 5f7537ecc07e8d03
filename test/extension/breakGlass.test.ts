import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BreakGlassParts, OFFER_MS } from '../../extension/core/breakGlass.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import type { OrganisationReading } from '../../verifier/protocol/organisation.ts';
import { breakGlassOver, CONTINUE, FakeSpool, FakeWatch } from './breakGlassSetting.ts';
import { FakeClock, FakeDialog, settle } from './fakes.ts';

const WHAT = { action: 'save', text: 'let päss = 1', name: '/w/a.ts', label: 'a.ts', told: 'a.ts was not saved' } as const;
const DOWN = new VerifierError('not_running', 'The verifier is not running.');

function setting(more: Partial<BreakGlassParts> & { pressed?: string; reasons?: string[] } = {}) {
  const { pressed = CONTINUE, reasons = ['antivirus'], ...parts } = more;
  const dialog = new FakeDialog();
  const spool = new FakeSpool();
  dialog.toldAnswers = [pressed];
  dialog.reasons = reasons;
  const { breakGlass } = breakGlassOver({ dialog, spool, ...parts });
  return { breakGlass, dialog, spool };
}

describe('going on without the guard', () => {
  it('is written down with its reason before it is let go, by digest and not by text', async () => {
    const { breakGlass, spool, dialog } = setting();
    assert.equal(await breakGlass.offer(WHAT, DOWN), 'go');
    assert.deepEqual(dialog.offered, [['Restart Verifier', 'Show Log', CONTINUE]]);
    const [line] = spool.lines;
    assert.deepEqual(line?.subject, { digest: sha256(WHAT.text), bytes: Buffer.byteLength(WHAT.text), name: '/w/a.ts' });
    assert.equal(line?.reason, 'antivirus');
    assert.equal(line?.why, 'The verifier is not running. (not_running)');
    assert.equal(JSON.stringify(spool.lines).includes('päss'), false);
  });

  for (const [how, more] of Object.entries({
    'nobody presses the button': { pressed: 'Show Log' },
    'the box for the reason is left': { reasons: [] },
    'the reason is empty': { reasons: ['  '] },
  })) {
    it(`does not happen where ${how}`, async () => {
      const { breakGlass, spool } = setting(more);
      assert.equal(await breakGlass.offer(WHAT, DOWN), 'hold');
      assert.deepEqual(spool.lines, []);
    });
  }

  it('does not happen where it cannot be written down, and says so', async () => {
    const { breakGlass, spool, dialog } = setting();
    spool.failure = new Error('ENOSPC: no space left on device');
    assert.equal(await breakGlass.offer(WHAT, DOWN), 'hold');
    assert.match(dialog.told.at(-1) ?? '', /a\.ts.*could not be written down.*ENOSPC/);
  });

  const forbidden: [string, Partial<BreakGlassParts>][] = [
    ['the machine setting', { allowed: () => false }],
    [
      'the organisation',
      { organisation: async (): Promise<OrganisationReading> => ({ path: '/o', inForce: { schema: 1, breakGlass: 'forbidden' } }) },
    ],
  ];
  for (const [who, parts] of forbidden) {
    it(`is not offered where ${who} forbids it`, async () => {
      const { breakGlass, dialog, spool } = setting(parts);
      assert.equal(await breakGlass.offer(WHAT, DOWN), 'hold');
      assert.deepEqual(dialog.offered, [['Restart Verifier', 'Show Log']]);
      assert.deepEqual(spool.lines, []);
    });
  }

  it('is allowed by no organisation where the machine setting forbids it', async () => {
    const allowing = async (): Promise<OrganisationReading> => ({ path: '/o', inForce: { schema: 1, breakGlass: 'allowed' } });
    const { breakGlass, dialog } = setting({ allowed: () => false, organisation: allowing });
    assert.equal(await breakGlass.offer(WHAT, DOWN), 'hold');
    assert.equal(dialog.offered.flat().includes(CONTINUE), false);
  });

  it('does not happen where it was forbidden while the reason was typed', async () => {
    let allowed = true;
    const { breakGlass, spool, dialog } = setting({ allowed: () => allowed });
    dialog.askReason = async () => {
      allowed = false;
      return 'antivirus';
    };
    assert.equal(await breakGlass.offer(WHAT, DOWN), 'hold');
    assert.deepEqual(spool.lines, []);
  });

  for (const code of ['too_large', 'bad_request', 'policies_invalid', 'subject_changed', 'cancelled'] as const) {
    it(`is not offered for '${code}', which is no failure of the guard`, async () => {
      const { breakGlass, dialog } = setting();
      assert.equal(await breakGlass.offer(WHAT, new VerifierError(code, 'No.')), 'hold');
      assert.equal(dialog.offered.flat().includes(CONTINUE), false);
    });
  }

  it('does not happen where the verifier is back by the time the reason is given', async () => {
    const verifier = new FakeWatch();
    const { breakGlass, spool, dialog } = setting({ verifier });
    dialog.askReason = async () => {
      verifier.back();
      return 'antivirus';
    };
    assert.equal(await breakGlass.offer(WHAT, DOWN), 'hold');
    assert.match(dialog.told.at(-1) ?? '', /The verifier is back: try it again/);
    assert.deepEqual(spool.lines, []);
  });

  it('is not waited for any longer once the verifier is back', async () => {
    const verifier = new FakeWatch();
    const { breakGlass, dialog, spool } = setting({ verifier });
    dialog.tell = () => new Promise(() => {});
    const offered = breakGlass.offer(WHAT, DOWN);
    await settle();
    verifier.back();
    assert.equal(await offered, 'hold');
    assert.deepEqual(spool.lines, []);
  });

  it('is not offered where there is a verifier again already', async () => {
    const verifier = new FakeWatch();
    verifier.back();
    const { breakGlass, dialog } = setting({ verifier });
    assert.equal(await breakGlass.offer(WHAT, DOWN), 'hold');
    assert.equal(dialog.offered.flat().includes(CONTINUE), false);
  });

  it('is possible where the verifier answers but its ledger is broken', async () => {
    const verifier = new FakeWatch();
    verifier.back();
    const { breakGlass } = setting({ verifier });
    assert.equal(await breakGlass.offer(WHAT, new VerifierError('ledger_failed', 'The disk is full.')), 'go');
  });

  it('ends held back after a while, and a button that is pressed later does nothing but say so', async () => {
    const clock = new FakeClock();
    const { breakGlass, dialog, spool } = setting({ clock });
    let press = (_action: string) => {};
    const told: string[] = [];
    dialog.tell = async (_level, message) => {
      told.push(message);
      return told.length === 1 ? new Promise((resolve) => (press = resolve)) : undefined;
    };
    const offered = breakGlass.offer(WHAT, DOWN);
    await clock.pass(OFFER_MS);
    assert.equal(await offered, 'hold');
    void breakGlass.offer(WHAT, DOWN);
    await settle();
    assert.equal(told.length, 2, 'it can be asked again');
    press(CONTINUE);
    await settle();
    assert.match(told.at(-1) ?? '', /Nobody waits for a\.ts any more/);
    assert.deepEqual(spool.lines, []);
    assert.deepEqual(dialog.reasonsAsked, []);
  });

  it('ends held back where whoever asked has gone', async () => {
    const { breakGlass, dialog, spool } = setting();
    dialog.tell = () => new Promise(() => {});
    const stop = new AbortController();
    const offered = breakGlass.offer(WHAT, DOWN, stop.signal);
    await settle();
    stop.abort();
    assert.equal(await offered, 'hold');
    assert.deepEqual(spool.lines, []);
  });

  it('is asked once for the same text at a time', async () => {
    const { breakGlass, dialog } = setting();
    dialog.tell = () => new Promise(() => {});
    void breakGlass.offer(WHAT, DOWN);
    assert.equal(await breakGlass.offer(WHAT, DOWN), 'hold');
  });
});
