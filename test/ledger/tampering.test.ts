import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { canonicalJson, entryLine, eraseContent } from '../../verifier/ledger/entry.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { type CheckName, reportText, type Tampering } from '../../verifier/ledger/verifyReport.ts';
import type { LedgerEntry, LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import {
  assessment,
  CHAIN,
  decision,
  fileText,
  heartbeat,
  outcome,
  reseal,
  sampleEvents,
  sealChain,
  sessionOpen,
  uuid,
} from './sampleChain.ts';

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sentinel-verify-'));
});
after(() => rm(dir, { recursive: true, force: true }));

const sound = sealChain(sampleEvents());
const LAST = sound.length;

function at(line: number, entries: readonly LedgerEntry[] = sound): LedgerEntry {
  const entry = entries[line - 1];
  assert.ok(entry);
  return entry;
}
/** The sound chain with the entry at a line (from one) replaced by others. */
function splice(line: number, count: number, ...entries: LedgerEntry[]): string {
  return fileText(sound.toSpliced(line - 1, count, ...entries));
}
/** The sound chain with one line of text replaced. */
function retype(line: number, change: (text: string) => string): string {
  return sound.map((entry, i) => `${i === line - 1 ? change(entryLine(entry)) : entryLine(entry)}\n`).join('');
}
const other = (hex: string): string => hex.replace(/^./, (first) => (first === '0' ? '1' : '0'));
const forged = (entry: LedgerEntry, event: LedgerEvent): LedgerEntry => reseal({ ...entry, event });
const stranger = at(3, sealChain(sampleEvents(), uuid(77)));

async function verify(text: string) {
  const file = join(dir, `${CHAIN}.jsonl`);
  await writeFile(file, text);
  const report = await verifyLedger(file);
  const [chain] = report.chains;
  assert.ok(chain);
  return { report, chain, failed: chain.checks.filter((each) => each.result === 'failed').map((each) => each.check) };
}

interface Tamper {
  readonly name: string;
  readonly text: string;
  readonly kind: Tampering['kind'];
  readonly line: number;
  /** The check that must be among those that failed. */
  readonly check: CheckName;
}

// An edit of every field of an entry, its digests left as they were.
const five = at(5);
const edits: Record<string, [LedgerEntry, CheckName]> = {
  chain: [{ ...five, chain: uuid(9) }, 'entry hash'],
  seq: [{ ...five, seq: 40 }, 'entry hash'],
  time: [{ ...five, time: '2026-01-02T03:04:09.007Z' }, 'entry hash'],
  prev: [{ ...five, prev: other(five.prev) }, 'entry hash'],
  key: [{ ...five, key: 'abcdefghijk' }, 'entry hash'],
  content: [{ ...five, content: other(five.content) }, 'content digest'],
  hash: [{ ...five, hash: other(five.hash) }, 'entry hash'],
  salt: [{ ...five, salt: other(five.salt ?? '') }, 'content digest'],
  'event.verdict': [{ ...five, event: assessment(2, 'review') }, 'content digest'],
  'event.subject': [
    { ...five, event: assessment(2, 'block', { subject: { kind: 'command', digest: 'c'.repeat(64), bytes: 8 } }) },
    'content digest',
  ],
  'event (to another type)': [{ ...five, event: heartbeat(1) }, 'content digest'],
};

