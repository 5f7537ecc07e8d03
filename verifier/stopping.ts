import type { Logger } from 'pino';
import type { Listening } from './http/listen.ts';
import { entryLine } from './ledger/entry.ts';
import type { RedactedLines } from './log.ts';
import type { LedgerEntry } from './protocol/ledgerEntry.ts';
import type { Service } from './services.ts';

/** As in sysexits.h: the caller's fault, ours, a file's. */
export const EX_USAGE = 64;
export const EX_SOFTWARE = 70;
export const EX_IOERR = 74;

/** A reader that does not read is this far behind at most; the ledger's file has every entry. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
/** Longer than a busy machine takes to load what the session is opened with: a record that is closed in order is worth the wait. */
const STOP_DEADLINE_MS = 20_000;

/** One ledger entry as a line of NDJSON on standard output: the same bytes as in the ledger's file. */
export function printEntry(entry: LedgerEntry): void {
  if (process.stdout.writableLength < MAX_UNREAD_BYTES) process.stdout.write(`${entryLine(entry)}\n`);
}

export interface Process {
  readonly log: Logger;
  readonly lines: RedactedLines;
}

/** Ends the process once the log is out. */
export async function leave({ lines }: Pick<Process, 'lines'>, code: number): Promise<never> {
  await lines.flush();
  process.exit(code);
}

/** An unforeseen error leaves no verifier that might be half right: closed, and whoever needs it starts another. */
export function endOnUnforeseen(own: Process): void {
  process.on('uncaughtException', (error) => {
    own.log.fatal({ err: error }, 'unforeseen error');
    void leave(own, EX_SOFTWARE);
  });
  // A reader that is gone is no reason to fail.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}

/** Stops once, on whichever sign comes first, and leaves even if something does not let go. */
export function stopOnSigns(own: Process, service: Service, listening: Listening, withStandardInput: boolean): void {
  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    own.log.info(`stopping: ${why}`);
    setTimeout(() => void leave(own, EX_SOFTWARE), STOP_DEADLINE_MS).unref();
    service.stop(listening).then(
      () => leave(own, 0),
      (error: unknown) => {
        own.log.error({ err: error }, 'stopping failed');
        return leave(own, EX_SOFTWARE);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  if (!withStandardInput) return;
  process.stdin.once('end', () => stop('standard input was closed'));
  process.stdin.once('close', () => stop('standard input was closed'));
  // What follows the hello has no meaning; reading it is how the end is noticed.
  process.stdin.resume();
  // It may have ended while the verifier was starting, and an event is not told twice.
  if (process.stdin.readableEnded || process.stdin.destroyed) stop('standard input was closed');
}
