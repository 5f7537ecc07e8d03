import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anchorHello, anchorLine, anchorQuestion } from '../../extension/core/anchoring.ts';
import { Settings } from '../../extension/core/settings.ts';

const DEVNET = 'https://api.devnet.solana.com';
const { anchor } = Settings.parse({});

describe('anchoring in the editor', () => {
  it('publishes nothing before the user agreed to just this endpoint', () => {
    assert.match(anchorHello(anchor, undefined).anchorOffBecause ?? '', /before you agree/);
    assert.match(anchorHello(anchor, 'https://elsewhere.example').anchorOffBecause ?? '', /before you agree/);
    const rpcUrl = 'https://other.example';
    assert.match(anchorHello({ ...anchor, rpcUrl }, DEVNET).anchorOffBecause ?? '', /before you agree/);
    assert.deepEqual(anchorHello(anchor, DEVNET), {
      anchor: { mode: 'events', cluster: 'devnet', rpcUrl: DEVNET, consentedTo: DEVNET },
    });
  });

  it('is off where the settings say so, or name no endpoint', () => {
    assert.match(anchorHello({ ...anchor, mode: 'off' }, DEVNET).anchorOffBecause ?? '', /anchor\.mode/);
    assert.match(anchorHello({ ...anchor, cluster: 'custom' }, '').anchorOffBecause ?? '', /anchor\.rpcUrl/);
  });

  it('asks one question, which says what becomes public, where and for how long, and whose first button is no', () => {
    const { detail, buttons } = anchorQuestion(anchor);
    assert.match(detail ?? '', /public on devnet, through api\.devnet\.solana\.com, for ever/);
    assert.equal(buttons[0], 'Do Not Publish');
  });

  it('says in one line what is confirmed, what waits since when, and what to do', () => {
    const report = { mode: 'events', cluster: 'devnet', anchored: 3 } as const;
    assert.equal(anchorLine({ ...report, state: 'idle', waiting: 0 }), 'anchoring on devnet: 3 confirmed, none waits');
    const waitingSince = '2026-01-01T00:00:00.000Z';
    const line = anchorLine({ ...report, state: 'stopped', waiting: 2, waitingSince, why: 'The key has not enough SOL.' });
    assert.equal(line, `anchoring on devnet: 3 confirmed, 2 waiting since ${waitingSince}; The key has not enough SOL.`);
    assert.equal(anchorLine({ state: 'off', mode: 'off', waiting: 0, anchored: 0, why: 'no' }), 'anchoring: off (no)');
  });
});
