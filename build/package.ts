import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { bundleAll } from './bundle.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

async function vsce(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, 'node_modules/@vscode/vsce/vsce'), ...args], { cwd: root });
  return stdout;
}

/** Packs what `dist` holds into a `.vsix` and answers its path. Everything is bundled: no node_modules. */
export async function packExtension(to: string): Promise<string> {
  const path = resolve(root, to);
  await vsce('package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', path);
  return path;
}

/** The files that a package would hold, relative to the repository. */
export async function packedFiles(): Promise<string[]> {
  return (await vsce('ls', '--no-dependencies')).trim().split('\n');
}

if (import.meta.main) {
  await bundleAll();
  const path = await packExtension(process.argv[2] ?? 'sentinelai-guard.vsix');
  console.log(`${path}: ${(statSync(path).size / 1e6).toFixed(2)} MB`);
}
