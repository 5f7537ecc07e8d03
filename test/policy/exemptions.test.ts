import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exemptionFor, exemptionPath, isDocsPath, isTestPath, type MatchSituation } from '../../verifier/policy/exemptions.ts';
import type { Exemption } from '../../verifier/policy/rule.ts';

const situation = (given: Partial<MatchSituation>): MatchSituation => ({
  path: undefined,
  line: '',
  value: undefined,
  dummy: undefined,
  target: undefined,
  ...given,
});

/** Each exemption, where it holds and where it must not. */
const CASES: readonly [Exemption, holds: Partial<MatchSituation>[], not: Partial<MatchSituation>[]][] = [
  [
    'test-path',
    [{ path: 'test/a.ts' }, { path: 'src/a.test.ts' }, { path: 'pkg/test_a.py' }, { path: 'src/FooTest.java' }],
    [{ path: 'src/latest/a.ts' }, { path: 'src/contest.ts' }, {}],
  ],
  ['docs-path', [{ path: 'docs/a.ts' }, { path: 'README.md' }, { path: 'examples/x.py' }], [{ path: 'src/docs.ts' }, {}]],
  [
    'dummy-value',
    [{ dummy: true }, { value: 'password = "changeme"' }, { value: "key: '<your-key>'" }],
    [{ dummy: false }, { value: 'password = "k8Jd7sLq"' }, {}],
  ],
  ['build-path', [{ target: 'build-output' }], [{ target: 'workspace' }, { target: 'root' }]],
  [
    'marker',
    [{ path: 'docs/a.md', line: 'eval(x) // sentinel:example' }],
    [
      { path: 'src/a.ts', line: 'eval(x) // sentinel:example' },
      { path: 'docs/a.md', line: 'eval("sentinel:example")' },
      { path: 'docs/a.md', line: 'eval(x)' },
    ],
  ],
];

for (const [exemption, holds, not] of CASES) {
  test(`${exemption} holds where its condition does, and only where the rule lists it`, () => {
    for (const given of holds) {
      assert.ok(exemptionFor(new Set([exemption]), situation(given))?.startsWith(`${exemption}: `), JSON.stringify(given));
      assert.equal(exemptionFor(new Set(), situation(given)), undefined);
    }
    for (const given of not) assert.equal(exemptionFor(new Set([exemption]), situation(given)), undefined, JSON.stringify(given));
  });
}

test('folders above the workspace exempt nothing', () => {
  const roots = ['/home/dev/tests/project'];
  assert.equal(exemptionPath('/home/dev/tests/project/src/a.ts', roots), 'src/a.ts');
  assert.equal(exemptionPath('/home/dev/tests/project/test/../src/a.ts', roots), 'src/a.ts');
  assert.equal(exemptionPath('/elsewhere/tests/a.ts', roots), 'a.ts');
  assert.equal(exemptionPath('../tests/a.ts', roots), 'a.ts');
  assert.equal(exemptionPath('C:\\work\\tests\\a.ts', ['C:\\work']), 'tests/a.ts');
  assert.equal(exemptionPath('tests/a.ts', []), 'tests/a.ts');
  assert.ok(!isTestPath(exemptionPath('tests/../src/a.ts', [])));
  assert.ok(!isDocsPath('src/mdx/a.ts'));
});
