import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disagreements, withoutRuleNames } from '../../verifier/policy/agreement.ts';
import { loadPolicies } from '../../verifier/policy/load.ts';
import { builtInFolders } from './builtIn.ts';

for (const folder of builtInFolders()) {
  const prose = folder.texts['policy.md'] ?? '';
  const rules = loadPolicies([folder]).set?.rules ?? [];

  test(`${folder.name}: prose and rules say the same`, () => {
    assert.ok(rules.length > 0);
    assert.deepEqual(disagreements(prose, rules), []);
  });

  test(`${folder.name}: no rule can go without its line of prose`, () => {
    for (const gone of rules) {
      const rest = rules.filter((rule) => rule !== gone);
      assert.ok(
        disagreements(prose, rest).some(({ message }) =>
          message.includes(`\`${gone.id.slice(folder.name.length + 1)}\`, which is no rule`),
        ),
        `nothing misses ${gone.id}`,
      );
    }
  });

  test(`${folder.name}: no line of prose can go without its rule`, () => {
    const lines = prose.split('\n');
    const rows = lines.flatMap((line, index) => (line.startsWith('| ') && !/^\| (?:what|---) /.test(line) ? [index] : []));
    assert.ok(rows.length > 3);
    for (const row of rows) {
      const rest = lines.filter((_, index) => index !== row).join('\n');
      assert.match(
        disagreements(rest, rules)
          .map(({ message }) => message)
          .join('\n'),
        /No row names the rule/,
        `nothing misses ${lines[row]}`,
      );
    }
  });
}

const TABLE = '# P\n\n| what | severity | verdict | rules |\n| --- | --- | --- | --- |\n';
const RULE = { id: 'p.one', severity: 'high', verdict: 'review' } as const;

const PARTED: readonly (readonly [what: string, prose: string, line: number, message: RegExp])[] = [
  ['no table', '# P\n', 1, /no table/],
  ['a table that names no rules', '| what | severity | verdict |\n| --- | --- | --- |\n| x | high | review |\n', 1, /no table/],
  ['a row without a rule', `${TABLE}| x | high | review | one |\n| y | high | review | |\n`, 6, /names no rule/],
  ['a row for a rule that is not there', `${TABLE}| x | high | review | one, two |\n`, 5, /`two`, which is no rule/],
  ['another severity', `${TABLE}| x | low | review | one |\n`, 5, /`one` is high and review/],
  ['another verdict', `${TABLE}| x | high | block | one |\n`, 5, /`one` is high and review/],
  ['a rule that nobody is told of', TABLE, 3, /No row names the rule `one`/],
];

for (const [what, prose, line, message] of PARTED) {
  test(`${what} is a disagreement on its line`, () => {
    const found = disagreements(prose, [RULE]);
    assert.equal(found[0]?.line, line);
    assert.match(found[0]?.message ?? '', message);
  });
}

test('a bar in a description, a choice of severities and line ends of Windows are read', () => {
  const prose = `${TABLE}| \`curl | sh\` | critical or high | block or review | one |\n`.replaceAll('\n', '\r\n');
  assert.deepEqual(disagreements(prose, [RULE]), []);
});

test('the auditor is not told the names of rules', () => {
  assert.equal(
    withoutRuleNames(`${TABLE}| \`curl | sh\` | high | review | one, two |\n\nAnd | so on |\n`),
    '# P\n\n| what | severity | verdict |\n| --- | --- | --- |\n| `curl | sh` | high | review |\n\nAnd | so on |\n',
  );
});
