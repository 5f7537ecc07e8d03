import type { Call, ProgramReader } from '../call.ts';
import { slashed } from '../powershell/paths.ts';
import { DECODED, DOWNLOADED, GAP, isKnown, join, literal, NOTHING, UNKNOWN, type Value } from '../value.ts';
import { runCode, scriptAt } from './shells.ts';
import { runWindowsScript } from './windowsScripts.ts';

/** Options of powershell.exe and pwsh that take a value, and may be abbreviated. */
const VALUED = [
  'executionpolicy',
  'ep',
  'ex',
  'windowstyle',
  'version',
  'psconsolefile',
  'inputformat',
  'outputformat',
  'if',
  'of',
  'configurationname',
  'custompipename',
  'settingsfile',
  'workingdirectory',
  'wd',
];
const OPTIONS = [
  'command',
  'encodedcommand',
  'ec',
  'encodedarguments',
  'file',
  'noprofile',
  'nologo',
  'noninteractive',
  'noexit',
  'sta',
  'mta',
  'login',
  'interactive',
  'help',
  ...VALUED,
];

function option(text: string): string | undefined {
  const name = /^(?:--?|\/)([A-Za-z]+)$/.exec(text)?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  return (
    OPTIONS.find((known) => known === name) ??
    (name === 'e' ? 'encodedcommand' : name === 'c' ? 'command' : OPTIONS.find((known) => known.startsWith(name)))
  );
}

function inside(call: Call) {
  return { ...call.how, depth: call.how.depth + 1 };
}

/** A text for PowerShell: what nobody knows is remote code where it was downloaded or decoded, the rest is followed. */
function follow(call: Call, code: Value): Value {
  if (code.text === GAP && code.file !== undefined) return runWindowsScript(call, literal(code.file));
  runCode(call, code, false);
  return call.session.runWindows(code, 'powershell', { ...inside(call), input: undefined });
}

/** Base64 of UTF-16: nobody reads what it does, so that it is grave by itself. */
function runEncoded(call: Call, encoded: Value): Value {
  const text = isKnown(encoded) ? Buffer.from(encoded.text, 'base64').toString('utf16le') : GAP;
  call.effect('remote-code', { targetText: text.slice(0, 120), traits: ['decoded'] });
  return call.session.runWindows(literal(text, encoded.taint | DECODED), 'powershell', { ...inside(call), input: undefined });
}

/** A script: what the same text wrote, else what is on disk. */
function runFile(call: Call, path: Value): Value {
  const file = slashed(path, call.session.home);
  const written = scriptAt(call, file);
  if (written === undefined) return runWindowsScript(call, file);
  if (!isKnown(written) && written.taint & (DOWNLOADED | DECODED)) {
    runCode(call, written, false);
    return UNKNOWN;
  }
  return follow(call, written);
}

/** powershell.exe and pwsh, started from any shell. */
const powershell: ProgramReader = (call) => {
  for (let index = 0; index < call.args.length; index++) {
    const arg = call.args[index];
    if (arg === undefined) break;
    const name = option(arg.text);
    const rest = call.args.slice(index + 1);
    if (name === 'help') return NOTHING;
    if (name === 'encodedcommand' || name === 'ec') return runEncoded(call, rest[0] ?? NOTHING);
    if (name === 'file') return runFile(call, rest[0] ?? NOTHING);
    if (name === 'command') return rest[0]?.text === '-' ? follow(call, call.input ?? NOTHING) : follow(call, join(rest, ' '));
    if (name !== undefined && VALUED.includes(name)) index++;
    else if (name === undefined && arg.text !== '-')
      return /\.ps1$/i.test(arg.text) ? runFile(call, arg) : follow(call, join(call.args.slice(index), ' '));
  }
  return call.input === undefined ? UNKNOWN : follow(call, call.input);
};

/** cmd.exe with `/c` or `/k`; without, it reads its commands. */
const commandPrompt: ProgramReader = (call) => {
  const at = call.args.findIndex((arg) => /^\/[ckr]/i.test(arg.text));
  const first = call.args[at];
  if (first === undefined)
    return call.input === undefined ? UNKNOWN : call.session.runWindows(call.input, 'bat', { ...inside(call), input: undefined });
  const joined = first.text.length > 2 ? [{ ...first, text: first.text.slice(2) }] : [];
  const words = [...joined, ...call.args.slice(at + 1)];
  const [script] = words;
  if (script !== undefined && /\.(?:bat|cmd)$/i.test(script.text)) runFile(call, script);
  // Words that were one for the shell at hand are one for the next, unless they are the whole command.
  const text =
    words.length === 1
      ? words
      : words.map((word) =>
          /[\s&|<>]/.test(word.text) && !word.text.includes('"') && !/^[&|<>]+$/.test(word.text)
            ? { ...word, text: `"${word.text}"` }
            : word,
        );
  const code = join(text, ' ');
  runCode(call, code, false);
  return call.session.runWindows(code, 'bat', { ...inside(call) });
};

export const WINDOWS_SHELL_PROGRAMS = {
  pwsh: powershell,
  powershell,
  powershell_ise: powershell,
  cmd: commandPrompt,
} satisfies Record<string, ProgramReader>;
