import type { EffectKind } from '../../../policy/facts.ts';
import type { Call, EffectDetails, ProgramReader } from '../call.ts';
import { GUARD_SERVICE } from '../powershell/cmdlets/machine.ts';
import { deleteRegistry, writeRegistry } from '../powershell/cmdlets/registry.ts';
import { windowsTarget } from '../powershell/paths.ts';
import { join, NOTHING, UNKNOWN, type Value } from '../value.ts';

function textOf(call: Call): string {
  return call.args.map((arg) => arg.text).join(' ');
}

interface Sign {
  readonly when: RegExp;
  readonly effect: EffectKind;
  readonly details?: EffectDetails;
}

/** A program that does these things where its words say so. */
function tells(...signs: readonly Sign[]): ProgramReader {
  return (call) => {
    const text = textOf(call);
    if (/(?:^|\s)(?:\/\?|\/help|-\?)(?:\s|$)/i.test(text)) return NOTHING;
    for (const { when, effect, details } of signs)
      if (when.test(text)) {
        call.effect(effect, { targetText: `${call.program} ${text}`.slice(0, 160), ...details });
        return NOTHING;
      }
    return UNKNOWN;
  };
}

const LOST = { target: 'device', traits: ['unrecoverable', 'all'] } as const;

/** The word behind an option. */
function after(call: Call, option: RegExp): Value | undefined {
  const at = call.args.findIndex(({ text }) => option.test(text));
  return at < 0 ? undefined : call.args[at + 1];
}

/** reg.exe */
const registry: ProgramReader = (call) => {
  const verb = call.args[0]?.text.toLowerCase() ?? '';
  const key = call.args[1]?.text ?? '';
  if (verb === 'add') {
    const name = after(call, /^[/-]v$/i)?.text ?? (call.args.some(({ text }) => /^[/-]ve$/i.test(text)) ? '(default)' : '');
    writeRegistry(call, key, name, after(call, /^[/-]d$/i)?.text ?? '');
  } else if (verb === 'delete') deleteRegistry(call, key, after(call, /^[/-]v$/i)?.text);
  else if (
    (verb === 'save' || verb === 'export') &&
    /^(?:hklm|hkey_local_machine)\\(?:sam|security|system)\b/i.test(key) &&
    /\\(?:sam|security|system)$/i.test(key)
  )
    call.effect('read-credential', { target: 'credential', targetText: key });
  else if (verb === 'import' || verb === 'load' || verb === 'restore')
    call.effect('overwrite', { target: 'system', targetText: key.slice(0, 160) });
  return UNKNOWN;
};

/** What is named by an option's value runs later. */
function later(option: RegExp, when: RegExp): ProgramReader {
  return (call) => {
    const text = textOf(call);
    if (when.test(text)) {
      call.effect('persist', { target: 'system', targetText: `${call.program} ${text}`.slice(0, 160) });
      const code = after(call, option);
      if (code !== undefined) call.session.runWindows(code, 'bat', { ...call.how, input: undefined, depth: call.how.depth + 1 });
    } else if (/^\/delete\b.*\/tn\s+\*/i.test(text))
      call.effect('destroy-data', { target: 'system', targetText: 'scheduled tasks', traits: ['all'] });
    return UNKNOWN;
  };
}

/** sc.exe: services made, changed and stopped. */
const services: ProgramReader = (call) => {
  const text = textOf(call);
  if (/^(?:\\\\\S+\s+)?create\b/i.test(text) || /\b(?:config|failure)\b.*\b(?:binpath|command)\s*=/i.test(text))
    call.effect('persist', { target: 'system', targetText: `sc ${text}`.slice(0, 160) });
  else if (/\b(?:stop|delete|pause)\b|start=\s*disabled/i.test(text) && GUARD_SERVICE.test(text))
    call.effect('disable-protection', { targetText: `sc ${text}`.slice(0, 160) });
  else if (/\bsdset\b/i.test(text)) call.effect('permission', { target: 'system', targetText: `sc ${text}`.slice(0, 160) });
  return UNKNOWN;
};

