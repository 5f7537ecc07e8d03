import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { CodeGrammars } from '../../verifier/gates/code/grammars.ts';
import { createGates } from '../../verifier/gates/engine.ts';
import type { GateResult, Gates } from '../../verifier/gates/gates.ts';
import { loadShellGrammar } from '../../verifier/gates/shell/grammar.ts';
import { loadPolicies } from '../../verifier/policy/load.ts';
import type { Accepted, SuppressionContext } from '../../verifier/policy/suppressions.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { type SuppressionPlace, suppressionComment, suppressionDigest, suppressionWords } from '../../verifier/protocol/suppression.ts';
import { builtInFolders } from '../policies/builtIn.ts';
import { folder, rulesYaml } from '../policy/policyTexts.ts';

const RULE = 'words.odd-word';
const ROOT = '/home/dev/project';
const PATH = `${ROOT}/src/a.py`;
const REASON = 'checked with the owner';
const LINE = 'x = "forbidden"';

let gates: Gates;
let builtIn: Gates;
before(async () => {
  const grammar = await loadShellGrammar();
  const verdict = rulesYaml({ id: 'odd-word', verdict: 'block', severity: 'high' });
  const { set } = loadPolicies([folder('words', { 'rules.yaml': verdict })]);
  const all = loadPolicies(builtInFolders()).set;
  assert.ok(set !== undefined && all !== undefined);
  gates = createGates(set, grammar);
  const code = new CodeGrammars();
  await code.load(['python', 'javascript', 'typescript']);
  builtIn = createGates(all, grammar, code);
});

const WORLD = { workspaceRoots: [ROOT], home: '/home/dev' };

function allowed(changes: Partial<SuppressionContext> = {}): SuppressionContext {
  return {
    today: '2026-05-10',
    path: PATH,
    maxDays: 365,
    forbid: [],
    accepted: [],
    settled: [],
    entries: [],
    entriesOf: undefined,
    ...changes,
  };
}

function assess(
  text: string,
  suppressions?: SuppressionContext,
  more: { baseline?: string; path?: string; language?: string } = {},
): GateResult {
  const subject = { kind: 'file' as const, text, path: PATH, language: 'python', ...more };
  return gates.assess(subject, { ...WORLD, ...(suppressions === undefined ? {} : { suppressions }) });
}

const comment = (ruleId = RULE, until = '2026-06-01', reason = REASON): string =>
  suppressionComment('python', suppressionWords(ruleId, until, reason)) ?? '';

/** The acceptance of a suppression as the person's door makes it. */
function accept(place: SuppressionPlace, until = '2026-06-01', ruleId = RULE, reason = REASON): Accepted {
  const digest = suppressionDigest({ ruleId, until, reasonDigest: sha256(reason), place });
  return { digest, ruleId, match: place.kind === 'comment' ? place.match : undefined, withdrawn: false };
}

/** Of the finding on a line, what a comment beside it is bound to. */
function matchOf(text: string): string {
  const { match } = assess(text).findings[0] ?? {};
  assert.ok(match !== undefined);
  return match;
}

const onLine = (): SuppressionPlace => ({ kind: 'comment', path: PATH, match: matchOf(LINE) });
const ruleIds = ({ findings }: GateResult): string[] => findings.map(({ ruleId }) => ruleId);

test('a comment that was accepted here takes its finding out of the verdict, and the trace and the result say so', () => {
  const result = assess(`${comment()}\n${LINE}\n`, allowed({ accepted: [accept(onLine())] }));
  assert.equal(result.verdict, 'pass');
  assert.deepEqual(ruleIds(result), []);
  assert.deepEqual(
    result.suppressions?.map(({ ruleId, state, until, reason, line }) => [ruleId, state, until, reason, line]),
    [[RULE, 'active', '2026-06-01', REASON, 2]],
  );
  assert.deepEqual(
    result.trace.filter(({ step }) => step === 'suppressed'),
    [{ step: 'suppressed', ruleId: RULE, note: `Suppressed until 2026-06-01: ${REASON}` }],
  );
});

