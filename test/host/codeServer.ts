import { execFile, spawn } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { CODE_SERVER_ENTRY } from './installCodeServer.ts';
import { until } from './until.ts';

const run = promisify(execFile);

export interface CodeServerOptions {
  readonly workspace: string;
  /** Unpacked folders and `.vsix` files. */
  readonly extensions: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** Settings of machine scope: here the editor takes them from a file of their own. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Vendors of the models in use: with at least one, chat asks for no sign-in. */
  readonly modelVendors?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A test's window can run snippets in the extension host; one that a person uses must not. */
  readonly withBridge: boolean;
  readonly port?: number;
}

const BridgeFile = z.object({ port: z.int(), token: z.string(), pid: z.int() });
const BridgeReply = z.union([z.object({ error: z.string() }), z.object({ value: z.json() })]);

/** One throw-away VS Code server with a fresh profile on a loopback port. */
export interface CodeServer {
  readonly url: string;
  readonly workspace: string;
  /** Holds the whole instance: settings, extensions, home folder, logs. */
  readonly profile: string;
  workbenchUrl(): string;
  /** Runs the body of `async (vscode, require, state) => …` in the extension host. */
  bridge<T>(body: string, reply: z.ZodType<T>): Promise<T>;
  /** Process id of the newest extension host. */
  extensionHostPid(): number;
  /** The same server, bound to the extension host that is the newest now: another window gets one of its own. */
  bound(): CodeServer;
  /** Runs code-server once with these arguments on the same profile, as `--uninstall-extension`. */
  commandLine(args: readonly string[]): Promise<void>;
  /** Ends the server as a whole and starts it again on the same profile and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts code-server. The extension host starts only when a browser opens {@link CodeServer.workbenchUrl}.
 */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const profile = mkdtempSync(join(tmpdir(), 'sentinel-host-'));
  const at = (name: string) => join(profile, name);
  for (const folder of ['data/User', 'data/Machine', 'extensions', 'home']) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('data/User/settings.json'), JSON.stringify(options.settings, null, 2));
  writeFileSync(at('data/Machine/settings.json'), JSON.stringify(options.machineSettings ?? {}, null, 2));
  const vendors = (options.modelVendors ?? []).map((vendor) => ({ vendor, name: vendor }));
  writeFileSync(at('data/User/chatLanguageModels.json'), JSON.stringify(vendors));
  // Without --config code-server writes one into the user's own home folder.
  writeFileSync(at('config.yaml'), 'auth: none\n');

  const env = environment(profile, options);
  const common = [CODE_SERVER_ENTRY, '--config', at('config.yaml'), '--user-data-dir', at('data'), '--extensions-dir', at('extensions')];
  await installExtensions(options, at('extensions'), (vsix) =>
    run(process.execPath, [...common, '--install-extension', vsix, '--force'], { env }),
  );

  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}/`;
  const log = openSync(at('server.log'), 'a');
  const flags = ['--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-proxy'];
  const launch = () => {
    const child = spawn(
      process.execPath,
      [
        ...common,
        '--bind-addr',
        `127.0.0.1:${port}`,
        ...flags,
        '--disable-getting-started-override',
        '--ignore-last-opened',
        options.workspace,
      ],
      { env, stdio: ['ignore', log, log], detached: true },
    );
    return { child, exited: new Promise<void>((done) => child.once('exit', () => done())) };
  };
  let server = launch();
  const running = () => server.child.exitCode === null && server.child.signalCode === null;

  async function end(): Promise<void> {
    // The group is that of our own detached child: nothing else is in it.
    if (running()) signalGroup(server.child.pid, 'SIGTERM');
    await Promise.race([server.exited, sleep(5000, undefined, { ref: false })]);
    signalGroup(server.child.pid, 'SIGKILL');
  }

  async function stop(): Promise<void> {
    await end();
    closeSync(log);
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  const readBridge = () => BridgeFile.parse(JSON.parse(readFileSync(at('bridge.json'), 'utf8')));
  async function bridge<T>(body: string, reply: z.ZodType<T>, host?: z.infer<typeof BridgeFile>): Promise<T> {
    const target = host ?? (await until('the extension host has started', () => attempt(readBridge), { timeout: 60_000 }));
    const response = await fetch(`http://127.0.0.1:${target.port}/`, {
      method: 'POST',
      body,
      headers: { 'x-token': target.token },
      signal: AbortSignal.timeout(60_000),
    });
    const answer = BridgeReply.parse(await response.json());
    if ('error' in answer) throw new Error(`in the extension host: ${answer.error}`);
    return reply.parse(answer.value);
  }

  const ready = () =>
    until(
      'code-server answers',
      () => {
        if (!running()) throw new Error(`code-server ended early: ${readFileSync(at('server.log'), 'utf8').slice(-2000)}`);
        return answers(`${url}healthz`);
      },
      { timeout: 60_000 },
    );
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  const codeServer: CodeServer = {
    url,
    workspace: resolve(options.workspace),
    profile,
    workbenchUrl: () => `${url}?${new URLSearchParams({ folder: resolve(options.workspace) })}`,
    bridge: (body, reply) => bridge(body, reply),
    extensionHostPid: () => readBridge().pid,
    bound() {
      const host = readBridge();
      return { ...codeServer, bridge: (body, reply) => bridge(body, reply, host), extensionHostPid: () => host.pid };
    },
    commandLine: async (args) => void (await run(process.execPath, [...common, ...args], { env })),
    async restart() {
      await end();
      server = launch();
      await ready();
    },
    stop,
  };
  return codeServer;
}

function environment(profile: string, options: CodeServerOptions): NodeJS.ProcessEnv {
  // These would make code-server think that it runs inside another editor's terminal.
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|CODE_SERVER_|npm_|NODE_|XDG_DATA_HOME|XDG_CONFIG_HOME)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    // A private home keeps the developer's own configuration out.
    HOME: join(profile, 'home'),
    PATH: dirname(process.execPath) + delimiter + process.env['PATH'],
    ...(options.withBridge ? { SENTINEL_TEST_BRIDGE: join(profile, 'bridge.json') } : {}),
    ...options.env,
  };
}

const ExtensionManifest = z.object({ publisher: z.string(), name: z.string(), version: z.string() });

/** Folders first: installing a `.vsix` writes a list, and a folder that is not in it is ignored. */
async function installExtensions(
  options: CodeServerOptions,
  target: string,
  installVsix: (path: string) => Promise<unknown>,
): Promise<void> {
  const bridge = options.withBridge ? [join(import.meta.dirname, 'bridge-extension')] : [];
  const packed = options.extensions.filter((path) => path.endsWith('.vsix'));
  for (const folder of [...bridge, ...options.extensions.filter((path) => !packed.includes(path))]) {
    const { publisher, name, version } = ExtensionManifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    cpSync(folder, join(target, `${publisher}.${name}-${version}`.toLowerCase()), { recursive: true });
  }
  for (const vsix of packed) await installVsix(resolve(vsix));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => found(port));
    });
  });
}
