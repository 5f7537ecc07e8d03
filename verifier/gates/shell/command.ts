import type { Analysis } from './analysis.ts';
import { Call, type Circumstance } from './call.ts';
import { expandWord } from './expand.ts';
import { globMatches } from './paths.ts';
import { runScript } from './programs/shells.ts';
import { PROGRAMS, programName, READS_OWN_HELP } from './programs/table.ts';
import { runWindowsScript } from './programs/windowsScripts.ts';
import { isSocketPath, readRedirections, writeOutputs } from './redirections.ts';
import type { ShellFunction } from './scope.ts';
import { interpreterOf } from './scriptFiles.ts';
import type { ShellNode } from './syntax.ts';
import { DECODED, DOWNLOADED, GAP, isKnown, literal, NOTHING, SOCKET, traitsOf, unknownFrom, type Value } from './value.ts';
import { assignAll } from './variables.ts';

/** Uncertain variables that are followed both ways. */
const MAX_ALTERNATIVES = 64;

/** Runs one simple command, once more for each variable in it that an earlier choice may have left alone. */
export function runSimpleCommand(node: ShellNode, source: string, how: Circumstance, analysis: Analysis): Value {
  const { scope } = analysis;
  if (scope.alternatives.size > 0) {
    const text = source.slice(node.start, node.end);
    for (const name of [...scope.alternatives.keys()].slice(0, MAX_ALTERNATIVES)) {
      if (text.includes(`$${name}`) || text.includes(`\${${name}`)) scope.withAlternative(name, () => runOnce(node, source, how, analysis));
    }
  }
  return runOnce(node, source, how, analysis);
}

/** Assignments, words, redirections, aliases. */
function runOnce(node: ShellNode, source: string, how: Circumstance, analysis: Analysis): Value {
  analysis.at(node.start, node.end);
  const words: Value[] = [];
  const redirects: ShellNode[] = [];
  let nameNode: ShellNode | undefined;
  for (const child of node.children) {
    if (child.type === 'variable_assignment') assignAll([child], source, how, analysis);
    else if (child.type.endsWith('_redirect')) redirects.push(child);
    else if (child.type === 'command_name') {
      nameNode = child;
      for (const part of child.children) words.push(...expandWord(part, source, analysis));
    } else words.push(...expandWord(child, source, analysis));
  }
  const redirections = readRedirections(redirects, source, analysis);
  for (const word of redirections.words) words.push(...expandWord(word, source, analysis));
  const inside: Circumstance =
    redirects.length === 0
      ? how
      : { ...how, input: redirections.input ?? how.input, redirectedTo: [...how.redirectedTo, ...redirections.paths] };
  analysis.at(node.start, node.end);
  const output = runNamed(nameNode, words, node, source, inside, analysis);
  if (redirections.outputs.length > 0) writeOutputs(redirections, output, how, analysis);
  return output;
}

