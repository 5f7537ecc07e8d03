import { DECODED, DOWNLOADED, GAP, join, PLAIN_HTTP, type Value } from '../../value.ts';
import { slashed } from '../paths.ts';
import type { CmdletReader } from '../shell.ts';
import { NO_THING, oneValue, taintOf, textOf, UNKNOWN_THING } from '../things.ts';

const expression: CmdletReader = {
  takes: 'Command*',
  run({ call, parameters, piped, shell }) {
    const code = parameters.get('Command') ?? piped;
    return code === undefined ? NO_THING : shell.runText(code, call);
  },
};

const addType: CmdletReader = {
  takes:
    'TypeDefinition* Name* MemberDefinition AssemblyName Path LiteralPath Language ReferencedAssemblies Namespace PassThru! OutputAssembly OutputType',
  run({ call, parameters }) {
    const taint = taintOf(parameters.get('TypeDefinition'), parameters.get('MemberDefinition'));
    if (taint & (DOWNLOADED | DECODED))
      call.effect('remote-code', { traits: [taint & DOWNLOADED ? 'downloaded' : 'decoded', (taint & PLAIN_HTTP) !== 0 && 'plain-http'] });
    const source = textOf(parameters.get('TypeDefinition', 'MemberDefinition'));
    if (/AmsiScanBuffer/i.test(source)) call.effect('disable-protection', { targetText: 'AMSI' });
    return UNKNOWN_THING;
  },
};

const importModule: CmdletReader = {
  takes:
    'Name* Assembly ModuleInfo Force! Global! MinimumVersion RequiredVersion PassThru! DisableNameChecking! Scope Prefix Function Cmdlet',
  run({ call, parameters, shell }) {
    const [path] = parameters.get('Name')?.items ?? [];
    if (path !== undefined && /[\\/]|\.(?:psm1|ps1|dll)$/i.test(path.text)) shell.runWords([slashed(path, call.session.home)], call.how);
    return NO_THING;
  },
};

const startProcess: CmdletReader = {
  takes:
    'FilePath* ArgumentList* Verb Wait! NoNewWindow! WindowStyle WorkingDirectory PassThru! Credential RedirectStandardOutput RedirectStandardError RedirectStandardInput LoadUserProfile! UseNewEnvironment! Environment',
  run({ call, parameters, shell }) {
    const [path] = parameters.get('FilePath')?.items ?? [];
    if (path === undefined) return NO_THING;
    const elevates = /^runas/i.test(textOf(parameters.get('Verb')));
    if (elevates) call.effect('privilege', { target: 'none', targetText: path.text.slice(0, 160), traits: ['elevated'] });
    const words: Value[] = [slashed(path, call.session.home), ...(parameters.get('ArgumentList')?.items ?? []).flatMap(wordsOf)];
    return shell.runWords(words, { ...call.how, elevated: call.how.elevated || elevates });
  },
};

/** One string of arguments is taken apart by the program that gets it. */
export function wordsOf(value: Value): Value[] {
  if (value.text === GAP || !/\s/.test(value.text)) return [value];
  const words = value.text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((text) => ({ ...value, text: text.replaceAll(/^["']|["']$/g, '') }));
}

const open: CmdletReader = {
  takes: 'Path* LiteralPath Filter Include Exclude',
  run: ({ parameters, shell, call }) => {
    const [path] = parameters.get('Path', 'LiteralPath')?.items ?? [];
    return path === undefined ? NO_THING : shell.runWords([slashed(path, call.session.home)], call.how);
  },
};

/** `Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{ CommandLine = … }` starts a program. */
const wmi: CmdletReader = {
  takes:
    'Class* Name* ClassName MethodName ArgumentList Arguments Namespace ComputerName CimSession InputObject Path Property EnableAllPrivileges! Credential Filter Query',
  run({ call, parameters, piped, name }) {
    const type = textOf(parameters.get('ClassName', 'Class', 'Path'));
    const method = textOf(parameters.get('MethodName', 'Name'));
    const values = parameters.get('Arguments', 'ArgumentList', 'Property');
    if (/__eventfilter|eventconsumer|__filtertoconsumerbinding/i.test(type) && /^(?:set-wmiinstance|new-ciminstance|invoke)/.test(name))
      call.effect('persist', { target: 'system', targetText: type.slice(0, 160) });
    if (/win32_process$/i.test(type) && /create/i.test(method) && values !== undefined) {
      const text = values.table?.get('commandline') ?? values;
      call.session.runWindows(oneValue(text), 'bat', { ...call.how, input: undefined, depth: call.how.depth + 1 });
    } else if (/win32_shadowcopy/i.test(type + textOf(piped)) && /^remove-/.test(name))
      call.effect('destroy-data', { target: 'device', targetText: 'shadow copies', traits: ['unrecoverable', 'all'] });
    else if (/shutdown|reboot/i.test(method)) call.effect('shut-down', { targetText: method });
    return undefined;
  },
};

/** What a query asks for is what the pipe then holds. */
const wmiQuery: CmdletReader = {
  takes: 'Class* ClassName Namespace Filter Query Property ComputerName List! CimSession',
  run: ({ parameters }) => ({
    items: [{ text: textOf(parameters.get('ClassName', 'Class', 'Query')), taint: 0, glob: false }],
    type: 'wmi',
  }),
};

const fromJson: CmdletReader = {
  takes: 'InputObject* AsHashtable! Depth',
  run: ({ parameters, piped }) => parameters.get('InputObject') ?? piped,
};

/** Makes one text of several. */
const joinString: CmdletReader = {
  takes: 'Property* Separator* OutputPrefix OutputSuffix SingleQuote! DoubleQuote!',
  run: ({ parameters, piped }) => ({ items: [join(piped?.items ?? [], textOf(parameters.get('Separator')))] }),
};

export const CODE_CMDLETS: Readonly<Record<string, CmdletReader>> = {
  'invoke-expression': expression,
  'add-type': addType,
  'import-module': importModule,
  'start-process': startProcess,
  'invoke-item': open,
  'invoke-wmimethod': wmi,
  'invoke-cimmethod': wmi,
  'set-wmiinstance': wmi,
  'new-ciminstance': wmi,
  'remove-wmiobject': wmi,
  'remove-ciminstance': wmi,
  'get-wmiobject': wmiQuery,
  'get-ciminstance': wmiQuery,
  'convertto-json': fromJson,
  'join-string': joinString,
};
