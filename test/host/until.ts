import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is truthy. The limit only ends a wait that has failed: it is no measure of speed. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { timeout = 20_000, every = 40 } = {},
): Promise<Exclude<T, undefined | null | false | '' | 0>> {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > end) throw new Error(`waited ${timeout / 1000} s in vain: ${what}`);
    await sleep(every);
  }
}

function isThere<T>(answer: T): answer is Exclude<T, undefined | null | false | '' | 0> {
  return Boolean(answer);
}
