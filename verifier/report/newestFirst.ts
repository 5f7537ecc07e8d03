import { open } from 'node:fs/promises';

const PIECE = 256 * 1024;
const LINE_FEED = 10;

/**
 * The complete lines of a file from its last to its first, a batch for each piece that was read, newest first in
 * it. Bytes after the last line feed (a write going on, or a torn line) are left out. A reader that has seen
 * enough leaves the loop, and nothing more of the file is read.
 */
export async function* linesNewestFirst(path: string): AsyncIterable<Buffer[]> {
  const handle = await open(path, 'r');
  try {
    let position = (await handle.stat()).size;
    /** What was read of a line whose beginning lies further to the front; undefined before the last line feed. */
    let rest: Buffer[] | undefined;
    while (position > 0) {
      const length = Math.min(PIECE, position);
      position -= length;
      const piece = Buffer.alloc(length);
      // A file that was cut meanwhile gives less; it is then read as it was found.
      const { bytesRead } = await handle.read(piece, 0, length, position);
      let head = piece.subarray(0, bytesRead);
      const batch: Buffer[] = [];
      for (let at = head.lastIndexOf(LINE_FEED); at !== -1; at = head.lastIndexOf(LINE_FEED)) {
        if (rest !== undefined) batch.push(Buffer.concat([head.subarray(at + 1), ...rest]));
        rest = [];
        head = head.subarray(0, at);
      }
      if (rest !== undefined) rest = [head, ...rest];
      if (batch.length > 0) yield batch;
    }
    if (rest !== undefined) yield [Buffer.concat(rest)];
  } finally {
    await handle.close();
  }
}
