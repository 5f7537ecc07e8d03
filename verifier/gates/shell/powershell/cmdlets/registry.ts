import type { Call } from '../../call.ts';
import { literal } from '../../value.ts';
import type { CmdletReader } from '../shell.ts';
import { NO_THING, textOf } from '../things.ts';

const ROOT = /^(?:microsoft\.powershell\.core\\)?(?:registry::)?(?:\\{2}[^\\]+\\)?(?:hk(?:lm|cu|cr|u|cc)\b:?|hkey_[a-z_]+)(?:[\\/]|$)/i;
/** Keys whose values start a program at each start or sign-in (MITRE ATT&CK T1547, T1546). */
const STARTS =
  /\\(?:currentversion\\(?:policies\\explorer\\)?run(?:once|onceex|services)?(?:\\|$)|winlogon(?:\\|$)|image file execution options\\|currentversion\\windows(?:\\|$)|active setup\\installed components|session manager(?:\\|$)|control\\lsa(?:\\|$)|currentcontrolset\\services\\|userinitmprlogonscript|shell\\open\\command|command processor(?:\\|$)|environment$|appinit_dlls|inprocserver32)/i;
const START_NAMES =
  /^(?:userinit|shell|load|run|debugger|appinit_dlls|stubpath|bootexecute|imagepath|servicedll|autorun|userinitmprlogonscript|notification packages|security packages|authentication packages|\(?default\)?|delegateexecute)$/i;
/** Everyday keys among those: a value under `Environment` sets a variable. */
const NEEDS_NAME =
  /\\(?:winlogon|currentversion\\windows|session manager|control\\lsa|command processor|environment|currentcontrolset\\services\\[^\\]+|image file execution options\\[^\\]+)\\?$/i;
const PROTECTS =
  /\\(?:windows defender(?:\\|$)|windowsfirewall|sharedaccess\\parameters\\firewallpolicy|windows\\windowsupdate|policies\\microsoft\\windows\\(?:powershell|system|eventlog)|amsi|safer|applocker|deviceguard|securityproviders\\wdigest|eventlog|securityhealthservice|windefend|wscsvc|mpssvc)(?:\\|$)?/i;
const UAC = /\\policies\\system\\?$/i;
const UAC_NAMES = /^(?:enablelua|consentpromptbehavior\w*|promptonsecuredesktop|localaccounttokenfilterpolicy|filteradministratortoken)$/i;
const UNPROTECT_NAMES =
  /^(?:disableantispyware|disableantivirus|disablerealtimemonitoring|disablebehaviormonitoring|enablefirewall|enablescriptblocklogging|enablemodulelogging|uselogoncredential|executionpolicy|runasppl|disablerestrictedadmin|smartscreenenabled|enablesmartscreen|lmcompatibilitylevel|tamperprotection|noautoupdate|start|disabletaskmgr|disableregistrytools|disablecmd|fdenytsconnections)$/i;

/** Whether a path is one of the registry, with or without PowerShell's colon. */
export function isRegistry(path: string): boolean {
  return ROOT.test(path);
}

function keyOf(path: string): string {
  return path.replaceAll('/', '\\').replace(/\\+$/, '');
}

/** A value that is set: what it starts, or which protection it takes away. @param name empty for the key itself */
export function writeRegistry(call: Call, path: string, name: string, value: string): void {
  const key = keyOf(path);
  const targetText = `${key}\\${name}`.slice(0, 200);
  if (UAC.test(key) && UAC_NAMES.test(name)) call.effect('privilege', { target: 'system', targetText, traits: ['elevated'] });
  else if (PROTECTS.test(key) || /\\services\\(?:windefend|mpssvc|wscsvc|eventlog|sense|wdfilter|securityhealthservice)$/i.test(key))
    call.effect('disable-protection', { targetText });
  else if (STARTS.test(key) && name !== '' && (!NEEDS_NAME.test(key) || START_NAMES.test(name))) {
    call.effect('persist', { target: 'system', targetText });
    // What it will start is started.
    if (/\s/.test(value.trim()))
      call.session.runWindows(literal(value), 'bat', { ...call.how, input: undefined, depth: call.how.depth + 1 });
  } else if (UNPROTECT_NAMES.test(name) && /\\(?:policies|control|microsoft|currentversion)\\/i.test(key) && !/^start$/i.test(name))
    call.effect('disable-protection', { targetText });
}

/** A key or value that is deleted. */
export function deleteRegistry(call: Call, path: string, name?: string): void {
  const key = keyOf(path);
  const targetText = name === undefined ? key : `${key}\\${name}`;
  if (PROTECTS.test(key)) call.effect('disable-protection', { targetText: targetText.slice(0, 200) });
  else if (/safeboot/i.test(key)) call.effect('disable-protection', { targetText: targetText.slice(0, 200) });
  else if (/^(?:.*::)?(?:hklm|hkey_local_machine|hkcr|hkey_classes_root|hku|hkey_users)/i.test(key))
    call.effect('delete', { target: 'system', targetText: targetText.slice(0, 200), traits: [name === undefined && 'recursive'] });
  else if (
    /^(?:.*::)?(?:hkcu|hkey_current_user):?(?:\\software)?(?:\\(?:microsoft|classes)(?:\\windows)?)?$/i.test(key) &&
    name === undefined
  )
    call.effect('delete', { target: 'home', targetText, traits: ['recursive'] });
}

const property: CmdletReader = {
  takes: 'Path* Name* Value* LiteralPath PropertyType Type Force! Include Exclude',
  run({ call, parameters, piped }) {
    for (const path of (parameters.get('Path', 'LiteralPath') ?? piped)?.items ?? [])
      if (isRegistry(path.text)) writeRegistry(call, path.text, textOf(parameters.get('Name')), textOf(parameters.get('Value')));
    return NO_THING;
  },
};

const removeProperty: CmdletReader = {
  takes: 'Path* Name* LiteralPath Force! Include Exclude',
  run({ call, parameters, piped }) {
    for (const path of (parameters.get('Path', 'LiteralPath') ?? piped)?.items ?? [])
      if (isRegistry(path.text)) deleteRegistry(call, path.text, textOf(parameters.get('Name')));
    return NO_THING;
  },
};

const setItem: CmdletReader = {
  takes: 'Path* Value* LiteralPath Force! Include Exclude',
  run({ call, parameters, shell }) {
    const path = textOf(parameters.get('Path', 'LiteralPath'));
    const value = parameters.get('Value');
    if (isRegistry(path)) writeRegistry(call, path, '(default)', textOf(value));
    else if (/^(?:env|variable|function|alias):/i.test(path) && value !== undefined)
      shell.names.assign(path.replace(/^variable:/i, '').replace(/[\\/]/g, ''), value);
    return NO_THING;
  },
};

export const REGISTRY_CMDLETS: Readonly<Record<string, CmdletReader>> = {
  'set-itemproperty': property,
  'new-itemproperty': property,
  'remove-itemproperty': removeProperty,
  'clear-itemproperty': removeProperty,
  'set-item': setItem,
};
