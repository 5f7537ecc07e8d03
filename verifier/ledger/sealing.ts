import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256Bytes } from '../protocol/digest.ts';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import { SentinelError } from '../protocol/problem.ts';
import { chainFiles } from './chainParts.ts';
import { isCheckpointSignedBy, type ReadCheckpoint, type SealedCheckpoint, sealCheckpoint } from './checkpoint.ts';
import { checkpointPath, openCheckpoints } from './checkpointFile.ts';
import { readEntry } from './entry.ts';
import { fileFailure, MOVE_AWAY } from './failure.ts';
import type { LedgerFile, LedgerFiles } from './filePort.ts';
import type { Identity } from './identity.ts';
import { chainLines } from './lines.ts';
import { MerkleTree } from './merkle.ts';

/** When a checkpoint is sealed: after so many new entries, or so long after the first of them. */
export interface SealingRhythm {
  readonly entries: number;
  readonly ms: number;
}
export const SEALING_RHYTHM: SealingRhythm = { entries: 256, ms: 15 * 60_000 };

export interface SealerOptions {
  readonly dir: string;
  readonly chain: string;
  readonly identity: Identity;
  readonly files: LedgerFiles;
  readonly rhythm: SealingRhythm;
}

const StateFile = z.strictObject({ size: z.int().nonnegative(), peaks: z.array(z.string().regex(/^[0-9a-f]{64}$/)) });

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

/**
 * Seals checkpoints over a chain that somebody writes, off the way of who waits for an entry. An entry that is
 * durable counts whether its checkpoint could be written or not: a failure is told and tried again.
 */
export class CheckpointSealer {
  readonly #options: SealerOptions;
  readonly #listeners = new Set<(checkpoint: SealedCheckpoint) => void>();
  /** Hashes of durable entries that are not in the tree yet. */
  #waiting: string[] = [];
  /** Entries that were in the chain before the first that was taken. */
  #before: number;
  #tree: MerkleTree | undefined;
  #file: LedgerFile | undefined;
  #sealedSize = 0;
  #behind: boolean;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /**
   * @param entries how many entries the chain has already
   * @param behind whether some of them were written just now, by a recovery: they are to be sealed even if no more come
   */
  constructor(options: SealerOptions, entries: number, behind = false) {
    this.#options = options;
    this.#before = entries;
    this.#behind = behind;
    if (behind) this.#setTimer();
  }

  /** Takes the next entry, once it is durable. */
  take(entry: LedgerEntry): void {
    this.#waiting.push(entry.hash);
    if (this.#waiting.length >= this.#options.rhythm.entries) {
      this.seal().catch(warn);
      return;
    }
    this.#setTimer();
  }

