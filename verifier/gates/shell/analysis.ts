import type { Effect, EffectKind, EffectTrait } from '../../policy/facts.ts';
import { Call, type Circumstance, type EffectDetails, type ReadScript, type ScriptPlace, type Session } from './call.ts';
import { Batch } from './cmd/batch.ts';
import { runCommand } from './command.ts';
import { expandOne, type Substitutions } from './expand.ts';
import type { ShellGrammar } from './grammar.ts';
import { PowerShell } from './powershell/interpreter.ts';
import { oneValue } from './powershell/things.ts';
import { SHELL_PROGRAMS } from './programs/shells.ts';
import { Scope, type ShellFunction } from './scope.ts';
import { type ScriptFiles, scriptPath } from './scriptFiles.ts';
import { runStatement } from './statements.ts';
import type { ShellNode } from './syntax.ts';
import { GAP, literal, NOTHING, traitsOf, UNKNOWN, unknownFrom, type Value } from './value.ts';

/** Work that one text may cause: nodes parsed and statements run, nested texts included. */
export const MAX_STEPS = 150_000;
/** Running a statement costs about as much as reading this many nodes. */
const STEPS_PER_STATEMENT = 6;
const MAX_DEPTH = 16;
const MAX_EFFECTS = 400;
/** Texts within texts that are parsed anew: each costs far more than a step. */
const MAX_PARSES = 400;

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Is told of each command that is followed, wrappers around what they run. */
export interface CommandWatcher {
  /** @param span the command of the outermost text that this is, or is run by */
  enter(words: readonly Value[], how: Circumstance, span: Span): void;
  leave(): void;
}

/** What runs at the top: nothing fed in, no privileges, here. */
export const AT_THE_TERMINAL: Circumstance = { input: undefined, elevated: false, remote: false, depth: 0, redirectedTo: [], taint: 0 };

/** One text under analysis: follows it statement by statement as a shell would, and notes what it does. */
export class Analysis implements Session, Substitutions {
  readonly scope: Scope;
  readonly home: string;
  readonly workspaceRoots: readonly string[];
  readonly effects: Effect[] = [];
  steps = 0;
  limit: string | undefined;
  /** Descriptors that the redirections under way opened. */
  opened = new Map<string, string>();
  /** States in which functions were called. */
  readonly called = new Map<ShellFunction, Set<string>>();
  /** `for` loops under way. */
  loops = 0;
  /** Functions under way. */
  readonly active = new Set<ShellFunction>();
  /** Where the pipeline under way begins: its commands belong together in a finding. */
  pipelineStart: number | undefined;
  /** The command under way, in offsets of the outermost text. */
  span: Span = { start: 0, end: 0 };
  watcher: CommandWatcher | undefined;
  readonly #grammar: ShellGrammar;
  readonly #seen = new Set<string>();
  readonly #scripts: ScriptFiles | undefined;
  readonly #inScripts = new Set<string>();
  /** The script under way, where in it, and at which depth of texts its own statements run. */
  #script: (Span & { readonly path: string; readonly level: number }) | undefined;
  #nested = false;
  #texts = 0;
  #parses = 0;
  #pipes = 0;
  #powershell: PowerShell | undefined;
  #batch: Batch | undefined;

  constructor(
    grammar: ShellGrammar,
    place: { cwd: string | undefined; home: string; workspaceRoots: readonly string[] },
    scripts: ScriptFiles | undefined,
  ) {
    this.#grammar = grammar;
    this.#scripts = scripts;
    this.scope = new Scope(place.cwd, place.home);
    this.home = place.home;
    this.workspaceRoots = place.workspaceRoots;
  }

