import type { ProgramReader } from '../call.ts';
import { CONTAINER_PROGRAMS } from './containers.ts';
import { DATABASE_PROGRAMS } from './databases.ts';
import { DISK_PROGRAMS } from './disks.ts';
import { FILE_PROGRAMS } from './files.ts';
import { FIND_PROGRAMS } from './find.ts';
import { GIT_PROGRAMS } from './git.ts';
import { INFRASTRUCTURE_PROGRAMS } from './infrastructure.ts';
import { INSTALL_PROGRAMS } from './install.ts';
import { INTERPRETER_PROGRAMS } from './interpreters.ts';
import { MAKE_PROGRAMS } from './make.ts';
import { NETWORK_PROGRAMS } from './network.ts';
import { PERMISSION_PROGRAMS } from './permissions.ts';
import { PROTECTION_PROGRAMS } from './protection.ts';
import { SHELL_PROGRAMS } from './shells.ts';
import { STREAM_PROGRAMS } from './streams.ts';
import { SYSTEM_PROGRAMS } from './system.ts';
import { TRANSFER_PROGRAMS } from './transfer.ts';
import { WINDOWS_SHELL_PROGRAMS } from './windowsShells.ts';
import { WINDOWS_SYSTEM_PROGRAMS } from './windowsSystem.ts';
import { WINDOWS_TOOL_PROGRAMS } from './windowsTools.ts';
import { PATH_PROGRAMS } from './words.ts';
import { WRAPPER_PROGRAMS } from './wrappers.ts';

/** Every program whose arguments are understood, by bare name. */
export const PROGRAMS: ReadonlyMap<string, ProgramReader> = new Map(
  [
    CONTAINER_PROGRAMS,
    DATABASE_PROGRAMS,
    DISK_PROGRAMS,
    FILE_PROGRAMS,
    FIND_PROGRAMS,
    GIT_PROGRAMS,
    INFRASTRUCTURE_PROGRAMS,
    INSTALL_PROGRAMS,
    INTERPRETER_PROGRAMS,
    MAKE_PROGRAMS,
    NETWORK_PROGRAMS,
    PERMISSION_PROGRAMS,
    PROTECTION_PROGRAMS,
    SHELL_PROGRAMS,
    STREAM_PROGRAMS,
    SYSTEM_PROGRAMS,
    TRANSFER_PROGRAMS,
    PATH_PROGRAMS,
    WINDOWS_SHELL_PROGRAMS,
    WINDOWS_SYSTEM_PROGRAMS,
    WINDOWS_TOOL_PROGRAMS,
    WRAPPER_PROGRAMS,
  ].flatMap((family) => Object.entries(family)),
);

/** Programs for which `--help` may be the value of another option, or somebody else's. */
export const READS_OWN_HELP: ReadonlySet<string> = new Set([
  ...Object.keys(SHELL_PROGRAMS),
  ...Object.keys(WRAPPER_PROGRAMS),
  ...Object.keys(FIND_PROGRAMS),
  ...Object.keys(NETWORK_PROGRAMS),
  ...Object.keys(TRANSFER_PROGRAMS),
  ...Object.keys(INTERPRETER_PROGRAMS),
  ...Object.keys(WINDOWS_SHELL_PROGRAMS),
  ...Object.keys(CONTAINER_PROGRAMS),
  'echo',
  'printf',
]);

const VERSIONED = /^(python|pip|ruby|perl|php|node|lua|gcc|nc|psql|pypy)[\d.]+$/;
const SAME: ReadonlyMap<string, string> = new Map(
  Object.entries({
    nodejs: 'node',
    gawk: 'awk',
    mawk: 'awk',
    nawk: 'awk',
    gsed: 'sed',
    pypy: 'python',
    podman: 'docker',
    nerdctl: 'docker',
  }),
);

/** The name without `.cmd` or `.bat`, where it is a known program's: npm is such a file on Windows. */
export function withoutScriptEnding(name: string): string {
  const base = name.replace(/\.(?:cmd|bat)$/i, '');
  return base !== name && !/[\\/]/.test(name) && PROGRAMS.has(programName(base)) ? base : name;
}

/** The bare name under which a program is known: no folder, no version, no `.exe`. */
export function programName(text: string): string {
  let name = text.slice(text.lastIndexOf('/') + 1);
  if (/\.exe$/i.test(name)) name = name.slice(0, -4);
  if (PROGRAMS.has(name)) return name;
  const versioned = VERSIONED.exec(name)?.[1];
  if (versioned !== undefined) name = versioned;
  const dot = name.indexOf('.');
  if (dot > 0 && PROGRAMS.has(name.slice(0, dot)) && (name.startsWith('mkfs.') || name.startsWith('fsck.'))) name = name.slice(0, dot);
  name = SAME.get(name) ?? name;
  // File systems that ignore case run `RM` as `rm`.
  const lower = name.toLowerCase();
  return name !== lower && PROGRAMS.has(lower) ? lower : name;
}
