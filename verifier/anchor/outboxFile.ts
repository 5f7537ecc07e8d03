import { randomBytes } from 'node:crypto';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../ledger/failure.ts';
import type { LedgerFile, LedgerFiles } from '../ledger/filePort.ts';
import { Sha256, Timestamp } from '../protocol/vocabulary.ts';
import type { SignedMemo } from './chainPort.ts';

const id = z.string().regex(/^[ec]\d{1,15}$/);

const OutboxLine = z.discriminatedUnion('kind', [
  /** First line: what came before it. `genesis`: of the cluster that transactions below were signed for. */
  z.strictObject({
    kind: z.literal('head'),
    anchored: z.int().nonnegative(),
    through: z.int(),
    root: Sha256,
    checkpoint: z.int(),
    genesis: z.string(),
  }),
  z.strictObject({ kind: z.literal('queued'), id, since: Timestamp, memo: z.string().max(600) }),
  z.strictObject({
    kind: z.literal('signed'),
    id,
    signature: z.string(),
    transaction: z.string(),
    lastValidBlockHeight: z.int().nonnegative(),
    genesis: z.string(),
  }),
  z.strictObject({ kind: z.literal('anchored'), id, root: Sha256.optional() }),
  /** A checkpoint stands for it. */
  z.strictObject({ kind: z.literal('folded'), id }),
  /** Every entry up to here was looked at. */
  z.strictObject({ kind: z.literal('through'), seq: z.int() }),
]);
export type OutboxLine = z.infer<typeof OutboxLine>;

/** A memo that waits: `e` and the entry's sequence number, or `c` and the checkpoint's size. */
export interface Waiting {
  readonly id: string;
  readonly since: string;
  readonly memo: string;
  signed?: SignedMemo;
}

/** One line of `<chain>.anchors.jsonl`: a memo that can't be undone any more. */
export const AnchorLine = z.strictObject({
  id,
  hash: Sha256,
  signature: z.string(),
  slot: z.int().nonnegative(),
  cluster: z.string(),
  genesis: z.string(),
  time: Timestamp,
});
export type AnchorLine = z.infer<typeof AnchorLine>;

export const outboxPath = (dir: string, chain: string): string => join(dir, `${chain}.outbox.jsonl`);
export const anchorsPath = (dir: string, chain: string): string => join(dir, `${chain}.anchors.jsonl`);

const NO_ROOT = '0'.repeat(64);

/** What an outbox holds, read from its file. */
export interface OutboxState {
  readonly waiting: Map<string, Waiting>;
  anchored: number;
  /** Sequence number of the last entry that was looked at; -1 before the first. */
  through: number;
  /** Root of the checkpoint that was anchored last. */
  root: string;
  /** Size of the largest checkpoint that was queued; 0 before the first. */
  checkpoint: number;
  genesis: string;
}

/** Takes one line into the state: the same when it is read and when it is written. */
function apply(state: OutboxState, line: OutboxLine): void {
  switch (line.kind) {
    case 'head': {
      const { kind: _head, ...kept } = line;
      Object.assign(state, kept);
      return;
    }
    case 'queued':
      state.waiting.set(line.id, { id: line.id, since: line.since, memo: line.memo });
      if (line.id.startsWith('e')) state.through = Math.max(state.through, Number(line.id.slice(1)));
      else state.checkpoint = Math.max(state.checkpoint, Number(line.id.slice(1)));
      return;
    case 'signed': {
      const waiting = state.waiting.get(line.id);
      const { signature, transaction, lastValidBlockHeight } = line;
      if (waiting !== undefined) waiting.signed = { signature, transaction, lastValidBlockHeight };
      state.genesis = line.genesis;
      return;
    }
    case 'anchored':
      if (state.waiting.delete(line.id)) state.anchored += 1;
      if (line.root !== undefined) state.root = line.root;
      return;
    case 'folded':
      state.waiting.delete(line.id);
      return;
    case 'through':
      state.through = Math.max(state.through, line.seq);
  }
}

