import type { Readable } from 'node:stream';
import { z } from 'zod';
import { Hello } from './protocol/handshake.ts';
import { SentinelError } from './protocol/problem.ts';
import { PROTOCOL_VERSION } from './protocol/vocabulary.ts';

const MAX_BYTES = 1024 * 1024;
const DEADLINE_MS = 5_000;

/** The first line of a stream, without its end; what follows it is thrown away. */
export function firstLine(stream: Readable, deadlineMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const fail = (message: string) => finish(() => reject(new SentinelError('bad_request', message)));
    const timer = setTimeout(() => fail('No hello arrived in time: the parent writes one JSON line to standard input.'), deadlineMs);
    const onEnd = () => fail('Standard input ended before the hello line was complete.');
    const onData = (chunk: Buffer) => {
      const end = chunk.indexOf(0x0a);
      const part = end < 0 ? chunk : chunk.subarray(0, end);
      bytes += part.length;
      if (bytes > MAX_BYTES) return fail(`The hello line is longer than ${MAX_BYTES} bytes.`);
      chunks.push(part);
      if (end >= 0) finish(() => resolve(Buffer.concat(chunks).toString('utf8')));
    };
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('error', onEnd);
      settle();
    };
    stream.on('data', onData).on('end', onEnd).on('error', onEnd);
  });
}

/**
 * Reads and checks the hello. The protocol is looked at first, so that a mismatch is said as such and
 * not as a list of fields.
 * @throws SentinelError `bad_request` or `protocol_mismatch`; messages never repeat what was sent.
 */
export async function readHello(stream: Readable, deadlineMs = DEADLINE_MS): Promise<Hello> {
  return parseHello(await firstLine(stream, deadlineMs));
}

export function parseHello(line: string): Hello {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new SentinelError('bad_request', 'The hello line is not JSON.');
  }
  const version = z.looseObject({ protocol: z.int() }).safeParse(value);
  if (version.success && version.data.protocol !== PROTOCOL_VERSION) {
    throw new SentinelError(
      'protocol_mismatch',
      `The parent speaks protocol ${version.data.protocol}, this verifier ${PROTOCOL_VERSION}: update the older of the two.`,
    );
  }
  const hello = Hello.safeParse(value);
  if (!hello.success) {
    const fields = hello.error.issues.map((issue) => issue.path.join('.') || 'hello').slice(0, 5);
    throw new SentinelError('bad_request', `The hello does not fit the contract at: ${fields.join(', ')}.`);
  }
  if (hello.data.assessToken === hello.data.decideToken) {
    throw new SentinelError('bad_request', 'The assess and decide tokens must differ: else whoever may ask may also decide.');
  }
  return hello.data;
}
