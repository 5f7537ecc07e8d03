import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { patiently } from './patiently.ts';
import type { NamedStorage } from './ports.ts';

/** Beyond this many files the oldest go; empty ones are marks, which cost nothing and stay. */
const MAX_FILES = 2_000;
const PARTIAL = '.partial';
/** What a writer that was killed has left is older than this. */
const ABANDONED_MS = 3_600_000;

/** Private files (mode 0600) in one folder (mode 0700). Names are the guard's own, never a user's. */
export class FileStorage implements NamedStorage {
  readonly #folder: string;
  readonly #durable: boolean;
  #writes = 0;

  /** `durable`: a text is on the disk itself when `write` resolves, and none is ever removed to make room. */
  constructor(folder: string, { durable = false } = {}) {
    this.#folder = folder;
    this.#durable = durable;
  }

  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#folder, name), 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Complete or not at all: a reader never sees half a text. */
  async write(name: string, text: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    this.#writes += 1;
    const partial = join(this.#folder, `${name}.${process.pid}-${this.#writes}${PARTIAL}`);
    try {
      const file = await open(partial, 'w', 0o600);
      try {
        await file.writeFile(text);
        if (this.#durable) await file.sync();
      } finally {
        await file.close();
      }
      await patiently(() => rename(partial, join(this.#folder, name)));
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      throw error;
    }
    if (this.#durable) await this.#syncFolder();
    if (this.#writes % 100 === 1) await this.#prune();
  }

  async remove(name: string): Promise<void> {
    await patiently(() => rm(join(this.#folder, name), { force: true }));
  }

  async names(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => !name.endsWith(PARTIAL));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** The rename itself is in the folder. Windows cannot open one; its file system writes renames ahead. */
  async #syncFolder(): Promise<void> {
    if (process.platform === 'win32') return;
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async #prune(): Promise<void> {
    const names = await readdir(this.#folder);
    if (!this.#durable && names.length <= MAX_FILES) return;
    const found = await Promise.all(names.map((name) => this.#aged(name)));
    const aged = found.filter((one) => one !== undefined).sort((a, b) => a.at - b.at);
    const abandoned = aged.filter(({ name, at }) => name.endsWith(PARTIAL) && at < Date.now() - ABANDONED_MS);
    const oldest = this.#durable ? [] : aged.slice(0, aged.length - MAX_FILES).filter(({ size }) => size > 0);
    for (const { name } of [...abandoned, ...oldest]) await this.remove(name);
  }

  /** Another window may have removed it meanwhile. */
  async #aged(name: string): Promise<{ name: string; at: number; size: number } | undefined> {
    try {
      const { mtimeMs: at, size } = await stat(join(this.#folder, name));
      return { name, at, size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
