import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the WebAssembly files of the grammars are: beside the bundle, or in the package when run from source. */
export function grammarFolder(): string {
  const beside = join(dirname(fileURLToPath(import.meta.url)), 'grammars');
  if (existsSync(join(beside, 'tree-sitter.wasm'))) return beside;
  return dirname(createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm'));
}
