import type { EffectKind, EffectTrait, TargetClass } from '../../../../policy/facts.ts';
import type { EffectDetails } from '../../call.ts';
import { windowsTarget } from '../paths.ts';
import type { Cmdlet, CmdletReader } from '../shell.ts';
import { NO_THING, textOf, unknownOf } from '../things.ts';
import { wordsOf } from './code.ts';

const EVERYTHING = 'Name* Path* InputObject DisplayName Force! PassThru!';

/** A cmdlet that always does this. */
function does(kind: EffectKind, target: TargetClass = 'none', ...traits: readonly EffectTrait[]): CmdletReader {
  return {
    takes: EVERYTHING,
    run({ call, name }) {
      call.effect(kind, { target, targetText: `${name} ${call.args.map(({ text }) => text).join(' ')}`.slice(0, 160), traits });
      return NO_THING;
    },
  };
}

/** A cmdlet that does this where its words say so. */
function doesWhen(how: RegExp, kind: EffectKind, details: EffectDetails = {}): CmdletReader {
  return {
    takes: EVERYTHING,
    run({ call, name }) {
      const text = call.args.map((arg) => arg.text).join(' ');
      if (how.test(text)) call.effect(kind, { targetText: `${name} ${text}`.slice(0, 160), ...details });
      return NO_THING;
    },
  };
}

