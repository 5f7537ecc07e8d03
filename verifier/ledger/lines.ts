import { MAX_LINE_BYTES } from './entry.ts';
import { readPieces } from './filePort.ts';

/** One line of a ledger file, without its line feed. `number` counts from one, `offset` is in bytes. */
export interface Line {
  readonly number: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** False for bytes after the last line feed: a line that was never finished. */
  readonly complete: boolean;
  /** True where the line is longer than any entry may be: `bytes` is then only its beginning. */
  readonly tooLong: boolean;
}

const LINE_FEED = 10;

/**
 * Cuts a stream of bytes into lines, a batch for each piece that came: memory is bounded by the
 * longest line that is allowed, not by the file.
 */
export async function* splitLines(
  source: AsyncIterable<Uint8Array>,
  firstNumber = 1,
  firstOffset = 0,
  longest = MAX_LINE_BYTES,
): AsyncIterable<Line[]> {
  let number = firstNumber;
  let offset = firstOffset;
  let held: Uint8Array[] = [];
  let kept = 0;
  let length = 0;
  const hold = (bytes: Uint8Array): void => {
    length += bytes.length;
    const fits = bytes.subarray(0, Math.max(0, longest + 1 - kept));
    if (fits.length === 0) return;
    held.push(fits);
    kept += fits.length;
  };
  const take = (complete: boolean): Line => {
    const only = held.length === 1 ? held[0] : undefined;
    const line = { number, offset, bytes: only ?? Buffer.concat(held), complete, tooLong: length > longest };
    number += 1;
    offset += length + 1;
    held = [];
    kept = 0;
    length = 0;
    return line;
  };
  for await (const piece of source) {
    const batch: Line[] = [];
    let from = 0;
    for (let at = piece.indexOf(LINE_FEED); at !== -1; at = piece.indexOf(LINE_FEED, from)) {
      hold(piece.subarray(from, at));
      batch.push(take(true));
      from = at + 1;
    }
    if (from < piece.length) hold(piece.subarray(from));
    if (batch.length > 0) yield batch;
  }
  if (length > 0) yield [take(false)];
}

/** The lines of a chain's files, one after the other; their numbers count through all of them, `offset` in each. */
export async function* chainLines(files: readonly string[]): AsyncIterable<{ readonly file: number; readonly lines: Line[] }> {
  let next = 1;
  for (const [file, path] of files.entries()) {
    for await (const lines of splitLines(readPieces(path), next)) {
      yield { file, lines };
      next = (lines.at(-1)?.number ?? next - 1) + 1;
    }
  }
}
