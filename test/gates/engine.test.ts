import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createGates } from '../../verifier/gates/engine.ts';
import { MAX_EXAMINED, MAX_FINDINGS } from '../../verifier/gates/limits.ts';
import { loadShellGrammar } from '../../verifier/gates/shell/grammar.ts';
import { loadPolicies, type PolicySet } from '../../verifier/policy/load.ts';
import { templateValue } from '../../verifier/policy/templates.ts';
import { compareFindings, Finding, TraceLine } from '../../verifier/protocol/assessment.ts';
import type { Subject } from '../../verifier/protocol/subject.ts';
import { folder, rulesYaml } from '../policy/policyTexts.ts';

const CONTEXT = { workspaceRoots: ['/home/dev/project'], home: '/home/dev' };

function rule(id: string, verdict: string, when: string, extra = ''): string {
  return rulesYaml({ id, verdict, when, match: '{ kind: command, text: "x" }', extra }).replace('schema: 1\nrules:\n', '');
}

const RULES = `schema: 1\nrules:\n${[
  rule(
    'forbidden-word',
    'review',
    '{ pattern: "\\\\bforbidden\\\\b", literals: [forbidden], zones: [code, config, prose, prompt], unless: "allowed here" }',
  ),
  rule('deletion', 'block', '{ effect: delete, target: [root], without: [mentioned] }'),
  rule('mentioned-deletion', 'review', '{ effect: delete, target: [root], traits: [mentioned] }'),
  rule('credential', 'block', '{ secret: any }', '    exemptable: [dummy-value]\n'),
  rule('exempted', 'block', '{ pattern: "excusable", literals: [excusable], zones: [code] }', '    exemptable: [test-path, marker]\n'),
].join('')}`;

function policySet(): PolicySet {
  const { set, problems } = loadPolicies([folder('words', { 'rules.yaml': RULES })]);
  assert.deepEqual(problems, []);
  assert.ok(set !== undefined);
  return set;
}

const grammar = await loadShellGrammar();
const gates = createGates(policySet(), grammar);
const file = (text: string, more: Partial<Extract<Subject, { kind: 'file' }>> = {}): Subject => ({
  kind: 'file',
  text,
  path: 'src/a.py',
  language: 'python',
  ...more,
});
const assess = (subject: Subject) => gates.assess(subject, CONTEXT);
const ids = (subject: Subject): string[] => assess(subject).findings.map((finding) => finding.ruleId);

const CASES: readonly [what: string, subject: Subject, verdict: string, rules: string[]][] = [
  ['a clean file', file('print("hello")\n'), 'pass', []],
  ['a pattern in code', file('a forbidden b'), 'review', ['words.forbidden-word']],
  ['a pattern excused on its line', file('forbidden # allowed here'), 'pass', []],
  ['a pattern excused on the line before', file('# allowed here\nforbidden'), 'pass', []],
  ['a pattern not excused two lines before', file('# allowed here\n\nforbidden'), 'review', ['words.forbidden-word']],
  ['an effect of a command', { kind: 'command', text: 'ls && sudo rm -rf /' }, 'block', ['words.deletion']],
  ['a mere mention in a string', { kind: 'command', text: 'git commit -m "never rm -rf /"' }, 'pass', []],
  ['a command in prose', { kind: 'response', text: 'Just run rm -rf / and all is well.' }, 'review', ['words.mentioned-deletion']],
  ['a command in a block', { kind: 'response', text: 'Do:\n\n```sh\nrm -rf /\n```\n' }, 'block', ['words.deletion']],
  ['a command of a tool', { kind: 'tool', name: 'run_in_terminal', input: { command: 'rm -rf /' } }, 'block', ['words.deletion']],
  ['a credential', file(`key = "${templateValue('github-token')}"`), 'block', ['words.credential']],
  [
    'a credential in pieces',
    file(`key = "${templateValue('github-token')?.slice(0, 15)}" + \\\n  "${templateValue('github-token')?.slice(15)}"`),
    'block',
    ['words.credential'],
  ],
  ['a dummy credential', file('api_key = "your-api-key-1234-here"'), 'pass', []],
  ['an exempted path', file('excusable', { path: 'test/a.py' }), 'pass', []],
  ['a path that only looks exempted', file('excusable', { path: 'test/../src/a.py' }), 'block', ['words.exempted']],
  ['a marked line in documentation', file('excusable # sentinel:example', { path: 'docs/a.py' }), 'pass', []],
  ['a marked line elsewhere', file('excusable # sentinel:example'), 'block', ['words.exempted']],
  ['a word in wide letters', file('a ｆｏｒｂｉｄｄｅｎ b'), 'review', ['words.forbidden-word']],
  ['a word with invisible characters', { kind: 'prompt', text: 'a for\u200bbid\u2060den b' }, 'review', ['words.forbidden-word']],
  ['a word in look-alikes', { kind: 'prompt', text: 'a f\u043erb\u0456dd\u0435n b' }, 'review', ['words.forbidden-word']],
  [
    'a word in tag characters',
    { kind: 'prompt', text: [...'forbidden'].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join('') },
    'review',
    ['gate.hidden-text', 'words.forbidden-word'],
  ],
  ['reordering characters in code', file('if (a) { /*\u202e } \u2066*/ }'), 'review', ['gate.bidi']],
  ['reordering characters in prose', { kind: 'prompt', text: 'שלום \u202babc\u202c' }, 'pass', []],
];

