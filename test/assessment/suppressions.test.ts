import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SuppressionBook, type SuppressionLimits, suppressionLimits } from '../../verifier/assessment/suppressionBook.ts';
import { SuppressionStore } from '../../verifier/assessment/suppressionStore.ts';
import { WorkspaceEntries } from '../../verifier/assessment/workspaceEntries.ts';
import { diskFiles, type LedgerFiles } from '../../verifier/ledger/filePort.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { STRICTEST } from '../../verifier/protocol/organisation.ts';
import type { ProblemCode } from '../../verifier/protocol/problem.ts';
import { type SuppressionPlace, suppressionDigest, suppressionWords } from '../../verifier/protocol/suppression.ts';
import { SuppressionChange } from '../../verifier/protocol/suppressionRoutes.ts';
import { PERSON } from './standIns.ts';
import { START, suppressionWorld, type SuppressionWorld as World } from './suppressionWorld.ts';

const RULE = 'destructive-operations.delete-outside';
const LINE = 'rm -rf ~/cache';
const REASON = 'this machine is rebuilt every night';
const DAY = 86_400_000;
const note = (until: string, ruleId = RULE): string => `# ${suppressionWords(ruleId, until, REASON)}`;
const withNote = (until = '2026-06-01'): string => `${note(until)}\n${LINE}\n`;

function accepting(place: SuppressionPlace, until = '2026-06-01', ruleId = RULE): SuppressionChange {
  const terms = { ruleId, until, reasonDigest: sha256(REASON), place };
  return SuppressionChange.parse({ action: 'accept', ...terms, digest: suppressionDigest(terms), reason: REASON, by: PERSON });
}

/** What a comment beside the risky line must name. */
async function onLine({ assess, path }: World, name = 'clean.sh'): Promise<SuppressionPlace> {
  const { findings } = await assess(`${LINE}\n`, { name });
  const match = findings.find(({ ruleId }) => ruleId === RULE)?.match;
  assert.ok(match !== undefined);
  return { kind: 'comment', path: path(name), match };
}

const refuses = (code: ProblemCode) => (error: unknown) => error instanceof Error && 'code' in error && error.code === code;

test('what was accepted is on record first and then in force, until it is taken back', async (t) => {
  const on = await suppressionWorld(t);
  assert.notEqual((await on.assess(withNote())).verdict, 'pass');
  const change = accepting(await onLine(on));
  const receipt = await on.changes.change(change);
  const passed = await on.assess(withNote());
  assert.equal(passed.verdict, 'pass');
  assert.deepEqual(
    on.ledger.events('suppression').map(({ action, ruleId, name, until, reason, by }) => [action, ruleId, name, until, reason, by]),
    [['accept', RULE, 'clean.sh', '2026-06-01', REASON, PERSON]],
  );
  assert.equal(on.ledger.entries[receipt.seq]?.hash, receipt.hash);
  const recorded = on.ledger.events('assessment').find(({ assessmentId }) => assessmentId === passed.id);
  assert.deepEqual(
    recorded?.suppressed?.map(({ digest, ruleId, until, reason, line }) => [digest, ruleId, until, reason, line]),
    [[change.digest, RULE, '2026-06-01', REASON, 2]],
  );
  // Removing the comment brings the finding back, though the text on disk is the one that passed.
  assert.notEqual((await on.assess(`${LINE}\n`, { baseline: withNote() })).verdict, 'pass');
  await on.changes.change({ action: 'withdraw', digest: change.digest, by: PERSON });
  assert.notEqual((await on.assess(withNote())).verdict, 'pass');
  assert.notEqual((await on.assess(withNote(), { baseline: withNote() })).verdict, 'pass');
  assert.deepEqual(await on.book.accepted(), []);
});

test('it ends with its day, whatever was cached and is on disk', async (t) => {
  const on = await suppressionWorld(t);
  await on.changes.change(accepting(await onLine(on)));
  assert.equal((await on.assess(withNote(), { baseline: '' })).verdict, 'pass');
  on.clock.now = Date.parse('2026-06-01T23:59:59.000Z');
  assert.equal((await on.assess(withNote(), { baseline: withNote() })).verdict, 'pass');
  on.clock.now = Date.parse('2026-06-02T00:00:01.000Z');
  const over = await on.assess(withNote(), { baseline: withNote() });
  assert.notEqual(over.verdict, 'pass');
  assert.match(over.findings.find(({ ruleId }) => ruleId === RULE)?.message ?? '', /ended on 2026-06-01/);
  assert.deepEqual(
    (await on.book.accepted()).map(({ state }) => state),
    ['expired'],
  );
});

test('a decision after that lets the line stay, and the next save need not ask again', async (t) => {
  const on = await suppressionWorld(t);
  await on.changes.change(accepting(await onLine(on)));
  on.clock.now += 40 * DAY;
  const over = await on.assess(withNote(), { baseline: withNote() });
  await on.approve(over);
  assert.equal((await on.assess(`${withNote()}ls\n`, { baseline: withNote() })).verdict, 'pass');
});

