import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyFolder } from '../../verifier/policy/folder.ts';
import { loadPolicies } from '../../verifier/policy/load.ts';
import { problemText } from '../../verifier/policy/source.ts';
import { folder, policyMd, rulesYaml } from './policyTexts.ts';

const problemsOf = (folders: readonly PolicyFolder[]): string[] => loadPolicies(folders).problems.map(problemText);

test('a valid folder is compiled, with its prose and examples', () => {
  const { set, problems } = loadPolicies([folder('words')]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    set?.rules.map((rule) => [rule.id, rule.verdict, rule.severity, rule.origin]),
    [['words.forbidden-word', 'review', 'medium', 'builtIn']],
  );
  assert.deepEqual(
    set?.prose.map(({ name, title, trusted }) => ({ name, title, trusted })),
    [{ name: 'words', title: 'Policy of a test', trusted: true }],
  );
  assert.equal(set?.rules[0]?.examples.match.length, 2);
});

/** Each mistake, and where and how it must be reported. */
const MISTAKES: readonly [what: string, texts: PolicyFolder['texts'], problem: RegExp][] = [
  ['no front matter', { 'policy.md': '# Words\n' }, /^builtIn\/words\/policy\.md:1 .*front matter/],
  ['front matter with another name', { 'policy.md': policyMd('other') }, /^builtIn\/words\/policy\.md:2 .*`other`.*`words`/],
  [
    'an unknown field in the front matter',
    { 'policy.md': policyMd('words').replace('version: 1', 'version: 1\nmood: good') },
    /policy\.md:5 .*`mood`/,
  ],
  ['no section on exemptions', { 'policy.md': policyMd('words').replace('## Exemptions', '## Others') }, /policy\.md:\d+ .*Exemptions/],
  ['broken YAML', { 'rules.yaml': 'schema: 1\nrules: [\n  - id: x' }, /^builtIn\/words\/rules\.yaml:[23] /],
  ['an unknown severity', { 'rules.yaml': rulesYaml({ severity: 'awful' }) }, /rules\.yaml:4 rules\.0\.severity: /],
  ['an unknown field in a clause', { 'rules.yaml': rulesYaml({ when: '{ effect: delete, mood: bad }' }) }, /rules\.yaml:10 .*mood/],
  ['an unknown effect', { 'rules.yaml': rulesYaml({ when: '{ effect: vanish }' }) }, /rules\.yaml:10 .*effect/],
  [
    'too few examples',
    { 'rules.yaml': rulesYaml().replace(/ {8}- \{ kind: file, text: "allowed".*\n/, '') },
    /rules\.yaml:\d+ rules\.0\.examples\.ignore/,
  ],
  [
    'a pattern that is not RE2',
    { 'rules.yaml': rulesYaml({ when: '{ pattern: "(?=a)b", literals: [ab], zones: [code] }' }) },
    /rules\.yaml:10 Rule `forbidden-word`: not an RE2 pattern/,
  ],
  [
    'a pattern that matches nothing',
    { 'rules.yaml': rulesYaml({ when: '{ pattern: "(ab)*", literals: [ab], zones: [code] }' }) },
    /rules\.yaml:10 .*empty text/,
  ],
  [
    'a pattern with the end of the text',
    { 'rules.yaml': rulesYaml({ when: '{ pattern: "ab\\\\z", literals: [ab], zones: [code] }' }) },
    /rules\.yaml:10 .*mean the line/,
  ],
  [
    'an unknown template',
    { 'rules.yaml': rulesYaml({ match: '{ kind: file, text: "forbidden {{no-such}}" }' }) },
    /rules\.yaml:13 .*\{\{no-such\}\}/,
  ],
  ['a bare example without effects', { 'rules.yaml': rulesYaml({ match: 'forbidden' }) }, /rules\.yaml:13 .*bare example/],
  ['an alias bomb', { 'rules.yaml': bomb() }, /rules\.yaml:1 .*can't be read/],
  ['nesting without end', { 'rules.yaml': '['.repeat(50_000) }, /rules\.yaml:1 /],
  [
    'YAML that ends in the middle of a value',
    { 'rules.yaml': rulesYaml().replace('literals: [forbidden]', 'literals: [forbidden') },
    /rules\.yaml:1[01] /,
  ],
  [
    'a key that is there twice',
    { 'rules.yaml': rulesYaml().replace('    verdict:', '    severity: low\n    verdict:') },
    /rules\.yaml:5 .*unique/,
  ],
  [
    'an unknown field in a rule',
    { 'rules.yaml': rulesYaml().replace('    verdict:', '    mood: bad\n    verdict:') },
    /rules\.yaml:5 .*`mood`/,
  ],
  ['an unknown trait', { 'rules.yaml': rulesYaml({ when: '{ effect: delete, traits: [slow] }' }) }, /rules\.yaml:10 .*traits/],
  ['an unknown class of target', { 'rules.yaml': rulesYaml({ when: '{ effect: delete, target: [moon] }' }) }, /rules\.yaml:10 .*target/],
  ['an unknown kind of secret', { 'rules.yaml': rulesYaml({ when: '{ secret: [diary] }' }) }, /rules\.yaml:10 .*secret/],
  [
    'a broken `unless`',
    { 'rules.yaml': rulesYaml({ when: "{ pattern: abc, literals: [ab], zones: [code], unless: '(ab' }" }) },
    /rules\.yaml:10 Rule `forbidden-word`/,
  ],
  ['an id that is none', { 'rules.yaml': rulesYaml({ id: 'Forbidden Word' }) }, /rules\.yaml:3 rules\.0\.id/],
  ['no clause', { 'rules.yaml': rulesYaml().replace(/ {4}when:\n[^\n]*/, '    when: []') }, /rules\.yaml:9 rules\.0\.when/],
  ['no examples', { 'rules.yaml': rulesYaml().replace(/ {4}examples:[\s\S]*/, '') }, /rules\.yaml:3 rules\.0\.examples/],
  [
    '`exemptable` without a condition',
    { 'rules.yaml': rulesYaml({ extra: '    exemptable: []\n' }) },
    /rules\.yaml:18 rules\.0\.exemptable/,
  ],
  ['an unknown exemption', { 'rules.yaml': rulesYaml({ extra: '    exemptable: [on-fridays]\n' }) }, /rules\.yaml:18 rules\.0\.exemptable/],
  ['a weakness that is none', { 'rules.yaml': rulesYaml().replace('CWE-1]', 'CVE-1]') }, /rules\.yaml:8 rules\.0\.cwe/],
  ['a risk that is none', { 'rules.yaml': rulesYaml({ extra: '    owasp: [A3]\n' }) }, /rules\.yaml:18 rules\.0\.owasp/],
  ['a technique that is none', { 'rules.yaml': rulesYaml({ extra: '    attack: [TA0001]\n' }) }, /rules\.yaml:18 rules\.0\.attack/],
  ['a version that is none', { 'rules.yaml': rulesYaml({ extra: '    since: soon\n' }) }, /rules\.yaml:18 rules\.0\.since/],
  ['no rules.yaml', { 'policy.md': policyMd('words') }, /rules\.yaml:1 .*missing/],
];

function bomb(): string {
  const rows = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level++)
    rows.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  return rows.join('\n');
}

for (const [what, texts, problem] of MISTAKES) {
  test(`${what} is reported with file and line, and the folder is not in force`, () => {
    const broken: PolicyFolder = what.startsWith('no rules') ? { ...folder('words'), texts } : folder('words', texts);
    const { set, problems, invalid } = loadPolicies([broken, folder('others')]);
    assert.ok(
      problems.map(problemText).some((text) => problem.test(text)),
      problems.map(problemText).join('\n'),
    );
    assert.deepEqual(invalid, [broken]);
    assert.deepEqual(
      set?.rules.map((rule) => rule.id),
      ['others.forbidden-word'],
    );
  });
}

test('a rule that is there twice is reported', () => {
  const twice = rulesYaml().replace(/(rules:\n)([\s\S]*)/, '$1$2$2');
  assert.match(problemsOf([folder('words', { 'rules.yaml': twice })]).join('\n'), /words\/rules\.yaml:18 .*forbidden-word.*twice/);
});

const tighten = (lines: string): PolicyFolder => folder('local', { 'rules.yaml': `schema: 1\nrules: []\ntighten:\n${lines}` }, 'workspace');

test('a workspace adds rules and tightens known ones', () => {
  const own = folder('words', { 'rules.yaml': rulesYaml({ id: 'another-word' }) }, 'workspace');
  const { set, problems } = loadPolicies([
    own,
    tighten('  - { rule: words.forbidden-word, verdict: block, severity: high }\n'),
    folder('words'),
  ]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    set?.rules.map((rule) => [rule.id, rule.verdict, rule.severity]),
    [
      ['words.another-word', 'review', 'medium'],
      ['words.forbidden-word', 'block', 'high'],
    ],
  );
  assert.deepEqual(
    set?.prose.map((prose) => prose.trusted),
    [true, false, false],
  );
});

/** Each attempt to weaken, and the problem it must become. */
const WEAKENINGS: readonly [what: string, attempt: PolicyFolder, problem: RegExp][] = [
  [
    'a redefinition',
    folder('words', { 'rules.yaml': rulesYaml({ severity: 'low' }) }, 'workspace'),
    /workspace\/words\/rules\.yaml:3 .*exists already/,
  ],
  ['a lower verdict', tighten('  - { rule: words.forbidden-word, verdict: review }\n'), /workspace\/local\/rules\.yaml:4 .*verdict/],
  ['a lower severity', tighten('  - { rule: words.forbidden-word, severity: low }\n'), /workspace\/local\/rules\.yaml:4 .*severity/],
  ['the same once more', tighten('  - { rule: words.forbidden-word, severity: high }\n'), /workspace\/local\/rules\.yaml:4 .*as strict/],
  [
    'an added exemption',
    tighten('  - { rule: words.forbidden-word, exemptable: [test-path] }\n'),
    /workspace\/local\/rules\.yaml:4 .*exemptable/,
  ],
  ['an unknown rule', tighten('  - { rule: words.no-such, verdict: block }\n'), /workspace\/local\/rules\.yaml:4 .*no rule/],
];

for (const [what, attempt, problem] of WEAKENINGS) {
  test(`${what} by a workspace is refused with file and line`, () => {
    const strict = folder('words', { 'rules.yaml': rulesYaml({ severity: 'high', verdict: 'block' }) });
    const { set, problems } = loadPolicies([strict, attempt]);
    assert.match(problems.map(problemText).join('\n'), problem);
    assert.deepEqual(
      set?.rules.map((rule) => [rule.id, rule.verdict, rule.severity, rule.origin, rule.exemptable.size]),
      [['words.forbidden-word', 'block', 'high', 'builtIn', 0]],
    );
  });
}

test('the digest covers every byte, path and origin in force, in any order', () => {
  const digest = (...folders: PolicyFolder[]): string | undefined => loadPolicies(folders).set?.digest;
  const base = digest(folder('words'), folder('others'));
  assert.match(base ?? '', /^[0-9a-f]{64}$/);
  assert.equal(digest(folder('others'), folder('words')), base);
  assert.notEqual(digest(folder('words'), folder('others', { 'rules.yaml': `${rulesYaml()}\n` })), base);
  assert.notEqual(digest(folder('words'), folder('others', {}, 'user')), base);
  assert.notEqual(digest(folder('words')), base);
  assert.equal(digest(folder('words'), folder('others'), folder('broken', { 'rules.yaml': 'x' })), base);
});

test('without one valid folder there is no set', () => {
  assert.equal(loadPolicies([folder('words', { 'rules.yaml': 'x' })]).set, undefined);
  assert.equal(loadPolicies([]).set, undefined);
});
