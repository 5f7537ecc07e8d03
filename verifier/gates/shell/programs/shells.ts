import type { Call, ProgramReader } from '../call.ts';
import { readOptions } from '../options.ts';
import { DECODED, DOWNLOADED, GAP, isKnown, join, literal, NOTHING, SOCKET, traitsOf, UNKNOWN, type Value } from '../value.ts';

/**
 * Runs a text as a program's source. Downloaded or decoded text that isn't known is remote code;
 * known text is followed, and what it does carries where it came from.
 */
export function runCode(call: Call, code: Value, follow: boolean, positional?: readonly Value[]): Value {
  const opaque = code.text.trimStart().startsWith(GAP);
  if (opaque && code.taint & SOCKET) call.effect('reverse-shell', { traits: ['remote', ...traitsOf(code.taint)] });
  else if (opaque && code.taint & (DOWNLOADED | DECODED)) call.effect('remote-code', { traits: traitsOf(code.taint) });
  if (!follow) return UNKNOWN;
  // `sh < file`, `cat file | sh`, a copy of a script.
  if (code.text === GAP)
    return code.file === undefined ? UNKNOWN : (runScript(call, literal(code.file), positional ?? [], true) ?? UNKNOWN);
  return call.session.runText(code, { ...call.how, input: undefined, depth: call.how.depth + 1 }, positional);
}

/** The script that a program is told to run by its path. */
export function scriptAt(call: Call, path: Value): Value | undefined {
  if (path.text === '/dev/stdin' || path.text === '-') return call.input;
  return call.session.scope.written(path.text);
}

/** Runs a script on disk as shell source; undefined where it can't be looked into. */
export function runScript(call: Call, path: Value, args: readonly Value[], sourced = false): Value | undefined {
  const script = call.session.findScript(path, call, !sourced);
  if (script === undefined) return undefined;
  // The shell leaves NUL characters out.
  const code = literal(script.text.replaceAll('\0', ''));
  return call.session.inScript({ path: script.path, sourced }, () => runCode(call, code, true, args));
}

/** sh, bash and their kin: `-c text`, a script, or whatever comes on standard input. */
const shell: ProgramReader = (call) => {
  let reads = true;
  let index = 0;
  for (; index < call.args.length; index++) {
    const arg = call.args[index];
    if (arg === undefined) break;
    const { text } = arg;
    if (text === '--') {
      index++;
      break;
    }
    if (text === '-') {
      index++;
      break;
    }
    if (!/^[-+]/.test(text)) break;
    if (text.startsWith('--')) {
      if (text === '--rcfile' || text === '--init-file') index++;
      if (text === '--help' || text === '--version') return NOTHING;
      continue;
    }
    const letters = text.slice(1);
    if (text.startsWith('-') && letters.includes('c')) {
      let at = index + 1;
      while (call.args[at]?.text === '--') at++;
      const code = call.args[at];
      if (code === undefined) return NOTHING;
      return reads ? runCode(call, code, true, call.args.slice(at + 2)) : NOTHING;
    }
    if (letters.includes('n')) reads = text.startsWith('+');
    if (letters.includes('s')) {
      index = call.args.length;
      break;
    }
    if (/[oO]$/.test(letters)) index++;
  }
  if (!reads) return NOTHING;
  const script = call.args[index];
  if (script === undefined) return call.input === undefined ? NOTHING : runCode(call, call.input, true);
  if (script.text.startsWith('/dev/tcp/')) call.effect('reverse-shell', { traits: ['remote'] });
  const code = scriptAt(call, script);
  const words = call.args.slice(index + 1);
  return code === undefined ? (runScript(call, script, words) ?? UNKNOWN) : runCode(call, code, true, words);
};

/** What `eval` runs may be in no one's text: whether that is worth a question is for the rules to say. */
const evaluate: ProgramReader = (call) => {
  const code = join(call.args, ' ');
  if (code.text.trim() === GAP && code.taint === 0) call.effect('unresolved', { target: 'none' });
  return runCode(call, code, true);
};

const source: ProgramReader = (call) => {
  const path = call.args[0];
  if (path === undefined) return NOTHING;
  const code = scriptAt(call, path);
  const words = call.args.slice(1);
  return code === undefined ? (runScript(call, path, words, true) ?? UNKNOWN) : runCode(call, code, true, words);
};

const trap: ProgramReader = (call) => {
  const code = call.options.operands[0];
  if (code !== undefined && isKnown(code) && call.args.length > 1) runCode(call, code, true);
  return NOTHING;
};

const alias: ProgramReader = (call) => {
  for (const { text } of call.args) {
    const equals = text.indexOf('=');
    if (equals > 0) call.session.scope.aliases.set(text.slice(0, equals), text.slice(equals + 1));
  }
  return NOTHING;
};

const changeFolder: ProgramReader = (call) => {
  const { scope, home } = call.session;
  const to = call.options.operands[0] ?? literal(home);
  if (to.text === '-') return NOTHING;
  if (!isKnown(to)) {
    scope.cwd = undefined;
    return NOTHING;
  }
  if (to.text.startsWith('/')) scope.cwd = to.text;
  else if (scope.cwd !== undefined) scope.cwd = `${scope.cwd}/${to.text}`;
  return NOTHING;
};

/** `read NAME <<< text` and `printf -v NAME` are in streams; this one takes its words from standard input. */
const read: ProgramReader = (call) => {
  const input = call.input ?? UNKNOWN;
  for (const name of call.options.operands) call.session.scope.assign(name.text, { ...input, text: input.text.split('\n')[0] ?? '' });
  return NOTHING;
};

/** `exec command` runs it; `exec 3>file` and `exec {name}<file` only open. */
const execute: ProgramReader = (call) => {
  // Its own options end at the program, whose `-c` is none of them.
  const words = readOptions(call.args, 'a', true).operands;
  const name = /^\{(\w+)\}$/.exec(words[0]?.text ?? '')?.[1];
  if (words.length > 0 && name === undefined) return call.session.runWords(words, call.how);
  call.session.keepOpen(name);
  return NOTHING;
};

export const SHELL_PROGRAMS = {
  sh: shell,
  bash: shell,
  zsh: shell,
  dash: shell,
  ksh: shell,
  mksh: shell,
  ash: shell,
  fish: shell,
  csh: shell,
  tcsh: shell,
  rbash: shell,
  eval: evaluate,
  source,
  '.': source,
  trap,
  alias,
  cd: changeFolder,
  pushd: changeFolder,
  read,
  exec: execute,
} satisfies Record<string, ProgramReader>;
