import { mkdtempSync, realpathSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that counts as a workspace; not directly in the temporary folder, whose files count for little. */
export function newWorkspace(): { readonly parent: string; readonly root: string } {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'scripts-')));
  return { parent, root: join(parent, 'project') };
}

/** Writes files below a folder; those that begin with `#!` can be executed. */
export async function write(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    if (text.startsWith('#!')) await chmod(path, 0o755);
  }
}
