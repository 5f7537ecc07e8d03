import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SealedCheckpoint, sealCheckpoint } from '../../verifier/ledger/checkpoint.ts';
import { entryLine, NO_ENTRY, sealEntry } from '../../verifier/ledger/entry.ts';
import { type Identity, identityFromSeed } from '../../verifier/ledger/identity.ts';
import { signingKeyEvent } from '../../verifier/ledger/keyRotation.ts';
import { MerkleTree } from '../../verifier/ledger/merkle.ts';
import { sha256Bytes } from '../../verifier/protocol/digest.ts';
import type { LedgerEntry, LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { assessment, CHAIN, decision, genesis, heartbeat, outcome, sessionClose, sessionOpen, uuid } from './sampleChain.ts';

/** A ledger as an attacker can change it: one chain's entries and its checkpoints. */
export interface SampleLedger {
  readonly chain: string;
  readonly entries: readonly LedgerEntry[];
  readonly checkpoints: readonly SealedCheckpoint[];
}

export const ADA: Identity = identityFromSeed(new Uint8Array(32).fill(1));
export const GRACE: Identity = identityFromSeed(new Uint8Array(32).fill(2));
const MINUTE = 60_000;

/** An event, how many minutes after the one before. */
export type Timed = readonly [minutes: number, event: LedgerEvent];

/** Entries over events, one after the other. Salts count up, so that the same events always give the same bytes. */
export function sealed(timed: readonly Timed[], { chain, key }: { readonly chain: string; readonly key: string | null }): LedgerEntry[] {
  let prev = NO_ENTRY;
  let at = Date.parse('2026-01-02T03:00:00.000Z');
  return timed.map(([minutes, event], seq) => {
    at += minutes * MINUTE;
    const place = { chain, seq, time: new Date(at).toISOString(), prev, key };
    const { entry } = sealEntry(place, event, seq.toString(16).padStart(32, '0'));
    prev = entry.hash;
    return entry;
  });
}

/** Numbers, links and hashes made anew from an entry on, as whoever changed something would. */
export function rehashed(entries: readonly LedgerEntry[], from = 0): LedgerEntry[] {
  let prev = entries[from - 1]?.hash ?? NO_ENTRY;
  return entries.map((entry, seq) => {
    if (seq < from || entry.event === null || entry.salt === null) return entry;
    const { entry: made } = sealEntry({ ...entry, seq, prev }, entry.event, entry.salt);
    prev = made.hash;
    return made;
  });
}

/** Checkpoints of these sizes over the entries. */
export function sealedAt(entries: readonly LedgerEntry[], sizes: readonly number[], identity = ADA): SealedCheckpoint[] {
  const tree = new MerkleTree(sha256Bytes);
  const made: SealedCheckpoint[] = [];
  for (const { hash, chain } of entries) {
    tree.append(Buffer.from(hash, 'hex'));
    if (sizes.includes(tree.size)) made.push(sealCheckpoint({ chain, size: tree.size, root: tree.root() }, identity));
  }
  return made;
}

export const SIZES = [7, 11, 19];
const LATER = '1c0f7a52-8d3b-4e6f-a1b2-3c4d5e6f7a8b';
const person = { name: 'Ada Example', source: 'os-user' } as const;

/** Two sessions of one person: a denial, an approval, an hour in which the guard was off, all under checkpoints. */
export function sampleLedger(identity = ADA, chain = CHAIN): SampleLedger {
  const second = { session: LATER };
  const off = { type: 'notice', ...second, by: person, detail: 'by the setting' } as const;
  const timed: readonly Timed[] = [
    [0, genesis],
    [0, signingKeyEvent(chain, identity)],
    [0, sessionOpen()],
    [1, assessment(1, 'block')],
    [1, decision(1, 'deny')],
    [0, outcome(1, 'withheld')],
    [15, heartbeat(1)],
    [2, assessment(2, 'review', { source: 'save' })],
    [1, decision(2, 'approve', { reason: 'reviewed: the path is a scratch folder', verdict: 'review' })],
    [0, outcome(2, 'saved')],
    [1, sessionClose()],
    [600, sessionOpen(LATER)],
    [1, assessment(3, 'pass', second)],
    [0, outcome(3, 'shown', second)],
    [2, { ...off, notice: 'guard-off' }],
    [15, { ...heartbeat(1), ...second }],
    [45, { ...off, notice: 'guard-on' }],
    [1, assessment(4, 'pass', second)],
    [1, sessionClose(LATER)],
  ];
  const entries = sealed(timed, { chain, key: identity.keyId });
  return { chain, entries, checkpoints: sealedAt(entries, SIZES, identity) };
}

/** Writes a ledger into a folder, each chain under the name it is given. */
export async function writeLedger(dir: string, ledgers: readonly (SampleLedger & { readonly name?: string })[]): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const { chain, name = chain, entries, checkpoints } of ledgers) {
    await writeFile(join(dir, `${name}.jsonl`), entries.map((entry) => `${entryLine(entry)}\n`).join(''));
    if (checkpoints.length > 0) await writeFile(join(dir, `${name}.checkpoints`), checkpoints.map(({ note }) => `${note}\n`).join(''));
  }
}

export const OTHER_CHAIN = uuid(77);
