import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { eraseContent } from '../../verifier/ledger/entry.ts';
import type { HistoryQuery } from '../../verifier/protocol/history.ts';
import type { LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { readHistory } from '../../verifier/report/history.ts';
import { linesNewestFirst } from '../../verifier/report/newestFirst.ts';
import {
  assessment,
  decision,
  fileText,
  genesis,
  outcome,
  SESSION,
  sampleEvents,
  sealChain,
  sessionOpen,
  uuid,
} from '../ledger/sampleChain.ts';

const ALL: HistoryQuery = { limit: 1_000 };
const NOTEWORTHY: HistoryQuery = { limit: 1_000, only: 'noteworthy' };
const PERSON = { name: 'Ada Example', source: 'os-user' } as const;

async function fileWith(t: TestContext, ...texts: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'history-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return Promise.all(
    texts.map(async (text, index) => {
      const path = join(folder, `${index}.jsonl`);
      await writeFile(path, text);
      return path;
    }),
  );
}

const chainOf = (events: readonly LedgerEvent[]) => fileText(sealChain(events));

test('each assessment is told with the decision and the outcome that followed, newest first', async (t) => {
  const history = await readHistory(await fileWith(t, chainOf(sampleEvents())), ALL);
  assert.deepEqual(
    history.items.map(({ assessmentId, verdict, decision: decided, outcome: became }) => [
      assessmentId,
      verdict,
      decided?.choice,
      decided?.reason,
      became?.outcome,
    ]),
    [
      [uuid(3), 'block', 'approve', 'a throw-away machine', 'ran'],
      [uuid(2), 'block', 'deny', undefined, 'withheld'],
      [uuid(1), 'pass', undefined, undefined, 'shown'],
    ],
  );
  const [newest] = history.items;
  assert.deepEqual(newest?.ruleIds, ['destructive-operations.recursive-delete']);
  assert.match(newest?.message ?? '', /Deletes the whole file system/);
  assert.deepEqual(newest?.decision?.by, PERSON);
  assert.equal(newest?.decision?.cause, 'person');
  assert.equal(newest?.layers.audit.state, 'off');
  assert.deepEqual([history.passed, history.unreadable, history.complete], [1, 0, true]);
});

test('what passed before its effect is counted, and listed only where all is asked for', async (t) => {
  const events = [
    genesis,
    sessionOpen(),
    assessment(1, 'pass'),
    assessment(2, 'pass', { timing: 'after', unassessed: 'by a tool' }),
    assessment(3, 'review'),
  ];
  const files = await fileWith(t, chainOf(events));
  const noteworthy = await readHistory(files, NOTEWORTHY);
  assert.deepEqual(
    noteworthy.items.map(({ assessmentId, unassessed }) => [assessmentId, unassessed]),
    [
      [uuid(3), undefined],
      [uuid(2), 'by a tool'],
    ],
  );
  assert.equal(noteworthy.passed, 1);
  assert.equal((await readHistory(files, ALL)).items.length, 3);
});

test('nothing older than the time asked for is told, whatever its offset from UTC', async (t) => {
  // Entries are a second apart from 03:04:05.006Z on; the fifth to seventh are the denial.
  const files = await fileWith(t, chainOf(sampleEvents()));
  const told = async (since: string) => (await readHistory(files, { ...ALL, since })).items.map(({ assessmentId }) => assessmentId);
  assert.deepEqual(await told('2026-01-02T03:04:09.006Z'), [uuid(3), uuid(2)]);
  assert.deepEqual(await told('2026-01-02T04:04:09.007+01:00'), [uuid(3)]);
  assert.deepEqual(await told('2027-01-01T00:00:00Z'), []);
});

test('no more is told than asked for, and that there is more is said', async (t) => {
  const files = await fileWith(t, chainOf(sampleEvents()));
  const two = await readHistory(files, { limit: 2 });
  assert.deepEqual([two.items.length, two.complete], [2, false]);
  assert.equal((await readHistory(files, { limit: 3 })).complete, true);
});

test('what a late layer found belongs to its assessment', async (t) => {
  const found = assessment(9, 'review');
  const [late] = found.findings;
  assert.ok(late);
  const layers = { gates: { state: 'ran', ms: 1 }, audit: { state: 'ran', ms: 900, model: 'stand-in' } } as const;
  const event: LedgerEvent = {
    ...{ type: 'late-layer', session: SESSION, assessmentId: uuid(1), layer: 'audit', layers },
    findings: [
      { ...late, ruleId: 'injection.audit', policy: 'injection', layer: 'audit', message: 'The answer follows the text of a web page.' },
    ],
  };
  const { items } = await readHistory(await fileWith(t, chainOf([genesis, sessionOpen(), assessment(1, 'pass'), event])), NOTEWORTHY);
  assert.deepEqual(items[0]?.ruleIds, ['injection.audit']);
  assert.equal(items[0]?.layers.audit.state, 'ran');
});

