import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file's bytes as lower-case hexadecimal; undefined where they cannot be read. */
export async function fileDigest(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    // A pipe or a device that was put in a script's place must not be waited for.
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!(await file.stat()).isFile()) return undefined;
    await pipeline(file.createReadStream({ autoClose: false }), hash);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
