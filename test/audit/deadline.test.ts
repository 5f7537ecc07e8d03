import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../verifier/audit/deadline.ts';
import { NEVER } from './samples.ts';

const forever = (signal: AbortSignal) => sleep(600_000, undefined, { signal });

describe('a deadline', () => {
  it('passes on what comes in time', async () => {
    assert.deepEqual(await withDeadline(600_000, NEVER, async () => 7), { ended: 'done', value: 7 });
  });

  it('ends what is late', async () => {
    assert.deepEqual(await withDeadline(10, NEVER, forever), { ended: 'late' });
  });

  it('ends what is cancelled meanwhile', async () => {
    const controller = new AbortController();
    const ended = withDeadline(600_000, controller.signal, forever);
    controller.abort();
    assert.deepEqual(await ended, { ended: 'cancelled' });
  });

  it('starts nothing that was cancelled before', async () => {
    let started = false;
    const ended = await withDeadline(600_000, AbortSignal.abort(), async () => {
      started = true;
    });
    assert.deepEqual([ended, started], [{ ended: 'cancelled' }, false]);
  });

  it('does not hide other errors', async () => {
    await assert.rejects(
      withDeadline(600_000, NEVER, () => Promise.reject(new Error('other'))),
      /other/,
    );
  });
});
