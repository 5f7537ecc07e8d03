import type { Call, ProgramReader } from '../call.ts';
import { has, readOptions } from '../options.ts';
import { GAP, isKnown, literal, NOTHING, SOCKET, UNKNOWN, unknownFrom } from '../value.ts';

const shutDown: ProgramReader = (call) => {
  // `shutdown -c` cancels; `-k` only warns.
  if (call.program === 'shutdown' && has(call.options, 'c', 'k', 'show')) return NOTHING;
  // On Windows `/a` gives it up, and without a flag it tells about itself.
  if (call.args.some(({ text }) => /^[/-](?:a|\?|i)$/i.test(text))) return NOTHING;
  if (has(call.options, 'w', 'wtmp-only')) return NOTHING;
  call.effect('shut-down', { targetText: call.program });
  return NOTHING;
};

const init: ProgramReader = (call) => {
  if (/^[06]$/.test(call.args[0]?.text ?? '')) call.effect('shut-down', { targetText: `${call.program} ${call.args[0]?.text ?? ''}` });
  return NOTHING;
};

/** crontab FILE or `-` installs a table, `-r` removes it, `-l` lists. */
const crontab: ProgramReader = (call) => {
  const options = readOptions(call.args, 'u');
  if (options.flags.has('r')) call.effect('delete', { target: 'system', targetText: 'crontab', traits: ['unrecoverable'] });
  else if (!options.flags.has('l') && (options.operands.length > 0 || call.input !== undefined))
    call.effect('persist', { target: 'system', targetText: 'crontab' });
  return options.flags.has('l') ? UNKNOWN : NOTHING;
};

/** How a time may begin (POSIX at): a clock, a word for one, a day, a month; or one that the text does not tell. */
function isTime(text: string): boolean {
  return (
    /^(?:\d|now|noon|midnight|teatime|today|tomorrow|next|sun|mon|tue|wed|thu|fri|sat|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*$)/i.test(
      text,
    ) || text.includes(GAP)
  );
}

/** at, batch: a text run later. */
const later: ProgramReader = (call) => {
  const options = readOptions(call.args, 'f q t');
  if (has(options, 'l', 'r', 'd', 'c')) return NOTHING;
  // A line of a stack trace begins with the same word: `at handle (app.js:1:2)`.
  if (call.program === 'at' && !has(options, 'f', 't', 'm') && !isTime(options.operands[0]?.text ?? '')) return NOTHING;
  call.effect('persist', { targetText: call.program });
  const code = call.input;
  if (code !== undefined && isKnown(code)) call.session.runText(code, { ...call.how, input: undefined, depth: call.how.depth + 1 });
  return NOTHING;
};

function persists(how: RegExp): ProgramReader {
  return (call) => {
    const text = call.args.map((arg) => arg.text).join(' ');
    if (how.test(text)) call.effect('persist', { targetText: `${call.program} ${text}`.slice(0, 160) });
    return NOTHING;
  };
}

/** macOS keychain. */
const security: ProgramReader = (call) => {
  if (/^(?:dump-keychain|find-(?:generic|internet)-password|export)$/.test(call.args[0]?.text ?? ''))
    call.effect('read-credential', { target: 'credential', targetText: 'keychain' });
  if (/^delete-/.test(call.args[0]?.text ?? '')) call.effect('delete', { target: 'credential', targetText: 'keychain' });
  return UNKNOWN;
};

const gpg: ProgramReader = (call) => {
  if (call.args.some((arg) => /^--export-secret/.test(arg.text)))
    call.effect('read-credential', { target: 'credential', targetText: 'gpg secret keys' });
  if (call.args.some((arg) => /^--delete-secret/.test(arg.text)))
    call.effect('delete', { target: 'credential', targetText: 'gpg secret keys', traits: ['unrecoverable'] });
  return UNKNOWN;
};

const yes: ProgramReader = (call) => literal(`${call.args[0]?.text ?? 'y'}\n`, 0);

/** A load test that ends by itself is a test; one without an end takes the machine down with it. */
const stress: ProgramReader = (call) => {
  if (!call.args.some(({ text }) => /^(?:-t|--timeout)(?:=|$)|^-t\d/.test(text))) call.effect('exhaust', { targetText: call.program });
  return NOTHING;
};

const killsAll: ProgramReader = (call) => {
  call.effect('exhaust', { targetText: 'every process', traits: ['all'] });
  return NOTHING;
};

/** mapfile runs its callback for lines read. */
const mapfile: ProgramReader = (call) => {
  const options = readOptions(call.args, 'd n O s u C c');
  const callback = options.values.get('C')?.[0];
  if (callback !== undefined && options.operands.length <= 1 && ![...options.flags].some((flag) => flag.length > 1))
    runLater(call, callback.text);
  return NOTHING;
};
function runLater(call: Call, text: string): void {
  call.session.runText(literal(text), { ...call.how, input: undefined, depth: call.how.depth + 1 });
}

/** What comes out of a named pipe is what some other program puts in: a shell that reads it is in that one's hands. */
const mkfifo: ProgramReader = (call) => {
  for (const path of call.options.operands) call.session.scope.write(path.text, unknownFrom(SOCKET));
  return NOTHING;
};

export const SYSTEM_PROGRAMS = {
  shutdown: shutDown,
  reboot: shutDown,
  halt: shutDown,
  poweroff: shutDown,
  init,
  telinit: init,
  killall5: killsAll,
  crontab,
  at: later,
  batch: later,
  launchctl: persists(/^(?:load|bootstrap|enable|submit)\b/),
  'update-rc.d': persists(/\b(?:defaults|enable)\b/),
  chkconfig: persists(/\bon\b|--add/),
  insmod: persists(/./),
  kextload: persists(/./),
  security,
  gpg,
  gpg2: gpg,
  yes,
  'stress-ng': stress,
  stress,
  mapfile,
  readarray: mapfile,
  mkfifo,
} satisfies Record<string, ProgramReader>;