  emit(kind: EffectKind, call: Call, details: EffectDetails): void {
    if (this.effects.length >= MAX_EFFECTS) return;
    const traits = new Set<EffectTrait>(details.traits?.filter((trait) => trait !== false));
    for (const trait of traitsOf(call.how.taint)) traits.add(trait);
    if (call.how.elevated) traits.add('elevated');
    if (call.how.remote) traits.add('remote');
    const target = details.target ?? 'none';
    const { start, end, path: script } = this.#script ?? { ...this.span, path: undefined };
    const key = `${kind} ${call.program} ${target} ${details.targetText ?? ''} ${start} ${script ?? ''}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.effects.push({
      kind,
      program: call.program,
      target,
      ...(details.targetText === undefined ? {} : { targetText: details.targetText }),
      traits: [...traits],
      start,
      end,
      ...(script === undefined ? {} : { script }),
    });
  }

  /** Counts work; false once the budget is spent, and then nothing more is run. */
  step(amount = STEPS_PER_STATEMENT): boolean {
    this.steps += amount;
    if (this.steps > MAX_STEPS) this.limit ??= `the shell text takes more than ${MAX_STEPS} steps to follow`;
    return this.limit === undefined;
  }

  /** Says which command is under way; within nested texts the outer command stays it. */
  at(start: number, end: number): void {
    if (this.#script?.level === this.#texts) this.#script = { ...this.#script, start, end };
    else if (!this.#nested) this.span = { start: Math.min(this.pipelineStart ?? start, start), end };
  }

  mark(start: number, end: number): void {
    if (this.#script !== undefined) this.#script = { ...this.#script, start, end };
  }

  findScript(word: Value, call: Call, telling: boolean): ReadScript | undefined {
    const files = this.#scripts;
    // What runs on another machine is not this one's file.
    const path = files === undefined || call.how.remote ? undefined : scriptPath(word, this.scope);
    const file = path === undefined ? undefined : files?.find(path);
    if (files === undefined || file === undefined) return undefined;
    const { state, text } = file;
    const unexamined =
      state === 'too-large' ||
      state === 'too-many' ||
      state === 'special' ||
      (state === 'unreadable' && call.how.elevated) ||
      (state === 'missing' && files.missingIsUnknown);
    if (telling && unexamined) this.emit('unresolved', call, { target: 'unknown', targetText: file.path });
    return text === undefined ? undefined : { ...file, text };
  }

  manifest(path: string): string | undefined {
    const file = this.#scripts?.find(path);
    if (file?.state === 'too-large' || file?.state === 'too-many') this.limit ??= `${path} was not examined to its end`;
    return file?.text;
  }

  inScript({ path, part = '', range, sourced = false }: ScriptPlace, run: () => Value): Value {
    const key = `${path}\0${part}`;
    if (this.#inScripts.has(key)) return UNKNOWN;
    const { scope } = this;
    const outer = { script: this.#script, cwd: scope.cwd, name: scope.variable('0'), source: scope.variable('BASH_SOURCE') };
    this.#script = { path, start: range?.start ?? 0, end: range?.end ?? 0, level: range === undefined ? this.#texts + 1 : -1 };
    this.#inScripts.add(key);
    if (!sourced) scope.assign('0', literal(path));
    scope.assign('BASH_SOURCE', literal(path));
    try {
      return this.nested(run);
    } finally {
      this.#inScripts.delete(key);
      this.#script = outer.script;
      if (!sourced) scope.cwd = outer.cwd;
      scope.assign('0', outer.name ?? UNKNOWN);
      scope.assign('BASH_SOURCE', outer.source ?? UNKNOWN);
    }
  }

  keepOpen(name: string | undefined): void {
    for (const [descriptor, path] of this.opened) this.scope.descriptors.set(name ?? descriptor, path);
    if (name !== undefined) this.scope.assign(name, literal(name));
  }

  runWords(words: readonly Value[], how: Circumstance): Value {
    return runCommand(words, how, this);
  }

  runWindows(text: Value, language: 'powershell' | 'bat', how: Circumstance): Value {
    return this.#enter(text, how, undefined, (inside) => {
      this.#powershell ??= new PowerShell(this);
      if (language === 'powershell') return oneValue(this.#powershell.runSource(text.text, inside), '\n');
      this.#batch ??= new Batch(this, this.#powershell.names);
      return this.#batch.runSource(text.text, inside);
    });
  }

  runText(text: Value, how: Circumstance, positional?: readonly Value[]): Value {
    return this.#enter(text, how, positional, (inside) => this.runSource(text.text, inside));
  }

  /** Runs a text within the one under way, or as the outermost. */
  #enter(text: Value, how: Circumstance, positional: readonly Value[] | undefined, run: (inside: Circumstance) => Value): Value {
    if (text.text.trim() === '') return NOTHING;
    if (how.depth >= MAX_DEPTH || ++this.#parses > MAX_PARSES) {
      this.limit ??= 'commands are nested within commands too deeply to follow';
      return unknownFrom(how.taint);
    }
    const outer = { nested: this.#nested, positional: this.scope.positional };
    this.#nested = how.depth > 0 || this.#nested;
    this.#texts++;
    if (positional !== undefined) this.scope.positional = positional;
    try {
      return run({ ...how, taint: how.taint | text.taint });
    } finally {
      this.#texts--;
      this.#nested = outer.nested;
      this.scope.positional = outer.positional;
    }
  }

  /** Runs a statement of a text that is already parsed. */
  run(node: ShellNode, source: string, how: Circumstance): Value {
    return runStatement(node, source, how, this);
  }

  /** Parses and runs a text; on a limit nothing of it is known. */
  runSource(source: string, how: Circumstance): Value {
    const parsed = this.#grammar.parse(source);
    if ('limit' in parsed) {
      this.limit ??= parsed.limit;
      return unknownFrom(how.taint);
    }
    if (!this.step(parsed.nodes)) return unknownFrom(how.taint);
    return runStatement(parsed.root, source, how, this);
  }

  /** Runs a piece of the text at hand once more, by itself, where the whole did not parse. */
  runPiece(source: string, offset: number, how: Circumstance): Value {
    if (this.#nested) return this.runText(literal(source), { ...how, depth: how.depth + 1 });
    if (++this.#parses > MAX_PARSES) return NOTHING;
    this.span = { start: offset, end: offset + source.length };
    this.#nested = true;
    try {
      return this.runSource(source, how);
    } finally {
      this.#nested = false;
    }
  }

  /** Runs something whose offsets are not the outermost text's. */
  nested(run: () => Value): Value {
    const outer = this.#nested;
    this.#nested = true;
    try {
      return run();
    } finally {
      this.#nested = outer;
    }
  }

  /** A program is wired to a socket: a shell is then in a peer's hands, anything else may send to it. */
  socket(program: string, args: readonly Value[], how: Circumstance): void {
    if (Object.hasOwn(SHELL_PROGRAMS, program) && program !== 'cd' && program !== 'alias')
      this.emit('reverse-shell', new Call(program, args, how, this), { traits: ['remote'] });
  }

  capture(node: ShellNode, source: string): Value {
    const inside = { ...AT_THE_TERMINAL, depth: 1 };
    const body = node.children.filter((child) => child.type !== '$(' && child.type !== ')' && child.type !== '`');
    const only = body[0];
    // `$(< file)` reads the file.
    if (body.length === 1 && only?.type === 'file_redirect') {
      const path = only.children.at(-1);
      return path === undefined ? NOTHING : this.scope.read(expandOne(path, source, this).text);
    }
    const outer = this.span;
    const output = runStatement({ ...node, type: 'program', children: body }, source, inside, this);
    this.span = outer;
    return output;
  }

