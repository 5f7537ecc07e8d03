import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Audit, type AuditedChain } from '../../verifier/anchor/audit.ts';
import type { AuditReport } from '../../verifier/anchor/auditReport.ts';
import type { FoundMemo } from '../../verifier/anchor/chainPort.ts';
import { checkpointMemo, entryMemo } from '../../verifier/anchor/entryMemo.ts';
import { encodeMemo, requestLabel } from '../../verifier/anchor/memo.ts';
import { base58 } from '../../verifier/ledger/base58.ts';
import { sealEntry } from '../../verifier/ledger/entry.ts';
import { MerkleTree } from '../../verifier/ledger/merkle.ts';
import { sha256Bytes } from '../../verifier/protocol/digest.ts';
import type { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import { assessment, CHAIN, decision, outcome, sessionOpen } from '../ledger/sampleChain.ts';
import { ADA } from '../ledger/sampleLedger.ts';

const NONE = '0'.repeat(64);
const authority = base58(ADA.publicKey);

/** A session whose entries are anchored, each assessment followed by decision and outcome. */
function chainOf(count: number): LedgerEntry[] {
  const opening = { ...sessionOpen(), anchor: { mode: 'both', cluster: 'devnet' } } as const;
  const events = Array.from({ length: count }, (_, n) => [assessment(n, 'block'), decision(n, 'deny'), outcome(n, 'withheld')]).flat();
  let prev = NONE;
  return [opening, ...events].map((event, seq) => {
    const time = new Date(Date.UTC(2026, 0, 1) + seq).toISOString();
    const { entry } = sealEntry({ chain: CHAIN, seq, time, prev, key: ADA.keyId }, event, seq.toString(16).padStart(32, '0'));
    prev = entry.hash;
    return entry;
  });
}

/** Seals entries anew from one on, as whoever holds the key can. */
function rewritten(entries: readonly LedgerEntry[], at: number, change: (entry: LedgerEntry) => LedgerEntry): LedgerEntry[] {
  let prev = entries[at]?.prev ?? NONE;
  return entries.map((entry, n) => {
    if (n < at || entry.event === null || entry.salt === null) return entry;
    const { event, salt } = n === at ? change(entry) : entry;
    if (event === null || salt === null) return entry;
    const sealed = sealEntry({ chain: CHAIN, seq: entry.seq, time: entry.time, prev, key: entry.key }, event, salt).entry;
    prev = sealed.hash;
    return sealed;
  });
}

const found = (text: string, n: number, signed = true): FoundMemo => ({ signature: `signature-${n}`, slot: n, blockTime: n, signed, text });

function memosOf(entries: readonly LedgerEntry[]): FoundMemo[] {
  const requests = new Map<string, string>();
  const texts = entries.flatMap((entry) => {
    if (entry.event?.type === 'assessment') requests.set(entry.event.assessmentId, requestLabel(entry.event.requestId));
    const memo = entryMemo(entry, { requestOf: (id) => requests.get(id), isPublic: () => true });
    return memo === undefined ? [] : [encodeMemo(memo)];
  });
  return texts.map((text, n) => found(text, n));
}

function sealed(entries: readonly LedgerEntry[], n: number): FoundMemo {
  const tree = new MerkleTree(sha256Bytes);
  for (const { hash } of entries) tree.append(Buffer.from(hash, 'hex'));
  const memo = checkpointMemo({ chain: CHAIN, size: tree.size, root: tree.root(), keyId: ADA.keyId }, NONE, '2026-01-01T00:00:01.000Z');
  return found(encodeMemo(memo), n);
}

async function audited(
  entries: readonly LedgerEntry[],
  memos: readonly FoundMemo[],
  more: Partial<AuditedChain> = {},
): Promise<AuditReport> {
  const audit = new Audit(authority, memos);
  await audit.chain({
    ...{ chain: CHAIN, whole: true, waiting: new Set(), roots: new Map() },
    async *entries() {
      yield* entries;
    },
    ...more,
  });
  return audit.report(true);
}

function first({ verdict, findings }: AuditReport): readonly unknown[] {
  return [verdict, findings[0]?.class, findings[0]?.seq];
}

const entries = chainOf(10);
const memos = memosOf(entries);

test('a ledger whose memos are all there is clean', async () => {
  const report = await audited(entries, [...memos, sealed(entries, 99)]);
  assert.deepEqual([report.verdict, report.counts.matched, report.findings], ['clean', 21, []]);
  assert.equal(report.completeUpTo[CHAIN], 30);
});

test('an entry that was edited and signed again by the holder of the key is altered, and so is all that follows', async () => {
  const edited = rewritten(entries, 4, (entry) => ({ ...entry, event: assessment(1, 'pass') }));
  const report = await audited(edited, memos);
  assert.deepEqual([report.verdict, report.findings[0]?.class], ['tampered', 'altered']);
});

test('entries that were cut off the end are gone from the ledger', async () => {
  assert.deepEqual(first(await audited(entries.slice(0, 20), memos)), ['tampered', 'gone', 20]);
});

test('a ledger that was deleted is gone', () => {
  const report = new Audit(authority, memos).report(true);
  assert.deepEqual([report.verdict, report.counts.gone], ['tampered', 20]);
});

test('a checkpoint over other entries is altered', async () => {
  const other = rewritten(entries, 3, (entry) => ({ ...entry, event: outcome(0, 'ran') }));
  assert.deepEqual(first(await audited(entries, [sealed(other, 0)])), ['tampered', 'altered', 31]);
});

test('a memo that was withheld is missing once a later one is there, and no loss where a checkpoint covers it', async () => {
  const without = memos.filter((_, n) => n !== 3);
  assert.deepEqual(first(await audited(entries, without)), ['incomplete', 'missing', 5]);
  const covered = await audited(entries, [...without, sealed(entries, 99)]);
  assert.deepEqual([covered.verdict, covered.counts.covered], ['clean', 1]);
});

test('what is later than everything on chain, or in the outbox, waits', async () => {
  const late = await audited(entries, memos.slice(0, 10));
  assert.deepEqual([late.verdict, late.counts.waiting, late.counts.missing], ['incomplete', 10, 0]);
  const queued = await audited(
    entries,
    memos.filter((_, n) => n !== 3),
    { waiting: new Set([5]) },
  );
  assert.deepEqual([queued.counts.waiting, queued.counts.missing], [1, 0]);
});

test('a memo that was sent twice counts once; two that differ do not', async () => {
  const [one] = memos;
  assert.ok(one !== undefined);
  const again = await audited(entries, [...memos, { ...one, signature: 'again' }]);
  assert.deepEqual([again.verdict, again.counts.duplicated, again.counts.matched], ['clean', 1, 20]);
  const other = { ...one, signature: 'other', text: one.text.replace('|block|', '|review|') };
  assert.equal((await audited(entries, [...memos, other])).verdict, 'tampered');
});

test('a memo whose summary was changed is altered', async () => {
  const changed = memos.map((memo, n) => (n === 0 ? { ...memo, text: memo.text.replace(/\|[^|]*$/, '|secrets.in-code') } : memo));
  assert.deepEqual(first(await audited(entries, changed)), ['tampered', 'altered', 1]);
});

test('memos of strangers that name the address count for nothing', async () => {
  const report = await audited(entries, [...memos, found('SAI1|nonsense', 99, false)]);
  assert.deepEqual([report.verdict, report.strangers], ['clean', 1]);
});

test('a memo under another key, and one of a newer form, are told', async () => {
  const text = memos.at(-1)?.text ?? '';
  const other = text.replace(`|${ADA.keyId}|`, '|AAAAAAAAAAA|').replace(/\|\d+\|/, '|77|');
  assert.deepEqual(first(await audited(entries, [...memos, found(other, 99)])), ['tampered', 'unknown key', 77]);
  assert.deepEqual(first(await audited(entries, [...memos, found('SAI2|new', 99)])), ['incomplete', 'unknown version', null]);
});

test('a memo that came after a later one is told and does no harm', async () => {
  const swapped = [...memos.slice(0, 5), ...memos.slice(6, 8), ...memos.slice(5, 6), ...memos.slice(8)];
  const report = await audited(entries, swapped);
  assert.deepEqual([report.verdict, report.counts['out of order']], ['clean', 1]);
});

test('the chain alone shows where neighbours do not follow each other', () => {
  assert.equal(new Audit(authority, memos).report(null).verdict, 'clean');
  const edited = rewritten(entries, 4, (entry) => ({ ...entry, event: assessment(1, 'review') }));
  const mixed = memos.map((memo, n) => (n === 2 ? (memosOf(edited)[2] ?? memo) : memo));
  assert.equal(new Audit(authority, mixed).report(null).verdict, 'tampered');
});
