import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from './failure.ts';
import { isGone, ownMark } from './processes.ts';

const LockRecord = z.strictObject({
  pid: z.int().positive(),
  host: z.string(),
  boot: z.string().nullable(),
  numbering: z.string().nullable(),
  started: z.string().nullable(),
  nonce: z.string(),
  released: z.boolean(),
});
type LockRecord = z.infer<typeof LockRecord>;

/** The right to write one chain. */
export interface ChainLock {
  release(): Promise<void>;
}

async function generations(dir: string, chain: string): Promise<number[]> {
  const prefix = `${chain}.lock.`;
  const found = (await readdir(dir)).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return found.filter((rest) => /^\d{1,15}$/.test(rest)).map(Number);
}

async function readLock(path: string): Promise<LockRecord | 'absent' | 'unreadable'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'absent';
    throw error;
  }
  try {
    const parsed = LockRecord.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

/**
 * Takes the lock of a chain, or gives undefined if a writer that may be alive holds it. Rejects
 * with the system's error where the folder can't be written.
 *
 * The lock is the file `<chain>.lock.<n>` with the highest n. Taking over from a process that is
 * gone creates n+1 whole and exclusively (a hard link), so that of several takers exactly one wins.
 * The highest is never deleted, only marked as released; lower ones go only when a higher exists.
 * A slow taker that comes in below a higher one therefore sees it, and withdraws.
 */
export async function takeLock(dir: string, chain: string): Promise<ChainLock | undefined> {
  const path = (generation: number): string => join(dir, `${chain}.lock.${generation}`);
  const own = await ownMark();
  const top = Math.max(0, ...(await generations(dir, chain)));
  if (top > 0) {
    const holder = await readLock(path(top));
    // Absent: someone has just gone beyond it. Unreadable: not ours to judge.
    if (holder === 'absent' || holder === 'unreadable') return undefined;
    if (!holder.released && !(await isGone(holder, own))) return undefined;
  }
  const record: LockRecord = { ...own, nonce: randomBytes(16).toString('hex'), released: false };
  const draft = join(dir, `.${chain}.${record.nonce}.draft`);
  const mine = top + 1;
  await writeFile(draft, JSON.stringify(record), { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(draft, path(mine));
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const all = await generations(dir, chain);
  if (Math.max(...all) > mine) {
    await rm(path(mine), { force: true });
    return undefined;
  }
  for (const lower of all) if (lower < mine) await rm(path(lower), { force: true });
  return {
    async release() {
      await writeFile(draft, JSON.stringify({ ...record, released: true }), { mode: 0o600, flag: 'wx', flush: true });
      await rename(draft, path(mine));
    },
  };
}
