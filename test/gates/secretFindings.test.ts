import assert from 'node:assert/strict';
import { test } from 'node:test';
import { templateValue } from '../../verifier/policy/templates.ts';
import type { Finding } from '../../verifier/protocol/assessment.ts';
import { builtInGates, CONTEXT } from '../policies/builtIn.ts';

const { gates } = await builtInGates();
const key = templateValue('stripe-key') ?? '';
const other = templateValue('github-token') ?? '';
const password = templateValue('password') ?? '';
const pem = templateValue('rsa-private-key') ?? '';

function findings(text: string, baseline?: string): readonly Finding[] {
  return gates.assess(
    { kind: 'file', path: 'src/pay.ts', language: 'typescript', text, ...(baseline === undefined ? {} : { baseline }) },
    CONTEXT,
  ).findings;
}
const news = (text: string, baseline: string): boolean[] => findings(text, baseline).map(({ isNew }) => isNew);

const before = `const a = 1;\nconst apiKey = '${key}';\n`;
/** What was done to a file with a credential; whether each credential in it is new by that, new ones first. */
const CHANGES: readonly [what: string, after: string, expected: boolean[]][] = [
  ['it was moved', `const apiKey = '${key}';\nconst a = 1;\n`, [false]],
  ['it was indented', `function f() {\n    const apiKey = '${key}';\n}\n`, [false]],
  ['it was given another name and other quotes', `export const stripe = new Stripe("${key}");\n`, [false]],
  ['it was copied', `${before}const again = '${key}';\n`, [true, false]],
  ['another one was put beside it', `const a = 1;\nconst apiKey = '${key}', token = '${other}';\n`, [true, false]],
  ['it was exchanged', `const a = 1;\nconst apiKey = '${other}';\n`, [true]],
];

for (const [what, after, expected] of CHANGES) {
  test(`a credential is new only where it was not there before: ${what}`, () => {
    assert.deepEqual(news(after, before), expected);
  });
}

test('a private key that was indented, or put on one line, is not new', () => {
  const indented = pem.replaceAll('\n', '\n    ');
  assert.deepEqual(news(`key: |\n    ${indented}\n`, `${pem}\n`), [false]);
  assert.deepEqual(news(`const k = "${pem.replaceAll('\n', '\\n')}";\n`, `${pem}\n`), [false]);
});

test('one place is one finding, the one that says most', () => {
  assert.deepEqual(
    findings(`const apiKey = '${key}';\n`).map(({ ruleId }) => ruleId),
    ['secrets.service-token'],
  );
  assert.deepEqual(
    findings(`const password = '${password}';\n`).map(({ ruleId }) => ruleId),
    ['secrets.hard-coded-credential'],
  );
});

test('two credentials on one line are two findings', () => {
  assert.equal(findings(`send('${key}', '${templateValue('sendgrid-key')}');\n`).length, 2);
});

test('a finding shows nothing of its credential', () => {
  for (const value of [key, other, password]) {
    for (const { evidence, message } of findings(`const token = '${value}', password = '${value}';\n`)) {
      assert.ok(!`${evidence.excerpt} ${message}`.includes(value.slice(4, 14)));
    }
  }
});
