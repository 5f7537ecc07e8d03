import { open } from 'node:fs/promises';
import { BundleLine } from '../protocol/bundle.ts';
import { sha256Bytes } from '../protocol/digest.ts';
import { type ChainSource, type Verified, verifyChain } from './chainCheck.ts';
import { isCheckpointSignedBy, parseCheckpoint, type ReadCheckpoint } from './checkpoint.ts';
import type { CheckpointLine } from './checkpointFile.ts';
import { MAX_LINE_BYTES, readEntry } from './entry.ts';
import { readPieces } from './filePort.ts';
import { keyIdOf } from './identity.ts';
import { KeyCheck } from './keyCheck.ts';
import { type Line, splitLines } from './lines.ts';
import { isConsistent, isIncluded } from './merkle.ts';
import { Tallies } from './tallies.ts';
import type { TrustFile } from './trustFile.ts';
import type { ChainReport, CheckName, Tampering } from './verifyReport.ts';

type LineOf<K extends BundleLine['kind']> = Extract<BundleLine, { kind: K }>;

/** Whether a file begins as a bundle does. */
export async function isBundle(path: string): Promise<boolean> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
  return buffer.subarray(0, bytesRead).toString('latin1').startsWith('{"kind":"bundle",');
}

/** A bundle's line with its number in the file; undefined where it is none. */
interface Numbered {
  readonly number: number;
  readonly line: BundleLine | undefined;
}

/** A line of a bundle quotes one of a ledger, in which every letter may need an escape of six. */
const LONGEST = 6 * MAX_LINE_BYTES;

async function* bundleLines(path: string): AsyncIterable<Numbered> {
  for await (const batch of splitLines(readPieces(path), 1, 0, LONGEST)) {
    for (const { number, bytes } of batch) yield { number, line: parsed(Buffer.from(bytes).toString('utf8')) };
  }
}

