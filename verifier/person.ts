import { execFile } from 'node:child_process';
import { homedir, userInfo } from 'node:os';
import { parse } from 'node:path';
import type { Person } from './protocol/decision.ts';

const KEPT = ['PATH', 'HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'SystemRoot'];

/** The user's name as the operating system has it. */
function osUser(): Person {
  let name = '';
  try {
    name = userInfo().username;
  } catch {
    // An account without an entry in the user table: its home says most.
    name = homedir();
  }
  return { name: name === '' ? 'unknown' : name.slice(0, 256), source: 'os-user' };
}

/**
 * Who answers in this session: the global git identity, else the OS user. Never a repository's: git is
 * run outside any, with an environment that can't point it to one (law 7).
 */
export function findPerson(): Promise<Person> {
  const env = Object.fromEntries(KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  const cwd = parse(process.execPath).root;
  return new Promise((resolve) => {
    execFile(
      'git',
      ['config', '--global', '--get-regexp', '^user\\.(name|email)$'],
      { env, cwd, timeout: 2_000, windowsHide: true, encoding: 'utf8' },
      (error, stdout) => {
        const person = error === null ? fromGit(stdout) : undefined;
        resolve(person ?? osUser());
      },
    );
  });
}

/** Lines of `user.name Ada Lovelace` and `user.email ada@example.org`; the last of each counts, as in git. */
function fromGit(output: string): Person | undefined {
  const values = new Map<string, string>();
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0) values.set(line.slice(0, space), line.slice(space + 1).trim());
  }
  const name = values.get('user.name') ?? '';
  const email = values.get('user.email') ?? '';
  const both = name !== '' && email !== '' ? `${name} <${email}>` : name || email;
  return both === '' ? undefined : { name: both.slice(0, 256), source: 'git-global' };
}