async function linesOf(path: string): Promise<unknown[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    // What a crash left unfinished stands for nothing: it was not synced, so nothing was done on its strength.
    try {
      return line === '' ? [] : [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}

const TAIL = 512 * 1024;

/** Signatures at the end of the anchors: of what was recorded there while the outbox did not hear of it any more. */
async function lastAnchored(path: string): Promise<Map<string, AnchorLine>> {
  const found = new Map<string, AnchorLine>();
  let text: string;
  try {
    await using handle = await open(path, 'r');
    const { size } = await handle.stat();
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(size, TAIL)), 0, Math.min(size, TAIL), Math.max(0, size - TAIL));
    text = buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return found;
    throw error;
  }
  for (const line of text.split('\n')) {
    try {
      const read = AnchorLine.safeParse(JSON.parse(line));
      if (read.success) found.set(read.data.signature, read.data);
    } catch {
      // The first line of the piece is seldom whole, and a crash may have cut the last.
    }
  }
  return found;
}

/** What a chain's outbox holds, without touching it. */
export async function readOutbox(dir: string, chain: string): Promise<OutboxState> {
  const state: OutboxState = { waiting: new Map(), anchored: 0, through: -1, root: NO_ROOT, checkpoint: 0, genesis: '' };
  for (const value of await linesOf(outboxPath(dir, chain))) {
    const line = OutboxLine.safeParse(value);
    if (line.success) apply(state, line.data);
  }
  return state;
}

/**
 * A chain's outbox on disk. Whoever holds the chain's lock is its only writer. Each write begins on a line of its own,
 * so that one that was broken off spoils no other.
 */
export class OutboxFile {
  readonly state: OutboxState;
  readonly #file: LedgerFile;
  readonly #anchors: LedgerFile;
  #turn: Promise<void> = Promise.resolve();

  private constructor(state: OutboxState, file: LedgerFile, anchors: LedgerFile) {
    this.state = state;
    this.#file = file;
    this.#anchors = anchors;
  }

  /** Opens the outbox, and writes it anew without what is done. */
  static async open(dir: string, chain: string, files: LedgerFiles): Promise<OutboxFile> {
    const path = outboxPath(dir, chain);
    const state = await readOutbox(dir, chain);
    const anchored = state.waiting.size === 0 ? new Map<string, AnchorLine>() : await lastAnchored(anchorsPath(dir, chain));
    for (const { id: one, signed } of [...state.waiting.values()]) {
      const line = signed === undefined ? undefined : anchored.get(signed.signature);
      if (line !== undefined) apply(state, { kind: 'anchored', id: one, ...(one.startsWith('c') ? { root: line.hash } : {}) });
    }
    const draft = join(dir, `.${chain}.${randomBytes(8).toString('hex')}.draft`);
    await writeFile(draft, linesFor(state), { mode: 0o600, flag: 'wx', flush: true });
    await rename(draft, path);
    await files.syncFolder(dir);
    const anchors = anchorsPath(dir, chain);
    const made = await files.open(anchors, 'create').catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
      return files.open(anchors, 'existing');
    });
    return new OutboxFile(state, await files.open(path, 'existing'), made);
  }

  /** Takes lines into the state at once and into the file soon. A process that is killed after that keeps them. */
  write(lines: readonly OutboxLine[]): Promise<void> {
    for (const line of lines) apply(this.state, line);
    return this.#append(this.#file, lines, false);
  }

  /** The same, and safe from the end of the machine when it resolves. */
  writeDurably(lines: readonly OutboxLine[]): Promise<void> {
    for (const line of lines) apply(this.state, line);
    return this.#append(this.#file, lines, true);
  }

  /** Records memos as anchored: first for people, then for the outbox. */
  async anchored(lines: readonly AnchorLine[]): Promise<void> {
    await this.#append(this.#anchors, lines, true);
    await this.write(lines.map(({ id: one, hash }) => ({ kind: 'anchored', id: one, ...(one.startsWith('c') ? { root: hash } : {}) })));
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => undefined);
    await this.#file.close();
    await this.#anchors.close();
  }

  #append(file: LedgerFile, lines: readonly object[], durably: boolean): Promise<void> {
    const turn = this.#turn.then(async () => {
      await file.append(Buffer.from(`\n${lines.map((line) => JSON.stringify(line)).join('\n')}\n`));
      if (durably) await file.sync();
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function linesFor({ waiting, anchored, through, root, checkpoint, genesis }: OutboxState): string {
  const lines: OutboxLine[] = [{ kind: 'head', anchored, through, root, checkpoint, genesis }];
  for (const { id: one, since, memo, signed } of waiting.values()) {
    lines.push({ kind: 'queued', id: one, since, memo });
    if (signed !== undefined) lines.push({ kind: 'signed', id: one, ...signed, genesis });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
