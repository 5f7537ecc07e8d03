import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { sidecarEnvironment } from './sidecarProcess.ts';

const LIMIT_MS = 500;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The text of a file as git's HEAD has it, where that was committed before `since` (milliseconds since the
 * epoch): an agent that writes and commits must not make the past by it. The commit's own date is believed.
 * Undefined where there is no repository, no such file, no git, no answer in time, or a later commit.
 */
export async function textAtHead(path: string, since: number): Promise<string | undefined> {
  const name = `./${basename(path)}`;
  const [text, laterCommit] = await Promise.all([
    git(path, ['cat-file', 'blob', `HEAD:${name}`]),
    git(path, ['rev-list', '--max-count=1', `--max-age=${Math.floor(since / 1000)}`, 'HEAD', '--', name]),
  ]);
  return laterCommit === '' ? text : undefined;
}

/**
 * What a git command prints. The repository's own configuration is hostile: nothing of it is run or
 * fetched (plumbing alone; no filters, hooks, signatures, replacements, lazy fetches).
 */
function git(path: string, command: readonly string[]): Promise<string | undefined> {
  const options = ['-C', dirname(path), '--literal-pathspecs', '-c', 'core.fsmonitor=false', '-c', 'protocol.allow=never'];
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
      [...options, ...command],
      { env: environment, timeout: LIMIT_MS, maxBuffer: MAX_BYTES, windowsHide: true, encoding: 'utf8' },
      (error, stdout) => resolve(error ? undefined : stdout),
    );
  });
}