/** Texts with the accepted comment at other places, and whether it still reaches the line. */
const PLACES: readonly [what: string, text: (note: string) => string, passes: boolean][] = [
  ['directly above', (note) => `${note}\n${LINE}\n`, true],
  ['above, indented', (note) => `if y:\n    ${note}\n    ${LINE}\n`, true],
  [
    'above another suppression',
    (note) => `${note}\n# sentinel:allow words.other-word until=2026-06-01 reason="another one"\n${LINE}\n`,
    true,
  ],
  ['two lines above', (note) => `${note}\n\n${LINE}\n`, false],
  ['below', (note) => `${LINE}\n${note}\n`, false],
  ['at the end of the line above', (note) => `y = 1  ${note}\n${LINE}\n`, false],
  ['taken out', () => `${LINE}\n`, false],
];
for (const [what, text, passes] of PLACES) {
  test(`an accepted comment ${what} ${passes ? 'counts' : 'does not count'}`, () => {
    const result = assess(text(comment()), allowed({ accepted: [accept(onLine())] }));
    assert.equal(ruleIds(result).includes(RULE), !passes);
    if (!passes) assert.equal(result.verdict, 'block');
  });
}

/** What keeps a comment from counting, and the word that the finding's message must hold. */
const WITHOUT_EFFECT: readonly [what: string, state: string, says: RegExp, context: () => Partial<SuppressionContext>, text?: string][] = [
  ['nobody accepted it', 'not-accepted', /nobody on this machine accepted it/, () => ({})],
  ['its day is over', 'expired', /ended on 2026-06-01/, () => ({ today: '2026-06-02', accepted: [accept(onLine())] })],
  ['the machine forbids it', 'forbidden', /does not allow/, () => ({ forbid: ['words.*'], accepted: [accept(onLine())] })],
  ['everything is forbidden', 'forbidden', /does not allow/, () => ({ forbid: ['*'], accepted: [accept(onLine())] })],
  ['it lasts longer than is allowed', 'forbidden', /longest allowed/, () => ({ maxDays: 5, accepted: [accept(onLine())] })],
  ['it was taken back', 'not-accepted', /nobody/, () => ({ accepted: [{ ...accept(onLine()), withdrawn: true }] })],
  [
    'it was accepted for another file',
    'not-accepted',
    /nobody/,
    () => ({ accepted: [accept({ kind: 'comment', path: '/elsewhere.py', match: matchOf(LINE) })] }),
  ],
  ['its day was changed', 'not-accepted', /nobody/, () => ({ accepted: [accept(onLine(), '2026-05-20')] })],
  ['its reason was changed', 'not-accepted', /nobody/, () => ({ accepted: [accept(onLine(), '2026-06-01', RULE, 'another reason')] })],
  ['the line was changed', 'not-accepted', /nobody/, () => ({ accepted: [accept(onLine())] }), `${LINE} + harm()`],
];
for (const [what, state, says, context, line = LINE] of WITHOUT_EFFECT) {
  test(`a comment has no effect where ${what}, and the finding says so`, () => {
    const result = assess(`${comment()}\n${line}\n`, allowed(context()));
    assert.equal(result.verdict, 'block');
    const held = result.findings.find(({ ruleId }) => ruleId === RULE);
    assert.match(held?.message ?? '', says);
    assert.deepEqual(
      result.suppressions?.map((met) => met.state),
      [state],
    );
    assert.ok(result.trace.some(({ step, note }) => step === 'suppressed' && note.startsWith('A suppression has no effect')));
  });
}

test('the last day still counts', () => {
  const result = assess(`${comment()}\n${LINE}\n`, allowed({ today: '2026-06-01', accepted: [accept(onLine())] }));
  assert.equal(result.verdict, 'pass');
});

test('a comment names one rule, and the others go on', () => {
  const context = allowed({ accepted: [accept(onLine(), '2026-06-01', 'words.other-word')] });
  assert.equal(assess(`${comment('words.other-word')}\n${LINE}\n`, context).verdict, 'block');
});