  /** A path that stands for data without a file: a here-document, a process substitution. */
  pipeOf(data: Value): string {
    const path = `/dev/fd/sentinel-${++this.#pipes}`;
    this.scope.write(path, data);
    return path;
  }

  pipePath(node: ShellNode, source: string): Value {
    const path = `/dev/fd/sentinel-${++this.#pipes}`;
    const body = node.children.filter((child) => child.type !== '<(' && child.type !== '>(' && child.type !== ')');
    const outer = this.span;
    const program = { ...node, type: 'program', children: body };
    if (source.charAt(node.start) === '>') this.sinks.set(path, { program, source });
    else this.scope.write(path, runStatement(program, source, { ...AT_THE_TERMINAL, depth: 1 }, this));
    this.span = outer;
    return literal(path);
  }

  /** Commands that read what is written to a path: `>(…)`. */
  readonly sinks = new Map<string, { program: ShellNode; source: string }>();

  /** Notes what is written to a path, and feeds whoever reads there. */
  write(path: string, data: Value, how: Circumstance): void {
    const sink = this.sinks.get(path);
    if (sink !== undefined) runStatement(sink.program, sink.source, { ...how, input: data, redirectedTo: [] }, this);
    else if (!path.includes(GAP)) this.scope.write(path, data);
  }
}
