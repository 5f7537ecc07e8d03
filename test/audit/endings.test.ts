import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { PROVIDERS } from './providers.ts';
import { NEVER, request } from './samples.ts';

for (const { name, say, next, requests, auditor } of PROVIDERS) {
  describe(`${name}: cancelling`, () => {
    it('before the request sends nothing and uses up nothing', async () => {
      const one = auditor({ settings: { dailyRequestCap: 1 } });
      const result = await one.audit(request(), AbortSignal.abort());
      assert.match(result.state === 'unavailable' ? result.why : '', /cancelled/);
      assert.equal(requests.length, 0);
      assert.equal((await one.audit(request(), NEVER)).state, 'ran');
    });

    for (const [phase, act] of [
      ['headers', say.hang()],
      ['body', say.slowBody(60_000)],
    ] as const) {
      it(`while the ${phase} are awaited ends the request and counts against nobody`, async () => {
        const one = auditor();
        for (let i = 0; i < 5; i += 1) {
          const controller = new AbortController();
          next(() => {
            setTimeout(() => controller.abort(), 30);
            return act;
          });
          const result = await one.audit(request(), controller.signal);
          assert.match(result.state === 'unavailable' ? result.why : '', /cancelled/);
        }
        assert.equal((await one.audit(request(), NEVER)).state, 'ran');
        assert.equal(requests.filter((sent) => sent.aborted).length, 5);
      });
    }
  });

  it(`${name}: an audit leaves no listener on the signal that it was given`, async () => {
    const { signal } = new AbortController();
    next(say.verdict(), say.internal());
    for (let i = 0; i < 2; i += 1) await auditor().audit(request(), signal);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  describe(`${name}: a failing service`, () => {
    it('is left alone after three failures, then probed', async () => {
      let now = 0;
      const one = auditor({ clock: () => now });
      next(say.internal(), say.reset(), say.overloaded());
      for (let i = 0; i < 3; i += 1) await one.audit(request(), NEVER);
      const paused = await one.audit(request(), NEVER);
      assert.match(paused.state === 'unavailable' ? paused.why : '', /HTTP 503.*Next attempt in 30 s/);
      assert.equal(requests.length, 3);
      now += 30_000;
      assert.equal((await one.audit(request(), NEVER)).state, 'ran');
    });

    it('is probed again after a day whose cap was used up when the pause ended', async () => {
      let now = 0;
      const one = auditor({ settings: { dailyRequestCap: 3 }, clock: () => now });
      next(say.internal(), say.internal(), say.internal());
      for (let i = 0; i < 3; i += 1) await one.audit(request(), NEVER);
      now += 30_000;
      assert.match(JSON.stringify(await one.audit(request(), NEVER)), /daily cap/);
      now += 86_400_000;
      assert.equal((await one.audit(request(), NEVER)).state, 'ran');
    });

    it('that asks for a pause gets it at once', async () => {
      let now = 0;
      const one = auditor({ clock: () => now });
      next(say.rateLimited(7));
      await one.audit(request(), NEVER);
      now += 6_999;
      assert.equal((await one.audit(request(), NEVER)).state, 'unavailable');
      assert.equal(requests.length, 1);
      now += 1;
      assert.equal((await one.audit(request(), NEVER)).state, 'ran');
    });

    it('is not what spoilt content makes of it', async () => {
      const one = auditor();
      next(...Array.from({ length: 8 }, () => say.answerBlocked('PROHIBITED_CONTENT')));
      for (let i = 0; i < 8; i += 1) assert.equal((await one.audit(request(), NEVER)).state, 'refused');
      assert.equal((await one.audit(request(), NEVER)).state, 'ran');
    });
  });
}
