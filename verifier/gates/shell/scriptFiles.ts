import { posix, win32 } from 'node:path';
import { languageOfPath } from '../languages.ts';
import type { Scope } from './scope.ts';
import { GAP, type Value } from './value.ts';

/**
 * What the assessment found at a path that a command would run. `missing`: nothing is there. `program`: a binary, which is
 * no script. `unreadable`, `special` (a pipe, a device), `too-large` (its beginning is known), `too-many`: something is there
 * that was not, or not wholly, examined.
 */
export type ScriptState = 'read' | 'missing' | 'program' | 'unreadable' | 'special' | 'too-large' | 'too-many';

/** A file that a command would run. */
export interface ScriptFile {
  /** Absolute, as the command names it. */
  readonly path: string;
  readonly state: ScriptState;
  /** The contents, where they were read. */
  readonly text?: string;
}

/** Scripts that an analysis may look into, and those that it would have liked to. */
export class ScriptFiles {
  readonly #known: ReadonlyMap<string, ScriptFile>;
  readonly wanted = new Set<string>();
  /** Whether a script that is not there counts as one that could not be examined. */
  readonly missingIsUnknown: boolean;

  constructor(known: ReadonlyMap<string, ScriptFile>, missingIsUnknown: boolean) {
    this.#known = known;
    this.missingIsUnknown = missingIsUnknown;
  }

  /** The file, or undefined where it was not read yet; then it is wanted. */
  find(path: string): ScriptFile | undefined {
    this.wanted.add(path);
    return this.#known.get(path);
  }
}

/** Longest path that is looked for. */
const MAX_PATH = 1024;

/** The absolute path that a word names, or undefined where the text does not tell it. */
export function scriptPath(word: Value, scope: Scope): string | undefined {
  const { text } = word;
  if (text === '' || text.length > MAX_PATH || text.includes(GAP) || text.includes('\0') || word.glob) return undefined;
  if (/^[A-Za-z]:[\\/]/.test(text)) return win32.normalize(text);
  if (text.startsWith('/')) return /^\/(?:dev|proc)\//.test(text) ? undefined : posix.normalize(text);
  const { cwd } = scope;
  if (cwd === undefined || cwd.includes(GAP)) return undefined;
  return /^[A-Za-z]:[\\/]/.test(cwd) ? win32.resolve(cwd, text) : posix.resolve(cwd, text.replace(/^\.\\/, './'));
}

/** The words that a `#!` line puts before the script's path; undefined where there is none. */
export function interpreterOf(text: string): string[] | undefined {
  if (!text.startsWith('#!')) return undefined;
  const line = text.slice(2, 300).split(/\r?\n/, 1)[0] ?? '';
  const words = line.trim().split(/\s+/);
  if (words[0]?.endsWith('/env') !== true) return words[0] === '' ? undefined : words;
  return words.slice(1).filter((word) => word !== '-S');
}

/** Files that only say what runs: package managers' and make's. */
const MANIFEST = /(?:^|[\\/])(?:package\.json|GNUmakefile|[Mm]akefile|tasks\.json|[\w.-]+\.mk)$/;
const INTERPRETED: ReadonlyMap<string, string> = new Map([
  ['node', 'javascript'],
  ['deno', 'typescript'],
  ['bun', 'typescript'],
  ['python', 'python'],
  ['perl', 'perl'],
  ['ruby', 'ruby'],
  ['php', 'php'],
  ['pwsh', 'powershell'],
]);

/** The language of a script as its first line or its name tells it, else the shell's; `runs`: the file itself is what runs. */
export function scriptLanguage(path: string, text: string): { readonly language: string; readonly runs: boolean } {
  const runs = !MANIFEST.test(path);
  const told = interpreterOf(text)?.[0];
  const name = told?.slice(told.lastIndexOf('/') + 1).replace(/[\d.]+$/, '');
  if (name !== undefined) return { language: INTERPRETED.get(name) ?? 'shellscript', runs };
  const byPath = languageOfPath(path);
  return { language: byPath === '' || byPath === 'plaintext' ? 'shellscript' : byPath, runs };
}
