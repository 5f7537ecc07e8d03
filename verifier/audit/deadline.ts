export type Ended<T> = { readonly ended: 'done'; readonly value: T } | { readonly ended: 'late' } | { readonly ended: 'cancelled' };

/**
 * Runs `run` with a signal that aborts after `ms` or with `outer`, whichever is first. Leaves neither
 * timer nor listener behind. An error that comes without an abort is passed on.
 */
export async function withDeadline<T>(ms: number, outer: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<Ended<T>> {
  if (outer.aborted) return { ended: 'cancelled' };
  const inner = new AbortController();
  const cancel = () => inner.abort();
  const timer = setTimeout(cancel, ms);
  outer.addEventListener('abort', cancel, { once: true });
  try {
    return { ended: 'done', value: await run(inner.signal) };
  } catch (error) {
    if (!inner.signal.aborted) throw error;
    return { ended: outer.aborted ? 'cancelled' : 'late' };
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', cancel);
  }
}
