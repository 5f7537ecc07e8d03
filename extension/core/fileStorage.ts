import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Storage } from './ports.ts';

/** Beyond this many files the oldest go; empty ones are marks, which cost nothing and stay. */
const MAX_FILES = 2_000;

/** Private files (mode 0600) in one folder (mode 0700). Names are the guard's own, never a user's. */
export class FileStorage implements Storage {
  readonly #folder: string;
  #writes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#folder, name), 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Complete or not at all: a reader never sees half a text. */
  async write(name: string, text: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    this.#writes += 1;
    const partial = join(this.#folder, `${name}.${process.pid}-${this.#writes}.partial`);
    await writeFile(partial, text, { mode: 0o600 });
    await rename(partial, join(this.#folder, name));
    if (this.#writes % 100 === 1) await this.#prune();
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
  }

  async #prune(): Promise<void> {
    const names = await readdir(this.#folder);
    if (names.length <= MAX_FILES) return;
    const aged = await Promise.all(names.map(async (name) => ({ name, is: await stat(join(this.#folder, name)) })));
    aged.sort((a, b) => a.is.mtimeMs - b.is.mtimeMs);
    for (const { name, is } of aged.slice(0, aged.length - MAX_FILES)) if (is.size > 0) await this.remove(name);
  }
}
