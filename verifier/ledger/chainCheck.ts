import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import { ActivityCheck, type SessionSpan } from './activityCheck.ts';
import { ChainStory } from './chainStory.ts';
import { EMPTY, type Head } from './chainWriter.ts';
import { diagnose, type Misfit, type Named } from './diagnosis.ts';
import { type EntryFault, readEntry } from './entry.ts';
import { KeyCheck } from './keyCheck.ts';
import type { Line } from './lines.ts';
import { type Found, type Place, Tallies } from './tallies.ts';
import { type SealedOver, TreeCheck } from './treeCheck.ts';
import type { TrustFile } from './trustFile.ts';
import { CHECKS, type ChainReport, type CheckName, OPTIONAL_CHECKS, type Tampering } from './verifyReport.ts';

/** Where a chain is read from: its files, or a bundle that holds it. */
export interface ChainSource {
  readonly files: readonly string[];
  /** Undefined where its first entry says which it is. */
  readonly chain: string | undefined;
  /** Only a later part of the chain is there. */
  readonly partial: boolean;
  readonly sealed: SealedOver;
  /** Its lines from the first on, as often as asked; their numbers count through all files. */
  readonly lines: () => AsyncIterable<{ readonly file: number; readonly lines: readonly Line[] }>;
}

const FAULT_CHECK: Record<EntryFault, CheckName> = {
  form: 'form',
  canonical: 'canonical form',
  content: 'content digest',
  hash: 'entry hash',
};

/** Follows one chain line by line through its files. Nothing of them is kept but the last entry's place and open items. */
class ChainCheck {
  readonly files: readonly string[];
  readonly story: ChainStory;
  readonly tallies = new Tallies();
  readonly keys: KeyCheck;
  readonly tree: TreeCheck;
  readonly activity: ActivityCheck;
  chain: string | undefined;
  entries = 0;
  erased = 0;
  sessions = 0;
  firstTime: string | null = null;
  lastTime: string | null = null;
  head: Head = EMPTY;
  /** What is known of the first bad entry: named at once, or to be found out by a second reading. */
  firstBad: (Named & { readonly place?: Place }) | Misfit | undefined;
  /** False after a line that could not be read: the next one's link then proves nothing more. */
  #linked = true;
  /** True where the files given are only a later part of the chain. */
  readonly #partial: boolean;
  /** The line, counted through all files, with which each file begins. */
  readonly #starts: number[] = [];

  /** The line that is being read. */
  #reading = 1;

  constructor({ files, chain, partial, sealed }: ChainSource, trust: TrustFile | undefined) {
    this.files = files;
    this.#partial = partial;
    this.story = new ChainStory(partial);
    this.chain = chain;
    const report = (found: Found) => this.#found(found);
    this.keys = new KeyCheck(trust, report);
    this.tree = new TreeCheck(sealed, this.keys, report);
    this.activity = new ActivityCheck(report);
  }

