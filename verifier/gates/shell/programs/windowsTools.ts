import type { Call, ProgramReader } from '../call.ts';
import { readOptions } from '../options.ts';
import { fetched, readFile, writeFile } from '../powershell/dotnet.ts';
import { oneValue } from '../powershell/things.ts';
import { CREDENTIAL, DECODED, GAP, join, LOCAL, traitsOf, UNKNOWN, type Value } from '../value.ts';
import { sendOut } from '../writes.ts';
import { isLocalHost } from './network.ts';
import { quoted } from './words.ts';

function textOf(call: Call): string {
  return call.args.map((arg) => arg.text).join(' ');
}

const ADDRESS = /^(?:https?|ftp):\/\/|^\\\\[^\\]/i;

function fetchedFile(call: Call, url: Value, to: Value | undefined): void {
  const data = { text: GAP, taint: fetched([url]), glob: false };
  const name = url.text.slice(url.text.lastIndexOf('/') + 1);
  writeFile(call, to ?? { ...url, text: name }, data, false);
}

/** certutil fetches and decodes as well as it shows certificates. */
const certutil: ProgramReader = (call) => {
  const text = textOf(call);
  const operands = call.args.filter((arg) => !/^[-/]\w/.test(arg.text) || /^\/[^/]+\//.test(arg.text));
  if (/[-/](?:urlcache|verifyctl|url)\b/i.test(text)) {
    const at = operands.findIndex((arg) => ADDRESS.test(arg.text));
    const url = operands[at];
    if (url !== undefined) fetchedFile(call, url, operands[at + 1]);
  } else if (/[-/]decode(?:hex)?\b/i.test(text)) {
    const [from, to] = operands;
    const source = from === undefined ? UNKNOWN : oneValue(readFile(call, from));
    if (to !== undefined) writeFile(call, to, { text: GAP, taint: source.taint | DECODED, glob: false }, false);
  } else if (/[-/](?:addstore|importpfx)\b.*\broot\b|[-/]addstore\b.*\bauthroot\b/i.test(text))
    call.effect('disable-protection', { targetText: `certutil ${text}`.slice(0, 160) });
  else if (/[-/]exportpfx\b/i.test(text))
    call.effect('read-credential', { target: 'credential', targetText: `certutil ${text}`.slice(0, 160) });
  return UNKNOWN;
};

/** bitsadmin moves files in the background, and may run a command afterwards. */
const bitsadmin: ProgramReader = (call) => {
  const text = textOf(call);
  const at = call.args.findIndex((arg) => ADDRESS.test(arg.text));
  const url = call.args[at];
  if (url !== undefined && /\/(?:transfer|addfile)\b/i.test(text)) {
    const upload = /\/upload\b/i.test(text);
    if (upload) sendFile(call, call.args[at + 1], url);
    else fetchedFile(call, url, call.args[at + 1]);
  }
  if (/\/setnotifycmdline\b/i.test(text)) call.effect('persist', { target: 'system', targetText: `bitsadmin ${text}`.slice(0, 160) });
  return UNKNOWN;
};

function sendFile(call: Call, path: Value | undefined, to: Value): void {
  if (path === undefined || isLocalHost(to.text)) return;
  const data = oneValue(readFile(call, path));
  sendOut(call, { ...data, taint: data.taint | LOCAL }, to.text);
}

/** Signed programs of Windows that run what an address gives them (the LOLBAS project lists them). */
function runsAddress(pattern: RegExp): ProgramReader {
  return (call) => {
    const text = textOf(call);
    if (!pattern.test(text)) {
      noteFetchedScript(call);
      return UNKNOWN;
    }
    call.effect('remote-code', {
      targetText: `${call.program} ${text}`.slice(0, 160),
      traits: ['downloaded', /http:\/\//i.test(text) && 'plain-http'],
    });
    return UNKNOWN;
  };
}

/** A script of theirs that the same text brought in. */
function noteFetchedScript(call: Call): void {
  for (const arg of call.args) {
    const written = call.session.scope.written(arg.text.replaceAll('\\', '/'));
    if (written === undefined || written.taint === 0) continue;
    const traits = traitsOf(written.taint);
    if (traits.includes('downloaded') || traits.includes('decoded'))
      call.effect('remote-code', { targetText: arg.text.slice(0, 160), traits });
  }
}

const dumps: ProgramReader = (call) => {
  call.effect('read-credential', { target: 'credential', targetText: `${call.program} ${textOf(call)}`.slice(0, 160) });
  return { ...UNKNOWN, taint: CREDENTIAL | LOCAL };
};

function dumpsWhen(pattern: RegExp): ProgramReader {
  return (call) => (pattern.test(textOf(call)) ? dumps(call) : UNKNOWN);
}

/** psexec: another machine, or the system's own rights. */
const psexec: ProgramReader = (call) => {
  const words = call.args.filter(({ text }) => !/^[-/]\w+$/.test(text) && !/^\\\\/.test(text));
  if (/(?:^|\s)[-/]s\b/i.test(textOf(call)))
    call.effect('privilege', { targetText: `psexec ${textOf(call)}`.slice(0, 160), traits: ['elevated'] });
  const remote = call.args.some(({ text }) => /^\\\\/.test(text));
  return words.length === 0
    ? UNKNOWN
    : call.session.runWords(words, { ...call.how, remote: call.how.remote || remote, depth: call.how.depth + 1 });
};

/** forfiles: a command for each file. */
const forfiles: ProgramReader = (call) => {
  const value = (option: RegExp): Value | undefined => call.args[call.args.findIndex(({ text }) => option.test(text)) + 1];
  const has = (option: RegExp): boolean => call.args.some(({ text }) => option.test(text));
  if (!has(/^\/c$/i)) return UNKNOWN;
  const command = value(/^\/c$/i);
  const folder = has(/^\/p$/i) ? value(/^\/p$/i) : undefined;
  if (command === undefined) return UNKNOWN;
  // Chosen by age or name they are some of the files, otherwise all.
  const some = has(/^\/[dm]$/i) ? '…' : '*';
  const inside = `${(folder?.text ?? '.').replace(/[\\/]$/, '')}\\${some}`;
  const text = command.text.replaceAll('\\"', '"').replace(/@(?:path|file|relpath|fname)/gi, () => inside);
  return call.session.runWindows({ ...command, text }, 'bat', { ...call.how, input: undefined, depth: call.how.depth + 1 });
};

/** wsl: a command in Linux, where drives are under `/mnt`. */
const subsystem: ProgramReader = (call) => {
  if (/^--(?:unregister)\b/i.test(textOf(call))) call.effect('destroy-infrastructure', { targetText: `wsl ${textOf(call)}`.slice(0, 160) });
  const { operands } = readOptions(
    call.args.filter(({ text }) => !/^(?:-e|--exec|--)$/.test(text)),
    'd u distribution user cd shell-type',
    true,
  );
  const words = operands.map((word) => ({ ...word, text: word.text.replace(/^\/mnt\/([a-z])(?=\/|$)/i, '$1:') }));
  return words.length === 0
    ? UNKNOWN
    : call.session.runText(
        join(
          words.map(({ text, ...word }) => ({ ...word, text: quoted(text) })),
          ' ',
        ),
        { ...call.how, depth: call.how.depth + 1 },
      );
};

/** ftp with a script: what it sends stands elsewhere. */
const ftp: ProgramReader = (call) => {
  if (/(?:^|\s)-s:/i.test(textOf(call)))
    call.effect('send-out', { target: 'unknown', targetText: `ftp ${textOf(call)}`.slice(0, 160), traits: ['remote'] });
  return UNKNOWN;
};

export const WINDOWS_TOOL_PROGRAMS = {
  certutil,
  bitsadmin,
  mshta: runsAddress(/https?:|javascript:|vbscript:|\\\\[^\\]/i),
  regsvr32: runsAddress(/\/i:\s*"?(?:https?:|\\\\)|https?:/i),
  msiexec: runsAddress(/(?:\/(?:i|package|qn?|y|z)\b.*)https?:/i),
  cmstp: runsAddress(/https?:|\.inf\b/i),
  installutil: runsAddress(/https?:/i),
  msbuild: runsAddress(/https?:|^\\\\/i),
  wscript: runsAddress(/https?:|\\\\[^\\]/i),
  cscript: runsAddress(/https?:|\\\\[^\\]/i),
  cmdkey: dumpsWhen(/\/list/i),
  vaultcmd: dumpsWhen(/\/list(?:creds|properties)/i),
  mimikatz: dumps,
  procdump: dumpsWhen(/lsass/i),
  procdump64: dumpsWhen(/lsass/i),
  ntdsutil: dumpsWhen(/ac\w*\s+i\w*\s+ntds|ifm/i),
  esentutl: dumpsWhen(/ntds\.dit|\\config\\(?:sam|security|system)\b|login data|webcache/i),
  lazagne: dumps,
  psexec,
  psexec64: psexec,
  forfiles,
  wsl: subsystem,
  ftp,
} satisfies Record<string, ProgramReader>;
