import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { MAX_TEXT } from '../../verifier/protocol/subject.ts';
import type { Unassessable } from './ports.ts';

/** VS Code's own rule: what holds a zero byte near its beginning is not text. */
const LOOKED_AT = 8192;
/** A text that a shell would find in the bytes of a UTF-16 file. */
const READABLE_BYTES = /[\t\n\r -~]{4}/;

/**
 * What a program that opens the file finds in it, whatever encoding the editor was told to use: UTF-8, or
 * UTF-16 where a byte order mark says so. Undefined where there is no such file (any more).
 */
export async function readDiskText(path: string): Promise<string | Unassessable | undefined> {
  let file: FileHandle | undefined;
  try {
    // A repository can bring a link to a pipe or a device: neither may be waited for nor read to its end.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = await file.stat();
    if (found.isDirectory()) return undefined;
    if (!found.isFile()) return { unassessable: 'not a regular file' };
    if (found.size > MAX_TEXT) return { unassessable: 'too large' };
    return textOfBytes(await upTo(file, MAX_TEXT));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    return { unassessable: 'not readable' };
  } finally {
    await file?.close();
  }
}

/** The size that was told may not be the size that is there. */
async function upTo(file: FileHandle, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let size = 0; size <= limit; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(65_536));
    if (bytesRead === 0) break;
    size += bytesRead;
    pieces.push(buffer.subarray(0, bytesRead));
  }
  return Buffer.concat(pieces);
}

/** What {@link readDiskText} says of these bytes. */
export function textOfBytes(content: Uint8Array): string | Unassessable {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length > MAX_TEXT) return { unassessable: 'too large' };
  const asUtf8 = new TextDecoder().decode(bytes);
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') {
    const text = new TextDecoder(mark === 'fffe' ? 'utf-16le' : 'utf-16be').decode(bytes);
    // Letters of one reading can be commands in the other.
    return READABLE_BYTES.test(bytes.toString('latin1')) ? `${text}\n${asUtf8}` : text;
  }
  // A zero byte stops no interpreter, so it does not stop the gates where all else is text.
  if (bytes.subarray(0, LOOKED_AT).includes(0) && !isUtf8(bytes)) return { unassessable: 'not text' };
  return asUtf8;
}
