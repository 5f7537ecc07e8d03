import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundleProblems, importsOf, type Source, sourceProblems } from '../../build/checkStructure.ts';
import { settingsTable } from '../../build/settingsTable.ts';

const source = (path: string, text: string): Source => ({ path, text });

/** Each breaks one law; `says` is what a reader is told. */
const BROKEN: { law: string; sources: Source[]; says: RegExp }[] = [
  {
    law: 'the editor API outside extension/ui',
    sources: [source('extension/core/a.ts', "import * as vscode from 'vscode';\nexport const x = vscode;\n")],
    says: /extension\/core\/a\.ts imports vscode/,
  },
  {
    law: 'the editor API in the verifier, as a type',
    sources: [source('verifier/a.ts', "import type { Uri } from 'vscode';\nexport type X = Uri;\n")],
    says: /verifier\/a\.ts imports vscode/,
  },
  {
    law: 'an SDK in a second file, loaded lazily',
    sources: [source('verifier/audit/other.ts', "export const load = () => import('@google/generative-ai');\n")],
    says: /only verifier\/audit\/gemini\.ts may/,
  },
  {
    law: 'a cycle of imports',
    sources: [
      source('verifier/a.ts', "import { b } from './b.ts';\nexport const a = b;\n"),
      source('verifier/b.ts', "import { c } from './c/c.ts';\nexport const b = c;\n"),
      source('verifier/c/c.ts', "import { a } from '../a.ts';\nexport const c = a;\n"),
    ],
    says: /import cycle: verifier\/a\.ts → verifier\/b\.ts → verifier\/c\/c\.ts → verifier\/a\.ts/,
  },
  {
    law: 'a barrel',
    sources: [source('verifier/index.ts', "// all\nexport { a } from './a.ts';\nexport * from './b.ts';\n")],
    says: /only re-exports/,
  },
  { law: 'a file that is too long', sources: [source('verifier/a.ts', 'const a = 1;\n'.repeat(351))], says: /351 lines/ },
];

/** Near-twins of the above that are in order. */
const IN_ORDER: { what: string; sources: Source[] }[] = [
  {
    what: 'the editor API in extension/ui',
    sources: [source('extension/ui/a.ts', "import * as vscode from 'vscode';\nexport const x = vscode;\n")],
  },
  {
    what: 'the SDK in its one file',
    sources: [source('verifier/audit/gemini.ts', "import { X } from '@google/generative-ai';\nexport const x = X;\n")],
  },
  {
    what: 'types that refer to each other',
    sources: [
      source('verifier/a.ts', "import type { B } from './b.ts';\nexport interface A { b: B }\n"),
      source('verifier/b.ts', "import { x } from './a.ts';\nexport const y = x;\n"),
    ],
  },
  { what: 'the word vscode in a text', sources: [source('verifier/a.ts', "export const a = 'vscode';\n")] },
  { what: 'a file of 350 lines', sources: [source('verifier/a.ts', 'const a = 1;\n'.repeat(350))] },
];

const LAWFUL_BUNDLES = {
  'uninstalled.mjs': ['extension/uninstalled.ts', 'verifier/protocol/userFolders.ts'],
  'extension.cjs': ['extension/extension.ts', 'verifier/protocol/routes.ts', 'node_modules/zod/v4/core.js'],
  'sidecar.mjs': ['verifier/main.ts', 'node_modules/fastify/fastify.js'],
  'gatesWorker.mjs': ['verifier/gates/worker.ts', 'verifier/policy/rule.ts'],
  'cli.mjs': ['verifier/cli/main.ts'],
};

describe('the check of the structure', () => {
  for (const { law, sources, says } of BROKEN) {
    it(`finds ${law}`, () => assert.match(sourceProblems(sources).join('\n'), says));
  }
  for (const { what, sources } of IN_ORDER) {
    it(`leaves ${what} alone`, () => assert.deepEqual(sourceProblems(sources), []));
  }

  it('reads every form of import', () => {
    const text =
      "import {\n  a,\n  b,\n} from './a.ts';\nimport './b.ts';\nexport { c } from './c.ts';\nimport type { D } from './d.ts';\nawait import('./e.ts');\n";
    assert.deepEqual(
      importsOf(source('x.ts', text)).map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? ' type' : ''}`),
      ['./a.ts', './b.ts', './c.ts', './d.ts type', './e.ts'],
    );
  });

  it('accepts bundles that hold what they may', () => assert.deepEqual(bundleProblems(LAWFUL_BUNDLES), []));

  for (const [bundle, input] of [
    ['extension.cjs', 'verifier/gates/redact.ts'],
    ['extension.cjs', 'node_modules/fastify/fastify.js'],
    ['sidecar.mjs', 'extension/core/client.ts'],
    ['gatesWorker.mjs', 'verifier/ledger/store.ts'],
    ['cli.mjs', 'test/host/until.ts'],
    ['uninstalled.mjs', 'verifier/ledger/store.ts'],
  ] as const) {
    it(`finds ${input} in ${bundle}`, () => {
      const inputs = { ...LAWFUL_BUNDLES, [bundle]: [...LAWFUL_BUNDLES[bundle], input] };
      assert.deepEqual(bundleProblems(inputs), [`bundle ${bundle} holds ${input}`]);
    });
  }

  it('finds a bundle that is missing or has no law', () => {
    const { 'cli.mjs': cli, ...rest } = LAWFUL_BUNDLES;
    const problems = bundleProblems({ ...rest, 'other.mjs': cli }).join('\n');
    assert.match(problems, /bundle cli\.mjs was not built/);
    assert.match(problems, /bundle other\.mjs has no law/);
  });

  it('makes a table row of each setting', () => {
    const properties = {
      'x.on': { default: true, scope: 'machine', description: 'On | off.' },
      'x.list': { default: ['a', 'b', 'c', 'd', 'e'] },
    };
    assert.deepEqual(
      settingsTable({ contributes: { configuration: { properties } } })
        .split('\n')
        .slice(2),
      ['| `x.on` | `true` | machine | On \\| off. |', '| `x.list` | 5 patterns | window |  |'],
    );
  });
});
