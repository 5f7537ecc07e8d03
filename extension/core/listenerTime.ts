import { type Clock, wait } from './ports.ts';
import { said, type Words } from './said.ts';

/** VS Code gives all its listeners 1.5 s together, and after four late or failed answers never asks again. */
export const LISTENER_MS = 1_400;

/**
 * The answer of `run`, or undefined where it fails or is late: `failed` is told why, once. After that `isLate` says
 * that nobody waits for the answer any more.
 */
export async function inListenerTime<T>(
  clock: Clock,
  run: (isLate: () => boolean) => Promise<T | undefined>,
  failed: (why: Words) => void,
): Promise<T | undefined> {
  let isOver = false;
  const late = wait(clock, LISTENER_MS).then(() => ({ why: said('the disk did not answer in time') }));
  const answer = run(() => isOver).then(
    (value) => ({ value }),
    (error: unknown) => ({ why: error instanceof Error ? error.message : String(error) }),
  );
  const first = await Promise.race([late, answer]);
  isOver = true;
  if ('value' in first) return first.value;
  failed(first.why);
  return undefined;
}

/** A text without a verdict by now is held: the rest of the listeners' time is for putting the disk's text back. */
const VERDICT_MS = 950;
/** As the guard's own deadlines. */
export const VERDICT = { start: VERDICT_MS, answer: VERDICT_MS };

/** Whether the text may be written, as far as that is known in time; `otherwise` where it is not. */
export function verdictInTime(clock: Clock, mayWrite: Promise<boolean>, otherwise = false): Promise<boolean> {
  return Promise.race([mayWrite, wait(clock, VERDICT_MS).then(() => otherwise)]);
}
