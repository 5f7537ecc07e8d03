import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { z } from 'zod';
import { localisationProblems } from './localisation.ts';
import { settingsTableProblem } from './settingsTable.ts';

const root = join(import.meta.dirname, '..');
const MAX_LINES = 350;

/** Packages that one file alone may import, so that replacing one is a change of one file. */
const SOLE_IMPORTERS: Record<string, string> = {
  '@google/generative-ai': 'verifier/audit/gemini.ts',
  '@solana/spl-memo': 'verifier/anchor/solana.ts',
  '@solana/web3.js': 'verifier/anchor/solana.ts',
  litesvm: 'verifier/localChain/machine.ts',
  'litesvm-memo-v3': 'verifier/localChain/machine.ts',
};

/** What a bundle may hold; packages are named as `node_modules/<package>`. */
const BUNDLE_LAW: Record<string, { readonly own: readonly string[]; readonly packages: readonly string[] | 'any' }> = {
  'extension.cjs': { own: ['extension/', 'verifier/protocol/'], packages: ['zod', '@vscode/l10n'] },
  'uninstalled.mjs': { own: ['extension/', 'verifier/protocol/'], packages: [] },
  'sidecar.mjs': { own: ['verifier/'], packages: 'any' },
  'gatesWorker.mjs': { own: ['verifier/protocol/', 'verifier/policy/', 'verifier/gates/'], packages: 'any' },
  'cli.mjs': { own: ['verifier/'], packages: 'any' },
};

export interface Source {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** All imports of a source: each specifier, and whether it names types alone. */
export function importsOf(source: Source): { specifier: string; typeOnly: boolean }[] {
  const statement = /^(?:import|export)\s+(type\s)?[^'"`;]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  return [...source.text.matchAll(statement)].map((match) => ({
    specifier: match[2] ?? match[3] ?? match[4] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

/** Problems of the sources alone: who imports what, cycles, barrels, size. */
export function sourceProblems(sources: readonly Source[]): string[] {
  const problems: string[] = [];
  for (const source of sources) {
    const lines = source.text.split('\n').length - 1;
    if (lines > MAX_LINES) problems.push(`${source.path} has ${lines} lines: split it (at most ${MAX_LINES})`);
    if (isBarrel(source)) problems.push(`${source.path} only re-exports: import from the file itself`);
    for (const { specifier } of importsOf(source)) {
      const sole = SOLE_IMPORTERS[packageOf(specifier)];
      if (sole !== undefined && source.path !== sole) problems.push(`${source.path} imports ${specifier}: only ${sole} may`);
      const mayUseEditor = source.path.startsWith('extension/ui/') || /^extension\/[^/]+\.ts$/.test(source.path);
      if (specifier === 'vscode' && !mayUseEditor)
        problems.push(`${source.path} imports vscode: only extension/ui and the files that compose the extension may`);
    }
  }
  return [...problems, ...cycles(sources)];
}

function isBarrel(source: Source): boolean {
  const statements = source.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').match(/^\S.*$/gm) ?? [];
  return (
    statements.length > 0 && statements.every((line) => /^(export\s+(type\s+)?(\*|\{).*|\} from .*)$/.test(line) && line.includes('from'))
  );
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Import cycles at run time, each named once. Types may refer to each other: they vanish. */
function cycles(sources: readonly Source[]): string[] {
  const graph = new Map(sources.map((source) => [source.path, localImports(source)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push(`import cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`);
    if (done.has(path) || trail.includes(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

function localImports(source: Source): string[] {
  const local = importsOf(source).filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly);
  return local.map(({ specifier }) => normalize(join(dirname(source.path), specifier)).replaceAll('\\', '/'));
}

/** Problems of the bundles, from the list of files that each was made of. */
export function bundleProblems(inputs: Readonly<Record<string, readonly string[]>>): string[] {
  const problems = Object.keys(inputs)
    .filter((name) => BUNDLE_LAW[name] === undefined)
    .map((name) => `bundle ${name} has no law in build/checkStructure.ts: say what it may hold`);
  for (const [name, law] of Object.entries(BUNDLE_LAW)) {
    const held = inputs[name];
    if (held === undefined) problems.push(`bundle ${name} was not built`);
    for (const input of held ?? []) {
      const owner = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
      const allowed =
        owner === undefined ? law.own.some((prefix) => input.startsWith(prefix)) : law.packages === 'any' || law.packages.includes(owner);
      if (!allowed) problems.push(`bundle ${name} holds ${input}`);
    }
  }
  return problems;
}

/** Every TypeScript source of the product. */
function productSources(): Source[] {
  return ['extension', 'verifier'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') })),
  );
}

function readBundleInputs(): Record<string, string[]> {
  const path = join(root, 'out/bundle-inputs.json');
  if (!existsSync(path)) throw new Error('out/bundle-inputs.json is missing: run "npm run build" first');
  return z.record(z.string(), z.array(z.string())).parse(JSON.parse(readFileSync(path, 'utf8')));
}

if (import.meta.main) {
  const table = settingsTableProblem();
  const problems = [
    ...sourceProblems(productSources()),
    ...bundleProblems(readBundleInputs()),
    ...(await localisationProblems()),
    ...(table === undefined ? [] : [table]),
  ];
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'The structure holds.' : `${problems.length} problem(s) of structure.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