test('the counts say what was met, each suppression once and in its last state', async (t) => {
  const on = await suppressionWorld(t);
  const change = accepting(await onLine(on));
  await on.changes.change(change);
  await on.changes.change(accepting(await onLine(on, 'other.sh'), '2026-05-12'));
  for (const name of ['clean.sh', 'clean.sh', 'strange.sh']) await on.assess(withNote(), { name });
  await on.assess(withNote('2026-05-12'), { name: 'other.sh' });
  await on.assess(withNote('2027-12-31'), { name: 'long.sh' });
  assert.deepEqual(on.book.counts(), { active: 2, expired: 0, notAccepted: 1, forbidden: 1, accepted: 2 });
  on.clock.now += 5 * DAY;
  await on.assess(withNote('2026-05-12'), { name: 'other.sh' });
  assert.deepEqual(on.book.counts(), { active: 1, expired: 1, notAccepted: 1, forbidden: 1, accepted: 1 });
});

test('another window on the same ledger folder sees it at its next question', async (t) => {
  const one = await suppressionWorld(t);
  const other = await suppressionWorld(t, { ledgerDir: one.ledgerDir });
  const place = { kind: 'comment', path: other.path('clean.sh'), match: await matchIn(other) } as const;
  assert.notEqual((await other.assess(withNote())).verdict, 'pass');
  await one.changes.change(accepting(place));
  assert.equal((await other.assess(withNote())).verdict, 'pass');
});

async function matchIn(on: World): Promise<string> {
  const place = await onLine(on);
  return place.kind === 'comment' ? place.match : assert.fail();
}

/** What can't be accepted, and with which code it is refused. */
const REFUSED: readonly [what: string, code: ProblemCode, change: (change: SuppressionChange) => unknown, limits?: SuppressionLimits][] = [
  ['a rule about secrets', 'forbidden', () => accepting(ENTRY, '2026-06-01', 'secrets.private-key')],
  ['what the machine forbids', 'forbidden', (change) => change, { forbid: ['destructive-operations.*'] }],
  [
    'anything, where the organisation file can not be believed',
    'forbidden',
    (change) => change,
    suppressionLimits({ organisation: STRICTEST }),
  ],
  ['more days than the organisation allows', 'forbidden', (change) => change, { forbid: [], maxDays: 7 }],
  ['more than a year', 'forbidden', () => accepting(ENTRY, '2027-05-11')],
  ['more than a year, whatever the organisation allows', 'forbidden', () => accepting(ENTRY, '2027-05-11'), { forbid: [], maxDays: 3650 }],
  ['a day that is over', 'bad_request', () => accepting(ENTRY, '2026-05-09')],
  ['a rule that is not there', 'bad_request', () => accepting(ENTRY, '2026-06-01', 'destructive-operations.no-such')],
  ['other terms than those that were shown', 'bad_request', (change) => ({ ...change, until: '2026-06-30' })],
  ['in the name of somebody else', 'person_mismatch', (change) => ({ ...change, by: { name: 'Eve', source: 'os-user' } })],
  ['taking back what is not in force', 'not_found', ({ digest, by }) => ({ action: 'withdraw', digest, by })],
];
const ENTRY: SuppressionPlace = { kind: 'entry', root: '/project', path: '**' };
for (const [what, code, changed, limits] of REFUSED) {
  test(`it is refused to accept: ${what}`, async (t) => {
    const on = await suppressionWorld(t, limits === undefined ? {} : { limits });
    const change = SuppressionChange.parse(changed(accepting(await onLine(on))));
    await assert.rejects(on.changes.change(change), refuses(code));
    assert.deepEqual(on.ledger.events('suppression'), []);
    await assert.rejects(stat(join(on.ledgerDir, 'suppressions.accepted')), { code: 'ENOENT' });
  });
}

test('what was accepted before a machine forbade it has no effect any more', async (t) => {
  const before = await suppressionWorld(t);
  const place = await onLine(before);
  await before.changes.change(accepting(place));
  const limits = suppressionLimits({ suppressions: { forbid: [RULE] }, organisation: undefined });
  const store = new SuppressionStore(before.ledgerDir, diskFiles, () => undefined);
  const book = new SuppressionBook({ store, entries: new WorkspaceEntries(), limits, now: () => START });
  assert.deepEqual(
    (await book.accepted()).map(({ state }) => state),
    ['forbidden'],
  );
  const { context } = await book.asked({ kind: 'file', text: withNote(), path: before.path('clean.sh') }, [before.root]);
  assert.deepEqual(context?.forbid, [RULE]);
  assert.equal(book.counts().accepted, 0);
});

const yaml = (path: string, until = '2026-06-01', rule = RULE): string =>
  `schema: 1\nsuppressions:\n  - rule: ${rule}\n    path: ${JSON.stringify(path)}\n    until: ${until}\n    reason: ${REASON}\n    by: Ada\n`;

