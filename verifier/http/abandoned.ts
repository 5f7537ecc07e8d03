import { lstat, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';

const OF_A_VERIFIER = /^sentinel-[A-Za-z0-9]{6}$/;
/** A verifier that is starting has made its directory, but does not listen yet. */
const STARTING_MS = 60_000;

/**
 * Removes the socket directories that killed verifiers of this user left beside `own`: nobody answers in
 * them any more. What belongs to somebody else, or holds more than a socket, is left alone. Gives how
 * many it removed; never rejects.
 */
export async function removeAbandoned(own: string, now: number = Date.now()): Promise<number> {
  const base = dirname(own);
  let removed = 0;
  for (const name of await readdir(base).catch(() => [])) {
    const directory = join(base, name);
    if (directory === own || !OF_A_VERIFIER.test(name)) continue;
    try {
      if (!(await isAbandoned(directory, now))) continue;
      await rm(directory, { recursive: true, force: true });
      removed += 1;
    } catch {
      // Another start removed it first, or it is not ours to remove: then it stays.
    }
  }
  return removed;
}

async function isAbandoned(directory: string, now: number): Promise<boolean> {
  const seen = await lstat(directory);
  const isPrivate = seen.isDirectory() && seen.uid === process.getuid?.() && (seen.mode & 0o077) === 0;
  if (!isPrivate || now - seen.mtimeMs < STARTING_MS) return false;
  const content = await readdir(directory);
  if (content.length === 0) return true;
  return content.length === 1 && content[0] === 's' && (await refuses(join(directory, 's')));
}

/** Whether the socket's owner is gone: a live one accepts, a hung one keeps the caller waiting. */
function refuses(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    const end = (answer: boolean) => {
      probe.destroy();
      resolve(answer);
    };
    probe.once('connect', () => end(false));
    probe.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'));
    probe.setTimeout(1_000, () => end(false));
  });
}
