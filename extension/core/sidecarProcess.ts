import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Hello, Ready, StartFailure } from '../../verifier/protocol/handshake.ts';
import { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import { PROTOCOL_VERSION } from '../../verifier/protocol/vocabulary.ts';
import type { Clock, Log } from './ports.ts';
import { type Said, said } from './said.ts';
import { VerifierError } from './verifierError.ts';

/**
 * All that the verifier inherits from the window's environment. A workspace can put anything into
 * that (terminal profiles, direnv, dev containers): what is not named here stays out.
 */
const ENVIRONMENT = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'USERNAME',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'TMPDIR',
  'TMP',
  'TEMP',
  'XDG_RUNTIME_DIR',
  'LANG',
  'LC_ALL',
  'TZ',
  'SystemRoot',
  'windir',
  'SystemDrive',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'PATHEXT',
];

/** The allow-listed environment, with Electron told to be Node. */
export function sidecarEnvironment(from: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment: Record<string, string> = { ELECTRON_RUN_AS_NODE: '1' };
  for (const name of ENVIRONMENT) {
    const value = from[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

export interface SidecarProgram {
  /** The Node (or Electron) to run. */
  readonly execPath: string;
  readonly script: string;
  /** A neutral working directory, never the workspace. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A private folder in which Node keeps compiled code, so that the next start is quicker. */
  readonly compileCache: string;
}

/** One life of the verifier's process. */
export interface SidecarProcess {
  readonly pid: number;
  readonly ready: Ready;
  /** Why it ended, once it has. */
  readonly ended: Promise<Said>;
  /** Closes stdin (the agreed signal), then insists. */
  stop(graceMs: number): Promise<void>;
  /** For one that no longer listens. */
  kill(): void;
}

export interface SidecarEvents {
  entry(entry: LedgerEntry): void;
}

/** Starts the verifier and waits for its first line. Fails with a {@link VerifierError} after `limitMs`. */
export async function startSidecar(
  program: SidecarProgram,
  hello: Omit<Hello, 'protocol'>,
  { clock, log, events, limitMs }: { clock: Clock; log: Log; events: SidecarEvents; limitMs: number },
): Promise<SidecarProcess> {
  const child = spawn(program.execPath, [program.script], {
    cwd: program.cwd,
    env: { ...sidecarEnvironment(program.environment), NODE_COMPILE_CACHE: program.compileCache },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const ended = new Promise<Said>((resolve) => {
    child.once('error', (error) => resolve(said('it could not be started ({0})', error.message)));
    child.once('exit', (code, signal) =>
      resolve(signal ? said('it was ended by {0}', signal) : said('it ended with code {0}', String(code))),
    );
  });
  child.stdin.on('error', () => log.debug('The verifier closed its input.'));
  createInterface({ input: child.stderr }).on('line', (line) => foldLog(line, log));

  const cancelLimit: { run?: () => void } = {};
  try {
    const ready = await new Promise<Ready>((resolve, reject) => {
      cancelLimit.run = clock.after(limitMs, () =>
        reject(new VerifierError('late', said('The verifier did not start within {0} s.', limitMs / 1000))),
      );
      void ended.then((why) => reject(new VerifierError('not_running', said('The verifier did not start: {0}.', why))));
      let started = false;
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (started) {
          foldEntry(line, log, events);
          return;
        }
        started = true;
        const first = firstLine(line);
        if (first instanceof VerifierError) reject(first);
        else resolve(first);
      });
      child.stdin.write(`${JSON.stringify({ ...hello, protocol: PROTOCOL_VERSION } satisfies Hello)}\n`);
    });
    return {
      pid: child.pid ?? ready.pid,
      ready,
      ended,
      stop: (graceMs) => stop(child, ended, clock, graceMs),
      kill: () => child.kill('SIGKILL'),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    cancelLimit.run?.();
  }
}

function firstLine(line: string): Ready | VerifierError {
  const json = parseJson(line);
  const ready = Ready.safeParse(json);
  if (ready.success && ready.data.protocol === PROTOCOL_VERSION) return ready.data;
  if (ready.success) {
    return new VerifierError(
      'protocol_mismatch',
      said(
        'The verifier speaks protocol {0}, this window {1}. Reload the window to use one version of both.',
        ready.data.protocol,
        PROTOCOL_VERSION,
      ),
    );
  }
  const failure = StartFailure.safeParse(json);
  if (failure.success)
    return new VerifierError('not_running', said('The verifier did not start: {0} ({1})', failure.data.message, failure.data.code));
  return new VerifierError('garbage', said('The verifier did not introduce itself as expected. Reinstall the extension if this stays.'));
}

function foldEntry(line: string, log: Log, events: SidecarEvents): void {
  const entry = LedgerEntry.safeParse(parseJson(line));
  if (entry.success) events.entry(entry.data);
  else log.warn('The verifier printed a line that is not a ledger entry; it was ignored.');
}

/** pino's numbers, folded into the four levels of the log channel. */
function foldLog(line: string, log: Log): void {
  const json = parseJson(line);
  if (typeof json !== 'object' || json === null || !('msg' in json) || !('level' in json)) {
    log.debug(`verifier: ${line.slice(0, 2000)}`);
    return;
  }
  const text = `verifier: ${String(json.msg).slice(0, 2000)}`;
  const level = Number(json.level);
  if (level >= 50) log.error(text);
  else if (level >= 40) log.warn(text);
  else if (level >= 30) log.info(text);
  else log.debug(text);
}

async function stop(child: ChildProcess, ended: Promise<Said>, clock: Clock, graceMs: number): Promise<void> {
  child.stdin?.end();
  const cancel = clock.after(graceMs, () => child.kill('SIGKILL'));
  await ended;
  cancel();
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
