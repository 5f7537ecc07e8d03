import { type BigIntStats, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Origin } from '../policy/compile.ts';
import { POLICY_FILE_NAMES, type PolicyFileName, type PolicyFolder } from '../policy/folder.ts';
import { loadPolicies, type PolicySet } from '../policy/load.ts';
import type { PreparedTexts } from '../policy/prepared.ts';
import { type PolicyProblem, problemText } from '../policy/source.ts';
import type { PolicyFolders } from '../protocol/handshake.ts';
import { SentinelError } from '../protocol/problem.ts';
import { preparedByBuild } from './preparedByBuild.ts';

/** Largest policy file, in bytes. */
const MAX_FILE = 512 * 1024;
/** Policy folders in one place; a hostile repository could hold any number. */
const MAX_FOLDERS = 100;

/** The policies as they are now. */
export interface PolicySnapshot {
  readonly set: PolicySet;
  /** As `file:line message`; what they are about is not in force, or only as it last was. */
  readonly problems: readonly string[];
}

interface Place {
  readonly origin: Origin;
  readonly path: string;
}

/** A policy file seen on disk; `unusable` says why it is not read. */
interface SeenFile {
  readonly folder: string;
  readonly name: PolicyFileName;
  readonly mark: string;
  readonly unusable: string | undefined;
}

interface SeenPlace {
  readonly place: Place;
  readonly files: readonly SeenFile[];
  readonly problems: readonly PolicyProblem[];
  /** The place itself can't be listed: what was read from it before stays in force. */
  readonly unreadable: boolean;
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown error');

/**
 * The policy folders on disk. Each look costs a listing and a few stats; files are read again only
 * when something about them changed, so that an edit counts on the next request.
 */
export class PolicyLibrary {
  readonly #places: readonly Place[];
  readonly #prepared: PreparedTexts;
  /** Last valid texts by folder path, for when an edit breaks a file. */
  readonly #lastGood = new Map<string, PolicyFolder>();
  #mark: string | undefined;
  #current: PolicySnapshot | undefined;
  #problems: readonly string[] = [];

  /**
   * @param lastGood what a predecessor had in force, so that its loss does not weaken anything
   * @param prepared what the build has read of the built-in folders
   */
  constructor(folders: PolicyFolders, lastGood: readonly PolicyFolder[] = [], prepared = preparedByBuild()) {
    this.#prepared = prepared;
    this.#places = [
      { origin: 'builtIn', path: folders.builtIn },
      ...(folders.user === undefined ? [] : [{ origin: 'user' as const, path: folders.user }]),
      ...folders.workspace.map((path) => ({ origin: 'workspace' as const, path })),
    ];
    for (const folder of lastGood) this.#lastGood.set(folder.shownPath, folder);
  }

