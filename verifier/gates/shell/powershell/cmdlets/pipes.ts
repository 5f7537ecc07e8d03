import { globMatches } from '../../paths.ts';
import type { Value } from '../../value.ts';
import { slashed } from '../paths.ts';
import type { Cmdlet, CmdletReader } from '../shell.ts';
import { listOf, NO_THING, type Thing, textOf, UNKNOWN_THING, unknownOf } from '../things.ts';

/** Items of a pipe that a block is followed for. */
const MAX_ROUNDS = 24;

const each: CmdletReader = {
  takes:
    'Process* MemberName Begin End Parallel ThrottleLimit InputObject RemainingScripts AsJob! TimeoutSeconds ArgumentList UseNewRunspace!',
  run({ parameters, piped, shell, call }) {
    const blocks = ['Begin', 'Process', 'Parallel', 'End'].flatMap((name) => parameters.get(name)?.block ?? []);
    const source = parameters.get('InputObject') ?? piped ?? UNKNOWN_THING;
    const items: Thing[] = source.items.length === 0 ? [source] : source.items.map((item) => ({ ...source, items: [item] }));
    const more = parameters.positional.slice(1).flatMap(({ block }) => block ?? []);
    const outputs = [...blocks, ...more].flatMap((block) =>
      items.slice(0, MAX_ROUNDS).map((item) => shell.runBlock(block, call.how, { item })),
    );
    if (blocks.length > 0) return listOf(outputs);
    // `% Delete`, `% FullName`: a member of each.
    const name = textOf(parameters.get('Process', 'MemberName'));
    return /^(?:fullname|path|pspath|tostring)$/i.test(name) ? source : unknownOf(source);
  },
};

/** A filter leaves some of what a listing gave: no longer all of the folder, but in it. */
function some(item: Value): Value {
  return item.glob && /(?:^|\/)\*$/.test(item.text) ? { ...item, text: item.text.replace(/\*$/, '…'), glob: false } : item;
}

const where: CmdletReader = {
  takes: 'FilterScript* Property* Value* InputObject EQ! NE! Like! Match! GT! LT! GE! LE! NotLike! NotMatch! Contains! In! CEQ! Not!',
  run({ parameters, piped, shell, call }) {
    const block = parameters.get('FilterScript')?.block;
    const source = piped ?? UNKNOWN_THING;
    if (block !== undefined) shell.runBlock(block, call.how, { item: source });
    // `{ $true }` and filters on kinds keep everything.
    return { ...source, items: source.items.map(some) };
  },
};

const pass: CmdletReader = {
  takes: 'Property InputObject First Last Skip SkipLast Unique! ExpandProperty Descending! ExcludeProperty Index',
  run: ({ parameters, piped }) => parameters.get('InputObject') ?? piped,
};

/** Prints, or passes on what it is given as text. */
const print: CmdletReader = {
  takes: 'InputObject* Object Message MessageData ForegroundColor BackgroundColor NoNewline! Separator NoEnumerate! Stream! Width',
  run: ({ name, parameters, piped }) =>
    /^(?:write-output|out-string)$/.test(name)
      ? listOf([...(parameters.positional.length > 0 ? parameters.positional : [piped ?? NO_THING])])
      : NO_THING,
};

/** Looks for text, or tells about commands: what it is given does not run. */
const mention: CmdletReader = {
  takes: 'Pattern* Path* Name Full! Examples! Online! SimpleMatch! InputObject LiteralPath',
  run: ({ piped, parameters }) => unknownOf(piped, parameters.get('InputObject')),
};

const setVariable: CmdletReader = {
  takes: 'Name* Value* Scope Option Visibility Force! PassThru! Description',
  run({ parameters, piped, shell }) {
    for (const { text } of parameters.get('Name')?.items ?? []) shell.names.assign(text, parameters.get('Value') ?? piped ?? NO_THING);
    return NO_THING;
  },
};

const getVariable: CmdletReader = {
  takes: 'Name* ValueOnly! Scope Include Exclude',
  run({ parameters, shell }) {
    const name = textOf(parameters.get('Name'));
    return shell.names.has(name)
      ? { ...shell.names.variable(name), table: new Map([['value', shell.names.variable(name)]]) }
      : UNKNOWN_THING;
  },
};

const setAlias: CmdletReader = {
  takes: 'Name* Value* Scope Option Force! PassThru! Description',
  run({ parameters, shell }) {
    shell.names.aliases.set(textOf(parameters.get('Name')).toLowerCase(), textOf(parameters.get('Value')));
    return NO_THING;
  },
};

/** `Get-Command rm*`, `gcm Invoke-Expr*`: what `&` then runs. */
const getCommand: CmdletReader = {
  takes: 'Name* CommandType Module All! Syntax! ArgumentList',
  run({ parameters }) {
    const pattern = textOf(parameters.get('Name')).toLowerCase();
    if (!/[*?]/.test(pattern)) return parameters.get('Name');
    return {
      items: ['invoke-expression', 'iex', 'invoke-webrequest', 'remove-item']
        .filter((name) => globMatches(pattern, name))
        .map((text) => ({ text, taint: 0, glob: false })),
    };
  },
};

/** Runs the blocks that it is given: `Measure-Command`, `Start-Job`, `Invoke-Command` and their like. */
function blocks(remote: boolean): CmdletReader {
  return {
    takes:
      'ScriptBlock* Expression FilePath LiteralPath ComputerName Session HostName ArgumentList InitializationScript Name Credential AsJob! InputObject ThrottleLimit Action VMName ContainerId UseSSL!',
    run(cmdlet) {
      const { parameters, call, shell, piped } = cmdlet;
      const away =
        remote && ['ComputerName', 'Session', 'HostName', 'VMName', 'ContainerId'].some((name) => parameters.get(name) !== undefined);
      const how = away ? { ...call.how, remote: true } : call.how;
      const args = parameters.get('ArgumentList')?.items.map((item) => ({ items: [item] })) ?? [];
      const outputs = ['ScriptBlock', 'Expression', 'InitializationScript', 'Action'].flatMap((name) => {
        const value = parameters.get(name);
        if (value?.block !== undefined)
          return [shell.runBlock(value.block, how, { args, ...(piped === undefined ? {} : { item: piped }) })];
        return value?.type === 'scriptblock' ? [shell.runText(value, call)] : [];
      });
      runScriptOf(cmdlet);
      return listOf(outputs);
    },
  };
}

function runScriptOf({ parameters, call, shell }: Cmdlet): void {
  const [path] = parameters.get('FilePath')?.items ?? [];
  if (path !== undefined) shell.runWords([slashed(path, call.session.home)], call.how);
}

export const PIPE_CMDLETS: Readonly<Record<string, CmdletReader>> = {
  'foreach-object': each,
  'where-object': where,
  'select-object': pass,
  'sort-object': pass,
  'group-object': pass,
  'get-unique': pass,
  'write-output': print,
  'out-string': print,
  'write-host': print,
  'write-error': print,
  'write-warning': print,
  'write-verbose': print,
  'write-debug': print,
  'write-information': print,
  'write-progress': print,
  'out-null': print,
  'out-host': print,
  'select-string': mention,
  'get-help': mention,
  'get-alias': mention,
  'set-variable': setVariable,
  'new-variable': setVariable,
  'get-variable': getVariable,
  'set-alias': setAlias,
  'new-alias': setAlias,
  'get-command': getCommand,
  'measure-command': blocks(false),
  'start-job': blocks(false),
  'start-threadjob': blocks(false),
  'invoke-command': blocks(true),
  'register-engineevent': blocks(false),
};
