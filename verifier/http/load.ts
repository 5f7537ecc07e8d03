import type { FastifyInstance } from 'fastify';
import { SentinelError } from '../protocol/problem.ts';

export interface LoadState {
  /** Once true, new requests are refused while those that run are finished. */
  shuttingDown: boolean;
  /** Resolves when no request is being worked on, or after `ms`. */
  idle(ms: number): Promise<void>;
}

/** Bounds how many requests are worked on at once; health and events are not counted. */
export function installLoad(app: FastifyInstance, maxConcurrent: number): LoadState {
  let running = 0;
  const counted = new WeakSet<object>();
  let onIdle: (() => void) | undefined;
  const state: LoadState = {
    shuttingDown: false,
    idle: (ms) =>
      new Promise((resolve) => {
        if (running === 0) return resolve();
        const timer = setTimeout(resolve, ms);
        onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
  const done = (request: object) => {
    if (!counted.delete(request)) return;
    running -= 1;
    if (running === 0) onIdle?.();
  };
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.token === 'none') return;
    if (state.shuttingDown) throw new SentinelError('shutting_down', 'The verifier is stopping: start it again and repeat the request.');
    if (running >= maxConcurrent) throw new SentinelError('too_busy', 'Too many requests at once: try again in a moment.');
    running += 1;
    counted.add(request);
  });
  app.addHook('onResponse', async (request) => done(request));
  app.addHook('onRequestAbort', async (request) => done(request));
  return state;
}