/** net.exe: users, groups, services, shares. */
const net: ProgramReader = (call) => {
  const text = textOf(call);
  if (
    /^localgroup\s+"?(?:administrators|administrat\w+|remote desktop users|backup operators)"?\s.*\/add\b/i.test(text) ||
    /^group\s+"?(?:domain admins|enterprise admins)"?\s.*\/add\b/i.test(text)
  )
    call.effect('privilege', { target: 'system', targetText: `net ${text}`.slice(0, 160) });
  else if (/^user\s+\S+.*\/add\b/i.test(text)) call.effect('persist', { target: 'system', targetText: 'net user /add' });
  else if (/^user\s+administrator\b.*(?:\/active:yes|\s\S+$)/i.test(text) && !/\/active:no/i.test(text))
    call.effect('privilege', { target: 'system', targetText: 'net user administrator' });
  else if (/^stop\b/i.test(text) && GUARD_SERVICE.test(`${text} `.replace(/^stop/i, '')))
    call.effect('disable-protection', { targetText: `net ${text}`.slice(0, 160) });
  else if (/^share\b.*\/grant:everyone,full/i.test(text))
    call.effect('permission', { target: 'outside', targetText: `net ${text}`.slice(0, 160), traits: ['world-writable'] });
  return UNKNOWN;
};

/** icacls, cacls, takeown: whom a path belongs to and who may write there. */
const permissions: ProgramReader = (call) => {
  const text = textOf(call);
  const takes = call.program === 'takeown';
  const changes = takes || /\/(?:grant|setowner|inheritance|reset|restore|deny|remove|setintegritylevel|[egpr])\b/i.test(text);
  const path = takes ? after(call, /^\/f$/i) : call.args[0];
  if (!changes || path === undefined) return UNKNOWN;
  const facts = windowsTarget(path, call.session);
  const open = /(?:everyone|\*?S-1-1-0|authenticated users|(?:builtin\\)?users):(?:\((?:OI|CI|IO|NP)\))*\(?[FMW]\)?/i.test(text);
  call.effect('permission', {
    target: facts.target,
    targetText: facts.text,
    traits: [
      /\/[tr]\b/i.test(text) && (facts.broad || /\/[tr]\b/i.test(text)) && 'recursive',
      open && 'world-writable',
      facts.unresolved && 'unresolved-target',
    ],
  });
  return UNKNOWN;
};

/** runas: somebody else's rights. */
const runAs: ProgramReader = (call) => {
  call.effect('privilege', { targetText: `runas ${textOf(call)}`.slice(0, 160), traits: ['elevated'] });
  const words = call.args.filter(({ text }) => !/^\/\w/.test(text));
  if (words.length > 0) call.session.runWindows(join(words, ' '), 'bat', { ...call.how, elevated: true, depth: call.how.depth + 1 });
  return UNKNOWN;
};

/** taskkill: guards, the system's own processes, everything. */
const taskKill: ProgramReader = (call) => {
  const text = textOf(call);
  if (/msmpeng|securityhealth|csfalcon|sentinel-?ai|sysmon|mssense|nissrv/i.test(text))
    call.effect('disable-protection', { targetText: `taskkill ${text}`.slice(0, 160) });
  else if (
    /\/im\s+"?(?:\*|lsass\.exe|csrss\.exe|wininit\.exe|winlogon\.exe|svchost\.exe)/i.test(text) ||
    /\/fi\s+"?username\s+(?:eq|ne)/i.test(text)
  )
    call.effect('exhaust', { targetText: `taskkill ${text}`.slice(0, 160), traits: ['all'] });
  return NOTHING;
};

/** robocopy with /MIR or /PURGE deletes what the source does not have. */
const robocopy: ProgramReader = (call) => {
  const text = textOf(call);
  const to = call.args[1];
  if (!/\/(?:mir|purge)\b/i.test(text) || to === undefined || /\/l\b/i.test(text)) return UNKNOWN;
  const facts = windowsTarget(to, call.session);
  call.effect('delete', { target: facts.target, targetText: facts.text, traits: ['recursive'] });
  return UNKNOWN;
};

