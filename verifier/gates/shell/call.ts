import type { EffectKind, EffectTrait, TargetClass } from '../../policy/facts.ts';
import { type Options, readOptions } from './options.ts';
import { classifyPath, type PathFacts } from './paths.ts';
import type { Scope } from './scope.ts';
import type { ScriptFile } from './scriptFiles.ts';
import type { Value } from './value.ts';

export interface EffectDetails {
  readonly target?: TargetClass;
  readonly targetText?: string;
  readonly traits?: readonly (EffectTrait | false)[];
}

/** How a command runs, apart from its words. */
export interface Circumstance {
  /** What arrives on standard input; undefined where it is the terminal's. */
  readonly input: Value | undefined;
  readonly elevated: boolean;
  readonly remote: boolean;
  /** Nesting of texts within texts (`sh -c`, `eval`, functions). */
  readonly depth: number;
  /** Paths that the command's redirections write to or read from. */
  readonly redirectedTo: readonly string[];
  /** The text that runs was decoded or downloaded on the way. */
  readonly taint: number;
}

/** A script whose contents are known. */
export type ReadScript = ScriptFile & { readonly text: string };

/** A script under way. */
export interface ScriptPlace {
  readonly path: string;
  /** Tells runs of the same file apart that are not one within the other: a manifest's entries. */
  readonly part?: string;
  /** UTF-16 range within the file, where that is not followed statement by statement. */
  readonly range?: { readonly start: number; readonly end: number };
  /** It runs in the shell at hand: folder and variables stay. */
  readonly sourced?: boolean;
}

/** The services that a program's reader needs from the analysis. */
export interface Session {
  readonly scope: Scope;
  readonly home: string;
  readonly workspaceRoots: readonly string[];
  emit(kind: EffectKind, call: Call, details: EffectDetails): void;
  /** Notes what is written to a path, and feeds whoever reads there. */
  write(path: string, data: Value, how: Circumstance): void;
  /** `exec` without a command: what its redirections opened stays open. */
  keepOpen(name: string | undefined): void;
  /** Runs words as a command; returns what it prints. */
  runWords(words: readonly Value[], how: Circumstance): Value;
  /** Runs a text as PowerShell or as cmd batch; returns what it prints. */
  runWindows(text: Value, language: 'powershell' | 'bat', how: Circumstance): Value;
  /**
   * The script that a word names, where it can be looked into.
   * @param telling a script that is there but could not be examined is worth a question
   */
  findScript(word: Value, call: Call, telling: boolean): ReadScript | undefined;
  /** What stands in a file that says what runs (a manifest), where it is there. */
  manifest(path: string): string | undefined;
  /** Runs something on behalf of a script, so that what it does is found there. */
  inScript(script: ScriptPlace, run: () => Value): Value;
  /** Says where in the script under way the next effects stand, where the text is not a shell's. */
  mark(start: number, end: number): void;
  /** Runs a text as shell source; returns what it prints. */
  runText(text: Value, how: Circumstance, positional?: readonly Value[]): Value;
}

/** One program with its arguments, about to run. */
export class Call {
  readonly program: string;
  readonly args: readonly Value[];
  readonly how: Circumstance;
  readonly session: Session;
  #options: Options | undefined;

  constructor(program: string, args: readonly Value[], how: Circumstance, session: Session) {
    this.program = program;
    this.args = args;
    this.how = how;
    this.session = session;
  }

  get input(): Value | undefined {
    return this.how.input;
  }

  /** Arguments read without any option that takes a value. */
  get options(): Options {
    this.#options ??= readOptions(this.args);
    return this.#options;
  }

  effect(kind: EffectKind, details: EffectDetails = {}): void {
    this.session.emit(kind, this, details);
  }

  path(value: Value): PathFacts {
    const { scope, home, workspaceRoots } = this.session;
    return classifyPath(value, { cwd: scope.cwd, home, workspaceRoots });
  }

  /** Records an effect on each of these paths. */
  onPaths(kind: EffectKind, paths: readonly Value[], traits: readonly (EffectTrait | false)[]): void {
    for (const value of paths) {
      const path = this.path(value);
      this.effect(kind, {
        target: path.target,
        targetText: path.text,
        traits: [...traits, path.unresolved && 'unresolved-target', path.broad && 'broad'],
      });
    }
  }
}

/** Reads one program's arguments into effects; returns what it prints, where that is known. */
export type ProgramReader = (call: Call) => Value | undefined;
