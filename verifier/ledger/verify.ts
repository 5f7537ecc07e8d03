import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import { ChainStory } from './chainStory.ts';
import { EMPTY, type Head } from './chainWriter.ts';
import { diagnose, type Misfit } from './diagnosis.ts';
import { type EntryFault, readEntry } from './entry.ts';
import { fileFailure } from './failure.ts';
import { readPieces } from './filePort.ts';
import { type Line, splitLines } from './lines.ts';
import { CHECKS, type ChainReport, type CheckName, type CheckResult, LIMITS, type Tampering, type VerifyReport } from './verifyReport.ts';

const FAULT_CHECK: Record<EntryFault, CheckName> = {
  form: 'form',
  canonical: 'canonical form',
  content: 'content digest',
  hash: 'entry hash',
};

type Tally = { -readonly [K in keyof CheckResult]: CheckResult[K] };

/** Follows one chain file line by line. Nothing of the file is kept but the last entry's place and open items. */
class ChainCheck {
  readonly file: string;
  readonly story = new ChainStory();
  readonly tallies = new Map<CheckName, Tally>();
  chain: string | undefined;
  entries = 0;
  erased = 0;
  sessions = 0;
  firstTime: string | null = null;
  lastTime: string | null = null;
  head: Head = EMPTY;
  /** What is known of the first bad entry: named at once, or to be found out by a second reading. */
  firstBad: Tampering | Misfit | undefined;
  /** False after a line that could not be read: the next one's link then proves nothing more. */
  #linked = true;

  constructor(file: string) {
    this.file = file;
    const named = z.uuid().safeParse(basename(file, '.jsonl'));
    if (named.success) this.chain = named.data;
  }

  take(line: Line): void {
    if (!line.complete) {
      const message = `truncated: ${line.bytes.length} bytes after the last finished line (a crash, a write going on, or a cut)`;
      this.#tally('last line', 'noted', line.number, null, message);
      return;
    }
    this.entries += 1;
    const read = line.tooLong ? ({ fault: 'form', message: 'the line is longer than an entry may be' } as const) : readEntry(line.bytes);
    if (read.fault !== undefined) this.#broken(line, read.fault, read.message, read.entry);
    if (read.entry === undefined) {
      this.head = { seq: this.head.seq + 1, hash: this.head.hash };
      this.#linked = false;
      return;
    }
    this.#place(line.number, read.entry);
    this.#tell(line.number, read.entry);
  }

  #broken(line: Line, fault: EntryFault, message: string, entry: LedgerEntry | undefined): void {
    const seq = entry?.seq ?? null;
    this.#tally(FAULT_CHECK[fault], 'failed', line.number, seq, message);
    // An entry is an object: a line that does not end it was cut.
    const cut = fault === 'form' && line.bytes.at(-1) !== 0x7d;
    this.firstBad ??= { kind: cut ? 'truncated' : 'edited', file: this.file, line: line.number, seq, message };
  }

  #place(number: number, entry: LedgerEntry): void {
    const { seq, hash, prev } = entry;
    const head = this.head;
    this.chain ??= entry.chain;
    const chain = this.chain;
    const faults: [CheckName, string][] = [];
    if (entry.chain !== chain) faults.push(['one chain', `the entry belongs to chain ${entry.chain}`]);
    if (seq !== head.seq + 1) faults.push(['sequence', `sequence number ${seq} where ${head.seq + 1} is due`]);
    if (prev !== head.hash && this.#linked) faults.push(['chain link', `it names ${prev} as the one before, which is ${head.hash}`]);
    for (const [check, message] of faults) this.#tally(check, 'failed', number, seq, message);
    if (faults.length > 0) this.firstBad ??= { line: number, entry, head, chain };
    this.head = { seq, hash };
    this.#linked = true;
  }

  #tell(number: number, entry: LedgerEntry): void {
    const { event, time, seq } = entry;
    if (event === null) this.erased += 1;
    if (event?.type === 'session-open') this.sessions += 1;
    if (event !== null && (event.type === 'genesis') !== (number === 1)) {
      this.#inconsistent('genesis first', number, seq, `entry ${number} of the file is of type ${event.type}`);
    }
    const fault = this.story.apply(event);
    if (fault?.certain === true) this.#inconsistent(fault.check, number, seq, fault.message);
    else if (fault !== undefined) this.#tally(fault.check, 'noted', number, seq, `${fault.message}; erased entries may explain it`);
    if (this.lastTime !== null && time < this.lastTime) {
      this.#tally('time order', 'noted', number, seq, `${time} after ${this.lastTime}: the clock was set back`);
    }
    this.firstTime ??= time;
    this.lastTime = time;
  }

  #inconsistent(check: CheckName, line: number, seq: number, message: string): void {
    this.#tally(check, 'failed', line, seq, message);
    this.firstBad ??= { kind: 'inconsistent', file: this.file, line, seq, message };
  }

  #tally(check: CheckName, result: 'failed' | 'noted', line: number, seq: number | null, message: string): void {
    const tally = this.tallies.get(check);
    if (tally === undefined || (result === 'failed' && tally.result === 'noted')) {
      this.tallies.set(check, { check, result, count: 1, first: { line, seq, message } });
    } else tally.count += 1;
  }
}

const checkNames = Object.keys(CHECKS) as readonly CheckName[];

async function verifyChain(file: string): Promise<ChainReport> {
  const check = new ChainCheck(file);
  for await (const batch of splitLines(readPieces(file))) for (const line of batch) check.take(line);
  const { firstBad, story, head } = check;
  const tampering = firstBad === undefined ? null : 'kind' in firstBad ? firstBad : await diagnose(file, firstBad);
  return {
    file,
    chain: check.chain ?? null,
    ok: tampering === null,
    entries: check.entries,
    erased: check.erased,
    sessions: check.sessions,
    sessionOpen: story.session !== undefined,
    unsettled: story.unsettled().length,
    firstTime: check.firstTime,
    lastTime: check.lastTime,
    head: check.entries === 0 ? null : head,
    checks: checkNames.map((name) => check.tallies.get(name) ?? { check: name, result: 'held', count: 0 }),
    tampering,
  };
}

/**
 * Checks one chain file, or every `.jsonl` file in a folder, by itself: without the verifier, its
 * configuration or the network, in memory that does not grow with the file. Reads only; may run beside a live writer.
 * @throws SentinelError `ledger_failed` if the path can't be read.
 */
export async function verifyLedger(path: string): Promise<VerifyReport> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    const names = isFolder ? (await readdir(path)).filter((name) => name.endsWith('.jsonl')).sort() : [];
    const files = isFolder ? names.map((name) => join(path, name)) : [path];
    const chains: ChainReport[] = [];
    for (const file of files) chains.push(await verifyChain(file));
    return { ok: chains.length > 0 && chains.every((chain) => chain.ok), path, chains, limits: LIMITS };
  } catch (error) {
    throw fileFailure('reading', path, error);
  }
}
