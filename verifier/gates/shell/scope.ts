import { posix } from 'node:path';
import { isCredentialPath } from './credentialPaths.ts';
import type { ShellNode } from './syntax.ts';
import { CREDENTIAL, LOCAL, literal, UNKNOWN, unknownFrom, type Value } from './value.ts';

/** Values that a name keeps: the last is in force, the others may be, where a branch or a subshell was not taken. */
const MAX_HISTORY = 4;

export interface ShellFunction {
  readonly body: ShellNode;
  readonly source: string;
}

/** What the text so far has defined: variables, functions, aliases, files and where it stands. */
export class Scope {
  cwd: string | undefined;
  /** Counts changes of variables: a function called with the same words in the same state does the same again. */
  version = 0;
  positional: readonly Value[] = [];
  readonly functions = new Map<string, ShellFunction>();
  readonly aliases = new Map<string, string>();
  /** Redirections that `exec` left open: descriptor to path. */
  readonly descriptors = new Map<string, string>();
  /** Choices under way: what is assigned in one may not have been. */
  branches = 0;
  /** One alternative at a time: all combinations would double the work with each. */
  #exploring = false;
  readonly #alternatives = new Map<string, Value>();
  readonly #variables = new Map<string, Value[]>();
  readonly #files = new Map<string, Value>();

  constructor(cwd: string | undefined, home: string) {
    this.cwd = cwd;
    this.assign('HOME', literal(home));
    this.assign('TMPDIR', literal('/tmp'));
    if (cwd !== undefined) this.assign('PWD', literal(cwd));
  }

  assign(name: string, value: Value): void {
    const known = this.#variables.get(name);
    const before = known?.at(-1);
    if (before?.text !== value.text) this.version++;
    if (this.branches === 0) this.#alternatives.delete(name);
    else if (before !== undefined && before.text !== value.text && !this.#alternatives.has(name)) this.#alternatives.set(name, before);
    if (known === undefined) this.#variables.set(name, [value]);
    else {
      known.push(value);
      if (known.length > MAX_HISTORY) known.shift();
    }
  }

  /** The value in force, or undefined where the text never set the name. */
  variable(name: string): Value | undefined {
    return this.#variables.get(name)?.at(-1);
  }

  /** Every value that the name had so far, the one in force last. */
  history(name: string): readonly Value[] {
    return this.#variables.get(name) ?? [];
  }

  /** Variables that a choice may have left as they were, with the value from before. */
  get alternatives(): ReadonlyMap<string, Value> {
    return this.#alternatives;
  }

  /** Does something with a variable as it was before a choice. */
  withAlternative(name: string, run: () => void): void {
    const before = this.#alternatives.get(name);
    const values = this.#variables.get(name);
    if (before === undefined || values === undefined || this.#exploring) return;
    this.#variables.set(name, [before]);
    this.#exploring = true;
    run();
    this.#exploring = false;
    this.#variables.set(name, values);
  }

  unset(name: string): void {
    this.version++;
    this.#variables.get(name)?.push(UNKNOWN);
  }

  /** Remembers what was written to a file, for commands that read or run it later. */
  write(path: string, value: Value): void {
    this.#files.set(this.#key(path), value);
  }

  written(path: string): Value | undefined {
    return this.#files.get(this.#key(path));
  }

  /** What reading the file gives: what this text wrote there, or unknown local data. */
  read(path: string): Value {
    return this.written(path) ?? { ...unknownFrom(isCredentialPath(path) ? LOCAL | CREDENTIAL : LOCAL), file: path };
  }

  #key(path: string): string {
    const descriptor = /^\/dev\/fd\/(\w+)$/.exec(path)?.[1];
    const open = descriptor === undefined ? undefined : this.descriptors.get(descriptor);
    return posix.resolve(this.cwd ?? '/workspace', open ?? path);
  }
}