  /** Where a line is that was counted through all files. */
  place(number: number): { readonly file: string; readonly line: number } {
    const index = Math.max(
      0,
      this.#starts.findLastIndex((start) => start <= number),
    );
    return { file: this.files[index] ?? '', line: number - (this.#starts[index] ?? 1) + 1 };
  }

  take(line: Line, file: number): void {
    while (this.#starts.length <= file) this.#starts.push(line.number);
    if (!line.complete && file < this.files.length - 1) {
      this.entries += 1;
      this.#broken(line, 'form', 'the file ends in the middle of a line, although the chain goes on in another', undefined);
      this.#skip();
      return;
    }
    if (!line.complete) {
      const message = `truncated: ${line.bytes.length} bytes after the last finished line (a crash, a write going on, or a cut)`;
      this.#tally('last line', 'noted', line.number, null, message);
      return;
    }
    this.entries += 1;
    this.#reading = line.number;
    const read = line.tooLong ? ({ fault: 'form', message: 'the line is longer than an entry may be' } as const) : readEntry(line.bytes);
    if (read.fault !== undefined) this.#broken(line, read.fault, read.message, read.entry);
    if (read.entry === undefined) {
      this.#skip();
      return;
    }
    if (this.#partial && this.entries === 1) this.#beginLater(line.number, read.entry);
    this.#place(line.number, read.entry);
    this.#tell(line.number, read.entry, read.newer);
    this.keys.take(read.entry);
    // The tree begins with the chain: of a later part alone it is not known.
    if (!this.#partial) this.tree.take(read.entry);
    this.activity.take(read.entry);
  }

  /** Ends the checks that look beyond a line. */
  async finish(): Promise<void> {
    if (!this.#partial) await this.tree.finish(this.entries);
    this.activity.finish();
  }

  #found({ check, result, seq, message, at = this.#reading, kind }: Found): void {
    const place = typeof at === 'number' ? this.place(at) : at;
    this.tallies.add(check, result, place, seq, message);
    if (result === 'failed' && kind !== undefined) this.firstBad ??= { kind, line: typeof at === 'number' ? at : 0, seq, message, place };
  }

  #skip(): void {
    this.tree.take(undefined);
    this.head = { seq: this.head.seq + 1, hash: this.head.hash };
    this.#linked = false;
  }

  #beginLater(number: number, { seq, prev }: LedgerEntry): void {
    this.head = { seq: seq - 1, hash: prev };
    const message = `only what begins with entry ${seq} was given: nothing before it was checked, and what it refers to may be there`;
    this.#tally('whole chain', 'noted', number, seq, message);
  }

  #broken(line: Line, fault: EntryFault, message: string, entry: LedgerEntry | undefined): void {
    const seq = entry?.seq ?? null;
    this.#tally(FAULT_CHECK[fault], 'failed', line.number, seq, message);
    // An entry is an object: a line that does not end it was cut.
    const cut = fault === 'form' && line.bytes.at(-1) !== 0x7d;
    this.firstBad ??= { kind: cut ? 'truncated' : 'edited', line: line.number, seq, message };
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

  #tell(number: number, entry: LedgerEntry, newer: string | undefined): void {
    const { event, time, seq } = entry;
    if (newer !== undefined) this.#tally('known events', 'noted', number, seq, `events such as "${newer}" are of a newer version`);
    else if (event === null) this.erased += 1;
    if (event?.type === 'session-open') this.sessions += 1;
    if (event !== null && (event.type === 'genesis') !== (number === 1 && !this.#partial)) {
      this.#inconsistent('genesis first', number, seq, `entry ${number} of the chain is of type ${event.type}`);
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
    this.firstBad ??= { kind: 'inconsistent', line, seq, message };
  }

  #tally(check: CheckName, result: 'failed' | 'noted', line: number, seq: number | null, message: string): void {
    this.tallies.add(check, result, this.place(line), seq, message);
  }
}

const checkNames = Object.keys(CHECKS) as readonly CheckName[];

function tamperingAt({ kind, seq, message, line, place }: Named & { readonly place?: Place }, check: ChainCheck): Tampering {
  return { kind, seq, message, ...(place ?? check.place(line)) };
}

/** A chain's report, and what is compared with other chains. */
export interface Verified {
  readonly report: ChainReport;
  readonly spans: readonly SessionSpan[];
  /** Digests of the policies that its entries name. */
  readonly policies: ReadonlySet<string>;
}

/** Reads a chain once and holds it to every check; twice where the first bad entry must be told from its neighbours. */
export async function verifyChain(source: ChainSource, trust: TrustFile | undefined): Promise<Verified> {
  const { files, sealed } = source;
  const check = new ChainCheck(source, trust);
  for await (const { file, lines } of source.lines()) {
    for (const line of lines) {
      check.take(line, file);
      if (check.tree.isDue) await check.tree.settle();
    }
  }
  await check.finish();
  await sealed.own?.return?.();
  const { firstBad, story, head } = check;
  const named = firstBad === undefined || 'kind' in firstBad ? firstBad : await diagnose(source.lines, firstBad);
  const tampering = named === undefined ? null : tamperingAt(named, check);
  const checks = checkNames.filter(
    (name) => !OPTIONAL_CHECKS.has(name) || (name === 'trusted keys' ? trust !== undefined : sealed.kept.length > 0),
  );
  const report: ChainReport = {
    files,
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
    keys: [...check.keys.keys.values()],
    covered: check.tree.covered,
    checks: check.tallies.results(checks),
    tampering,
  };
  return { report, spans: check.activity.spans, policies: check.activity.policies };
}
