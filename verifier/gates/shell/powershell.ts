import type { Effect, EffectKind, EffectTrait, TargetClass } from '../../policy/facts.ts';
import { classifyPath } from './paths.ts';
import { GAP, literal } from './value.ts';

/** What a line of PowerShell or cmd does; the deeper reader will take this one's place behind the same function. */
export interface WindowsEffect {
  readonly kind: EffectKind;
  readonly program: string;
  readonly target: TargetClass;
  readonly targetText: string;
  readonly traits: readonly EffectTrait[];
}

interface Place {
  readonly home: string;
  readonly workspaceRoots: readonly string[];
}

const MAX_LINE = 8_000;
const MAX_DECODES = 4;

/** Facts of a PowerShell or cmd text, line by line. Offsets are those of the lines. */
export function powershellFacts(text: string, place: Place, language: string): { effects: Effect[]; steps: number; limit?: string } {
  const effects: Effect[] = [];
  let start = 0;
  let steps = 0;
  let limit: string | undefined;
  for (const line of text.split('\n')) {
    steps++;
    if (line.length > MAX_LINE) limit = `a line is longer than ${MAX_LINE} characters`;
    else if (effects.length < 400)
      for (const effect of windowsEffects(line, language === 'bat' || language === 'cmd' ? 'bat' : 'powershell', place))
        effects.push({ ...effect, start, end: start + line.length });
    start += line.length + 1;
  }
  return limit === undefined ? { effects, steps } : { effects, steps, limit };
}

/** Effects of one text of PowerShell (`encoded`: base64 of UTF-16LE) or cmd. */
export function windowsEffects(text: string, language: 'powershell' | 'bat' | 'encoded', place: Place, decodes = 0): WindowsEffect[] {
  if (text.length > MAX_LINE)
    return [{ kind: 'unresolved', program: 'powershell', target: 'unknown', targetText: '', traits: ['obfuscated'] }];
  const effects: WindowsEffect[] = [];
  const add = (kind: EffectKind, program: string, target: TargetClass, targetText: string, ...traits: EffectTrait[]): void => {
    effects.push({ kind, program, target, targetText: targetText.slice(0, 160), traits });
  };
  if (language === 'encoded') {
    const code = Buffer.from(text.trim().split(/\s/)[0] ?? '', 'base64').toString('utf16le');
    add('remote-code', 'powershell', 'none', code.slice(0, 120), 'decoded', 'obfuscated');
    return decodes >= MAX_DECODES ? effects : [...effects, ...windowsEffects(code, 'powershell', place, decodes + 1)];
  }
  const commands = commandsOf(text);
  for (const command of commands) readCommand(command, place, add, decodes, effects);
  noteFetchedCode(commands, text, add);
  return effects;
}

type Add = (kind: EffectKind, program: string, target: TargetClass, targetText: string, ...traits: EffectTrait[]) => void;

