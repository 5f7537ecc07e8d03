import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import type { Unassessed } from '../../verifier/protocol/unassessed.ts';
import { patiently } from './patiently.ts';
import { NO_LINE, readSpool, type SpoolEntry, type SpoolLine, sealLine } from './spoolLine.ts';

/** Kept free for the day on which the disk is full: a line takes less than 8 KiB. */
const RESERVE_BYTES = 64 * 1024;
const RESERVE = 'reserve';
const NAME = /^(\d+)-([0-9a-f-]{36})\.jsonl$/;
/** What could not be read as it was written is kept under this ending. */
const DAMAGED = '.damaged';

/** `faults`, in plain words: what was not found as it had been written. */
export interface Delivery {
  readonly delivered: readonly Unassessed[];
  readonly faults: readonly string[];
}

/**
 * What people let go on while no verifier could be had, until it is on record: lines of JSON in private files, one
 * line durable before each effect, each with the digest of the one before. Every window writes files of its own,
 * named by its process; those of windows that are gone are taken over by the next one that delivers.
 */
export class Spool {
  readonly #folder: string;
  readonly #pid: number;
  readonly #isAlive: (pid: number) => boolean;
  readonly #open: typeof open;
  #file: string | undefined;
  #last = NO_LINE;
  /** Lines of this window that are not on record yet, by file: what somebody takes out of a file is still here. */
  readonly #mine = new Map<string, SpoolLine[]>();
  #turn: Promise<unknown> = Promise.resolve();
  #delivering: Promise<Delivery> | undefined;

  constructor(parts: { folder: string; pid?: number; isAlive?: (pid: number) => boolean; open?: typeof open }) {
    this.#folder = parts.folder;
    this.#pid = parts.pid ?? process.pid;
    this.#isAlive = parts.isAlive ?? exists;
    this.#open = parts.open ?? open;
  }

  /** Puts space aside while there is some. */
  async reserve(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, RESERVE);
    const there = await stat(path).catch(() => undefined);
    if (there?.size !== RESERVE_BYTES) await writeFile(path, Buffer.alloc(RESERVE_BYTES, ' '), { mode: 0o600, flush: true });
  }

  /** Whether lines of this window are not on record yet. */
  get waiting(): boolean {
    return this.#mine.size > 0;
  }

  /** Resolves when the line is on the disk. Rejects with the system's error where it is not; then nothing may go on. */
  append(entry: SpoolEntry): Promise<SpoolLine> {
    return this.#inTurn(async () => {
      const line = sealLine(entry, this.#last);
      try {
        await this.#write(line);
      } catch (error) {
        if (!isFull(error)) throw error;
        await rm(join(this.#folder, RESERVE), { force: true });
        await this.#write(line);
      }
      return line;
    });
  }

  /**
   * Hands every line that is not on record to `send`, this window's and those of windows that are gone. What was
   * sent is forgotten; where `send` rejects, the rest stays and the rejection is passed on.
   */
  deliver(send: (line: Unassessed) => Promise<void>): Promise<Delivery> {
    this.#delivering ??= this.#deliver(send).finally(() => {
      this.#delivering = undefined;
    });
    return this.#delivering;
  }

  async #write(line: SpoolLine): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const name = this.#file ?? `${this.#pid}-${randomUUID()}.jsonl`;
    const file = await this.#open(join(this.#folder, name), this.#file === undefined ? 'ax' : 'a', 0o600);
    try {
      const { size } = await file.stat();
      try {
        await file.appendFile(`${JSON.stringify(line)}\n`);
        await file.sync();
      } catch (error) {
        // Half a line would spoil the next one.
        await file.truncate(size).catch(() => undefined);
        this.#file = undefined;
        throw error;
      }
    } finally {
      await file.close();
    }
    if (this.#file === undefined) await syncFolder(this.#folder);
    this.#file = name;
    this.#last = line.spoolHash;
    this.#mine.set(name, [...(this.#mine.get(name) ?? []), line]);
  }

  async #deliver(send: (line: Unassessed) => Promise<void>): Promise<Delivery> {
    const names = await this.#inTurn(async () => {
      // What is written from now on goes into another file.
      this.#file = undefined;
      return new Set([...(await this.#takeOver()), ...this.#mine.keys()]);
    });
    const delivered: Unassessed[] = [];
    const faults: string[] = [];
    for (const name of names) {
      const path = join(this.#folder, name);
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return '';
        throw error;
      });
      const read = readSpool(text, this.#mine.get(name));
      for (const line of read.lines) {
        await send(line);
        delivered.push(line);
      }
      faults.push(...read.faults);
      if (read.faults.length > 0) await patiently(() => rename(path, `${path}${DAMAGED}`)).catch(() => undefined);
      else await patiently(() => rm(path, { force: true }));
      this.#mine.delete(name);
    }
    return { delivered, faults };
  }

  /** Names of this process's files, after those of processes that are gone were made its own: by renaming, which one of several takers wins. */
  async #takeOver(): Promise<string[]> {
    const own: string[] = [];
    const booted = Date.now() - uptime() * 1000;
    for (const name of (await readdir(this.#folder).catch(() => [])).sort()) {
      const [, number, id] = NAME.exec(name) ?? [];
      if (number === undefined) continue;
      if (Number(number) === this.#pid) {
        own.push(name);
        continue;
      }
      const path = join(this.#folder, name);
      const written = await stat(path).catch(() => undefined);
      if (!written || (this.#isAlive(Number(number)) && written.mtimeMs > booted)) continue;
      const taken = `${this.#pid}-${id}.jsonl`;
      if (
        await rename(path, join(this.#folder, taken)).then(
          () => true,
          () => false,
        )
      )
        own.push(taken);
    }
    return own;
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows has no handle on a folder that could be flushed; NTFS journals the creation itself.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

function isFull(error: unknown): boolean {
  return hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
