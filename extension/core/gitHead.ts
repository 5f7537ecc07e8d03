import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { sidecarEnvironment } from './sidecarProcess.ts';

const LIMIT_MS = 500;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The text of a file as git's HEAD has it; undefined where there is no repository, no such file, no
 * git, or no answer in time. The repository's own configuration is hostile: nothing of it is run or
 * fetched (no filters, hooks, replacements, lazy fetches).
 */
export function textAtHead(path: string): Promise<string | undefined> {
  const options = ['-C', dirname(path), '-c', 'core.fsmonitor=false', '-c', 'protocol.allow=never'];
  const environment = {
    ...sidecarEnvironment(process.env),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
  return new Promise((resolve) => {
    execFile(
      'git',
      [...options, 'cat-file', 'blob', `HEAD:./${basename(path)}`],
      { env: environment, timeout: LIMIT_MS, maxBuffer: MAX_BYTES, windowsHide: true, encoding: 'utf8' },
      (error, stdout) => resolve(error ? undefined : stdout),
    );
  });
}