  /** The folders in force, to hand to a successor. */
  get lastGood(): readonly PolicyFolder[] {
    return [...this.#lastGood.values()];
  }

  /**
   * Looks at the folders afresh.
   * @throws SentinelError `policies_invalid` when no policy is valid and none was before
   */
  look(): PolicySnapshot {
    const seen = this.#places.map(lookAt);
    const mark = JSON.stringify(seen.map(({ files, problems }) => [files.map((file) => [file.folder, file.name, file.mark]), problems]));
    if (mark !== this.#mark) {
      this.#load(seen);
      this.#mark = mark;
    }
    if (this.#current === undefined) {
      const why =
        this.#problems.length > 0 ? this.#problems.join('\n') : `There is no policy in ${this.#places.map(({ path }) => path).join(', ')}.`;
      throw new SentinelError('policies_invalid', `No valid policy was found, so nothing can be assessed.\n${why}`);
    }
    return this.#current;
  }

  #load(seen: readonly SeenPlace[]): void {
    const problems = seen.flatMap((entry) => entry.problems);
    const folders = seen.flatMap((entry) => (entry.unreadable ? this.#knownIn(entry.place) : read(entry, problems)));
    const first = loadPolicies(folders, this.#prepared);
    problems.push(...first.problems);
    const invalid = new Set(first.invalid);
    const present = new Set(folders.map((folder) => folder.shownPath));
    for (const path of this.#lastGood.keys()) if (!present.has(path)) this.#lastGood.delete(path);
    for (const folder of folders) if (!invalid.has(folder)) this.#lastGood.set(folder.shownPath, folder);
    const fallback = folders.flatMap((folder) => (invalid.has(folder) ? (this.#lastGood.get(folder.shownPath) ?? []) : folder));
    const set = invalid.size === 0 ? first.set : loadPolicies(fallback, this.#prepared).set;
    this.#problems = problems.map(problemText);
    this.#current = set === undefined ? undefined : { set, problems: this.#problems };
  }

  #knownIn(place: Place): PolicyFolder[] {
    return [...this.#lastGood.values()].filter(
      (folder) => folder.origin === place.origin && join(place.path, folder.name) === folder.shownPath,
    );
  }
}

function lookAt(place: Place): SeenPlace {
  const problems: PolicyProblem[] = [];
  let names: string[];
  try {
    names = readdirSync(place.path, { withFileTypes: true })
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    // A user or a workspace need not have any; the built-in ones must be there.
    if (codeOf(error) === 'ENOENT' && place.origin !== 'builtIn') return { place, files: [], problems, unreadable: false };
    problems.push({
      file: place.path,
      line: 1,
      message: `The policy folder can't be read (${codeOf(error)}): check that it exists and is readable.`,
    });
    return { place, files: [], problems, unreadable: true };
  }
  if (names.length > MAX_FOLDERS) {
    problems.push({ file: place.path, line: 1, message: `There are ${names.length} folders; the first ${MAX_FOLDERS} are read.` });
  }
  const files = names.slice(0, MAX_FOLDERS).flatMap((folder) => POLICY_FILE_NAMES.flatMap((name) => seeFile(place, folder, name) ?? []));
  return { place, files, problems, unreadable: false };
}

function seeFile(place: Place, folder: string, name: PolicyFileName): SeenFile | undefined {
  const path = join(place.path, folder, name);
  try {
    const stat = statSync(path, { bigint: true });
    const mark = [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
    return { folder, name, mark, unusable: unusable(place, join(place.path, folder), path, stat) };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { folder, name, mark: code, unusable: `The file can't be read (${code}).` };
  }
}

/** A repository must not make the guard read what is not its own, or what never ends. */
function unusable(place: Place, folder: string, path: string, stat: BigIntStats): string | undefined {
  if (!stat.isFile()) return 'This is not a regular file.';
  if (stat.size > MAX_FILE) return `The file is larger than ${MAX_FILE} bytes.`;
  if (place.origin === 'workspace' && (lstatSync(path).isSymbolicLink() || lstatSync(folder).isSymbolicLink())) {
    return "A workspace's policy must not be a symbolic link.";
  }
  return undefined;
}

/** Reads the files that were seen; what can't be read becomes a problem and is missing in its folder. */
function read(seen: SeenPlace, problems: PolicyProblem[]): PolicyFolder[] {
  const texts = new Map<string, Partial<Record<PolicyFileName, string>>>();
  for (const { folder, name, unusable: why } of seen.files) {
    const path = join(seen.place.path, folder, name);
    const known = texts.get(folder) ?? {};
    texts.set(folder, known);
    if (why !== undefined) {
      problems.push({ file: path, line: 1, message: why });
      continue;
    }
    try {
      known[name] = readFileSync(path, 'utf8');
    } catch (error) {
      problems.push({ file: path, line: 1, message: `The file can't be read (${codeOf(error)}).` });
    }
  }
  const { origin, path } = seen.place;
  return [...texts].map(([name, files]) => ({ origin, name, shownPath: join(path, name), texts: files }));
}
