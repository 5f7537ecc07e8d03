import type { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import { uuid } from './sampleChain.ts';
import { ADA, GRACE, OTHER_CHAIN, rehashed, type SampleLedger, SIZES, sampleLedger, sealedAt } from './sampleLedger.ts';

/** What a checker says, or why it can't. `seq`: the entry that is named as the first bad one. */
type Verdict = { readonly kind: string; readonly seq: number | null } | { readonly found: string } | { readonly hidden: string };

/** One thing that an attacker does to {@link sampleLedger}, and what can be told of it. */
export interface TamperingCase {
  readonly name: string;
  /** Does the attacker need the key for it? */
  readonly key: boolean;
  readonly change: (ledger: SampleLedger) => readonly (SampleLedger & { readonly name?: string })[];
  /** With the ledger and nothing else. */
  readonly alone: Verdict;
  /** With the checkpoint over the first 11 entries, which somebody kept. */
  readonly kept: Verdict;
}

/** The checkpoint that was kept elsewhere. */
export const KEPT_SIZE = 11;

const REWRITTEN = 'no trace in the files: with the key everything in them can be made anew';
const NO_KEY_NEEDED = 'no trace in the files: what was removed was the end, and its checkpoints with it';
const LATER_THAN_KEPT = 'it is later than the checkpoint that was kept: completeness and integrity reach no further than that';

function edited(entries: readonly LedgerEntry[], seq: number): LedgerEntry[] {
  return entries.map((entry) => {
    if (entry.seq !== seq) return entry;
    const event = entry.event?.type === 'decision' ? { ...entry.event, choice: 'approve' as const } : entry.event;
    const changed = event?.type === 'assessment' ? { ...event, requestId: 'r-other' } : event;
    return { ...entry, event: changed };
  });
}

const without = (entries: readonly LedgerEntry[], seq: number): LedgerEntry[] => entries.filter((entry) => entry.seq !== seq);

function swapped(entries: readonly LedgerEntry[], seq: number): LedgerEntry[] {
  const [one, other] = [entries[seq], entries[seq + 1]];
  return one && other ? entries.toSpliced(seq, 2, other, one) : [...entries];
}

/** Only the entry's own hash is made anew. */
function hashedAlone(entries: readonly LedgerEntry[], seq: number): LedgerEntry[] {
  return entries.map((entry, n) => (n === seq ? (rehashed(edited(entries, seq), seq)[seq] ?? entry) : entry));
}

/** All of it made anew by whoever holds the key. */
function resealed(ledger: SampleLedger, entries: readonly LedgerEntry[], from: number): SampleLedger[] {
  const anew = rehashed(entries, from);
  return [{ ...ledger, entries: anew, checkpoints: sealedAt(anew, [...SIZES.filter((size) => size < anew.length), anew.length]) }];
}

const only = (ledger: SampleLedger, entries: readonly LedgerEntry[]): SampleLedger[] => [{ ...ledger, entries }];
const same = (kind: string, seq: number | null) => ({ alone: { kind, seq }, kept: { kind, seq } });

function under(identity: typeof GRACE, entries: readonly LedgerEntry[], from: number): LedgerEntry[] {
  return rehashed(
    entries.map((entry, seq) => (seq < from ? entry : { ...entry, key: identity.keyId })),
    from,
  );
}

export const TAMPERINGS: readonly TamperingCase[] = [
  { name: 'a field is edited', key: false, change: (l) => only(l, edited(l.entries, 4)), ...same('edited', 4) },
  {
    name: 'a field is edited and the entry hashed anew',
    key: false,
    change: (l) => only(l, hashedAlone(l.entries, 4)),
    ...same('edited', 4),
  },
  {
    name: 'a field is edited and all hashes made anew',
    key: false,
    change: (l) => only(l, rehashed(edited(l.entries, 7), 7)),
    ...same('rewritten', 7),
  },
  {
    name: 'a field is edited, all hashes made anew and the checkpoints removed',
    key: false,
    change: (l) => [{ ...l, entries: rehashed(edited(l.entries, 7), 7), checkpoints: [] }],
    alone: { found: 'all covered' },
    kept: { kind: 'rewritten', seq: 0 },
  },
  {
    name: 'a field is edited and everything hashed and signed anew',
    key: true,
    change: (l) => resealed(l, edited(l.entries, 7), 7),
    alone: { hidden: REWRITTEN },
    kept: { kind: 'rewritten', seq: 7 },
  },
  {
    name: 'a later field is edited and everything hashed and signed anew',
    key: true,
    change: (l) => resealed(l, edited(l.entries, 12), 12),
    alone: { hidden: REWRITTEN },
    kept: { hidden: LATER_THAN_KEPT },
  },
  { name: 'the first entry is removed', key: false, change: (l) => only(l, without(l.entries, 0)), ...same('removed', 1) },
  { name: 'an entry in the middle is removed', key: false, change: (l) => only(l, without(l.entries, 7)), ...same('removed', 8) },
  {
    name: 'whole items in the middle are removed and everything hashed and signed anew',
    key: true,
    change: (l) => resealed(l, l.entries.toSpliced(3, 3), 3),
    alone: { hidden: REWRITTEN },
    kept: { kind: 'rewritten', seq: 7 },
  },
  { name: 'the last entry is removed', key: false, change: (l) => only(l, l.entries.slice(0, -1)), ...same('truncated', 18) },
  {
    name: 'the end is cut off with its checkpoint',
    key: false,
    change: (l) => [{ ...l, entries: l.entries.slice(0, KEPT_SIZE), checkpoints: l.checkpoints.slice(0, 2) }],
    alone: { hidden: NO_KEY_NEEDED },
    kept: { hidden: LATER_THAN_KEPT },
  },
  {
    name: "yesterday's copy is put back",
    key: false,
    change: (l) => [{ ...l, entries: l.entries.slice(0, 7), checkpoints: l.checkpoints.slice(0, 1) }],
    alone: { hidden: NO_KEY_NEEDED },
    kept: { kind: 'truncated', seq: 7 },
  },
  {
    name: 'an entry is put in',
    key: false,
    change: (l) => only(l, l.entries.toSpliced(7, 0, ...l.entries.slice(12, 13))),
    ...same('duplicated', 12),
  },
  {
    name: 'an entry is put in and everything hashed and signed anew',
    key: true,
    change: (l) => resealed(l, l.entries.toSpliced(7, 0, ...l.entries.slice(6, 7)), 7),
    alone: { hidden: REWRITTEN },
    kept: { kind: 'rewritten', seq: 7 },
  },
  { name: 'two entries are swapped', key: false, change: (l) => only(l, swapped(l.entries, 3)), ...same('reordered', 4) },
  {
    name: 'two entries are swapped and all hashes made anew',
    key: false,
    change: (l) => only(l, rehashed(swapped(l.entries, 5), 5)),
    ...same('rewritten', 0),
  },
  {
    name: 'the chain is forked and goes on otherwise',
    key: true,
    change: (l) => resealed(l, [...l.entries.slice(0, 7), ...l.entries.slice(10, 12), ...l.entries.slice(15)], 7),
    alone: { hidden: REWRITTEN },
    kept: { kind: 'rewritten', seq: 7 },
  },
  {
    name: "another machine's ledger is put in its place",
    key: false,
    change: () => [sampleLedger(GRACE, OTHER_CHAIN)],
    alone: { hidden: 'it is a sound ledger, of another key: the trust file says whose keys are expected' },
    kept: { found: 'missing chains' },
  },
  {
    name: "another machine's ledger is put in its place under its name",
    key: false,
    change: (l) => [{ ...sampleLedger(GRACE, OTHER_CHAIN), name: l.chain }],
    ...same('inserted', 0),
  },
  {
    name: 'a checkpoint is forged with another key',
    key: false,
    change: (l) => [{ ...l, checkpoints: [...l.checkpoints.slice(0, 2), ...sealedAt(l.entries, [15], GRACE), ...l.checkpoints.slice(2)] }],
    ...same('forged', null),
  },
  {
    name: 'a checkpoint of another chain is put in',
    key: false,
    change: (l) => [{ ...l, checkpoints: l.checkpoints.toSpliced(1, 1, ...sealedAt(sampleLedger(ADA, OTHER_CHAIN).entries, [11])) }],
    ...same('forged', null),
  },
  {
    name: 'a checkpoint is removed',
    key: false,
    change: (l) => [{ ...l, checkpoints: l.checkpoints.toSpliced(1, 1) }],
    alone: { hidden: 'nothing is lost by it: the next one covers the same entries' },
    kept: { hidden: 'nothing is lost by it: the next one covers the same entries' },
  },
  {
    name: 'a second key goes on with the chain',
    key: false,
    change: (l) => {
      const entries = under(GRACE, l.entries, 11);
      return [{ ...l, entries, checkpoints: [...l.checkpoints.slice(0, 2), ...sealedAt(entries, [19], GRACE)] }];
    },
    ...same('foreign', 11),
  },
  {
    name: 'the ledger is deleted',
    key: false,
    change: () => [],
    alone: { found: 'nothing was verified' },
    kept: { found: 'missing chains' },
  },
  {
    name: 'the guard is switched off for an hour',
    key: false,
    change: (l) => [l],
    alone: { found: 'guard on' },
    kept: { found: 'guard on' },
  },
  {
    name: 'a session is copied into a chain of its own',
    key: true,
    change: (l) => [l, { ...sampleLedger(ADA, uuid(78)), chain: uuid(78) }],
    alone: { found: 'overlapping writers' },
    kept: { found: 'overlapping writers' },
  },
];
