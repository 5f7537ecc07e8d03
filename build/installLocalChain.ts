import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const PACKAGES = ['litesvm@1.5.0', 'litesvm-memo-v3@npm:litesvm@1.1.0'];

/** Whether a local Solana can run here. */
function isInstalled(): boolean {
  try {
    const require = createRequire(join(root, 'package.json'));
    return ['litesvm', 'litesvm-memo-v3'].every((name) => require(`${name}/dist/internal.js`) !== undefined);
  } catch {
    return false;
  }
}

/**
 * Adds the runtime of the local chain to the checkout's packages, beside what the lock file names: registries do not
 * hold its native packages for every platform, and a lock file without them is refused.
 * @returns whether it is there; false on a platform that it was not built for, or without a registry
 */
export async function ensureLocalChain(report: (line: string) => void): Promise<boolean> {
  if (isInstalled()) return true;
  report(`Installing ${PACKAGES.join(' and ')} (about 25 MB, once) …`);
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: dirname(process.execPath) + delimiter + process.env['PATH'] };
  // Set by the npm that runs this script; they would point the inner npm elsewhere.
  for (const name of Object.keys(env)) if (/^npm_(config_local_prefix|package_|lifecycle_)/.test(name)) delete env[name];
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  try {
    await promisify(execFile)('npm', ['install', ...flags, ...PACKAGES], { cwd: root, env });
  } catch (error) {
    report(`They could not be installed: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
  return isInstalled();
}

if (import.meta.main && !(await ensureLocalChain(console.log))) {
  console.error('A local chain cannot run on this machine.');
  process.exitCode = 1;
}