function parsed(text: string): BundleLine | undefined {
  try {
    return BundleLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What a bundle says of one chain before its entries. */
interface Section {
  readonly chain: string;
  readonly entries: number;
  readonly whole: boolean;
  /** The line of the bundle that begins it. */
  readonly from: number;
  readonly keys: Map<string, string>;
  readonly checkpoints: (CheckpointLine & { readonly consistency: readonly string[] })[];
  bad: number | undefined;
}

async function sections(path: string): Promise<Section[]> {
  const found: Section[] = [];
  for await (const { number, line } of bundleLines(path)) {
    const section = found.at(-1);
    if (line?.kind === 'chain') found.push({ ...line, from: number, keys: new Map(), checkpoints: [], bad: undefined });
    else if (line?.kind === 'key') section?.keys.set(line.keyId, line.publicKey);
    else if (line?.kind === 'checkpoint')
      section?.checkpoints.push({ line: number, checkpoint: parseCheckpoint(line.note), text: line.note, consistency: line.consistency });
    else if (line === undefined && section !== undefined) section.bad ??= number;
  }
  return found;
}

async function* entriesOf(path: string, { from }: Section): AsyncIterable<{ readonly number: number; readonly line: LineOf<'entry'> }> {
  for await (const { number, line } of bundleLines(path)) {
    if (number <= from) continue;
    if (line?.kind === 'chain') return;
    if (line?.kind === 'entry') yield { number, line };
  }
}

/** A chain that is in a bundle from its first entry to its last is checked as in its own files. Lines are counted in entries. */
function wholeSource(path: string, section: Section, kept: readonly ReadCheckpoint[]): ChainSource {
  const { chain, checkpoints } = section;
  return {
    files: [path],
    chain,
    partial: false,
    sealed: {
      chain,
      own: (async function* () {
        yield* checkpoints;
      })()[Symbol.asyncIterator](),
      ownPath: path,
      kept: kept.filter((checkpoint) => checkpoint.chain === chain).sort((a, b) => a.size - b.size),
    },
    lines: async function* () {
      let number = 0;
      for await (const { line } of entriesOf(path, section)) {
        number += 1;
        const bytes = Buffer.from(line.line);
        const made: Line = { number, offset: 0, bytes, complete: true, tooLong: bytes.length > MAX_LINE_BYTES };
        yield { file: 0, lines: [made] };
      }
    },
  };
}

const PART_CHECKS: readonly CheckName[] = [
  ...(['form', 'canonical form', 'content digest', 'entry hash', 'one chain', 'sequence', 'checkpoints', 'checkpoint signatures'] as const),
  ...(['tree', 'all covered', 'whole chain', 'kept checkpoints', 'trusted keys'] as const),
];

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

/** Part of a chain: each entry is held to its own digests and to the proof that a checkpoint covers it. */
class PartCheck {
  readonly tallies = new Tallies();
  tampering: Tampering | null = null;
  readonly #path: string;
  readonly #section: Section;
  readonly #roots = new Map<number, Uint8Array>();
  #seq = -1;

  constructor(path: string, section: Section) {
    this.#path = path;
    this.#section = section;
  }

  /** Each checkpoint is signed by a key of the chain and begins with the one before; those that were kept are among them. */
  checkpoints(kept: readonly ReadCheckpoint[]): void {
    const { checkpoints, keys, chain } = this.#section;
    let before: ReadCheckpoint | undefined;
    for (const { line, checkpoint, consistency } of checkpoints) {
      const place = { file: this.#path, line };
      if (checkpoint === undefined || checkpoint.chain !== chain) {
        this.#failed('checkpoints', place, null, 'it is not a checkpoint of this chain', 'forged');
        continue;
      }
      const signed = [...keys].some(
        ([keyId, publicKey]) =>
          keyIdOf(Buffer.from(publicKey, 'base64')) === keyId && isCheckpointSignedBy(checkpoint, Buffer.from(publicKey, 'base64')),
      );
      if (!signed) {
        this.#failed(
          'checkpoint signatures',
          place,
          null,
          `the checkpoint over ${checkpoint.size} entries is signed by no key of the chain`,
          'forged',
        );
        continue;
      }
      const proof = consistency.map(bytesOf);
      if (before !== undefined && !isConsistent(sha256Bytes, { earlier: before, later: checkpoint, proof }))
        this.#failed(
          'tree',
          place,
          null,
          `the checkpoint over ${checkpoint.size} entries does not go on from that over ${before.size}`,
          'rewritten',
        );
      before = checkpoint;
      this.#roots.set(checkpoint.size, checkpoint.root);
    }
    for (const { size, root } of kept) {
      const place = { file: this.#path, line: this.#section.from };
      const own = this.#roots.get(size);
      if (own === undefined)
        this.tallies.add('kept checkpoints', 'noted', place, null, `the bundle has no checkpoint over ${size} entries to compare with`);
      else if (!Buffer.from(own).equals(root))
        this.#failed(
          'kept checkpoints',
          place,
          null,
          `the checkpoint over ${size} entries is not the one that was kept: the ledger was rewritten, or this is a fork`,
          'rewritten',
        );
    }
  }

  entry(line: number, { line: text, size, inclusion }: LineOf<'entry'>, keys: KeyCheck): void {
    const place = { file: this.#path, line };
    const { entry, fault, message } = readEntry(Buffer.from(text));
    if (fault !== undefined) {
      const checks = { form: 'form', canonical: 'canonical form', content: 'content digest', hash: 'entry hash' } as const;
      this.#failed(checks[fault], place, entry?.seq ?? null, message, 'edited');
    }
    if (entry === undefined) return;
    const { seq, chain, hash } = entry;
    if (chain !== this.#section.chain) this.#failed('one chain', place, seq, `the entry belongs to chain ${chain}`, 'inserted');
    if (seq <= this.#seq) this.#failed('sequence', place, seq, `entry ${seq} stands after entry ${this.#seq}`, 'reordered');
    this.#seq = Math.max(this.#seq, seq);
    keys.take(entry);
    if (size === null) {
      this.tallies.add('all covered', 'noted', place, seq, 'no checkpoint covers it: that it belongs to the chain is not proved');
      return;
    }
    const root = this.#roots.get(size);
    const proved =
      root !== undefined && isIncluded(sha256Bytes, { index: seq, size, data: bytesOf(hash), root, proof: inclusion.map(bytesOf) });
    if (!proved)
      this.#failed('tree', place, seq, `nothing proves that it is entry ${seq} of the ${size} under the checkpoint`, 'rewritten');
  }

  #failed(
    check: CheckName,
    place: { readonly file: string; readonly line: number },
    seq: number | null,
    message: string,
    kind: Tampering['kind'],
  ): void {
    this.tallies.add(check, 'failed', place, seq, message);
    this.tampering ??= { kind, seq, message, ...place };
  }

  /** What {@link KeyCheck} finds of whom the trust file enrols; how keys follow each other does not show in a part. */
  trusted(line: number, seq: number | null, result: 'failed' | 'noted', message: string): void {
    const place = { file: this.#path, line };
    if (result === 'failed') this.#failed('trusted keys', place, seq, message, 'foreign');
    else this.tallies.add('trusted keys', result, place, seq, message);
  }
}

async function verifyPart(
  path: string,
  section: Section,
  kept: readonly ReadCheckpoint[],
  trust: TrustFile | undefined,
): Promise<Verified> {
  const check = new PartCheck(path, section);
  const own = kept.filter(({ chain }) => chain === section.chain);
  let [reading, entries, erased] = [section.from, 0, 0];
  const times: string[] = [];
  const keys = new KeyCheck(trust, (found) => {
    if (found.check === 'trusted keys') check.trusted(reading, found.seq, found.result, found.message);
  });
  check.checkpoints(own);
  for await (const { number, line } of entriesOf(path, section)) {
    reading = number;
    entries += 1;
    check.entry(number, line, keys);
    const { entry } = readEntry(Buffer.from(line.line));
    if (entry?.salt === null) erased += 1;
    if (entry !== undefined) times.splice(1, times.length, entry.time);
  }
  const place = { file: path, line: section.from };
  check.tallies.add(
    'whole chain',
    'noted',
    place,
    null,
    `${entries} of ${section.entries} entries are in the bundle: what the others say is not checked`,
  );
  if (section.bad !== undefined)
    check.tallies.add('form', 'failed', { file: path, line: section.bad }, null, 'it is not a line of a bundle');
  const names = PART_CHECKS.filter(
    (name) => (name !== 'kept checkpoints' || own.length > 0) && (name !== 'trusted keys' || trust !== undefined),
  );
  const report: ChainReport = {
    files: [path],
    chain: section.chain,
    ok: check.tampering === null && section.bad === undefined,
    entries,
    erased,
    sessions: 0,
    sessionOpen: false,
    unsettled: 0,
    firstTime: times[0] ?? null,
    lastTime: times.at(-1) ?? null,
    head: null,
    keys: [...keys.keys.values()],
    covered: section.checkpoints.at(-1)?.checkpoint?.size ?? 0,
    checks: check.tallies.results(names),
    tampering: check.tampering,
  };
  return { report, spans: [], policies: new Set() };
}

/** Checks what `sentinel ledger export` wrote: whole chains as in their own files, parts of a chain by their proofs. */
export async function verifyBundle(path: string, kept: readonly ReadCheckpoint[], trust: TrustFile | undefined): Promise<Verified[]> {
  const verified: Verified[] = [];
  for (const section of await sections(path)) {
    verified.push(
      section.whole ? await verifyChain(wholeSource(path, section, kept), trust) : await verifyPart(path, section, kept, trust),
    );
  }
  return verified;
}
