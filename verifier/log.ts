import { type Logger, pino } from 'pino';
import { z } from 'zod';

export type Redact = (text: string) => string;

/** Redacts what is said in a log line, not its structure: every string in it, keys included. */
function redactValues(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redactValues(item, redact));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactValues(item, redact)]));
}

/** Redaction is loaded with the first line, so that a silent start is spared it; lines keep their order. */
export class RedactedLines {
  readonly #write: (line: string) => void;
  readonly #load: () => Promise<Redact>;
  #last: Promise<void> = Promise.resolve();

  constructor(load: () => Promise<Redact>, write: (line: string) => void) {
    this.#load = load;
    this.#write = write;
  }

  write(line: string): void {
    this.#last = this.#last.then(async () => {
      try {
        const redact = await this.#load();
        this.#write(`${JSON.stringify(redactValues(JSON.parse(line), redact))}\n`);
      } catch {
        this.#write(`${JSON.stringify({ level: 50, msg: 'a log line could not be redacted and was left out' })}\n`);
      }
    });
  }

  /** Resolves when all lines given so far are written. */
  flush(): Promise<void> {
    return this.#last;
  }
}

const WithCode = z.looseObject({ code: z.string() });

/** An error as the log has it: what and where, never the text that was examined. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: 'not an Error' };
  const code = WithCode.safeParse(error);
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 8);
  return {
    name: error.name,
    ...(code.success ? { code: code.data.code } : {}),
    message: error.message,
    frames,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** Structured log, one JSON object a line. */
export function createLog(lines: RedactedLines): Logger {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } }, lines);
}
