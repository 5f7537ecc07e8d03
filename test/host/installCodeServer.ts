import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

export const CODE_SERVER_VERSION = '4.139.1';

/** Where the browser VS Code lives; the folder may be shared by several clones. */
export const CODE_SERVER_HOME = process.env['SENTINEL_CODE_SERVER_HOME'] ?? join(root, '.vscode-test/code-server');

/** The script that starts code-server; it needs the Node major that this very process runs on. */
export const CODE_SERVER_ENTRY = join(CODE_SERVER_HOME, 'node_modules/code-server/out/node/entry.js');

/** Something the machine lacks for a real VS Code in a browser; the message says what to install. */
export class MissingPart extends Error {
  override readonly name = 'MissingPart';
}

/**
 * Installs code-server from the npm registry, once. Its postinstall refuses every Node but its own
 * and compiles modules that the editor can do without, so scripts stay off and the few steps that
 * matter are done here.
 */
export async function ensureCodeServer(report: (line: string) => void): Promise<void> {
  if (process.platform === 'win32') throw new MissingPart('The browser VS Code does not run on Windows: install the desktop editor.');
  if (Number(process.versions.node.split('.')[0]) !== 24) {
    throw new MissingPart(`The browser VS Code needs Node 24, this is ${process.version}: use the npm scripts, which bring it.`);
  }
  const stamp = join(CODE_SERVER_HOME, '.installed');
  const wanted = `code-server ${CODE_SERVER_VERSION} ${process.platform}-${process.arch}\n`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  report(`Installing code-server ${CODE_SERVER_VERSION} into ${CODE_SERVER_HOME} (about 800 MB, once) …`);
  rmSync(stamp, { force: true });
  mkdirSync(CODE_SERVER_HOME, { recursive: true });
  const manifest = join(CODE_SERVER_HOME, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{"name":"code-server-home","private":true,"version":"0.0.0"}\n');

  const vscode = join(CODE_SERVER_HOME, 'node_modules/code-server/lib/vscode');
  await npm(CODE_SERVER_HOME, '--save-exact', `code-server@${CODE_SERVER_VERSION}`);
  await npm(vscode, '--omit=dev');
  link(join(vscode, 'bin/remote-cli/code-server'), 'code-linux.sh');
  link(join(vscode, 'bin/helpers/browser.sh'), 'browser-linux.sh');
  await npm(join(vscode, 'extensions'), '--omit=dev');
  await run(process.execPath, ['postinstall.mjs'], { cwd: join(vscode, 'extensions') });
  await run(process.execPath, [CODE_SERVER_ENTRY, '--version']);
  writeFileSync(stamp, wanted);
}

async function npm(cwd: string, ...rest: string[]): Promise<void> {
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: dirname(process.execPath) + delimiter + process.env['PATH'] };
  // Set by the npm that runs this script; they would point the inner npm at this package.
  for (const name of Object.keys(env)) if (/^npm_(config_local_prefix|package_|lifecycle_)/.test(name)) delete env[name];
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', ...rest], {
    cwd,
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
}

function link(path: string, target: string): void {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Path of a Chromium: `CHROMIUM_PATH`, or the first on the PATH. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined) return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return [...folders.flatMap((folder) => BROWSERS.map((name) => join(folder, name))), mac].find((path) => existsSync(path));
}

/** A Chromium that can be driven; on Debian, as root, it is installed where it is missing. */
async function ensureChromium(report: (line: string) => void): Promise<string> {
  const found = findChromium();
  if (found !== undefined) return found;
  const advice = 'No Chromium was found. Install one (Debian: apt-get install chromium) or name it in CHROMIUM_PATH.';
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new MissingPart(advice);
  report('Installing Chromium with apt-get …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], {
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch {
    throw new MissingPart(`${advice} Installing it with apt-get failed.`);
  }
  return findChromium() ?? '/usr/bin/chromium';
}

/** Everything that a test needs to drive a real VS Code. */
export async function ensureDrivenEditor(report: (line: string) => void): Promise<void> {
  if (process.platform !== 'linux') throw new MissingPart('Driving the browser VS Code needs Linux: processes are found in /proc.');
  await ensureCodeServer(report);
  await ensureChromium(report);
}

if (import.meta.main) {
  await ensureDrivenEditor(console.log);
  console.log(`code-server is in ${CODE_SERVER_HOME}; Chromium is ${findChromium()}.`);
}