const tampers: Tamper[] = [
  ...Object.entries(edits).map(
    ([field, [entry, check]]) => ({ name: `${field} edited`, text: splice(5, 1, entry), kind: 'edited', line: 5, check }) as const,
  ),
  { name: 'v edited', text: retype(5, (t) => t.replace(/"v":1\}$/, '"v":2}')), kind: 'edited', line: 5, check: 'form' },
  { name: 'an unknown field added', text: retype(5, (t) => t.replace(/\}$/, ',"x":1}')), kind: 'edited', line: 5, check: 'form' },
  {
    name: 'a duplicate key hidden',
    text: retype(5, (t) => t.replace('{"chain"', '{"seq":9,"chain"')),
    kind: 'edited',
    line: 5,
    check: 'canonical form',
  },
  { name: 'white space added', text: retype(5, (t) => t.replace(',', ', ')), kind: 'edited', line: 5, check: 'canonical form' },
  {
    name: 'salt alone erased',
    text: retype(5, (t) => t.replace(`"salt":"${five.salt}"`, '"salt":null')),
    kind: 'edited',
    line: 5,
    check: 'form',
  },
  { name: 'a line made garbage', text: retype(5, () => 'garbage}'), kind: 'edited', line: 5, check: 'form' },
  { name: 'a line emptied', text: retype(5, () => ''), kind: 'truncated', line: 5, check: 'form' },
  { name: 'a line in the middle cut', text: retype(5, (t) => t.slice(0, 90)), kind: 'truncated', line: 5, check: 'form' },
  {
    name: 'one entry edited and hashed anew',
    text: splice(6, 1, forged(at(6), decision(2, 'approve'))),
    kind: 'edited',
    line: 6,
    check: 'chain link',
  },
  {
    name: 'genesis edited and hashed anew',
    text: splice(1, 1, reseal({ ...at(1), time: '2025-01-01T00:00:00.000Z' })),
    kind: 'edited',
    line: 1,
    check: 'chain link',
  },
  {
    name: 'prev edited and hashed anew',
    text: splice(6, 1, reseal({ ...at(6), prev: other(at(6).prev) })),
    kind: 'edited',
    line: 6,
    check: 'chain link',
  },
  { name: 'seq edited and hashed anew', text: splice(6, 1, reseal({ ...at(6), seq: 50 })), kind: 'edited', line: 6, check: 'sequence' },
  { name: 'genesis removed', text: splice(1, 1), kind: 'removed', line: 1, check: 'genesis first' },
  { name: 'one entry removed', text: splice(5, 1), kind: 'removed', line: 5, check: 'sequence' },
  { name: 'three entries removed', text: splice(5, 3), kind: 'removed', line: 5, check: 'chain link' },
  { name: 'two neighbours swapped', text: splice(5, 2, at(6), at(5)), kind: 'reordered', line: 5, check: 'sequence' },
  { name: 'the last two swapped', text: splice(LAST - 1, 2, at(LAST), at(LAST - 1)), kind: 'reordered', line: LAST - 1, check: 'sequence' },
  { name: 'an entry moved down', text: splice(5, 4, at(6), at(7), at(8), at(5)), kind: 'reordered', line: 5, check: 'sequence' },
  { name: 'an entry moved up', text: splice(5, 4, at(8), at(5), at(6), at(7)), kind: 'reordered', line: 5, check: 'sequence' },
  { name: 'an entry doubled in place', text: splice(5, 1, at(5), at(5)), kind: 'duplicated', line: 6, check: 'sequence' },
  { name: 'an entry copied further down', text: splice(9, 1, at(5), at(9)), kind: 'duplicated', line: 9, check: 'sequence' },
  { name: 'an entry copied further up', text: splice(5, 1, at(9), at(5)), kind: 'duplicated', line: 5, check: 'sequence' },
  {
    name: 'a forged entry that links back put in between',
    text: splice(6, 1, forged(at(6), heartbeat(9)), at(6)),
    kind: 'inserted',
    line: 6,
    check: 'chain link',
  },
  {
    name: 'a forged entry that links nowhere put in between',
    text: splice(6, 1, reseal({ ...at(6), prev: other(at(6).prev), event: heartbeat(9) }), at(6)),
    kind: 'inserted',
    line: 6,
    check: 'chain link',
  },
  {
    name: 'a forged entry with a later number put in between',
    text: splice(6, 1, reseal({ ...at(8), prev: other(at(8).prev), event: heartbeat(9) }), at(6)),
    kind: 'inserted',
    line: 6,
    check: 'sequence',
  },
  { name: "another chain's entry put in between", text: splice(6, 1, stranger, at(6)), kind: 'inserted', line: 6, check: 'one chain' },
  {
    name: 'a whole chain of another name',
    text: fileText(sealChain(sampleEvents(), uuid(77))),
    kind: 'inserted',
    line: 1,
    check: 'one chain',
  },
];

describe('a ledger that was tampered with is found out, by kind and line', () => {
  for (const tamper of tampers) {
    it(tamper.name, async () => {
      const { report, chain, failed } = await verify(tamper.text);
      assert.equal(report.ok, false);
      assert.deepEqual(
        { kind: chain.tampering?.kind, line: chain.tampering?.line },
        { kind: tamper.kind, line: tamper.line },
        chain.tampering?.message,
      );
      assert.ok(failed.includes(tamper.check), `failed: ${failed.join(', ')}`);
      assert.match(reportText(report), new RegExp(`${CHAIN}\\.jsonl:${tamper.line}: ${tamper.kind}`));
    });
  }
});