const wmicVerbs = tells(
  { when: /shadowcopy\s+(?:.*\s)?delete/i, effect: 'destroy-data', details: LOST },
  { when: /product\s+.*call\s+uninstall/i, effect: 'destroy-data', details: { target: 'system' } },
  { when: /\bos\b.*call\s+(?:shutdown|reboot|win32shutdown)/i, effect: 'shut-down' },
  { when: /\/namespace:.*securitycenter/i, effect: 'disable-protection' },
  { when: /\/format:\s*"?https?:/i, effect: 'remote-code', details: { traits: ['downloaded'] } },
);

/** wmic: what it starts, and what it deletes. */
const wmic: ProgramReader = (call) => {
  const at = call.args.findIndex(({ text }) => /^create$/i.test(text));
  if (at > 0 && /\bprocess\s+call\s+create\b/i.test(textOf(call)))
    return call.session.runWindows(join(call.args.slice(at + 1), ' '), 'bat', { ...call.how, input: undefined, depth: call.how.depth + 1 });
  return wmicVerbs(call);
};

export const WINDOWS_SYSTEM_PROGRAMS = {
  reg: registry,
  schtasks: later(/^\/tr$/i, /^\/(?:create|change)\b/i),
  sc: services,
  net,
  net1: net,
  icacls: permissions,
  cacls: permissions,
  takeown: permissions,
  runas: runAs,
  taskkill: taskKill,
  robocopy,
  format: tells({ when: /(?:^|\s)[a-z]:(?:\s|$)/i, effect: 'wipe', details: { target: 'device', traits: ['unrecoverable'] } }),
  diskpart: (call: Call) => {
    // A script or what is piped in; by itself it asks somebody.
    if (call.input !== undefined || call.args.length > 0)
      call.effect('wipe', { target: 'device', targetText: 'diskpart', traits: ['unrecoverable'] });
    return NOTHING;
  },
  cipher: tells({ when: /\/w(?::|\b)/i, effect: 'wipe', details: { target: 'device', traits: ['unrecoverable'] } }),
  sdelete: tells({ when: /-(?:z|c)\b/i, effect: 'wipe', details: { target: 'device', traits: ['unrecoverable'] } }),
  vssadmin: tells({ when: /delete\s+shadows|resize\s+shadowstorage/i, effect: 'destroy-data', details: LOST }),
  diskshadow: tells({ when: /delete\s+shadows|\/s\b/i, effect: 'destroy-data', details: LOST }),
  wbadmin: tells(
    { when: /delete\s+(?:catalog|backup|systemstatebackup)/i, effect: 'destroy-data', details: LOST },
    { when: /disable\s+backup/i, effect: 'disable-protection' },
  ),
  bcdedit: tells(
    {
      when: /recoveryenabled\s+(?:no|off)|bootstatuspolicy\s+ignoreallfailures|testsigning\s+(?:on|yes)|nointegritychecks\s+(?:on|yes)|safeboot|hypervisorlaunchtype\s+off/i,
      effect: 'disable-protection',
    },
    { when: /\/(?:delete|import|createstore)\b/i, effect: 'overwrite', details: { target: 'system' } },
  ),
  reagentc: tells({ when: /\/disable/i, effect: 'disable-protection' }),
  wevtutil: tells({ when: /(?:^|\s)(?:cl|clear-log)\s|(?:sl|set-log)\s.*\/e:false/i, effect: 'disable-protection' }),
  auditpol: tells({ when: /\/(?:clear|remove|restore)\b|\/set\b.*(?:success|failure):disable/i, effect: 'disable-protection' }),
  fsutil: tells(
    { when: /usn\s+deletejournal/i, effect: 'disable-protection' },
    { when: /file\s+setzerodata/i, effect: 'wipe', details: { target: 'device', traits: ['unrecoverable'] } },
  ),
  netsh: tells(
    {
      when: /advfirewall\s+set\s+\w+\s+state\s+off|firewall\s+set\s+opmode\s+(?:mode=)?disable|advfirewall\s+reset|firewall\s+delete\s+rule\s+(?:name=)?all/i,
      effect: 'disable-protection',
    },
    { when: /interface\s+portproxy\s+add/i, effect: 'disable-protection' },
    { when: /wlan\s+show\s+profiles?\b.*key=clear/i, effect: 'read-credential', details: { target: 'credential' } },
  ),
  fltmc: tells({ when: /unload\s/i, effect: 'disable-protection' }),
  mpcmdrun: tells({ when: /-(?:removedefinitions|disableservice)/i, effect: 'disable-protection' }),
  'manage-bde': tells({ when: /-off\b/i, effect: 'disable-protection' }),
  setx: tells({ when: /node_tls_reject_unauthorized\s+"?0/i, effect: 'disable-protection', details: { traits: ['unverified'] } }),
  wmic,
  rundll32: tells(
    { when: /comsvcs\.dll.*(?:minidump|#24)/i, effect: 'read-credential', details: { target: 'credential' } },
    { when: /javascript:|vbscript:|https?:|\\\\[^\\\s]+\\\S+\.dll/i, effect: 'remote-code', details: { traits: ['downloaded'] } },
    { when: /user32(?:\.dll)?,\s*exitwindows|powrprof(?:\.dll)?,\s*setsuspendstate/i, effect: 'shut-down' },
  ),
} satisfies Record<string, ProgramReader>;
