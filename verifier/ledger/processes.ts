import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { errorCode } from './failure.ts';

const run = promisify(execFile);

/** A process, told apart from a later one that wears the same number. */
export interface ProcessMark {
  readonly pid: number;
  /** Where process numbers mean the same: host, and on Linux the boot and the container's own numbering. */
  readonly host: string;
  readonly boot: string | null;
  readonly numbering: string | null;
  /** When the process began, in the platform's own notation; null where it can't be read (Windows). */
  readonly started: string | null;
}

async function orNull(reading: Promise<string>): Promise<string | null> {
  try {
    return (await reading).trim() || null;
  } catch {
    return null;
  }
}

async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const stat = await orNull(readFile(`/proc/${pid}/stat`, 'utf8'));
    // proc(5): the name in brackets may itself hold spaces and brackets; the start time is field 22.
    return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  }
  if (process.platform === 'win32') return null;
  return orNull(run('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { env: { LC_ALL: 'C', TZ: 'UTC' } }).then((done) => done.stdout));
}

/** The mark of this process. */
export async function ownMark(): Promise<ProcessMark> {
  const linux = process.platform === 'linux';
  return {
    pid: process.pid,
    host: hostname(),
    boot: linux ? await orNull(readFile('/proc/sys/kernel/random/boot_id', 'utf8')) : null,
    numbering: linux ? await orNull(readlink('/proc/self/ns/pid')) : null,
    started: await startOf(process.pid),
  };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

/**
 * True only if the marked process is certainly gone: the machine was started anew, no process has
 * its number, or another one wears it. Where that can't be told (another host or container, no
 * start time), it counts as alive: a second chain is harmless, a second writer is not.
 */
export async function isGone(mark: ProcessMark, own: ProcessMark): Promise<boolean> {
  if (mark.host !== own.host) return false;
  if (mark.boot !== null && own.boot !== null && mark.boot !== own.boot) return true;
  if (mark.numbering !== own.numbering) return false;
  if (!exists(mark.pid)) return true;
  if (mark.started === null) return false;
  const started = await startOf(mark.pid);
  return started === null ? !exists(mark.pid) : started !== mark.started;
}
