import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** An open ledger file. Every method rejects with the system's own error. */
export interface LedgerFile {
  /** Writes all bytes at the end. They may be lost in a crash until {@link sync} has resolved. */
  append(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything appended or truncated so far is on stable storage (fdatasync). */
  sync(): Promise<void>;
  /** Cuts the file to `size` bytes. */
  truncate(size: number): Promise<void>;
  size(): Promise<number>;
  /** The bytes from `start` to the end, in pieces. */
  read(start: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Where ledger files live. */
export interface LedgerFiles {
  /** Opens a file for appending; `create` demands that it did not exist. Mode 0600. */
  open(path: string, how: 'create' | 'existing'): Promise<LedgerFile>;
  /** Makes the creation of files in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

const PIECE = 256 * 1024;

async function* pieces(handle: FileHandle, start: number): AsyncIterable<Uint8Array> {
  for (let position = start; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(PIECE), 0, PIECE, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The real file system. */
export const diskFiles: LedgerFiles = {
  async open(path, how) {
    const flags = constants.O_RDWR | constants.O_APPEND | (how === 'create' ? constants.O_CREAT | constants.O_EXCL : 0);
    const handle = await open(path, flags, 0o600);
    return {
      append: (bytes) => handle.appendFile(bytes),
      sync: () => handle.datasync(),
      truncate: (size) => handle.truncate(size),
      size: async () => (await handle.stat()).size,
      read: (start) => pieces(handle, start),
      close: () => handle.close(),
    };
  },
  async syncFolder(path) {
    // Windows has no handle on a folder that could be flushed; NTFS journals the creation itself.
    if (process.platform === 'win32') return;
    const folder = await open(path, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

/** The bytes of a file that is only read, in pieces. */
export async function* readPieces(path: string): AsyncIterable<Uint8Array> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    yield* pieces(handle, 0);
  } finally {
    await handle.close();
  }
}
