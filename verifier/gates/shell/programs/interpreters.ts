import type { Call, ProgramReader } from '../call.ts';
import { DECODED, DOWNLOADED, isKnown, literal, NOTHING, UNKNOWN, type Value } from '../value.ts';
import { noteCode, noteProgram } from './code.ts';
import { runCode, scriptAt } from './shells.ts';

/** How an interpreter takes its program: by option, by file, by standard input. */
interface Interpreter {
  /** Options whose value is program text. */
  readonly code: readonly string[];
  /** Other options that take a value. */
  readonly valued: readonly string[];
  /** Options after which the rest is not a script of ours (`-m module`). */
  readonly stops: readonly string[];
}

function interpreter({ code, valued, stops }: Interpreter): ProgramReader {
  return (call) => {
    for (let index = 0; index < call.args.length; index++) {
      const arg = call.args[index];
      if (arg === undefined) break;
      const { text } = arg;
      const joined = code.find(
        (option) =>
          option.length === 2 && text.startsWith(option) && text.length > 2 && /^-[ce]["'\s\w]/.test(text) && !text.startsWith('--'),
      );
      const cluster = /^-[A-Za-z]{2,4}$/.test(text) && code.some((option) => option.length === 2 && text.endsWith(option.charAt(1)));
      if (code.includes(text) || cluster) return runProgram(call, call.args[index + 1] ?? NOTHING);
      if (joined !== undefined && call.program === 'python') return runProgram(call, { ...arg, text: text.slice(2) });
      const option = code.find((name) => text.startsWith(`${name}=`));
      if (option !== undefined) return runProgram(call, { ...arg, text: text.slice(option.length + 1) });
      if (stops.includes(text)) return moduleRun(call, call.args.slice(index + 1));
      if (valued.includes(text)) index++;
      else if (text === '-' || !text.startsWith('-')) return runScript(call, arg, call.args.slice(index + 1));
    }
    return call.input === undefined ? NOTHING : runProgram(call, call.input);
  };
}

function runProgram(call: Call, code: Value): Value {
  runCode(call, code, false);
  // Text fed on standard input may be the program's data as well: it leaves its trace on the output.
  noteCode(call, code.text);
  const output = printed(code.text);
  return output === undefined ? { ...UNKNOWN, taint: (call.input?.taint ?? 0) | (isKnown(code) ? 0 : code.taint) } : literal(output);
}

/** What a program that does nothing but print one literal prints. */
function printed(code: string): string | undefined {
  return /^\s*(?:print|puts|console\.log|echo|say)\s*\(?\s*(["'])([^"'\\]*)\1\s*\)?\s*;?\s*$/.exec(code.slice(0, 400))?.[2];
}

function runScript(call: Call, path: Value, args: readonly Value[]): Value {
  const code = scriptAt(call, path);
  if (code !== undefined) {
    if (!isKnown(code) && code.taint & (DOWNLOADED | DECODED)) runCode(call, { ...code }, false);
    else noteCode(call, code.text);
  } else runProgramFile(call, path);
  if (/(?:^|\/)(?:manage\.py|artisan)$/.test(path.text))
    return call.session.runWords([literal(path.text.endsWith('artisan') ? 'artisan' : 'manage.py'), ...args], call.how);
  return UNKNOWN;
}

/** A program on disk: what its text plainly deletes, runs and writes. */
export function runProgramFile(call: Call, path: Value): Value {
  const script = call.session.findScript(path, call, false);
  if (script === undefined) return UNKNOWN;
  return call.session.inScript({ path: script.path, range: { start: 0, end: 0 } }, () => {
    noteProgram(call, script.text);
    return UNKNOWN;
  });
}

/** `python -m module`: pip is an installer, http.server serves the folder to the network. */
function moduleRun(call: Call, words: readonly Value[]): Value {
  const name = words[0]?.text;
  if (name === 'pip') return call.session.runWords(words, call.how);
  const file = call.program === 'deno' ? words.find(({ text }) => /\.[cm]?[jt]sx?$/.test(text)) : undefined;
  if (file !== undefined) return runScript(call, file, []);
  return call.input === undefined ? UNKNOWN : { ...UNKNOWN, taint: call.input.taint };
}

/** awk: its program may run others. */
const awk: ProgramReader = (call) => {
  const operands = call.options.operands;
  const program = operands[0];
  if (program !== undefined) noteCode(call, program.text);
  return { ...UNKNOWN, taint: call.input?.taint ?? 0 };
};

/** Editors and viewers that run a command when told to. */
const editor: ProgramReader = (call) => {
  for (const { text } of call.args) {
    const code = /^(?:\+|-c\s*)?:?!(.+)$/.exec(text)?.[1];
    if (code !== undefined) call.session.runText(literal(code), { ...call.how, depth: call.how.depth + 1 });
  }
  return NOTHING;
};

const python = interpreter({ code: ['-c'], valued: ['-W', '-X', '-Q'], stops: ['-m'] });
const node = interpreter({
  code: ['-e', '-p', '--eval', '--print', '-pe'],
  valued: ['-r', '--require', '--import', '--loader', '-C', '--env-file'],
  stops: ['--test', 'run', 'test', 'install', 'add'],
});

export const INTERPRETER_PROGRAMS = {
  python,
  ipython: python,
  perl: interpreter({ code: ['-e', '-E'], valued: ['-I', '-M', '-F'], stops: [] }),
  ruby: interpreter({ code: ['-e'], valued: ['-I', '-r', '-C'], stops: [] }),
  node,
  deno: interpreter({ code: ['eval'], valued: [], stops: ['run', 'test', 'install', 'task'] }),
  tsx: node,
  'ts-node': node,
  php: interpreter({ code: ['-r'], valued: ['-d', '-c', '-S'], stops: [] }),
  lua: interpreter({ code: ['-e'], valued: ['-l'], stops: [] }),
  osascript: interpreter({ code: ['-e'], valued: ['-l'], stops: [] }),
  awk,
  vim: editor,
  vi: editor,
  nvim: editor,
} satisfies Record<string, ProgramReader>;
