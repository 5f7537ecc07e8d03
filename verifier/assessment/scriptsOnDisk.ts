import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ScriptFile } from '../gates/shell/scriptFiles.ts';

/** Bytes of a script that are examined; manifests and scripts are far smaller. */
const MAX_TEXT_BYTES = 1024 * 1024;
/** Bytes that are read for the digest; a larger file has none. */
const MAX_HASHED_BYTES = 64 * 1024 * 1024;
const CHUNK = 256 * 1024;

/** A script with the digest of its bytes, where it could be read to the end. */
export interface ScriptOnDisk extends ScriptFile {
  /** SHA-256 over the whole file. */
  readonly digest?: string;
}

/**
 * Reads a file that a command would run. Follows symbolic links, and never waits: pipes, devices and sockets are not read.
 * Never rejects; what could not be read is a state.
 */
export async function readScript(path: string): Promise<ScriptOnDisk> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { path, state: code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' ? 'missing' : 'unreadable' };
  }
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) return { path, state: 'missing' };
    if (!stat.isFile()) return { path, state: 'special' };
    return await contents(path, file);
  } catch {
    return { path, state: 'unreadable' };
  } finally {
    await file.close();
  }
}

async function contents(path: string, file: FileHandle): Promise<ScriptOnDisk> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let length = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(CHUNK), position: length });
    if (bytesRead === 0) break;
    const bytes = buffer.subarray(0, bytesRead);
    hash.update(bytes);
    if (length < MAX_TEXT_BYTES) kept.push(bytes);
    length += bytesRead;
    if (length > MAX_HASHED_BYTES) break;
  }
  const start = Buffer.concat(kept).subarray(0, MAX_TEXT_BYTES);
  const whole = length <= MAX_HASHED_BYTES ? { digest: hash.digest('hex') } : {};
  if (isProgram(start)) return { path, state: 'program', ...whole };
  return { path, state: length > MAX_TEXT_BYTES ? 'too-large' : 'read', text: decoded(start), ...whole };
}

/** Marks of executables: ELF, PE, Mach-O in both byte orders and for several processors. */
const MAGIC = ['7f454c46', '4d5a', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe'];

/** What no shell reads as a script: an executable, or a NUL within the first line (as bash itself tells them). */
function isProgram(bytes: Buffer): boolean {
  const mark = bytes.subarray(0, 4).toString('hex');
  if (MAGIC.some((magic) => mark.startsWith(magic))) return true;
  if (isUtf16(bytes)) return false;
  const line = bytes.indexOf(10);
  return bytes.subarray(0, Math.min(80, line < 0 ? 80 : line)).includes(0);
}

function isUtf16(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xfe;
}

function decoded(bytes: Buffer): string {
  return new TextDecoder(isUtf16(bytes) ? 'utf-16le' : 'utf-8').decode(bytes);
}
