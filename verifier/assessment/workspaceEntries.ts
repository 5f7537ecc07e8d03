import { lstat, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { problemText } from '../policy/source.ts';
import { entriesIn, type WrittenEntry } from '../policy/suppressions.ts';
import { SUPPRESSIONS_FILE } from '../protocol/suppression.ts';

/** Largest file, in bytes: it comes from a repository, and is parsed on the event loop. */
const MAX_FILE = 64 * 1024;

export interface EntriesRead {
  readonly entries: readonly WrittenEntry[];
  /** As `file:line message`; then no entry counts. */
  readonly problems: readonly string[];
}

const NONE: EntriesRead = { entries: [], problems: [] };

/** The suppressions that workspaces bring in their own file. Looked at on every question, read when something changed. */
export class WorkspaceEntries {
  readonly #known = new Map<string, { readonly mark: string; readonly read: EntriesRead }>();

  async of(root: string): Promise<EntriesRead> {
    const path = join(root, SUPPRESSIONS_FILE);
    try {
      const [file, folder] = await Promise.all([lstat(path), lstat(dirname(path))]);
      // A repository must not make the guard read what is not its own, or what never ends.
      if (!file.isFile() || !folder.isDirectory()) return problem(path, 'This is not a regular file in a folder of the workspace.');
      if (file.size > MAX_FILE) return problem(path, `The file is larger than ${MAX_FILE / 1024} KiB.`);
      const mark = `${file.ino} ${file.size} ${file.mtimeMs} ${file.ctimeMs}`;
      const known = this.#known.get(root);
      if (known?.mark === mark) return known.read;
      const found = entriesIn(await readFile(path, 'utf8'), root, path);
      const read: EntriesRead =
        'problems' in found ? { entries: [], problems: found.problems.map(problemText) } : { ...found, problems: [] };
      this.#known.set(root, { mark, read });
      return read;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      return code === 'ENOENT' || code === 'ENOTDIR' ? NONE : problem(path, `The file can't be read (${String(code ?? 'unknown error')}).`);
    }
  }
}

function problem(path: string, message: string): EntriesRead {
  return { entries: [], problems: [`${path}:1 ${message} No suppression in it counts.`] };
}
