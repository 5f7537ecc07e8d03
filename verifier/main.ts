import { loadRedact } from './auditSource.ts';
import { readHello } from './hello.ts';
import { removeAbandoned } from './http/abandoned.ts';
import { listenPrivately } from './http/listen.ts';
import { createLog, RedactedLines } from './log.ts';
import type { Ready, StartFailure } from './protocol/handshake.ts';
import { SentinelError } from './protocol/problem.ts';
import { PROTOCOL_VERSION } from './protocol/vocabulary.ts';
import { createService } from './services.ts';
import { EX_IOERR, EX_SOFTWARE, EX_USAGE, endOnUnforeseen, leave, printEntry, stopOnSigns } from './stopping.ts';

const lines = new RedactedLines(loadRedact, (line) => process.stderr.write(line));
const own = { lines, log: createLog(lines) };

/** Says why there is no verifier, in words for a person; details go to the log. */
async function fail(error: unknown): Promise<never> {
  const known = error instanceof SentinelError;
  own.log.error({ err: error }, 'the verifier could not start');
  const redact = await loadRedact();
  const message = known ? redact(error.message) : 'The verifier could not start; its log says why.';
  const failure: StartFailure = { type: 'failed', code: known ? error.code : 'internal', message };
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(failure)}\n`, resolve));
  return leave(own, !known ? EX_SOFTWARE : error.code === 'ledger_failed' ? EX_IOERR : EX_USAGE);
}

async function start(): Promise<void> {
  const hello = await readHello(process.stdin);
  const service = await createService(hello, { log: own.log });
  const listening = await listenPrivately(service.app.server);
  stopOnSigns(own, service, listening, true);
  const { person, version } = service;
  const ready: Ready = { type: 'ready', protocol: PROTOCOL_VERSION, version, pid: process.pid, socket: listening.address, person };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  service.onEntry(printEntry);
  service.begin();
  const removed = await removeAbandoned(listening.directory);
  if (removed > 0) own.log.info({ removed }, 'socket directories of killed verifiers were removed');
}

endOnUnforeseen(own);
start().catch(fail);
