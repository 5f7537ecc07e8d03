import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KeyRotationRecord } from '../protocol/keyRecord.ts';
import { SentinelError } from '../protocol/problem.ts';
import { errorCode, fileFailure } from './failure.ts';
import { diskFiles } from './filePort.ts';
import { type Identity, identityFromKeypair, newIdentity } from './identity.ts';
import { type KeptIdentity, rotate } from './keyRotation.ts';

const KeyFile = z.strictObject({
  v: z.literal(1),
  /** Seed and public key, base64. */
  keypair: z.base64(),
  rotations: z.array(KeyRotationRecord).max(10_000),
});

const NAME = 'key.json';
const OTHERS = 0o077;

/** The file in a folder of keys that holds the secret. */
export function identityPath(dir: string): string {
  return join(dir, NAME);
}

function unusable(path: string, what: string): SentinelError {
  return new SentinelError('ledger_failed', `The key file ${path} ${what}`);
}

async function read(path: string): Promise<KeptIdentity | undefined> {
  let text: string;
  try {
    // Windows keeps others out by the folder of the user's own; its modes say nothing.
    if (process.platform !== 'win32') {
      const { mode, uid } = await stat(path);
      if ((mode & OTHERS) !== 0) {
        throw unusable(
          path,
          'can be read or written by others. If nobody did, run `chmod 600` on it; else change the key with `sentinel key rotate` afterwards.',
        );
      }
      if (uid !== process.getuid?.()) throw unusable(path, 'belongs to another user. Move it away: a new key is then made.');
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const damaged = unusable(path, 'is damaged. Put a backup back with `sentinel key import`, or move it away: a new key is then made.');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged;
  }
  const kept = KeyFile.safeParse(json);
  const identity = kept.success ? identityFromKeypair(Buffer.from(kept.data.keypair, 'base64')) : undefined;
  if (!kept.success || identity === undefined) throw damaged;
  return { identity, rotations: kept.data.rotations };
}

/** Writes the file whole, then puts it in place: `new` where none may be there yet. False where one was. */
async function write(dir: string, { identity, rotations }: KeptIdentity, how: 'new' | 'replace'): Promise<boolean> {
  const path = identityPath(dir);
  const draft = join(dir, `.${NAME}.${randomBytes(8).toString('hex')}.draft`);
  const keypair = Buffer.from(identity.keypair()).toString('base64');
  await writeFile(draft, `${JSON.stringify({ v: 1, keypair, rotations })}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    // A link is made by one of several processes that try at once, and never takes the place of a file.
    await (how === 'new' ? link(draft, path) : rename(draft, path));
    await diskFiles.syncFolder(dir);
    return true;
  } catch (error) {
    if (how === 'new' && errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function makeFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') await chmod(dir, 0o700);
}

async function failing<T>(doing: string, dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileFailure(doing, identityPath(dir), error);
  }
}

/** The user's identity, where there is one. @throws SentinelError `ledger_failed` where the file can't be used. */
export function readIdentity(dir: string): Promise<KeptIdentity | undefined> {
  return failing('reading the key', dir, () => read(identityPath(dir)));
}

/**
 * The user's identity, made now if there is none. Of several processes that make one at once, all get the same.
 * @throws SentinelError `ledger_failed` where the file can't be made or used.
 */
export function loadIdentity(dir: string): Promise<KeptIdentity> {
  return failing('making the key', dir, async () => {
    const path = identityPath(dir);
    const there = await read(path);
    if (there !== undefined) return there;
    await makeFolder(dir);
    const made: KeptIdentity = { identity: newIdentity(), rotations: [] };
    if (await write(dir, made, 'new')) return made;
    const won = await read(path);
    if (won === undefined) throw unusable(path, 'was there and is gone again. Try once more.');
    return won;
  });
}

/** Reads, changes and writes the file while no other process does. */
async function exclusively<T>(dir: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(dir);
  const lock = join(dir, `.${NAME}.changing`);
  try {
    await (await open(lock, 'wx', 0o600)).close();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw unusable(identityPath(dir), `is being changed by another process. If none is at work, remove ${lock}.`);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/**
 * Takes a given identity as the user's own.
 * @param replace whether it may take the place of another, which is then gone; also of a file that can't be read.
 * @throws SentinelError `bad_request` where another is there and may not be replaced.
 */
export function importIdentity(dir: string, identity: Identity, replace: boolean): Promise<KeptIdentity> {
  return failing('importing the key', dir, () =>
    exclusively(dir, async () => {
      const there = await read(identityPath(dir)).catch((error: unknown) => {
        if (replace) return undefined;
        throw error;
      });
      if (there?.identity.keyId === identity.keyId) return there;
      const made: KeptIdentity = { identity, rotations: [] };
      if ((replace || there === undefined) && (await write(dir, made, replace ? 'replace' : 'new'))) return made;
      throw new SentinelError(
        'bad_request',
        'There is a key already, which importing another would destroy. Export it first, then import with --replace.',
      );
    }),
  );
}

/** Makes a new key and has the one in force hand over to it. The old secret is gone when this resolves. */
export function rotateIdentity(dir: string, now: Date): Promise<KeptIdentity> {
  return failing('changing the key', dir, () =>
    exclusively(dir, async () => {
      const there = await read(identityPath(dir));
      if (there === undefined) throw new SentinelError('bad_request', 'There is no key yet that could be changed.');
      const identity = newIdentity();
      const made: KeptIdentity = { identity, rotations: [...there.rotations, rotate(there.identity, identity, now)] };
      await write(dir, made, 'replace');
      return made;
    }),
  );
}