test('an entry of the workspace counts once accepted, for the files that fit, while it stands in the file', async (t) => {
  const on = await suppressionWorld(t);
  const file = join(on.root, '.sentinelai', 'suppressions.yaml');
  await writeFile(file, yaml('scripts/**/*.sh'));
  const held = await on.assess(`${LINE}\n`, { name: 'scripts/a/b.sh' });
  assert.match(held.findings[0]?.message ?? '', /An entry of the workspace .*nobody on this machine accepted/);
  await on.changes.change(accepting({ kind: 'entry', root: on.root, path: 'scripts/**/*.sh' }));
  assert.equal((await on.assess(`${LINE}\n`, { name: 'scripts/a/b.sh' })).verdict, 'pass');
  assert.equal((await on.assess(`${LINE}\n`, { name: 'scripts/b.sh' })).verdict, 'pass');
  assert.notEqual((await on.assess(`${LINE}\n`, { name: 'other/b.sh' })).verdict, 'pass');
  // Widened by somebody: other terms, which nobody accepted.
  await writeFile(file, yaml('**'));
  assert.notEqual((await on.assess(`${LINE}\n`, { name: 'scripts/a/b.sh', baseline: `${LINE}\n` })).verdict, 'pass');
  await rm(file);
  assert.notEqual((await on.assess(`${LINE}\n`, { name: 'scripts/a/b.sh', baseline: `${LINE}\n` })).verdict, 'pass');
});

/** Files that a hostile workspace may bring; each is named as a problem and allows nothing. */
const BROKEN: readonly [what: string, make: (file: string, on: World) => Promise<unknown>, says: RegExp][] = [
  ['that is no YAML', (file) => writeFile(file, 'schema: 1\nsuppressions: ['), /suppressions\.yaml:\d+ /],
  ['with an unknown field', (file) => writeFile(file, `${yaml('**')}    mood: good\n`), /suppressions\.yaml:8 .*mood/],
  ['without an end', (file) => writeFile(file, yaml('**').replace(/ +until.*\n/, '')), /until/],
  ['that is too large', (file) => writeFile(file, `${yaml('**')}#${'x'.repeat(70_000)}`), /larger than 64 KiB/],
  [
    'that is a link to another place',
    async (file, on) => {
      await writeFile(on.path('elsewhere.yaml'), yaml('**'));
      await symlink(on.path('elsewhere.yaml'), file);
    },
    /not a regular file/,
  ],
];
for (const [what, make, says] of BROKEN) {
  test(`a workspace's file ${what} allows nothing and is named`, async (t) => {
    const on = await suppressionWorld(t);
    await on.changes.change(accepting({ kind: 'entry', root: on.root, path: '**' }));
    await make(join(on.root, '.sentinelai', 'suppressions.yaml'), on);
    const { verdict, policyProblems } = await on.assess(`${LINE}\n`);
    assert.notEqual(verdict, 'pass');
    assert.match(policyProblems.join('\n'), says);
  });
}

test('a torn or damaged line of the list has no effect and hinders no later one', async (t) => {
  const on = await suppressionWorld(t);
  const list = join(on.ledgerDir, 'suppressions.accepted');
  const change = accepting(await onLine(on));
  await on.changes.change(change);
  const text = await readFile(list, 'utf8');
  await writeFile(list, text.trim().slice(0, -20));
  assert.notEqual((await on.assess(withNote())).verdict, 'pass');
  assert.deepEqual(on.damaged, [1]);
  await on.changes.change(change);
  assert.equal((await on.assess(withNote())).verdict, 'pass');
  await appendFile(list, '{"action":"accept"}\nnot json\n');
  assert.equal((await on.assess(withNote())).verdict, 'pass');
  assert.equal((await stat(list)).mode & 0o777, 0o600);
});

test('a list that can not be read closes the question: nobody could tell what was decided', async (t) => {
  const on = await suppressionWorld(t);
  await mkdir(join(on.ledgerDir, 'suppressions.accepted'));
  await assert.rejects(on.assess(withNote()), refuses('ledger_failed'));
});

test('on record but not on the list, as after a crash or on a full disk, is not in force', async (t) => {
  const full: LedgerFiles = { ...diskFiles, open: () => Promise.reject(Object.assign(new Error('disk full'), { code: 'ENOSPC' })) };
  const on = await suppressionWorld(t, { files: full });
  await assert.rejects(on.changes.change(accepting(await onLine(on))), refuses('ledger_failed'));
  assert.equal(on.ledger.events('suppression').length, 1);
  assert.notEqual((await on.assess(withNote())).verdict, 'pass');
});

test('what somebody else was asked about is not touched: prompts, answers and commands know no suppression', async (t) => {
  const on = await suppressionWorld(t);
  await on.changes.change(accepting(await onLine(on)));
  const { context } = await on.book.asked({ kind: 'command', text: withNote() }, [on.root]);
  assert.equal(context, undefined);
});
