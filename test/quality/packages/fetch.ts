import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Packages that much of the world runs, in the versions that were measured: others hold other files. */
export const PACKAGES = {
  express: '5.3.0',
  lodash: '4.18.1',
  fastify: '5.12.8',
  zod: '4.6.7',
  axios: '1.21.1',
  react: '19.3.1',
  chalk: '6.0.1',
  commander: '15.1.0',
  debug: '4.4.3',
  ws: '8.23.0',
} as const;

export interface SourceFile {
  /** `<package>/<path within it>`. */
  readonly path: string;
  readonly text: string;
}

export interface FetchedPackage {
  readonly name: string;
  readonly version: string;
  readonly files: readonly SourceFile[];
}

/** What people wrote: no declarations, no minified bundles. */
const SOURCE = /\.[cm]?[jt]sx?$/;
const MADE = /\.d\.[cm]?ts$|[.-]min\.[cm]?js$/;

function run(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr.slice(-500)}`);
  return stdout;
}

/**
 * Fetches a package with the npm client, as it is published.
 * @param folder an empty one of our own
 * @throws Error where the registry can't be reached
 */
export function fetchPackage(name: string, version: string, folder: string): FetchedPackage {
  mkdirSync(folder, { recursive: true });
  const archive =
    run('npm', ['pack', `${name}@${version}`, '--silent'], folder)
      .trim()
      .split('\n')
      .at(-1) ?? '';
  run('tar', ['-xzf', archive], folder);
  // The one folder in the archive is `package`, with few exceptions.
  const inside = readdirSync(folder, { withFileTypes: true }).find((entry) => entry.isDirectory())?.name ?? 'package';
  const root = join(folder, inside);
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && SOURCE.test(entry.name) && !MADE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return {
    name,
    version,
    files: files.map((path) => ({
      path: `${name}/${relative(root, path).replaceAll('\\', '/')}`,
      text: readFileSync(path, 'utf8'),
    })),
  };
}
