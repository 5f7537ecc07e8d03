import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { patiently } from '../../extension/core/patiently.ts';

/** Fails `times` times with `code`, then gives the number of calls. */
function failing(times: number, code: string) {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw Object.assign(new Error(code), { code });
    return calls;
  };
}

describe('a file that another program holds', () => {
  for (const code of ['EPERM', 'EBUSY', 'EACCES']) {
    it(`is tried again on Windows after ${code}, with growing pauses`, async () => {
      const pauses: number[] = [];
      const pause = async (ms: number) => pauses.push(ms);
      assert.equal(await patiently(failing(8, code), { platform: 'win32', pause }), 9);
      assert.deepEqual(pauses, [10, 20, 40, 80, 160, 320, 500, 500]);
    });
  }

  for (const [platform, code, times] of [
    ['win32', 'ENOSPC', 1],
    ['win32', 'EPERM', 50],
    ['linux', 'EPERM', 1],
    ['darwin', 'EBUSY', 1],
  ] as const) {
    it(`is given up on ${platform} after ${code} (${times} times)`, async () => {
      const pause = async () => {};
      await assert.rejects(patiently(failing(times, code), { platform, pause }), { code });
    });
  }
});
