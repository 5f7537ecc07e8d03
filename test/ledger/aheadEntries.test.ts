import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ChainStory } from '../../verifier/ledger/chainStory.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import type { LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { assessment, CHAIN, decision, fileText, genesis, outcome, sealChain, sessionClose, sessionOpen } from './sampleChain.ts';

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sentinel-ahead-'));
});
after(() => rm(dir, { recursive: true, force: true }));

const ahead = [assessment(1, 'pass', { timing: 'ahead' }), assessment(2, 'block', { timing: 'ahead' })];

async function holds(events: readonly LedgerEvent[]): Promise<boolean> {
  const file = join(dir, `${CHAIN}.jsonl`);
  await writeFile(file, fileText(sealChain([genesis, sessionOpen(), ...events, sessionClose()])));
  return (await verifyLedger(file)).ok;
}

describe('an assessment ahead of a save', () => {
  it('leaves nothing to be decided or closed, whatever it found', async () => {
    const story = new ChainStory();
    for (const event of [genesis, sessionOpen(), ...ahead]) assert.equal(story.apply(event), undefined);
    assert.deepEqual(story.unsettled(), []);
    assert.equal(await holds(ahead), true);
  });

  it('can have no decision and no outcome: an entry that claims one is found', async () => {
    assert.equal(await holds([...ahead, outcome(1, 'saved')]), false);
    assert.equal(await holds([...ahead, decision(2, 'approve', { reason: 'no' }), outcome(2, 'saved')]), false);
  });
});