  #setTimer(): void {
    this.#timer ??= setTimeout(() => this.seal().catch(warn), this.#options.rhythm.ms).unref();
  }

  onSealed(listener: (checkpoint: SealedCheckpoint) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * Seals what is durable now. Undefined where nothing is new.
   * @throws SentinelError `ledger_failed`: the file can't be written, or the chain is not what an earlier checkpoint was sealed over.
   */
  seal(): Promise<SealedCheckpoint | undefined> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const turn = this.#turn.then(() => this.#seal());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Seals what is new, then closes the file. Never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#waiting.length > 0 || this.#behind) await this.seal();
      await this.#turn;
      await this.#file?.close();
    } catch (error) {
      warn(error);
    }
  }

  async #seal(): Promise<SealedCheckpoint | undefined> {
    const { dir, chain, identity } = this.#options;
    try {
      this.#tree ??= await this.#catchUp();
      const tree = this.#tree;
      for (const hash of this.#waiting.splice(0)) tree.append(bytesOf(hash));
      // Genesis alone names a key that the chain has not introduced yet.
      if (tree.size === this.#sealedSize || tree.size < 2) return undefined;
      const sealed = sealCheckpoint({ chain, size: tree.size, root: tree.root() }, identity);
      await this.#file?.append(Buffer.from(`${sealed.note}\n`));
      await this.#file?.sync();
      this.#sealedSize = tree.size;
      this.#behind = false;
      await this.#keepState(tree).catch(warn);
      this.#tell(sealed);
      return sealed;
    } catch (error) {
      // The file's end is not known now: it is opened anew, and what was not finished cut off, by the next.
      const file = this.#file;
      this.#file = undefined;
      if (this.#tree !== undefined) this.#before = this.#tree.size;
      this.#tree = undefined;
      await file?.close().catch(() => undefined);
      throw fileFailure('sealing a checkpoint in', checkpointPath(dir, chain), error);
    }
  }

  #tell(sealed: SealedCheckpoint): void {
    for (const listener of this.#listeners) {
      try {
        listener(sealed);
      } catch (error) {
        warn(error);
      }
    }
  }

  /** The tree over all entries before those that wait: from where the last checkpoint left it, else from the files. */
  async #catchUp(): Promise<MerkleTree> {
    const { dir, chain, files, identity } = this.#options;
    const { file, last } = await openCheckpoints(dir, chain, files);
    this.#file = file;
    this.#sealedSize = last?.size ?? 0;
    const kept = last !== undefined && isCheckpointSignedBy(last, identity.publicKey) ? await this.#keptTree(last) : undefined;
    if (kept?.size === this.#before) return kept;
    return this.#grow(kept ?? new MerkleTree(sha256Bytes), last);
  }

  async #keptTree(last: ReadCheckpoint): Promise<MerkleTree | undefined> {
    try {
      const { size, peaks } = StateFile.parse(JSON.parse(await readFile(this.#statePath, 'utf8')));
      const tree = new MerkleTree(sha256Bytes, { size, peaks: peaks.map(bytesOf) });
      return size === last.size && size <= this.#before && Buffer.from(last.root).equals(tree.root()) ? tree : undefined;
    } catch {
      // It only spares a reading of the chain.
      return undefined;
    }
  }

  async #grow(tree: MerkleTree, last: ReadCheckpoint | undefined): Promise<MerkleTree> {
    const { dir, chain } = this.#options;
    const paths = (await chainFiles(dir, chain)).map(({ path }) => path);
    for await (const { lines } of chainLines(paths)) {
      for (const { bytes, complete, number } of lines) {
        // Lines count from 1, in all files.
        if (!complete || number <= tree.size || tree.size >= this.#before) continue;
        const { entry } = readEntry(bytes);
        if (entry === undefined) throw altered(dir, chain, `line ${number} is not an entry`);
        tree.append(bytesOf(entry.hash));
        if (tree.size === last?.size && !Buffer.from(last.root).equals(tree.root()))
          throw altered(dir, chain, 'it is not what the last checkpoint was sealed over');
      }
    }
    if (tree.size !== this.#before || (last?.size ?? 0) > this.#before) throw altered(dir, chain, 'entries are missing');
    return tree;
  }

  get #statePath(): string {
    return join(this.#options.dir, `${this.#options.chain}.tree`);
  }

  /** What a later start can go on from. Lost or wrong, it is made anew from the chain. */
  async #keepState(tree: MerkleTree): Promise<void> {
    const { size, peaks } = tree.state;
    const draft = `${this.#statePath}.draft`;
    const state = { size, peaks: peaks.map((peak) => Buffer.from(peak).toString('hex')) };
    await writeFile(draft, JSON.stringify(state), { mode: 0o600 });
    await rename(draft, this.#statePath);
  }
}

function altered(dir: string, chain: string, what: string): SentinelError {
  return new SentinelError('ledger_failed', `No checkpoint is sealed over chain ${chain} in ${dir}: ${what}. What to do: ${MOVE_AWAY}.`);
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error.message : 'A checkpoint could not be sealed.');
}