test('what happened without an assessment is told beside', async (t) => {
  const notice: LedgerEvent = { type: 'notice', session: SESSION, notice: 'coverage-gap', by: PERSON, detail: '3 files could not be read' };
  const { gaps } = await readHistory(await fileWith(t, chainOf([genesis, sessionOpen(), notice])), NOTEWORTHY);
  assert.deepEqual(gaps, [{ seq: 2, time: '2026-01-02T03:04:07.006Z', what: 'coverage-gap', detail: '3 files could not be read' }]);
});

test('what was let go without the guard, and what is suppressed, is told beside', async (t) => {
  const digest = 'c'.repeat(64);
  const letGo: LedgerEvent = {
    ...{ type: 'unassessed', session: SESSION, id: uuid(7), action: 'save', by: PERSON, reason: 'the disk is full' },
    ...{ why: 'The ledger could not be written.', happenedAt: '2026-01-01T00:00:00.000Z' },
    ...{ subject: { kind: 'file', digest, bytes: 3, name: 'a.sh' }, spool: { prev: digest, hash: digest, intact: true } },
  };
  const suppression: LedgerEvent = {
    ...{ type: 'suppression', session: SESSION, action: 'accept', digest, kind: 'comment', ruleId: 'supply-chain.remote-execution' },
    ...{ name: 'setup.sh', until: '2026-02-01', reason: 'our own server', by: PERSON },
  };
  const { gaps } = await readHistory(await fileWith(t, chainOf([genesis, sessionOpen(), letGo, suppression])), NOTEWORTHY);
  assert.deepEqual(
    gaps.map(({ what, detail }) => [what, detail]),
    [
      ['suppression-accepted', 'supply-chain.remote-execution in setup.sh until 2026-02-01: our own server'],
      ['let-go', 'save a.sh by Ada Example: the disk is full (The ledger could not be written.)'],
    ],
  );
});

test('erased, damaged and unfinished lines are passed over, and the first two counted', async (t) => {
  const entries = sealChain(sampleEvents());
  const erased = entries.map((entry) => (entry.event?.type === 'decision' ? eraseContent(entry) : entry));
  const lines = fileText(erased).split('\n');
  lines[2] = '{"not":"an entry"}';
  lines[3] = 'neither JSON \u0000';
  const text = `${lines.join('\n')}${fileText(entries.slice(4, 5)).slice(0, 100)}`;
  const { items, unreadable } = await readHistory(await fileWith(t, text), ALL);
  assert.deepEqual(
    items.map(({ assessmentId, decision: decided, outcome: became }) => [assessmentId, decided, became?.outcome]),
    [
      [uuid(3), undefined, 'ran'],
      [uuid(2), undefined, 'withheld'],
    ],
  );
  assert.equal(unreadable, 4);
});

test('a chain that goes on in another file is read as one', async (t) => {
  const text = chainOf([genesis, sessionOpen(), assessment(1, 'block'), decision(1, 'deny'), outcome(1, 'withheld')]);
  const lines = text.split(/(?<=\n)/);
  const { items } = await readHistory(await fileWith(t, lines.slice(0, 3).join(''), lines.slice(3).join('')), ALL);
  assert.deepEqual([items.length, items[0]?.decision?.choice, items[0]?.outcome?.outcome], [1, 'deny', 'withheld']);
});

for (const { what, text, lines } of [
  { what: 'an empty file', text: '', lines: [] },
  { what: 'a file without a line feed', text: 'abc', lines: [] },
  { what: 'a lone line feed', text: '\n', lines: [''] },
  { what: 'an unfinished last line', text: 'a\nbb\nccc', lines: ['bb', 'a'] },
  { what: 'empty lines', text: '\n\na\n\n', lines: ['', 'a', '', ''] },
  { what: 'a line of several pieces', text: `first\n${'x'.repeat(700_000)}\nlast\n`, lines: ['last', 'x'.repeat(700_000), 'first'] },
  {
    what: 'characters cut by the pieces',
    text: `${'é€😀'.repeat(100_000)}\n`.repeat(2),
    lines: ['é€😀'.repeat(100_000), 'é€😀'.repeat(100_000)],
  },
]) {
  test(`lines are read from the end: ${what}`, async (t) => {
    const [path = ''] = await fileWith(t, text);
    const read: string[] = [];
    for await (const batch of linesNewestFirst(path)) read.push(...batch.map((line) => line.toString('utf8')));
    assert.deepEqual(read, lines);
  });
}