/** Services that guard the machine: Defender, the firewall, the event log, updates, other vendors' sensors. */
export const GUARD_SERVICE =
  /(?:^|[\s,'"])(?:windefend|wdnissvc|wdfilter|sense|mpssvc|bfe|wscsvc|securityhealthservice|eventlog|sysmon\w*|wuauserv|csfalconservice|csagent|sentinelagent|mbamservice|savservice|sophos[\w ]*|mcshield|ekrn|avp|cbdefense|carbonblack|vss|swprv|wbengine|sqlwriter|samss|sacsvr|cyserver|elastic-?endpoint)(?:$|[\s,'"])/i;

const service: CmdletReader = {
  takes: 'Name* DisplayName InputObject Status StartupType Force! NoWait! PassThru! BinaryPathName Description Credential',
  run({ call, parameters, name, piped }) {
    const text = `${textOf(parameters.get('Name', 'DisplayName', 'InputObject') ?? piped)}`;
    const off =
      name === 'stop-service' ||
      name === 'suspend-service' ||
      name === 'remove-service' ||
      /disabled/i.test(textOf(parameters.get('StartupType'))) ||
      /stopped/i.test(textOf(parameters.get('Status')));
    if (off && GUARD_SERVICE.test(text)) call.effect('disable-protection', { targetText: `${name} ${text}`.slice(0, 160) });
    return NO_THING;
  },
};

const getService: CmdletReader = { takes: EVERYTHING, run: ({ parameters }) => parameters.get('Name', 'DisplayName') };

const newService: CmdletReader = {
  takes: 'Name* BinaryPathName* DisplayName Description StartupType Credential DependsOn',
  run({ call, parameters }) {
    call.effect('persist', { target: 'system', targetText: textOf(parameters.get('BinaryPathName', 'Name')).slice(0, 160) });
    return NO_THING;
  },
};

const task: CmdletReader = {
  takes:
    'TaskName* Action* Trigger* TaskPath User Password RunLevel Settings Principal Xml Force! Description InputObject ScriptBlock FilePath Name',
  run({ call, parameters, piped }) {
    call.effect('persist', { target: 'system', targetText: textOf(parameters.get('TaskName', 'Name')).slice(0, 160) });
    return unknownOf(piped);
  },
};

const taskAction: CmdletReader = {
  takes: 'Execute Argument WorkingDirectory Id',
  run({ call, parameters, shell }) {
    const execute = parameters.get('Execute')?.items ?? [];
    shell.runWords([...execute, ...(parameters.get('Argument')?.items ?? []).flatMap(wordsOf)], { ...call.how, depth: call.how.depth + 1 });
    return NO_THING;
  },
};

const preference: CmdletReader = {
  takes: EVERYTHING,
  run({ call, name }) {
    const text = call.args.map((arg) => arg.text).join(' ');
    const off =
      /-disable\w+(?::|\s+)(?:true|1\b)/i.test(text) ||
      /-exclusion(?:path|process|extension|ipaddress)/i.test(text) ||
      /-(?:mapsreporting|submitsamplesconsent)(?::|\s+)(?:0|disabled|never|2|neversend)\b/i.test(text) ||
      /-(?:low|moderate|high|severe|unknown)threatdefaultaction(?::|\s+)(?:6|9|allow|noaction)/i.test(text) ||
      /-(?:enablecontrolledfolderaccess|enablenetworkprotection|puaprotection|attacksurfacereductionrules_actions)(?::|\s+)(?:0|disabled)\b/i.test(
        text,
      );
    if (off && !/-disable\w+(?::|\s+)(?:false|0\b)/i.test(text))
      call.effect('disable-protection', { targetText: `${name} ${text}`.slice(0, 160) });
    return NO_THING;
  },
};

/** Set-ExecutionPolicy: for the process alone is everyday, for the machine it takes a protection away. */
const executionPolicy: CmdletReader = {
  takes: 'ExecutionPolicy* Scope* Force!',
  run({ call, parameters }) {
    const policy = textOf(parameters.get('ExecutionPolicy'));
    if (/^(?:bypass|unrestricted|0|4)$/i.test(policy) && !/^process$/i.test(textOf(parameters.get('Scope'))))
      call.effect('disable-protection', { targetText: `execution policy ${policy}` });
    return NO_THING;
  },
};

const member: CmdletReader = {
  takes: 'Group* Member* Name SID Identity Members',
  run({ call, parameters }) {
    const group = textOf(parameters.get('Group', 'Name', 'Identity', 'SID'));
    if (/admin|remote desktop|backup operators|S-1-5-32-544/i.test(group))
      call.effect('privilege', { target: 'system', targetText: group.slice(0, 160) });
    return NO_THING;
  },
};

const accessList: CmdletReader = {
  takes: 'Path* AclObject* LiteralPath InputObject ClearCentralAccessPolicy! Passthru!',
  run(cmdlet) {
    const { call, parameters, piped } = cmdlet;
    for (const path of (parameters.get('Path', 'LiteralPath') ?? piped)?.items ?? []) {
      const facts = windowsTarget(path, call.session);
      call.effect('permission', { target: facts.target, targetText: facts.text, traits: [] });
    }
    return NO_THING;
  },
};

const stopProcess: CmdletReader = {
  takes: 'Id* Name InputObject Force! PassThru!',
  run({ call, parameters, piped }: Cmdlet) {
    const text = textOf(parameters.get('Name', 'InputObject') ?? piped);
    if (/msmpeng|securityhealth|sentinel-?ai|csfalcon|sysmon/i.test(text))
      call.effect('disable-protection', { targetText: text.slice(0, 160) });
    else if (/^(?:\*|lsass|csrss|wininit|winlogon|smss)$/i.test(text))
      call.effect('exhaust', { targetText: `process ${text}`, traits: text === '*' ? ['all'] : [] });
    else if (piped?.type === 'processes') call.effect('exhaust', { targetText: 'every process', traits: ['all'] });
    return NO_THING;
  },
};

const getProcess: CmdletReader = {
  takes: 'Name* Id ComputerName Module! FileVersionInfo! IncludeUserName!',
  run({ parameters }) {
    const name = parameters.get('Name', 'Id');
    return name === undefined ? { items: [{ text: '', taint: 0, glob: true }], type: 'processes' } : { ...name, type: 'process' };
  },
};

const powerOff: CmdletReader = {
  takes: 'ComputerName* Force! Wait! For Timeout Delay Credential',
  run({ call, parameters, name }) {
    const away = parameters.get('ComputerName');
    call.effect('shut-down', { targetText: name, traits: [away !== undefined && 'remote'] });
    return NO_THING;
  },
};

const install: CmdletReader = {
  takes:
    'Name* Scope Force! Repository RequiredVersion MinimumVersion AllowClobber! SkipPublisherCheck! AcceptLicense! Source ProviderName AllowPrerelease! Credential TrustRepository! Version',
  run({ call, parameters }) {
    const unverified = parameters.has('SkipPublisherCheck');
    const repository = textOf(parameters.get('Repository', 'Source'));
    call.effect('install', {
      targetText: textOf(parameters.get('Name')).slice(0, 160),
      traits: [
        unverified && 'unverified',
        repository !== '' && !/^(?:psgallery|nuget|chocolatey)$/i.test(repository) && 'unknown-source',
        /^http:/i.test(repository) && 'plain-http',
      ],
    });
    return NO_THING;
  },
};

/** Cloud, cluster and virtual-machine state by the product's prefix. */
const CLOUD =
  /^(?:remove|clear|reset|stop|disable|uninstall)-(?:az(?:ure|ad|sql)?|ec2|s3|rds|iam|cfn|eks|ddb|aws|gcs|gce|gcsql|mg|msol|azuread|spo|ad|vm|vmhost|clusternode|cluster|dnsserver|dhcpserver)/;
const CLOUD_REMOVES = /^(?:remove|clear|delete)-/;

/** Removals in the cloud, in a directory or among virtual machines; undefined for all other cmdlets. */
export function cloudReader(name: string): CmdletReader | undefined {
  if (!CLOUD_REMOVES.test(name) || !CLOUD.test(name)) return undefined;
  if (/-(?:azcontext|azenvironment|azaccount|azdefault|awscredential\w*)$/.test(name)) return undefined;
  return does('destroy-infrastructure', 'none', 'remote');
}

export const MACHINE_CMDLETS: Readonly<Record<string, CmdletReader>> = {
  'format-volume': does('wipe', 'device', 'unrecoverable'),
  'clear-disk': does('wipe', 'device', 'unrecoverable'),
  'initialize-disk': does('wipe', 'device', 'unrecoverable'),
  'reset-physicaldisk': does('wipe', 'device', 'unrecoverable'),
  'remove-partition': does('wipe', 'device', 'unrecoverable'),
  'remove-virtualdisk': does('wipe', 'device', 'unrecoverable'),
  'remove-storagepool': does('wipe', 'device', 'unrecoverable'),
  'remove-vm': does('destroy-infrastructure'),
  'remove-vmsnapshot': does('destroy-infrastructure'),
  'remove-vmharddiskdrive': does('destroy-infrastructure'),
  'remove-cluster': does('destroy-infrastructure'),
  'remove-windowsfeature': does('destroy-infrastructure'),
  'uninstall-windowsfeature': does('destroy-infrastructure'),
  'remove-aduser': does('destroy-infrastructure', 'none', 'remote'),
  'remove-localuser': does('destroy-data', 'system'),
  'invoke-sqlcmd': {
    takes: 'Query* ServerInstance Database InputFile Username Password TrustServerCertificate!',
    run({ call, parameters, shell }) {
      const query = parameters.get('Query');
      return query === undefined
        ? undefined
        : shell.runWords([{ text: 'sqlcmd', taint: 0, glob: false }, { text: '-Q', taint: 0, glob: false }, ...query.items], call.how);
    },
  },
  'disable-computerrestore': does('disable-protection'),
  'clear-eventlog': does('disable-protection'),
  'remove-eventlog': does('disable-protection'),
  'limit-eventlog': doesWhen(/-maximumsize\s+(?:64|1)kb/i, 'disable-protection'),
  'clear-history': does('destroy-history', 'home'),
  'set-psreadlineoption': doesWhen(/-historysavestyle\s+savenothing/i, 'disable-protection'),
  'set-mppreference': preference,
  'add-mppreference': preference,
  'remove-mppreference': doesWhen(/-attacksurfacereduction/i, 'disable-protection'),
  'uninstall-mpsignatures': does('disable-protection'),
  'set-netfirewallprofile': doesWhen(/-enabled(?::|\s+)(?:false|0)|-defaultinboundaction(?::|\s+)allow/i, 'disable-protection'),
  'remove-netfirewallrule': doesWhen(/^(?:-all\b.*|)$/i, 'disable-protection'),
  'disable-netfirewallrule': doesWhen(/^(?:-all\b.*|)$|-displaygroup/i, 'disable-protection'),
  'new-netfirewallrule': doesWhen(
    /^(?=.*-direction(?::|\s+)inbound)(?=.*-action(?::|\s+)allow)(?!.*-(?:localport|remoteaddress|program)).*$/i,
    'disable-protection',
  ),
  'disable-bitlocker': does('disable-protection'),
  'disable-windowsoptionalfeature': doesWhen(/defender/i, 'disable-protection'),
  'uninstall-windowsdefender': does('disable-protection'),
  'set-executionpolicy': executionPolicy,
  'enable-psremoting': does('disable-protection'),
  'set-smbserverconfiguration': doesWhen(
    /-requiresecuritysignature(?::|\s+)(?:false|0)|-enablesmb1protocol(?::|\s+)(?:true|1)/i,
    'disable-protection',
  ),
  'stop-service': service,
  'suspend-service': service,
  'set-service': service,
  'remove-service': service,
  'get-service': getService,
  'new-service': newService,
  'register-scheduledtask': task,
  'register-scheduledjob': task,
  'set-scheduledtask': task,
  'new-scheduledtaskaction': taskAction,
  'register-wmievent': does('persist', 'system'),
  'new-localuser': does('persist', 'system'),
  'add-localgroupmember': member,
  'add-adgroupmember': member,
  'set-acl': accessList,
  'stop-process': stopProcess,
  'get-process': getProcess,
  'stop-computer': powerOff,
  'restart-computer': powerOff,
  'install-module': install,
  'install-package': install,
  'install-script': install,
  'save-module': install,
};