for (const [what, subject, verdict, rules] of CASES) {
  test(`${what}: ${verdict}`, () => {
    const result = assess(subject);
    assert.deepEqual(result.findings.map((finding) => finding.ruleId).sort(), rules);
    assert.equal(result.verdict, verdict);
  });
}

test('a finding tells the place, the redacted line and a digest', () => {
  const token = templateValue('github-token') ?? '';
  const result = assess(file(`first\n  deploy("${token}", forbidden)\n`));
  assert.equal(result.findings.length, 2);
  for (const finding of result.findings) {
    assert.equal(finding.evidence.excerpt, 'deploy("‹redacted:github-token›", forbidden)');
    assert.deepEqual([finding.location?.startLine, finding.location?.endLine], [2, 2]);
    Finding.parse(finding);
  }
  const word = result.findings.find((finding) => finding.ruleId === 'words.forbidden-word');
  assert.equal(word?.location?.startColumn, `  deploy("${token}", `.length + 1);
  assert.ok(!JSON.stringify(result).includes(token.slice(8, 24)));
});

test('the trace says what matched, what was exempted and why', () => {
  const trace = assess(file('excusable\nforbidden', { path: 'test/a.py' })).trace;
  assert.deepEqual(trace.map(({ step, ruleId }) => [step, ruleId]).sort(), [
    ['exempted', 'words.exempted'],
    ['matched', 'words.forbidden-word'],
  ]);
  assert.match(trace.find((line) => line.step === 'exempted')?.note ?? '', /test-path/);
});

test('what the baseline had has no weight; one more of the same has', () => {
  const known = assess(file('x\n  forbidden(1)\ny', { baseline: 'forbidden(1)' }));
  assert.equal(known.verdict, 'pass');
  assert.deepEqual(
    known.findings.map((finding) => finding.isNew),
    [false],
  );
  assert.ok(known.trace.some((line) => line.step === 'known'));
  const more = assess(file('forbidden(1)\nforbidden(1)', { baseline: 'forbidden(1)' }));
  assert.equal(more.verdict, 'review');
  assert.deepEqual(
    more.findings.map((finding) => finding.isNew),
    [true, false],
  );
  assert.equal(assess(file('forbidden(2)', { baseline: 'forbidden(1)' })).verdict, 'review');
});

test('a command split over two blocks of an answer is seen once', () => {
  assert.deepEqual(ids({ kind: 'response', text: '```sh\nTARGET=/\n```\nthen\n```sh\nrm -rf $TARGET\n```\n' }), ['words.deletion']);
  assert.deepEqual(ids({ kind: 'response', text: '```sh\nrm -rf /\n```\nthen\n```sh\nls\n```\n' }), ['words.deletion']);
});

test('what is too large is examined in part and held for review', () => {
  const text = `forbidden\n${'x\n'.repeat(MAX_EXAMINED / 2)}`;
  const result = assess(file(text));
  assert.deepEqual(result.findings.map((finding) => finding.ruleId).sort(), ['gate.limit', 'words.forbidden-word']);
  assert.ok(result.trace.some((line) => line.step === 'limit' && line.note.includes(`${text.length}`)));
});

