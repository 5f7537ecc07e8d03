import type { EffectTrait } from '../../../policy/facts.ts';
import type { Call, ProgramReader } from '../call.ts';
import { has, readOptions } from '../options.ts';
import { literal, NOTHING } from '../value.ts';
import { runRemote } from './remote.ts';

function words(call: Call): string {
  return call.args.map((arg) => arg.text).join(' ');
}

/** A protection goes off when the words say so. */
function switchesOff(how: RegExp, ...traits: EffectTrait[]): ProgramReader {
  return (call) => {
    const text = words(call);
    if (how.test(text)) call.effect('disable-protection', { targetText: `${call.program} ${text}`.slice(0, 160), traits });
    return NOTHING;
  };
}

const GUARDS =
  /(?:^|[\s@])(?:auditd|firewalld|ufw|iptables|nftables|apparmor|selinux|fail2ban|crowdsec|falcon-sensor|clamav[\w-]*|clamd|ossec|wazuh-agent|osqueryd|rsyslog|syslog(?:-ng)?|systemd-journald|sshguard|aide|mdatp|cbagentd|WinDefend)(?:\.service)?(?:\s|$)/i;

/** The guard's own processes, as they are named on a command line. */
const OWN = /sentinel-?ai|sidecar\.mjs|gatesWorker\.mjs/i;

/** systemctl and service: guards stopped, units enabled, the machine put down. */
const systemctl: ProgramReader = (call) => {
  const text = words(call);
  const { operands } = readOptions(call.args, 'H M t p');
  const verb = operands[0]?.text ?? '';
  if (/^(?:poweroff|reboot|halt|kexec|soft-reboot|rescue|emergency|isolate)$/.test(verb)) call.effect('shut-down', { targetText: verb });
  else if (/^(?:stop|disable|mask|kill)$/.test(verb) && GUARDS.test(text))
    call.effect('disable-protection', { targetText: `${call.program} ${text}`.slice(0, 160) });
  else if (verb === 'enable' || verb === 'link' || verb === 'edit')
    call.effect('persist', {
      targetText: operands
        .slice(1)
        .map((operand) => operand.text)
        .join(' ')
        .slice(0, 160),
    });
  return NOTHING;
};

const service: ProgramReader = (call) => {
  const text = words(call);
  if (/\b(?:stop|off)\b/.test(text) && GUARDS.test(text))
    call.effect('disable-protection', { targetText: `${call.program} ${text}`.slice(0, 160) });
  return NOTHING;
};

