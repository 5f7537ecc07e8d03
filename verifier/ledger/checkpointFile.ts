import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { SentinelError } from '../protocol/problem.ts';
import { originOf, parseCheckpoint, type ReadCheckpoint } from './checkpoint.ts';
import { errorCode, MOVE_AWAY } from './failure.ts';
import { type LedgerFile, type LedgerFiles, readPieces } from './filePort.ts';
import { splitLines } from './lines.ts';

/** Where a chain's checkpoints are: beside it. */
export function checkpointPath(dir: string, chain: string): string {
  return join(dir, `${chain}.checkpoints`);
}

/** A checkpoint in a file, or what stands where one should; `line` is its first. */
export interface CheckpointLine {
  readonly line: number;
  readonly checkpoint: ReadCheckpoint | undefined;
  readonly text: string;
}

/** Notes are short: a longer one is not read on, so that memory stays bounded. */
const MAX_NOTE_LINES = 64;

/**
 * The checkpoints of a file, in order: each a signed note, followed by an empty line. What was not finished at
 * the end is left out. Only the first `size` bytes are read.
 */
export async function* readCheckpoints(path: string, size: number): AsyncIterable<CheckpointLine> {
  let lines: string[] = [];
  let first = 1;
  let blanks = 0;
  for await (const batch of splitLines(upTo(readPieces(path), size))) {
    for (const { number, bytes, complete } of batch) {
      if (!complete) continue;
      const line = Buffer.from(bytes).toString('utf8');
      if (lines.length === 0) first = number;
      if (line === '') blanks += 1;
      // The first empty line is inside the note, the second ends it.
      if (blanks < 2 && lines.length < MAX_NOTE_LINES) {
        lines.push(line);
        continue;
      }
      const text = `${lines.join('\n')}\n`;
      yield { line: first, checkpoint: parseCheckpoint(text), text };
      lines = [];
      blanks = 0;
    }
  }
  const rest = `${lines.join('\n')}\n`;
  const checkpoint = parseCheckpoint(rest);
  if (checkpoint !== undefined) yield { line: first, checkpoint, text: rest };
}

async function* upTo(pieces: AsyncIterable<Uint8Array>, size: number): AsyncIterable<Uint8Array> {
  let left = size;
  for await (const piece of pieces) {
    if (left <= 0) return;
    yield piece.subarray(0, left);
    left -= piece.length;
  }
}

/** How many bytes of checkpoints there are now; undefined where there is no file. */
export async function checkpointBytes(path: string): Promise<number | undefined> {
  try {
    await using handle = await open(path, constants.O_RDONLY);
    return (await handle.stat()).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const TAIL_BYTES = 64 * 1024;
/** No note is longer: more than that is not the rest of a write that was broken off. */
const MAX_UNFINISHED = 4096;
const END = '\n\n';

/**
 * A chain's file of checkpoints, opened for appending: what a crash left unfinished at its end is cut off first.
 * `last` is the newest checkpoint.
 * @throws SentinelError `ledger_failed` where it ends in something else.
 */
export async function openCheckpoints(
  dir: string,
  chain: string,
  files: LedgerFiles,
): Promise<{ readonly file: LedgerFile; readonly last: ReadCheckpoint | undefined }> {
  const path = checkpointPath(dir, chain);
  const file = await openOrCreate(dir, path, files);
  try {
    const size = await file.size();
    const parts: Uint8Array[] = [];
    for await (const piece of file.read(Math.max(0, size - TAIL_BYTES))) parts.push(piece);
    const { last, unfinished } = lastNote(Buffer.concat(parts).toString('latin1'), originOf(chain));
    if (unfinished > MAX_UNFINISHED)
      throw new SentinelError('ledger_failed', `${path} does not end like a list of checkpoints: ${MOVE_AWAY}.`);
    if (unfinished > 0) {
      await file.truncate(size - unfinished);
      await file.sync();
    }
    return { file, last: last === undefined ? undefined : parseCheckpoint(Buffer.from(last, 'latin1').toString('utf8')) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The last whole note in a text, and how many letters follow it. Each note holds one empty line, and another follows it. */
function lastNote(text: string, origin: string): { readonly last: string | undefined; readonly unfinished: number } {
  let last: string | undefined;
  let end = 0;
  for (let at = text.indexOf(`${origin}\n`); at !== -1; at = text.indexOf(`${origin}\n`, end)) {
    const inside = text.indexOf(END, at);
    const close = inside === -1 ? -1 : text.indexOf(END, inside + END.length);
    if (close === -1) break;
    last = text.slice(at, close + 1);
    end = close + END.length;
  }
  return { last, unfinished: text.length - end };
}

async function openOrCreate(dir: string, path: string, files: LedgerFiles): Promise<LedgerFile> {
  try {
    return await files.open(path, 'existing');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    const file = await files.open(path, 'create');
    await files.syncFolder(dir);
    return file;
  }
}
