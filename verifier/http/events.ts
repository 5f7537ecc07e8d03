import type { FastifyInstance } from 'fastify';
import type { Ledger } from '../ledger/ledger.ts';
import { EVENTS_PATH } from '../protocol/routes.ts';

/** A reader this many bytes behind is cut off rather than kept in memory; it can read the file. */
const MAX_BEHIND = 8 * 1024 * 1024;

/** Server-sent events: each ledger entry as it becomes durable, with its sequence number as id. */
export function registerEvents(app: FastifyInstance, ledger: Ledger): void {
  const ends = new Set<() => void>();
  app.get(EVENTS_PATH, { config: { token: 'assess' } }, (_request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    raw.write(': entries follow\n\n');
    const stop = ledger.onEntry((entry) => {
      if (raw.writableLength > MAX_BEHIND) raw.destroy();
      else raw.write(`id: ${entry.seq}\ndata: ${JSON.stringify(entry)}\n\n`);
    });
    const end = () => {
      stop();
      ends.delete(end);
      raw.end();
    };
    ends.add(end);
    raw.once('close', end);
  });
  app.addHook('preClose', async () => {
    for (const end of [...ends]) end();
  });
}
