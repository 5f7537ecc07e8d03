import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { z } from 'zod';
import { buildFacts } from '../../../verifier/gates/build/build.ts';
import { dockerfileScripts } from '../../../verifier/gates/build/dockerfileScripts.ts';
import { MAX_JSON_LEAVES } from '../../../verifier/gates/build/json.ts';
import { workflowScripts } from '../../../verifier/gates/build/workflow.ts';
import { MAX_YAML_NODES, YamlReader } from '../../../verifier/gates/build/yamlNodes.ts';
import { BUILD_FORMATS } from '../../../verifier/policy/facts.ts';
import { builtInGates, CONTEXT } from '../../policies/builtIn.ts';

const { gates } = await builtInGates();
const cases = z
  .array(z.object({ text: z.string() }))
  .parse(parse(readFileSync(new URL('../../../policies/supply-chain/cases/builds.yaml', import.meta.url), 'utf8')));
const sources = cases.map(({ text }) => text);

const bit = fc.constantFrom(
  ...'{}[]<>\'"`\\;:,.=+-#&!|@$\n\r\t\0 \ud800',
  '${{',
  '}}',
  '<<EOF',
  '\n- ',
  ': |\n',
  'RUN ',
  'FROM ',
  'ENV a=',
  'uses: a/b@',
  '"resolved": "http://',
  '[[',
  '\\\n',
);
/** Cuts and strews bits into a source. */
const mutated = fc
  .tuple(fc.constantFrom(...sources), fc.array(fc.tuple(fc.nat(2_000), fc.nat(40), bit), { maxLength: 12 }))
  .map(([source, edits]) =>
    edits.reduce((text, [at, cut, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place + (cut % 13));
    }, source),
  );
const anyText = fc.oneof(mutated, fc.string({ unit: 'binary', maxLength: 400 }));

test('any text gives facts within it, the same each time, whatever its format', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(...BUILD_FORMATS), (text, format) => {
      const { facts } = buildFacts(text, format);
      assert.deepEqual(buildFacts(text, format).facts, facts);
      for (const { start, end } of facts) assert.ok(start >= 0 && start <= end && end <= text.length, `${start}–${end} of ${text.length}`);
    }),
    { numRuns: 1_500 },
  );
});

test('scripts of any text begin within it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const { offset } of [...dockerfileScripts(text, 0), ...workflowScripts(new YamlReader(text), 0)])
        assert.ok(offset >= 0 && offset <= text.length);
    }),
    { numRuns: 500 },
  );
});

test('a file of more values than are read is held for review, and the limit is named', () => {
  const yaml = `on: push\njobs:\n${'  - a\n'.repeat(MAX_YAML_NODES)}`;
  const json = `{"packages": [${'1,'.repeat(MAX_JSON_LEAVES)}1]}`;
  for (const [path, text] of [
    ['.github/workflows/a.yml', yaml],
    ['package-lock.json', json],
  ] as const) {
    const result = gates.assess({ kind: 'file', path, text }, CONTEXT);
    assert.notEqual(result.verdict, 'pass');
    assert.ok(
      result.trace.some(({ step, note }) => step === 'limit' && note.startsWith('Build file: ')),
      path,
    );
  }
});

test('nesting as deep as a text allows is read without a throw', () => {
  for (const text of [
    '['.repeat(100_000),
    '- '.repeat(15_000),
    `a: ${'{b: '.repeat(30_000)}`,
    '${{'.repeat(100_000),
    `run: ${'echo '.repeat(50_000)}`,
  ])
    for (const format of BUILD_FORMATS) assert.ok(buildFacts(text, format).facts.length >= 0);
});

/** Files of a thousand lines as people have them. */
const STEP = '      - uses: actions/checkout@v4\n      - name: Test\n        run: |\n          npm ci\n          npm test -- $PART\n';
const LARGE = {
  workflow: `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${STEP.repeat(200)}`,
  dockerfile: `FROM debian:12.7\n${'RUN apt-get update && \\\n    apt-get install -y git \\\n    # more\n    curl\n'.repeat(250)}`,
  'npm-manifest': `{ "dependencies": {\n${Array.from({ length: 1_000 }, (_, index) => `  "some-package-${index}": "^1.0.0"`).join(',\n')}\n} }`,
  'pip-requirements': Array.from({ length: 1_000 }, (_, index) => `some-package${index}==1.0`).join('\n'),
  'npm-lock': `{ "packages": {\n${Array.from({ length: 500 }, (_, index) => `  "node_modules/p${index}": {\n    "resolved": "https://registry.npmjs.org/p${index}/-/p${index}-1.0.0.tgz" }`).join(',\n')}\n} }`,
} as const;

for (const [format, text] of Object.entries(LARGE)) {
  test(`a ${format} of twice the length takes about twice the work`, () => {
    const known = BUILD_FORMATS.find((one) => one === format);
    assert.ok(known !== undefined);
    const least = (repeated: string): number =>
      Math.min(
        ...Array.from({ length: 12 }, () => {
          const from = process.cpuUsage();
          buildFacts(repeated, known);
          const spent = process.cpuUsage(from);
          return spent.user + spent.system;
        }),
      );
    least(text);
    const once = Math.max(least(text), 500);
    assert.ok(least(`${text}\n${text}\n${text}\n${text}`) < 16 * once);
  });
}
