import { rm } from 'node:fs/promises';
import { diskFiles, type LedgerFile, type LedgerFiles } from '../../verifier/ledger/filePort.ts';

/** The machine has lost power: nothing that was called after it ever returns. */
export class PowerCut extends Error {}

/**
 * Files as a disk with a volatile cache keeps them: what was appended is lost in a crash, but for a
 * prefix of any length, unless a sync came after it; so is a new file without a sync of its folder. The
 * crash comes at the n-th operation. `journal` tells what was asked for, in order.
 */
export class CrashingFiles implements LedgerFiles {
  readonly journal: string[] = [];
  readonly #crashAt: number;
  /** Of what a crash finds unsynced, the part that reached the disk all the same: 0 to 1. */
  readonly #survives: number;
  readonly #unlisted = new Set<string>();
  readonly #pending = new Map<string, { real: LedgerFile; bytes: Uint8Array[] }>();
  crashed = false;

  constructor(crashAt: number, survives: number) {
    this.#crashAt = crashAt;
    this.#survives = survives;
  }

  get operations(): number {
    return this.journal.length;
  }

  async #step(what: string): Promise<void> {
    if (this.crashed) throw new PowerCut();
    this.journal.push(what);
    if (this.journal.length < this.#crashAt) return;
    this.crashed = true;
    for (const [path, { real, bytes }] of this.#pending) {
      const lost = Buffer.concat(bytes);
      if (this.#unlisted.has(path)) await rm(path, { force: true });
      else await real.append(lost.subarray(0, Math.floor(lost.length * this.#survives)));
      await real.close();
    }
    throw new PowerCut();
  }

  async open(path: string, how: 'create' | 'existing'): Promise<LedgerFile> {
    await this.#step(`open ${how}`);
    const real = await diskFiles.open(path, how);
    if (how === 'create') this.#unlisted.add(path);
    const pending = { real, bytes: [] as Uint8Array[] };
    this.#pending.set(path, pending);
    return {
      append: async (bytes) => {
        await this.#step('append');
        pending.bytes.push(bytes);
      },
      sync: async () => {
        await this.#step('sync');
        await real.append(Buffer.concat(pending.bytes.splice(0)));
      },
      truncate: async (size) => {
        await this.#step('truncate');
        await real.truncate(size);
      },
      size: () => real.size(),
      read: (start) => real.read(start),
      close: async () => {
        if (this.crashed) return;
        this.#pending.delete(path);
        await real.close();
      },
    };
  }

  async syncFolder(): Promise<void> {
    await this.#step('sync folder');
    this.#unlisted.clear();
  }
}
