import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { PolicyFileName, PolicyFolder } from '../verifier/policy/folder.ts';
import { preparePolicies } from '../verifier/policy/prepare.ts';
import { PREPARED_FILE_NAME } from '../verifier/policy/prepared.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** The grammars that the gates load; the package holds more than are used. */
const GRAMMARS = ['bash', 'javascript', 'typescript', 'tsx', 'python', 'go', 'java', 'c-sharp', 'php', 'ruby'];

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

// CommonJS dependencies call require() for Node's own modules and look up their own file (the shell
// parser does, to find its WebAssembly); an ES module has neither by itself.
const esm: BuildOptions = {
  ...common,
  format: 'esm',
  // What is imported on demand becomes a file of its own, which a start need not even read.
  splitting: true,
  outExtension: { '.js': '.mjs' },
  // The SDK of Solana brings a fetch of its own, which Node has had since.
  alias: { 'node-fetch': join(root, 'verifier/anchor/nodeFetch.ts') },
  banner: {
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      'const require = __createRequire(import.meta.url);',
      'const __filename = import.meta.filename;',
      'const __dirname = import.meta.dirname;',
    ].join(' '),
  },
};

/** Bundles by output name; `build/checkStructure.ts` holds each against the import law. */
export const BUNDLES: Record<string, BuildOptions> = {
  'extension.cjs': {
    ...common,
    format: 'cjs',
    entryPoints: { extension: 'extension/extension.ts' },
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
  },
  'uninstalled.mjs': { ...esm, entryPoints: { uninstalled: 'extension/uninstalled.ts' } },
  'sidecar.mjs': { ...esm, entryPoints: { sidecar: 'verifier/main.ts' } },
  'gatesWorker.mjs': { ...esm, entryPoints: { gatesWorker: 'verifier/gates/worker.ts' } },
  // The local chain is for development: its runtime is native code and not packed.
  'cli.mjs': { ...esm, entryPoints: { cli: 'verifier/cli/main.ts' }, external: ['litesvm', 'litesvm-memo-v3'] },
};

/** zod brings its messages in fifty languages, half of the extension's bundle; ours are English. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    const filter = /node_modules[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/;
    onLoad({ filter }, () => ({ contents: "export { default as en } from './en.js';", loader: 'js' }));
  },
};

export interface BundleTarget {
  /** Where the bundles go; `dist` unless an experiment builds its own. */
  readonly into?: string;
  readonly plugins?: readonly Plugin[];
}

/** Builds every bundle, and for the product itself records what each holds. */
export async function bundleAll({ into = dist, plugins = [] }: BundleTarget = {}): Promise<void> {
  rmSync(into, { recursive: true, force: true });
  mkdirSync(join(into, 'grammars'), { recursive: true });
  const inputs: Record<string, string[]> = {};
  for (const [name, options] of Object.entries(BUNDLES)) {
    const result = await build({ ...options, plugins: [englishOnly, ...plugins], outdir: into });
    inputs[name] = Object.keys(result.metafile?.inputs ?? {}).sort();
  }
  const wasm = join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm');
  cpSync(join(wasm, 'tree-sitter.wasm'), join(into, 'grammars/tree-sitter.wasm'));
  for (const name of GRAMMARS) cpSync(join(wasm, `tree-sitter-${name}.wasm`), join(into, `grammars/tree-sitter-${name}.wasm`));
  writeFileSync(join(into, PREPARED_FILE_NAME), JSON.stringify(preparePolicies(builtInFolders())));
  if (into !== dist) return;
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(join(root, 'out/bundle-inputs.json'), JSON.stringify(inputs, null, 1));
}

/** The policies that the package brings. */
function builtInFolders(): PolicyFolder[] {
  const names = readdirSync(join(root, 'policies'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names.map(({ name }) => {
    const text = (file: PolicyFileName): string => readFileSync(join(root, 'policies', name, file), 'utf8');
    const texts = { 'policy.md': text('policy.md'), 'rules.yaml': text('rules.yaml') };
    return { origin: 'builtIn', name, shownPath: `policies/${name}`, texts };
  });
}

if (import.meta.main) await bundleAll();