function runNamed(
  nameNode: ShellNode | undefined,
  words: readonly Value[],
  node: ShellNode,
  source: string,
  how: Circumstance,
  analysis: Analysis,
): Value {
  if (nameNode === undefined) return NOTHING;
  const written = source.slice(nameNode.start, nameNode.end);
  const alias = analysis.scope.aliases.get(written);
  if (alias !== undefined && how.depth < 8)
    return analysis.runText(literal(`${alias} ${source.slice(nameNode.end, node.end)}`), { ...how, depth: how.depth + 1 });
  const only = nameNode.children[0];
  const name = /^["']?\$\{?([A-Za-z_]\w*)\}?["']?$/.exec(written)?.[1];
  if (only !== undefined && name !== undefined) {
    // Which assignment was in force depends on branches and scopes: each one that the text made is followed.
    for (const value of analysis.scope.history(name).slice(0, -1)) {
      const first = value.text.split(/\s+/).map((text) => literal(text, value.taint));
      runCommand([...first, ...words.slice(1)], how, analysis);
    }
  }
  return runCommand(words, how, analysis);
}

/** Runs words as a command; whoever watches is told before and after. */
export function runCommand(words: readonly Value[], how: Circumstance, analysis: Analysis): Value {
  if (analysis.watcher === undefined || words.length === 0) return followCommand(words, how, analysis);
  analysis.watcher.enter(words, how, analysis.span);
  const output = followCommand(words, how, analysis);
  analysis.watcher.leave();
  return output;
}

/** A function, a file that this text brought in, or a program that has a reader. */
function followCommand(words: readonly Value[], how: Circumstance, analysis: Analysis): Value {
  const [first, ...args] = words;
  if (first === undefined || first.text === '' || !analysis.step()) return NOTHING;
  if (!isKnown(first)) return runUnknown(first, args, how, analysis);
  const name = programName(first.text);
  const defined = analysis.scope.functions.get(first.text);
  if (defined !== undefined && !analysis.active.has(defined) && how.depth < 12) return runFunction(defined, args, how, analysis);
  const file = first.text.includes('/') ? analysis.scope.written(first.text) : undefined;
  if (file !== undefined) return runFile(first.text, file, args, how, analysis);
  const script = first.text.includes('/') && !INSTALLED.test(first.text) ? runByPath(first, args, how, analysis) : undefined;
  const reader = PROGRAMS.get(name) ?? (first.glob ? patternReader(name) : undefined);
  if (reader === undefined) {
    // A program that is not known may pass on what it was fed.
    return script ?? unknownFrom(how.input?.taint ?? 0);
  }
  const bare = first.text.slice(first.text.lastIndexOf('/') + 1);
  // `RM -RF`: where case does not count for the name it is meant for the options too. `python3` is no such name.
  const plain = bare !== bare.toLowerCase() && name === name.toLowerCase() ? args.map(lowerCase) : args;
  if (!READS_OWN_HELP.has(name) && asksForHelp(plain)) return NOTHING;
  if (how.redirectedTo.some(isSocketPath)) analysis.socket(name, plain, how);
  return reader(new Call(name, plain, how, analysis)) ?? unknownFrom(how.input?.taint ?? 0);
}

function runFunction(defined: ShellFunction, args: readonly Value[], how: Circumstance, analysis: Analysis): Value {
  const { positional, version, cwd } = analysis.scope;
  const words = args.map((arg) => arg.text).join('\0');
  const state = `${version} ${cwd ?? ''} ${how.elevated} ${how.input?.text ?? ''}\0${words}`;
  const calls = analysis.called.get(defined) ?? new Set<string>();
  if (calls.has(state)) return unknownFrom(how.input?.taint ?? 0);
  calls.add(state);
  analysis.called.set(defined, calls);
  analysis.scope.positional = args;
  // A call of itself from within adds nothing to what one run does.
  analysis.active.add(defined);
  const output = analysis.nested(() => analysis.run(defined.body, defined.source, { ...how, depth: how.depth + 1 }));
  analysis.active.delete(defined);
  analysis.scope.positional = positional;
  return output;
}

/** A file that this text wrote is executed by its path. */
function runFile(path: string, file: Value, args: readonly Value[], how: Circumstance, analysis: Analysis): Value {
  if (file.taint & (DOWNLOADED | DECODED) && !isKnown(file))
    analysis.emit('remote-code', new Call(programName(path), args, how, analysis), { targetText: path, traits: traitsOf(file.taint) });
  return isKnown(file) ? analysis.runText(file, { ...how, depth: how.depth + 1 }, args) : unknownFrom(file.taint);
}

/** Where programs of the system and its package managers are; what is there is known by its name. */
const INSTALLED = /^\/(?:usr\/(?:local\/)?)?s?bin\/|^\/(?:opt\/homebrew|snap|nix)\//;
/** Names that say by themselves that a shell reads the file. */
const MAX_INTERPRETERS = 12;
const SHELL_SCRIPT = /\.(?:sh|bash|zsh|ksh|command|ps1|bat|cmd)$/i;

/** A file on disk that is executed by its path: as its first line says, else by the shell. */
function runByPath(first: Value, args: readonly Value[], how: Circumstance, analysis: Analysis): Value | undefined {
  // A first line may name the file itself.
  if (how.depth >= MAX_INTERPRETERS) return undefined;
  const call = new Call(programName(first.text), args, how, analysis);
  if (/\.(?:ps1|bat|cmd)$/i.test(first.text)) return runWindowsScript(call, first);
  const script = analysis.findScript(first, call, SHELL_SCRIPT.test(first.text));
  if (script === undefined) return undefined;
  const interpreter = interpreterOf(script.text);
  if (interpreter === undefined) return runScript(call, first, args);
  return analysis.runWords([...interpreter.map((word) => literal(word)), literal(script.path), ...args], { ...how, depth: how.depth + 1 });
}

/** The program itself is unknown: what it was made from, or what it is aimed at, tells how grave that is. */
function runUnknown(first: Value, args: readonly Value[], how: Circumstance, analysis: Analysis): Value {
  const taint = first.taint | how.taint;
  const call = new Call('…', args, how, analysis);
  if (taint & SOCKET) analysis.emit('reverse-shell', call, { traits: traitsOf(taint) });
  else if (taint & (DOWNLOADED | DECODED) && first.text.startsWith(GAP)) analysis.emit('remote-code', call, { traits: traitsOf(taint) });
  else if (args.some((arg) => /^-[a-z]*[rf][a-z]*$/i.test(arg.text)) && !args[0]?.text.startsWith('--')) {
    for (const arg of args) {
      const path = arg.text.startsWith('-') ? undefined : call.path(arg);
      if (path !== undefined && ['root', 'home', 'system', 'device'].includes(path.target) && arg.text.includes('/'))
        analysis.emit('unresolved', call, { target: path.target, targetText: path.text });
    }
  }
  return unknownFrom(taint | (how.input?.taint ?? 0));
}

const PATTERN_NAMES = ['rm', 'dd', 'bash', 'sh', 'curl', 'wget', 'chmod', 'chown', 'shred', 'sudo', 'nc', 'cat', 'python3'];
function patternReader(name: string) {
  const match = PATTERN_NAMES.find((known) => globMatches(name, known));
  return match === undefined ? undefined : PROGRAMS.get(match);
}

function lowerCase(value: Value): Value {
  return value.text.includes('/') ? value : { ...value, text: value.text.toLowerCase() };
}

function asksForHelp(args: readonly Value[]): boolean {
  for (const { text } of args) {
    if (text === '--') return false;
    if (text === '--help' || text === '--version' || text === '--longhelp') return true;
  }
  return false;
}
