import type { Verdict } from '../protocol/vocabulary.ts';

/** What the process says by its exit code. From 64 on as in sysexits.h: then there is no verdict. */
export const EXIT = {
  pass: 0,
  review: 1,
  block: 2,
  usage: 64,
  data: 65,
  noInput: 66,
  unavailable: 69,
  software: 70,
  configuration: 78,
} as const satisfies Record<Verdict | string, number>;

/** An error that ends the command, with its exit code; the message says what to do. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
