import { readHello } from './hello.ts';
import { type Listening, listenPrivately } from './http/listen.ts';
import { createLog, RedactedLines } from './log.ts';
import type { Ready, StartFailure } from './protocol/handshake.ts';
import type { LedgerEntry } from './protocol/ledgerEntry.ts';
import { SentinelError } from './protocol/problem.ts';
import { PROTOCOL_VERSION } from './protocol/vocabulary.ts';
import { createService, loadRedact, type Service } from './services.ts';

/** As in sysexits.h: the parent's fault, a file's, ours. */
const EX_USAGE = 64;
const EX_SOFTWARE = 70;
const EX_IOERR = 74;

/** A parent that does not read is this far behind at most; the ledger's file has every entry. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
const STOP_DEADLINE_MS = 5_000;

const lines = new RedactedLines(loadRedact, (line) => process.stderr.write(line));
const log = createLog(lines);

/** NDJSON on standard output: the ready line, then each ledger entry. */
function print(value: Ready | StartFailure | LedgerEntry): void {
  if (process.stdout.writableLength < MAX_UNREAD_BYTES) process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function leave(code: number): Promise<never> {
  await lines.flush();
  process.exit(code);
}

/** Says why there is no verifier, in words for a person; details go to the log. */
async function fail(error: unknown): Promise<never> {
  const known = error instanceof SentinelError;
  log.error({ err: error }, 'the verifier could not start');
  const redact = await loadRedact();
  const message = known ? redact(error.message) : 'The verifier could not start; its log says why.';
  const line: StartFailure = { type: 'failed', code: known ? error.code : 'internal', message };
  const code = !known ? EX_SOFTWARE : error.code === 'ledger_failed' ? EX_IOERR : EX_USAGE;
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, resolve));
  return leave(code);
}

/** Stops once, on whichever sign comes first, and leaves even if something does not let go. */
function stopOnce(service: Service, listening: Listening): void {
  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info(`stopping: ${why}`);
    const overdue = setTimeout(() => void leave(EX_SOFTWARE), STOP_DEADLINE_MS);
    service
      .stop(listening)
      .then(() => leave(0))
      .catch((error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        return leave(EX_SOFTWARE);
      })
      .finally(() => clearTimeout(overdue));
  };
  process.stdin.once('end', () => stop('standard input was closed'));
  process.stdin.once('close', () => stop('standard input was closed'));
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  // What follows the hello has no meaning; reading it is how the end is noticed.
  process.stdin.resume();
}

// An unforeseen error leaves no verifier that might be half right: closed, and the parent starts another.
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'unforeseen error');
  void leave(EX_SOFTWARE);
});
// The parent is gone; the end of standard input says so as well.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

try {
  const hello = await readHello(process.stdin);
  const service = await createService(hello, { log });
  const listening = await listenPrivately(service.app.server);
  stopOnce(service, listening);
  const { person, version } = service;
  print({ type: 'ready', protocol: PROTOCOL_VERSION, version, pid: process.pid, socket: listening.address, person });
  service.onEntry(print);
  service.begin();
} catch (error) {
  await fail(error);
}