test('more work than is allowed is held for review, and the trace names the limit', () => {
  const costly = folder('words', { 'rules.yaml': rulesYaml({ when: '{ pattern: "ab.{0,900}cd", literals: [ab], zones: [code] }' }) });
  const many = Array.from({ length: 90 }, (_, index) => ({
    ...costly,
    name: `words${index}`,
    texts: { ...costly.texts, 'policy.md': costly.texts['policy.md']?.replace('words', `words${index}`) ?? '' },
  }));
  const { set } = loadPolicies(many);
  assert.ok(set !== undefined);
  const result = createGates(set, grammar).assess(file('ab cd '.repeat(MAX_EXAMINED / 6)), CONTEXT);
  assert.equal(result.verdict, 'review');
  assert.ok(result.findings.some((finding) => finding.ruleId === 'gate.steps'));
  assert.ok(result.trace.some((line) => line.step === 'limit' && line.note.includes('steps')));
});

test('a rule that fails is held for review, and the trace names it', () => {
  const set = policySet();
  const broken = set.rules.map((entry) => ({
    ...entry,
    patterns: entry.patterns.map((pattern) => ({
      ...pattern,
      get re(): never {
        throw new TypeError('broken on purpose');
      },
    })),
  }));
  const literalNumbers = new Map(broken.map((entry, index) => [entry, set.literalNumbers.get(set.rules[index] ?? entry) ?? []]));
  const result = createGates({ ...set, rules: broken, literalNumbers }, grammar).assess(file('a forbidden b'), CONTEXT);
  assert.equal(result.verdict, 'review');
  assert.deepEqual(
    result.findings.map((finding) => finding.ruleId),
    ['gate.rule-failed'],
  );
  assert.ok(result.trace.some((line) => line.step === 'error' && line.ruleId === 'words.forbidden-word'));
});

test('many findings are capped, the gravest kept and the verdict unharmed', () => {
  const result = assess(file(`${'forbidden\n'.repeat(500)}excusable\n`));
  assert.equal(result.verdict, 'block');
  assert.equal(result.findings.length, MAX_FINDINGS);
  assert.ok(result.findings.some((finding) => finding.verdict === 'block'));
  assert.ok(result.trace.some((line) => line.note.includes('501')));
  assert.deepEqual(result.findings, [...result.findings].sort(compareFindings));
});

test('binary, lone surrogates, NUL and endless lines are examined without harm', () => {
  const texts = [
    '\0'.repeat(5000),
    '\ud800forbidden\udfff',
    `${'x'.repeat(1_000_000)} forbidden`,
    '\u202e'.repeat(2000),
    '',
    '\n'.repeat(100_000),
  ];
  for (const text of texts) {
    for (const subject of [
      file(text),
      { kind: 'command', text },
      { kind: 'response', text },
      { kind: 'prompt', text },
    ] satisfies Subject[]) {
      const result = assess(subject);
      for (const finding of result.findings) Finding.parse(finding);
      for (const line of result.trace) TraceLine.parse(line);
      assert.ok(result.findings.every((finding) => finding.evidence.excerpt.isWellFormed()));
    }
  }
});

test('any subject gets the same, well-formed answer each time', () => {
  const words = [
    'rm',
    '-rf',
    '/',
    'forbidden',
    '```',
    '```sh\n',
    '\n',
    '"',
    "'",
    '$(',
    ')',
    '`',
    'sudo ',
    '| sh',
    templateValue('github-token') ?? '',
    'password=',
    '\u202e',
    'é',
    '\0',
    '    ',
    '- ',
    '> ',
    '<<EOF',
  ];
  const text = fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 25 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  const subject: fc.Arbitrary<Subject> = fc.oneof(
    text.map((content): Subject => ({ kind: 'command', text: content })),
    text.map((content): Subject => ({ kind: 'response', text: content })),
    text.map((content): Subject => ({ kind: 'prompt', text: content })),
    fc
      .tuple(text, text, fc.constantFrom('a.py', 'a.sh', 'a.md', 'Dockerfile', 'package.json', 'x/y.yaml', ''))
      .map(([content, baseline, path]): Subject => ({ kind: 'file', text: content, path: path === '' ? '/' : path, baseline })),
    fc
      .tuple(text, fc.jsonValue())
      .map(([content, value]): Subject => ({ kind: 'tool', name: 'Bash', input: JSON.parse(JSON.stringify({ command: content, value })) })),
  );
  fc.assert(
    fc.property(subject, (given) => {
      const result = assess(given);
      assert.deepEqual(assess(given), result);
      for (const finding of result.findings) Finding.parse(finding);
      for (const line of result.trace) TraceLine.parse(line);
      assert.ok(!result.trace.some((line) => line.step === 'error'), JSON.stringify(result.trace));
    }),
    { numRuns: Number(process.env['SOAK_RUNS'] ?? 400) },
  );
});
