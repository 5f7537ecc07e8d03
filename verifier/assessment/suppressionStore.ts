import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LedgerFiles } from '../ledger/filePort.ts';
import { SentinelError } from '../protocol/problem.ts';
import { RuleId } from '../protocol/suppression.ts';
import { AcceptedSuppression } from '../protocol/suppressionRoutes.ts';
import { Sha256, Timestamp } from '../protocol/vocabulary.ts';

/** Beside the chains, but no chain: what is in force on this machine, for every window. */
const NAME = 'suppressions.accepted';

/** One line of the file. Nothing is ever taken out of it: a later line about the same digest counts. */
const Line = z.discriminatedUnion('action', [
  AcceptedSuppression.omit({ state: true }).extend({ action: z.literal('accept') }),
  z.strictObject({ action: z.literal('withdraw'), digest: Sha256, at: Timestamp }),
  /** A person let the finding pass by a decision after a suppression of it. */
  z.strictObject({ action: z.literal('settle'), ruleId: RuleId, match: Sha256, at: Timestamp }),
]);
export type SuppressionLine = z.infer<typeof Line>;

export type KeptSuppression = Omit<AcceptedSuppression, 'state'> & { readonly withdrawn: boolean };

export interface KeptSuppressions {
  readonly all: readonly KeptSuppression[];
  /** `match` of findings that a decision settled. */
  readonly settled: ReadonlySet<string>;
}

const NOTHING: KeptSuppressions = { all: [], settled: new Set() };

/** What was accepted on this machine, in a private file (mode 0600) that is synced before anything counts. */
export class SuppressionStore {
  readonly #dir: string;
  readonly #path: string;
  readonly #files: LedgerFiles;
  readonly #onDamage: (lines: number) => void;
  #mark = '';
  #kept = NOTHING;
  #writing: Promise<void> = Promise.resolve();

  /** @param onDamage told of lines that can't be read; what they said has no effect */
  constructor(dir: string, files: LedgerFiles, onDamage: (lines: number) => void) {
    this.#dir = dir;
    this.#path = join(dir, NAME);
    this.#files = files;
    this.#onDamage = onDamage;
  }

  /** As last read; {@link read} looks at the disk. */
  get known(): KeptSuppressions {
    return this.#kept;
  }

  /**
   * All that counts now, whichever window wrote it.
   * @throws SentinelError `ledger_failed` where the file can't be read: nobody could tell what was decided
   */
  async read(): Promise<KeptSuppressions> {
    try {
      const { ino, size, mtimeMs } = await stat(this.#path);
      const mark = `${ino} ${size} ${mtimeMs}`;
      if (mark === this.#mark) return this.#kept;
      const { kept, damaged } = parse(await readFile(this.#path, 'utf8'));
      if (damaged > 0) this.#onDamage(damaged);
      this.#kept = kept;
      this.#mark = mark;
      return kept;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') {
        this.#kept = NOTHING;
        return NOTHING;
      }
      throw failure(this.#path, 'read', error);
    }
  }

  /** Resolves when the line is on stable storage. @throws SentinelError `ledger_failed` */
  append(line: SuppressionLine): Promise<void> {
    const writing = this.#writing.then(() => this.#append(line));
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  async #append(line: SuppressionLine): Promise<void> {
    try {
      const file = await this.#open();
      try {
        // The line feed first ends what a crash may have left of an earlier line.
        await file.append(Buffer.from(`\n${JSON.stringify(line)}\n`));
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw failure(this.#path, 'written', error);
    }
  }

  async #open() {
    try {
      return await this.#files.open(this.#path, 'existing');
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    try {
      const file = await this.#files.open(this.#path, 'create');
      await this.#files.syncFolder(this.#dir);
      return file;
    } catch (error) {
      // Another window made it meanwhile.
      if (codeOf(error) !== 'EEXIST') throw error;
      return this.#files.open(this.#path, 'existing');
    }
  }
}

function parse(text: string): { kept: KeptSuppressions; damaged: number } {
  const all = new Map<string, KeptSuppression>();
  const settled = new Set<string>();
  let damaged = 0;
  for (const written of text.split('\n')) {
    if (written === '') continue;
    const line = parseLine(written);
    if (line === undefined) damaged++;
    else if (line.action === 'settle') settled.add(line.match);
    else if (line.action === 'accept') {
      const { action: _accept, ...accepted } = line;
      all.set(line.digest, { ...accepted, withdrawn: false });
      if (line.place.kind === 'comment') settled.delete(line.place.match);
    } else {
      const known = all.get(line.digest);
      if (known !== undefined) all.set(line.digest, { ...known, withdrawn: true });
    }
  }
  return { kept: { all: [...all.values()], settled }, damaged };
}

function parseLine(text: string): SuppressionLine | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

function failure(path: string, what: 'read' | 'written', cause: unknown): SentinelError {
  const message = `The list of accepted suppressions can't be ${what} (${path}: ${codeOf(cause)}). Make the file and its folder accessible, then try again.`;
  return new SentinelError('ledger_failed', message, { cause });
}