test('a comment that comes with the risky line is shown itself, and so is one that comes alone', () => {
  assert.deepEqual(ruleIds(assess(`${comment()}\n${LINE}\n`, allowed())), [RULE, 'guard.suppression-added']);
  const alone = assess(`${comment()}\n${LINE}\n`, allowed(), { baseline: `${LINE}\n` });
  assert.deepEqual(
    alone.findings.map(({ ruleId, isNew }) => [ruleId, isNew]),
    [
      ['guard.suppression-added', true],
      [RULE, false],
    ],
  );
  assert.equal(alone.verdict, 'review');
});

test('a comment that was there before is no news', () => {
  const text = `${comment()}\n${LINE}\n`;
  assert.equal(assess(`${text}y = 1\n`, allowed(), { baseline: text }).verdict, 'pass');
});

test('what passed by a suppression is held again once that is over, taken back or taken out, though it is on disk', () => {
  const text = `${comment()}\n${LINE}\n`;
  const accepted = accept(onLine());
  const again: readonly [string, SuppressionContext][] = [
    [text, allowed({ today: '2026-07-01', accepted: [accepted] })],
    [text, allowed({ accepted: [{ ...accepted, withdrawn: true }] })],
    [`${LINE}\n`, allowed({ accepted: [accepted] })],
  ];
  for (const [now, context] of again) {
    const result = assess(now, context, { baseline: text });
    assert.equal(result.verdict, 'block', JSON.stringify(context.accepted));
    assert.equal(result.findings.find(({ ruleId }) => ruleId === RULE)?.isNew, true);
  }
  // A person decided about it since: now it is the file's past like any other.
  const settled = allowed({ accepted: [accepted], settled: [matchOf(LINE)] });
  assert.equal(assess(`${LINE}\n`, settled, { baseline: text }).verdict, 'pass');
});

test('an entry of the workspace reaches its rule in the file, once it was accepted', () => {
  const entry = { ruleId: RULE, root: ROOT, path: 'src/*.py', until: '2026-06-01', reason: REASON, line: 2 };
  const place: SuppressionPlace = { kind: 'entry', root: ROOT, path: 'src/*.py' };
  const accepted = [accept(place)];
  assert.equal(assess(`${LINE}\n${LINE}\n`, allowed({ entries: [entry], accepted })).verdict, 'pass');
  assert.equal(assess(`${LINE}\n`, allowed({ entries: [entry] })).verdict, 'block');
  // The acceptance without the entry, and the entry of another workspace.
  assert.equal(assess(`${LINE}\n`, allowed({ accepted })).verdict, 'block');
  assert.equal(assess(`${LINE}\n`, allowed({ entries: [{ ...entry, root: '/other' }], accepted })).verdict, 'block');
});

test('each entry of the workspace that nobody accepted is shown where the file with the entries is saved', () => {
  const path = `${ROOT}/.sentinelai/suppressions.yaml`;
  const one = (rule: string) => `  - rule: ${rule}\n    path: src/a.py\n    until: 2026-06-01\n    reason: ${REASON}\n`;
  const text = `schema: 1\nsuppressions:\n${one(RULE)}${one('words.other-word')}`;
  const accepted = [accept({ kind: 'entry', root: ROOT, path: 'src/a.py' })];
  const context = allowed({ path, entriesOf: ROOT, accepted });
  const result = assess(text, context, { path, language: 'yaml' });
  assert.deepEqual(
    result.findings.map(({ ruleId, location }) => [ruleId, location?.startLine]),
    [['guard.suppression-added', 7]],
  );
});

test('no comment and no acceptance suppresses a secret', () => {
  const line = `token = "${'ghp'}_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}"`;
  const found = builtIn.assess({ kind: 'file', text: line, path: PATH, language: 'python' }, WORLD);
  const secret = found.findings.find(({ policy }) => policy === 'secrets');
  assert.ok(secret !== undefined);
  assert.equal(secret.match, undefined);
  const ruleId = secret.ruleId;
  const entry = { ruleId, root: ROOT, path: 'src/a.py', until: '2026-06-01', reason: REASON, line: 1 };
  const accepted = [
    accept({ kind: 'entry', root: ROOT, path: 'src/a.py' }, '2026-06-01', ruleId),
    accept({ kind: 'comment', path: PATH, match: sha256(line) }, '2026-06-01', ruleId),
  ];
  const text = `${comment(ruleId)}\n${line}\n`;
  const held = builtIn.assess(
    { kind: 'file', text, path: PATH, language: 'python' },
    { ...WORLD, suppressions: allowed({ entries: [entry], accepted }) },
  );
  assert.notEqual(held.verdict, 'pass');
  assert.deepEqual(
    held.suppressions?.map(({ state }) => state),
    ['forbidden', 'forbidden'],
  );
});

