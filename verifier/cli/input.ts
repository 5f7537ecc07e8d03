import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { MAX_TEXT, type Subject } from '../protocol/subject.ts';
import { decode } from './decode.ts';
import { CommandError, EXIT } from './exitCodes.ts';

export interface CheckArguments {
  readonly command?: string;
  readonly file?: string;
  readonly prompt?: string;
  readonly response?: boolean;
  readonly filename?: string;
  readonly language?: string;
  readonly cwd: string;
}

export interface Input {
  readonly subject: Subject;
  readonly notes: readonly string[];
}

const CUT = `Only the first ${MAX_TEXT} bytes were read.`;

/** At most {@link MAX_TEXT} bytes of a stream, and whether there were more. */
async function readStart(stream: Readable): Promise<{ bytes: Buffer; cut: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > MAX_TEXT) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, MAX_TEXT), cut: length > MAX_TEXT };
}

async function readText(stream: Readable): Promise<{ text: string; notes: string[] }> {
  const { bytes, cut } = await readStart(stream);
  const { text, note } = decode(bytes);
  return { text, notes: [...(cut ? [CUT] : []), ...(note === undefined ? [] : [note])] };
}

async function readNamed(path: string): Promise<{ text: string; notes: string[] }> {
  try {
    return await readText(createReadStream(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new CommandError(EXIT.noInput, `${path} can't be read (${code}): check the path and its permissions.`, { cause: error });
  }
}

/** What the arguments and standard input together ask to be examined. `-` reads standard input. */
export async function readInput(given: CheckArguments, stdin: Readable): Promise<Input> {
  const { command, file, prompt, response, filename, language, cwd } = given;
  const ways = [command, file, prompt, response].filter((way) => way !== undefined);
  if (ways.length > 1) throw new CommandError(EXIT.usage, 'Give one of --command, --file, --prompt and --response.');
  const spoken = language === undefined ? {} : { language };
  const textOf = async (value: string) => (value === '-' ? readText(stdin) : { text: value, notes: [] });
  if (file !== undefined && file !== '-') {
    const path = resolve(cwd, file);
    const { text, notes } = await readNamed(path);
    return { subject: { kind: 'file', text, path: filename ?? path, ...spoken }, notes };
  }
  if (prompt !== undefined) {
    const { text, notes } = await textOf(prompt);
    return { subject: { kind: 'prompt', text }, notes };
  }
  if (response === true) {
    const { text, notes } = await readText(stdin);
    return { subject: { kind: 'response', text }, notes };
  }
  if (command !== undefined) {
    const { text, notes } = await textOf(command);
    return { subject: { kind: 'command', text, cwd, ...spoken }, notes };
  }
  const { text, notes } = await readText(stdin);
  // A name or `--file -` says that it is a file; bare input is a command.
  if (filename !== undefined || file !== undefined) {
    return { subject: { kind: 'file', text, path: filename ?? 'stdin', ...spoken }, notes };
  }
  return { subject: { kind: 'command', text, cwd, ...spoken }, notes };
}