/** Splits at `;`, `&`, `|` outside quotes; the stages of a pipe stay together as one command line each. */
function commandsOf(text: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word = '';
  let quote = '';
  const endWord = (): void => {
    if (word !== '') words.push(word);
    word = '';
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (const letter of text) {
    if (quote !== '') {
      if (letter === quote) quote = '';
      else word += letter;
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '#' && word === '') break;
    else if (/[;&|{}()]/.test(letter)) endCommand();
    else if (/\s/.test(letter)) endWord();
    else if (letter !== '`' && letter !== '^') word += letter;
  }
  endCommand();
  return commands;
}

const DELETES = /^(?:remove-item|ri|rm|rmdir|rd|del|erase)$/i;
const FETCHES = /^(?:iwr|irm|invoke-webrequest|invoke-restmethod|curl|wget|start-bitstransfer|certutil|bitsadmin)$/i;

function readCommand(words: readonly string[], place: Place, add: Add, decodes: number, effects: WindowsEffect[]): void {
  const program = (words[0] ?? '').replace(/^.*[\\/]/, '').replace(/\.exe$/i, '');
  const name = program.toLowerCase();
  const rest = words.slice(1);
  const all = rest.join(' ').toLowerCase();
  if (DELETES.test(name)) {
    const recursive = rest.some((word) => /^(?:-r(?:ec\w*)?|-rf|\/s)$/i.test(word));
    const force = rest.some((word) => /^(?:-fo\w*|-rf|\/q|\/f)$/i.test(word));
    const target = rest.find((word) => !/^(?:-\w+(?::\$\w+)?|\/[a-z])$/i.test(word));
    const facts = target === undefined ? undefined : windowsPath(target, place);
    if (!rest.some((word) => /^-whatif/i.test(word)))
      add(
        'delete',
        program,
        facts?.target ?? 'unknown',
        target ?? '',
        ...(recursive ? (['recursive'] as const) : []),
        ...(force ? (['force'] as const) : []),
      );
  } else if (
    /^(?:format-volume|clear-disk|initialize-disk|remove-partition|diskpart)$/.test(name) ||
    (name === 'format' && /(?:^|\s)[a-z]:/.test(all))
  )
    add('wipe', program, 'device', all, 'unrecoverable');
  else if (name === 'vssadmin' && /delete\s+shadows/.test(all)) add('destroy-data', program, 'device', all, 'unrecoverable', 'all');
  else if (name === 'cipher' && /\/w/.test(all)) add('wipe', program, 'device', all, 'unrecoverable');
  else if (/^(?:iex|invoke-expression|powershell|pwsh)$/.test(name)) readExecution(words, decodes, effects, place);
  else if (/^(?:stop-computer|restart-computer|shutdown)$/.test(name) && !/\/a\b/.test(all)) add('shut-down', program, 'none', name);
  else if (
    (name === 'set-mppreference' && /disable\w+\s+(?:\$true|1)/.test(all)) ||
    (name === 'netsh' && /state\s+off|disable/.test(all)) ||
    (name === 'set-executionpolicy' && /bypass|unrestricted/.test(all)) ||
    (/^(?:stop-service|sc|net)$/.test(name) && /(?:stop|disabled|config).*(?:windefend|mpssvc)|windefend/.test(all))
  )
    add('disable-protection', program, 'none', all);
  else if (
    /^(?:schtasks|new-scheduledtask|register-scheduledtask|new-service)$/.test(name) ||
    (name === 'reg' && /^add .*\\run\b/.test(all))
  )
    add('persist', program, 'none', all);
  else if (name === 'reg' && /^delete\s+hk(?:lm|ey_local_machine)/.test(all)) add('delete', program, 'system', all, 'recursive');
}

/** `iex text`, `powershell -Command text`, `powershell -EncodedCommand base64`: the text is read in turn. */
function readExecution(words: readonly string[], decodes: number, effects: WindowsEffect[], place: Place): void {
  if (decodes >= MAX_DECODES) return;
  const at = words.findIndex((word) => /^-e(?:nc\w*|c)?$/i.test(word));
  const encoded = at < 0 ? undefined : words[at + 1];
  if (encoded !== undefined) effects.push(...windowsEffects(encoded, 'encoded', place, decodes + 1));
  else {
    const from = words.findIndex((word) => /^-c(?:ommand)?$/i.test(word));
    const text = words.slice(Math.max(from, 0) + 1).join(' ');
    effects.push(...windowsEffects(text, 'powershell', place, decodes + 1));
  }
}

/** Executes what it fetched or decoded within one line: `iex (iwr …)`, `irm … | iex`. */
function noteFetchedCode(commands: readonly (readonly string[])[], text: string, add: Add): void {
  const runner = commands.find(([name]) => /^(?:iex|invoke-expression)$/i.test(name ?? ''))?.[0];
  if (runner === undefined) return;
  const fetches = commands.some(([name = '']) => FETCHES.test(name) || /download(?:string|data|file)$/i.test(name));
  const decodes = /frombase64string/i.test(text);
  if (fetches) add('remote-code', runner, 'none', text, 'downloaded', ...(/http:\/\//i.test(text) ? (['plain-http'] as const) : []));
  else if (decodes) add('remote-code', runner, 'none', text, 'decoded');
  else if (/\biex\s*[($]|invoke-expression\s*[($]/i.test(text)) add('unresolved', runner, 'unknown', text);
}

/** Windows' own names for the places that paths.ts knows. */
function windowsPath(text: string, place: Place): { target: TargetClass } {
  const home = /^(?:\$home|\$env:userprofile|%userprofile%|~)/i;
  const system = /^(?:\$env:(?:windir|systemroot|systemdrive|programfiles)|%(?:windir|systemroot|systemdrive|programfiles)%)/i;
  const glob = /[*?]/.test(text);
  if (system.test(text)) return { target: 'system' };
  const path = text
    .replace(home, () => place.home)
    .replace(/^(?:\$env:temp|%te?mp%)/i, '/tmp')
    .replaceAll('\\', '/')
    .replace(/[$%]\w+%?/g, GAP);
  return classifyPath({ ...literal(path), glob }, { ...place, cwd: undefined });
}