test('a finding is bound to what the rule saw, not to its line alone', () => {
  const text = (value: string) => `OUT=${value}\nrm -rf "$OUT"\n`;
  const of = (value: string) =>
    builtIn.assess({ kind: 'file', text: text(value), path: `${ROOT}/a.sh`, language: 'shellscript' }, WORLD).findings[0];
  const [home, system] = [of('/home/dev/notes'), of('/etc')];
  assert.ok(home?.match !== undefined && system?.match !== undefined);
  assert.equal(home.evidence.excerpt, system.evidence.excerpt);
  assert.notEqual(home.match, system.match);
});

test('a secret in a reason is not repeated', () => {
  const secret = `${'ghp'}_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`;
  const result = assess(`${comment(RULE, '2026-06-01', `use ${secret} here`)}\n${LINE}\n`, allowed());
  assert.ok(!JSON.stringify(result).includes(secret));
});

test('what an agent runs, writes or answers knows no suppression, whatever it brings and was accepted for the file', () => {
  const path = `${ROOT}/a.sh`;
  const line = 'rm -rf ~/cache';
  const rule = 'destructive-operations.delete-outside';
  const text = `# ${suppressionWords(rule, '2026-06-01', REASON)}\n${line}\n`;
  const [found] = builtIn.assess({ kind: 'file', text: line, path, language: 'shellscript' }, WORLD).findings;
  assert.equal(found?.ruleId, rule);
  const accepted = [
    accept({ kind: 'comment', path, match: found.match ?? '' }, '2026-06-01', rule),
    accept({ kind: 'entry', root: ROOT, path: '**' }, '2026-06-01', rule),
  ];
  const entries = [{ ruleId: rule, root: ROOT, path: '**', until: '2026-06-01', reason: REASON, line: 1 }];
  const context = { ...WORLD, suppressions: allowed({ path, accepted, entries }) };
  assert.equal(builtIn.assess({ kind: 'file', text, path, language: 'shellscript' }, context).verdict, 'pass');
  const others = [
    { kind: 'command', text },
    { kind: 'response', text: `Run this:\n\n\`\`\`sh\n${text}\`\`\`\n` },
    { kind: 'tool', name: 'run_in_terminal', input: { command: text } },
  ] as const;
  for (const subject of others) {
    const { verdict, findings } = builtIn.assess(subject, context);
    assert.notEqual(verdict, 'pass', subject.kind);
    assert.ok(
      findings.every(({ match }) => match === undefined),
      subject.kind,
    );
  }
});

test('where no suppression can concern a file, the marker alone changes nothing', () => {
  assert.deepEqual(ruleIds(assess(`${comment()}\n${LINE}\n`)), [RULE]);
});

test('no text whatever suppresses anything by itself', () => {
  const part = fc.constantFrom(
    LINE,
    comment(),
    comment(RULE, '2026-06-01', 'x'),
    comment(RULE, '9999-12-31'),
    comment('secrets.private-key'),
    `${LINE}  ${comment()}`,
    '# sentinel:allow',
    `# sentinel:allow ${RULE}`,
    '# sentinel:allow * until=2026-06-01 reason="all"',
    'x = 1',
    '',
  );
  const lines = fc.array(fc.oneof(part, fc.string({ maxLength: 30 })), { maxLength: 12 });
  const found = (result: GateResult): string[] =>
    result.findings.filter(({ ruleId }) => ruleId === RULE).map(({ location }) => String(location?.startLine));
  fc.assert(
    fc.property(lines, (texts) => {
      const text = texts.join('\n');
      assert.deepEqual(found(assess(text, allowed())), found(assess(text)));
    }),
    { numRuns: 300 },
  );
});
