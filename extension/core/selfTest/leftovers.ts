import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HeldTexts } from '../heldTexts.ts';
import type { Log } from '../ports.ts';
import type { ScratchEditor } from './scratchEditor.ts';

const LIST = 'made.json';
/** Of which process a run is: another window's may be under way. */
const Leftovers = z.strictObject({ pid: z.int().positive(), made: z.array(z.string().min(1)) });

export function runFolder(root: string, mark: string): string {
  return join(root, mark);
}

/** Writes down which files outside of its folder a run makes. */
export async function writeLeftovers(folder: string, made: readonly string[]): Promise<void> {
  const list: z.infer<typeof Leftovers> = { pid: process.pid, made: [...made] };
  await writeFile(join(folder, LIST), JSON.stringify(list), { mode: 0o600 });
}

/** Undefined where there is no list, or none that can be read. */
async function readLeftovers(folder: string): Promise<z.infer<typeof Leftovers> | undefined> {
  try {
    return Leftovers.safeParse(JSON.parse(await readFile(join(folder, LIST), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Removes what runs have left whose window was closed, or died, in between. Never rejects. */
export async function sweepLeftovers(
  root: string,
  {
    editor,
    texts,
    log,
    isAlive = exists,
  }: { editor: Pick<ScratchEditor, 'discard'>; texts: Pick<HeldTexts, 'all' | 'remove'>; log: Log; isAlive?: (pid: number) => boolean },
): Promise<void> {
  try {
    // No run of this window has begun, and other windows' editors are not seen from here.
    await editor.discard(root);
    for (const name of await readdir(root).catch(() => [])) {
      const folder = join(root, name);
      const list = await readLeftovers(folder);
      if (list && list.pid !== process.pid && isAlive(list.pid)) continue;
      // Only what bears the run's own random name is the run's.
      const made = (list?.made ?? []).filter((path) => path.includes(name));
      for (const path of [...made, folder]) await rm(path, { recursive: true, force: true });
      for (const copy of await texts.all()) if (copy.path.includes(name)) await texts.remove(copy.name);
      log.info('What a self-test that did not come to its end had left was removed.');
    }
  } catch (error) {
    log.warn(`What a self-test has left could not be removed: ${error instanceof Error ? error.message : error}`);
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