// Whole chains with sound hashes whose story cannot have happened: what a forger of everything must still avoid.
const open = [at(1), at(2)].map((entry) => entry.event).filter((event) => event !== null);
const stories: { name: string; events: LedgerEvent[]; line: number; check: CheckName }[] = [
  { name: 'a decision without its assessment', events: [decision(8, 'approve')], line: 3, check: 'single use' },
  {
    name: 'two decisions on one assessment',
    events: [assessment(2, 'block'), decision(2, 'deny'), decision(2, 'approve')],
    line: 5,
    check: 'single use',
  },
  {
    name: 'a decision after the outcome',
    events: [assessment(2, 'block'), decision(2, 'deny'), outcome(2, 'withheld'), decision(2, 'approve')],
    line: 6,
    check: 'single use',
  },
  { name: 'two outcomes', events: [assessment(1, 'pass'), outcome(1, 'shown'), outcome(1, 'shown')], line: 5, check: 'single use' },
  { name: 'an assessment recorded twice', events: [assessment(1, 'pass'), assessment(1, 'pass')], line: 4, check: 'single use' },
  ...(['subjectDigest', 'policyDigest', 'inputsDigest'] as const).map((field) => ({
    name: `a decision bound to another ${field}`,
    events: [assessment(2, 'block'), decision(2, 'approve', { [field]: 'f'.repeat(64) })],
    line: 4,
    check: 'binding' as const,
  })),
  {
    name: 'a decision bound to another verdict',
    events: [assessment(2, 'block'), decision(2, 'approve', { verdict: 'review' })],
    line: 4,
    check: 'binding',
  },
  {
    name: 'an outcome about another subject',
    events: [assessment(1, 'pass'), outcome(1, 'saved', { subjectDigest: 'f'.repeat(64) })],
    line: 4,
    check: 'binding',
  },
  { name: 'an effect without a decision', events: [assessment(2, 'block'), outcome(2, 'ran')], line: 4, check: 'binding' },
  { name: 'an effect after a denial', events: [assessment(2, 'block'), decision(2, 'deny'), outcome(2, 'ran')], line: 5, check: 'binding' },
  { name: 'a session opened within another', events: [sessionOpen(uuid(5))], line: 3, check: 'sessions' },
  { name: 'an event of a session that is not open', events: [heartbeat(0, uuid(5))], line: 3, check: 'sessions' },
  {
    name: 'a session closed with an undecided assessment',
    events: [assessment(2, 'block'), { type: 'session-close', session: heartbeat().session, reason: 'clean' }],
    line: 4,
    check: 'sessions',
  },
  { name: 'a second genesis', events: open.slice(0, 1), line: 3, check: 'genesis first' },
];

describe('a chain whose hashes hold but whose story cannot have happened is inconsistent', () => {
  for (const story of stories) {
    it(story.name, async () => {
      const { chain, failed } = await verify(fileText(sealChain([...open, ...story.events])));
      assert.deepEqual({ kind: chain.tampering?.kind, line: chain.tampering?.line }, { kind: 'inconsistent', line: story.line });
      assert.deepEqual(failed, [story.check]);
    });
  }
});

describe('an honest ledger verifies', () => {
  it('with all checks held, naming its head', async () => {
    const { report, chain } = await verify(fileText(sound));
    assert.equal(report.ok, true);
    assert.deepEqual([...new Set(chain.checks.map((each) => each.result))], ['held']);
    assert.deepEqual(chain.head, { seq: LAST - 1, hash: at(LAST).hash });
    assert.deepEqual([chain.entries, chain.sessions, chain.sessionOpen, chain.unsettled, chain.tampering], [LAST, 1, false, 0, null]);
    assert.match(reportText(report), /Verified: .*\n.*12 entries/);
    assert.match(reportText(report), /rewrite a whole chain/);
  });

  it('after the content of any entry was erased, which is counted', async () => {
    for (let line = 1; line <= LAST; line++) {
      const { report, chain } = await verify(splice(line, 1, eraseContent(at(line))));
      assert.deepEqual([report.ok, chain.erased], [true, 1], `line ${line}: ${chain.tampering?.message}`);
    }
  });

  it('with an unfinished last line, which is noted', async () => {
    const { report, chain } = await verify(fileText(sound).slice(0, -20));
    const last = chain.checks.find((each) => each.check === 'last line');
    assert.deepEqual([report.ok, last?.result, last?.first?.line, chain.entries], [true, 'noted', LAST, LAST - 1]);
    assert.match(last?.first?.message ?? '', /^truncated: \d+ bytes/);
  });

  it('with a clock that was set back, which is noted', async () => {
    const late = sealChain(open).map((entry, i) => (i === 0 ? reseal({ ...entry, time: '2027-01-01T00:00:00.000Z' }) : entry));
    const linked = [at(1, late), reseal({ ...at(2, late), prev: at(1, late).hash })];
    const { report, chain } = await verify(fileText(linked));
    assert.deepEqual([report.ok, chain.checks.find((each) => each.check === 'time order')?.result], [true, 'noted']);
  });

  it('and an assessment after the fact may end without an approval', async () => {
    const after = assessment(4, 'block', { timing: 'after', unassessed: 'saved by an agent' });
    const { report } = await verify(fileText(sealChain([...open, after, outcome(4, 'saved')])));
    assert.equal(report.ok, true);
  });
});

it('a folder without a chain is not called verified', async () => {
  const empty = await mkdtemp(join(dir, 'empty-'));
  const report = await verifyLedger(empty);
  assert.equal(report.ok, false);
  assert.match(reportText(report), /nothing was verified/);
});

it('the erased entry keeps its header and hash and loses salt and event', () => {
  const erased = eraseContent(five);
  assert.deepEqual(erased, { ...five, salt: null, event: null });
  assert.doesNotMatch(canonicalJson(erased), /rm -rf/);
});
