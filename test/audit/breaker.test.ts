import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Breaker, type Ticket } from '../../verifier/audit/breaker.ts';
import { DailyCap } from '../../verifier/audit/dailyCap.ts';

function start() {
  let now = Date.UTC(2026, 0, 1, 12);
  const breaker = new Breaker(() => now);
  const admit = (): Ticket => {
    const admission = breaker.admit();
    if (!admission.admitted) assert.fail(`not admitted: ${admission.why}`);
    return admission.ticket;
  };
  const refusal = (): string => {
    const admission = breaker.admit();
    if (admission.admitted) assert.fail('admitted');
    return admission.why;
  };
  const fail = (times: number) => {
    for (let i = 0; i < times; i += 1) breaker.failed(admit(), 'Down.');
  };
  const wait = (seconds: number) => {
    now += seconds * 1000;
  };
  return { breaker, admit, refusal, fail, wait };
}

describe('the breaker', () => {
  it('opens after three failures in a row and says why and for how long', () => {
    const { refusal, fail } = start();
    fail(3);
    assert.equal(refusal(), 'Down. Next attempt in 30 s.');
  });

  it('forgets failures with each answer', () => {
    const { breaker, admit, fail } = start();
    fail(2);
    breaker.answered(admit());
    fail(2);
    admit();
  });

  it('admits one probe after the pause, and all when the probe is answered', () => {
    const { breaker, admit, refusal, fail, wait } = start();
    fail(3);
    wait(30);
    const probe = admit();
    assert.match(refusal(), /trying/);
    breaker.answered(probe);
    admit();
    admit();
  });

  it('pauses twice as long after each failed probe, up to ten minutes', () => {
    const { breaker, admit, refusal, fail, wait } = start();
    fail(3);
    let pause = 30;
    for (const next of [60, 120, 240, 480, 600, 600]) {
      wait(pause);
      breaker.failed(admit(), 'Still down.');
      assert.equal(refusal(), `Still down. Next attempt in ${next} s.`);
      pause = next;
    }
  });

  it('pauses at once for as long as the service asks, but an hour at most', () => {
    const { breaker, admit, refusal, wait } = start();
    breaker.failed(admit(), 'Limit.', 7_000);
    assert.match(refusal(), /in 7 s/);
    wait(7);
    breaker.failed(admit(), 'Limit.', 1e12);
    assert.match(refusal(), /in 3600 s/);
  });

  it('lets another probe through when the first was abandoned', () => {
    const { breaker, admit, fail, wait } = start();
    fail(3);
    wait(30);
    breaker.abandoned(admit());
    assert.equal(admit().probe, true);
  });

  it('is not swayed by late results of requests from before the pause', () => {
    const { breaker, admit, refusal, fail } = start();
    const [early, other] = [admit(), admit()];
    fail(3);
    breaker.answered(early);
    breaker.failed(other, 'Other.');
    assert.equal(refusal(), 'Down. Next attempt in 30 s.');
  });
});

describe('the daily cap', () => {
  it('ends at its number and starts anew at midnight UTC', () => {
    let now = Date.UTC(2026, 0, 1, 23, 59, 59, 999);
    const cap = new DailyCap(2, () => now);
    assert.deepEqual([cap.take(), cap.take(), cap.take()], [true, true, false]);
    now += 1;
    assert.equal(cap.take(), true);
  });

  it('of 0 admits none', () => {
    assert.equal(new DailyCap(0, () => 0).take(), false);
  });
});
