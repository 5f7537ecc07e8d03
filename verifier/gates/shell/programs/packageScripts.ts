import { posix } from 'node:path';
import type { Call } from '../call.ts';
import { isKnown, literal, UNKNOWN, type Value } from '../value.ts';
import { quoted } from './words.ts';

/** Folders above the one at hand in which a manifest is looked for. */
const MAX_ABOVE = 5;

interface Manifest {
  readonly path: string;
  readonly text: string;
  readonly scripts: ReadonlyMap<string, string>;
}

/**
 * Runs entries of `scripts` in package.json, each with its `pre` and `post` entries, as npm, pnpm, yarn and bun do.
 * @param folder where the manifest is, as the command says it; undefined: the folder at hand or the nearest above
 * @returns undefined where there is no such entry
 */
export function runPackageScripts(
  call: Call,
  names: readonly string[],
  args: readonly Value[],
  folder: Value | undefined,
): Value | undefined {
  const manifest = findManifest(call, folder);
  if (manifest === undefined) return undefined;
  let ran = false;
  for (const name of names) {
    if (!manifest.scripts.has(name)) continue;
    ran = true;
    for (const each of [`pre${name}`, name, `post${name}`]) runEntry(call, manifest, each, each === name ? args : []);
  }
  return ran ? UNKNOWN : undefined;
}

function runEntry(call: Call, manifest: Manifest, name: string, args: readonly Value[]): void {
  const entry = manifest.scripts.get(name);
  if (entry === undefined) return;
  const { scope } = call.session;
  const text = [entry, ...args.map((arg) => (isKnown(arg) ? quoted(arg.text) : arg.text))].join(' ');
  call.session.inScript({ path: manifest.path, part: name, range: placeOf(manifest.text, name, entry) }, () => {
    scope.cwd = posix.dirname(manifest.path);
    return call.session.runText(literal(text), { ...call.how, input: undefined, depth: call.how.depth + 1 });
  });
}

/** The value's own place in the manifest, or its key's where it is written with escapes. */
function placeOf(text: string, name: string, entry: string): { start: number; end: number } {
  const key = Math.max(0, text.indexOf(JSON.stringify(name), Math.max(0, text.indexOf('"scripts"'))));
  const at = text.indexOf(JSON.stringify(entry), key);
  return at < 0 ? { start: key, end: key + name.length + 2 } : { start: at + 1, end: at + JSON.stringify(entry).length - 1 };
}

function findManifest(call: Call, folder: Value | undefined): Manifest | undefined {
  const { scope, workspaceRoots } = call.session;
  if (scope.cwd === undefined || (folder !== undefined && !isKnown(folder)) || call.how.remote) return undefined;
  const from = posix.resolve(scope.cwd, folder?.text ?? '.');
  const folders = [from];
  // Above the workspace lies somebody else's manifest.
  if (folder === undefined && workspaceRoots.some((root) => from.startsWith(`${root}/`)))
    for (let up = from; folders.length <= MAX_ABOVE && !workspaceRoots.includes(up); ) {
      up = posix.dirname(up);
      folders.push(up);
    }
  // All are named at once, so that the nearest is known after one look.
  const found = folders.map((each) => ({ path: `${each}/package.json`, text: call.session.manifest(`${each}/package.json`) }));
  const nearest = found.find(({ text }) => text !== undefined);
  if (nearest?.text === undefined) return undefined;
  return { path: nearest.path, text: nearest.text, scripts: scriptsOf(nearest.text) };
}

function scriptsOf(text: string): Map<string, string> {
  const scripts = new Map<string, string>();
  let manifest: unknown;
  try {
    manifest = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // No package manager runs anything from a manifest that it can't read.
    return scripts;
  }
  if (typeof manifest !== 'object' || manifest === null || !('scripts' in manifest)) return scripts;
  const entries = manifest.scripts;
  if (typeof entries !== 'object' || entries === null) return scripts;
  for (const [name, entry] of Object.entries(entries)) if (typeof entry === 'string') scripts.set(name, entry);
  return scripts;
}
