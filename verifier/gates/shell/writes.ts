import type { Call } from './call.ts';
import { isEnvironmentFile } from './credentialPaths.ts';
import { BULK, CREDENTIAL, LOCAL, traitsOf, type Value } from './value.ts';

const STARTS_LATER =
  /(?:^|\/)(?:\.bashrc|\.bash_profile|\.bash_login|\.bash_logout|\.profile|\.zshrc|\.zprofile|\.zshenv|\.zlogin|\.xinitrc|\.xprofile|\.kshrc|config\.fish|authorized_keys2?|rc\.local|ld\.so\.preload|crontab|anacrontab|sshrc)$|(?:^|\/)etc\/(?:profile|bash\.bashrc|zsh\/|profile\.d\/|cron\.|cron\b|init\.d\/|systemd\/|xdg\/autostart\/|udev\/rules\.d\/|pam\.d\/|update-motd\.d\/)|\/var\/spool\/(?:cron|at)\b|(?:^|\/)\.config\/(?:autostart|systemd)\/|(?:^|\/)systemd\/(?:system|user)\/|Library\/Launch(?:Agents|Daemons)\/|(?:^|\/)\.git\/hooks\//;
/** What Windows and PowerShell start at a sign-in, whatever the case of the path. */
const STARTS_LATER_ON_WINDOWS =
  /\/Start Menu\/Programs\/Startup\/|\/(?:Windows)?PowerShell\/(?:[\w.]+_)?profile\.ps1$|\/Windows\/System32\/(?:Tasks|GroupPolicy)\//i;
const GRANTS = /(?:^|\/)etc\/(?:sudoers(?:\.d\/.*)?|passwd-?|shadow-?|group|gshadow|doas\.conf|polkit-1\/.*)$/;

/** Records what writing data to a path means: a wiped device, a lost file, a foothold, privileges, data sent to a socket. */
export function noteWrite(call: Call, path: Value, data: Value, append: boolean): void {
  const text = path.text.slice(0, 1024);
  if (/^\/dev\/(?:tcp|udp)\//.test(text)) {
    sendOut(call, data, text);
    return;
  }
  const named = call.path(path);
  // A project's own .env is written every day, as `cp .env.example .env` does.
  const facts =
    named.target === 'credential' && isEnvironmentFile(text) && !/^[/~]/.test(text) ? { ...named, target: 'workspace' as const } : named;
  const details = {
    target: facts.target,
    targetText: facts.text,
    traits: [...traitsOf(data.taint), facts.unresolved && ('unresolved-target' as const)],
  };
  if (GRANTS.test(text)) call.effect('privilege', details);
  if (STARTS_LATER.test(text) || STARTS_LATER_ON_WINDOWS.test(text)) call.effect('persist', details);
  else if (/\/proc\/sysrq-trigger$/.test(text)) call.effect('shut-down', details);
  if (facts.target === 'device') call.effect('wipe', { ...details, traits: [...details.traits, 'unrecoverable'] });
  else if (facts.target === 'guard') {
    // A line more in the guard's own lists says something else than they did.
    call.effect('overwrite', details);
  } else if (!append && facts.target !== 'none' && facts.target !== 'temporary' && facts.target !== 'build-output')
    call.effect('overwrite', details);
}

/** Records that data leave the machine; what is plainly not local data is no concern. */
export function sendOut(call: Call, data: Value, destination: string): void {
  if ((data.taint & (LOCAL | CREDENTIAL)) === 0) return;
  const target = data.taint & CREDENTIAL ? 'credential' : data.taint & BULK ? 'workspace-root' : 'workspace';
  call.effect('send-out', { target, targetText: destination.slice(0, 200), traits: [...traitsOf(data.taint), 'remote'] });
}