/** `kill`: init, every process, or a guard. */
const kill: ProgramReader = (call) => {
  const text = ` ${words(call)} `;
  if (/\s-1\s+$|\s--\s+-1\s/.test(text) && call.args.length > 1) call.effect('exhaust', { targetText: 'every process', traits: ['all'] });
  else if (/\s1\s+$/.test(text) && call.program === 'kill') call.effect('shut-down', { targetText: 'init' });
  else if (/^(?:pkill|killall)$/.test(call.program)) {
    if (GUARDS.test(text) || OWN.test(text)) call.effect('disable-protection', { targetText: text.trim().slice(0, 160) });
    else if (/\s-(?:u|U|-user)\s+root\b/.test(text) || /\s(?:-f\s+)?["']?\.\*?["']?\s+$/.test(text))
      call.effect('exhaust', { targetText: 'every process', traits: ['all'] });
  }
  return NOTHING;
};

const history: ProgramReader = (call) => {
  if (has(call.options, 'c', 'w') && call.options.flags.has('c'))
    call.effect('destroy-history', { target: 'home', targetText: 'shell history', traits: ['unrecoverable'] });
  return NOTHING;
};

const set: ProgramReader = (call) => {
  if (/^\+o history$/.test(words(call))) call.effect('disable-protection', { targetText: 'shell history' });
  else if (call.args[0]?.text === '--') call.session.scope.positional = call.args.slice(1);
  return NOTHING;
};

const unset: ProgramReader = (call) => {
  for (const { text } of call.options.operands)
    if (/^HIST(?:FILE|SIZE)$/.test(text)) call.effect('disable-protection', { targetText: text });
  return NOTHING;
};

const GUARD_OFF = /(?:^|\s)--(?:uninstall|disable)-extension[ =]sentinelai\./i;

/** The editor's own command line: it takes this guard out, or opens a window without it. */
const editor: ProgramReader = (call) => {
  const text = words(call);
  if (GUARD_OFF.test(text)) call.effect('disable-protection', { target: 'guard', targetText: `${call.program} ${text}`.slice(0, 160) });
  return NOTHING;
};

/** An agent is told to act without asking: by an option, not by words that speak of one. */
function unattended(option: RegExp): ProgramReader {
  return (call) => {
    const given = call.args.find(({ text }) => option.test(text));
    if (given !== undefined) call.effect('disable-protection', { targetText: `${call.program} ${given.text}` });
    return NOTHING;
  };
}

/** ssh and its kin: a command on another machine, a proxy command on this one, forwarded ports. */
const ssh: ProgramReader = (call) => {
  const { operands, values } = readOptions(call.args, 'b c D E e F I i J L l m O o p Q R S W w B', true);
  for (const option of values.get('o') ?? []) {
    const proxy = /^(?:ProxyCommand|LocalCommand|KnownHostsCommand)[= ]([\s\S]+)$/i.exec(option.text)?.[1];
    if (proxy !== undefined) call.session.runText(literal(proxy), { ...call.how, depth: call.how.depth + 1 });
    if (/^StrictHostKeyChecking[= ]no$/i.test(option.text))
      call.effect('disable-protection', { targetText: option.text, traits: ['unverified'] });
  }
  return runRemote(call, operands.slice(1), operands[0]?.text ?? '');
};

export const PROTECTION_PROGRAMS = {
  ufw: switchesOff(/^(?:--force )?(?:disable|reset)\b|\b(?:default )?allow (?:incoming|from any)\b/),
  iptables: switchesOff(/(?:^|\s)(?:-F|--flush|-X|--delete-chain)(?:\s|$)|-P (?:INPUT|FORWARD) ACCEPT/),
  ip6tables: switchesOff(/(?:^|\s)(?:-F|--flush|-X)(?:\s|$)|-P (?:INPUT|FORWARD) ACCEPT/),
  nft: switchesOff(/^flush\b|^delete table\b/),
  'firewall-cmd': switchesOff(/--panic-off|--set-default-zone=trusted/),
  pfctl: switchesOff(/(?:^|\s)-(?:d|F)\b/),
  setenforce: switchesOff(/^(?:0|permissive)$/i),
  auditctl: switchesOff(/(?:^|\s)(?:-e 0|-D)\b/),
  apparmor_parser: switchesOff(/(?:^|\s)(?:-R|--remove)\b/),
  'aa-teardown': switchesOff(/^/),
  'aa-disable': switchesOff(/./),
  'aa-complain': switchesOff(/./),
  spctl: switchesOff(/--(?:master|global)-disable/),
  csrutil: switchesOff(/^disable/),
  xattr: switchesOff(/-\w*d\w* com\.apple\.quarantine/),
  sysctl: switchesOff(/kernel\.(?:randomize_va_space|yama\.ptrace_scope|kptr_restrict)\s*=\s*0/),
  'update-crypto-policies': switchesOff(/--set LEGACY/),
  journalctl: switchesOff(/--(?:vacuum-(?:time|size)[= ](?:1s|0|1[KM]?\b)|rotate --vacuum)/),
  systemctl,
  service,
  'rc-service': service,
  kill,
  pkill: kill,
  killall: kill,
  history,
  ...Object.fromEntries(
    ['code', 'code-insiders', 'code-server', 'codium', 'vscodium', 'cursor', 'windsurf', 'positron', 'trae'].map((name) => [name, editor]),
  ),
  claude: unattended(/^--(?:allow-)?dangerously-skip-permissions$/),
  codex: unattended(/^--(?:dangerously-bypass-approvals-and-sandbox|yolo)$/),
  gemini: unattended(/^(?:--yolo|-y|--approval-mode=yolo)$/),
  copilot: unattended(/^--(?:allow-all-tools|yolo)$/),
  set,
  unset,
  ssh,
} satisfies Record<string, ProgramReader>;
