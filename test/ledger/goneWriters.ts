import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A process number that no system gives out. */
export const NO_PROCESS = 99_999_999;

/** Makes every lock in a ledger folder look as if its writer had died with the machine's power. */
export async function killWriters(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.includes('.lock.')) continue;
    const path = join(dir, name);
    await writeFile(path, (await readFile(path, 'utf8')).replace(/"pid":\d+/, `"pid":${NO_PROCESS}`));
  }
}
