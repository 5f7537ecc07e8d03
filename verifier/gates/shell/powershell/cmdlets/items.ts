import { GAP, join, literal, NOTHING, type Value } from '../../value.ts';
import { deletePath, readFile, writeFile } from '../dotnet.ts';
import { slashed, windowsTarget } from '../paths.ts';
import type { Cmdlet, CmdletReader } from '../shell.ts';
import { NO_THING, oneValue, type Thing, textOf, UNKNOWN_THING, unknownOf } from '../things.ts';
import { deleteRegistry, isRegistry, writeRegistry } from './registry.ts';

/** Drives that are no places on disk. */
const ELSEWHERE = /^(?:env|variable|function|alias|cert|wsman):/i;

/** The paths that a cmdlet is about: its parameter's, else what comes through the pipe. */
export function pathsOf({ parameters, piped }: Cmdlet, ...names: readonly string[]): readonly Value[] {
  const given = parameters.get(...(names.length === 0 ? ['Path', 'LiteralPath'] : names));
  const literally = parameters.get('LiteralPath') !== undefined;
  const items = (given ?? piped)?.items ?? [];
  return items.flatMap((item) => {
    // A list in quotes under cmd's habits: `del a, b`.
    if (ELSEWHERE.test(item.text) && !isRegistry(item.text)) return [];
    return literally ? [{ ...item, glob: false }] : [item];
  });
}

const remove: CmdletReader = {
  takes: 'Path* LiteralPath Filter Include Exclude Recurse! Force! Credential Stream',
  run(cmdlet) {
    const { call, parameters } = cmdlet;
    const flags = parameters.unknown.join('').toLowerCase();
    const unix = parameters.unknown.some((name) => /^[rfvid]{1,4}$/i.test(name));
    const slashes = cmdlet.parameters.positional.flatMap(({ items }) => items).filter(({ text }) => /^\/[sqf]$/i.test(text));
    const recursive =
      parameters.has('Recurse') || (unix && flags.includes('r')) || slashes.some(({ text }) => /s/i.test(text)) || isTree(cmdlet);
    const force = parameters.has('Force') || (unix && flags.includes('f')) || slashes.some(({ text }) => /[qf]/i.test(text));
    const extra = parameters.positional.slice(1).flatMap(({ items }) => items);
    const paths = [...pathsOf(cmdlet), ...extra].filter((path) => !/^\/[sqf]$/i.test(path.text));
    const include = parameters.get('Include', 'Filter');
    for (const path of paths) {
      if (isRegistry(path.text)) deleteRegistry(call, path.text);
      else if (include !== undefined && /^\.?[\\/]?\*?$/.test(path.text))
        for (const item of include.items) deletePath(call, item, recursive, force);
      else deletePath(call, path, recursive, force);
      noteHistory(cmdlet, path);
    }
    return NO_THING;
  },
};

/** A listing of everything below a folder, deleted one by one, is the folder deleted. */
function isTree({ piped, parameters }: Cmdlet): boolean {
  return piped?.type === 'tree' && parameters.get('Path', 'LiteralPath') === undefined;
}

const HISTORY = /(?:ConsoleHost_history\.txt|HistorySavePath|PSReadLine)/i;

function noteHistory({ call }: Cmdlet, path: Value): void {
  if (HISTORY.test(path.text)) call.effect('destroy-history', { target: 'home', targetText: path.text.slice(0, 160) });
}

const list: CmdletReader = {
  takes: 'Path* Filter* LiteralPath Include Exclude Recurse! Force! Name! Depth Attributes Directory! File! Hidden! System! ReadOnly!',
  run({ parameters, piped, call }) {
    const recursive = parameters.has('Recurse') || parameters.get('Depth') !== undefined;
    const folders = (parameters.get('Path', 'LiteralPath') ?? piped)?.items ?? [literal('.')];
    const wanted = parameters.get('Include', 'Filter')?.items ?? [];
    const items = (folders.length === 0 ? [literal('.')] : folders).flatMap((folder): Value[] => {
      const { text, glob } = slashed(folder, call.session.home);
      if (isRegistry(folder.text) || ELSEWHERE.test(folder.text)) return [folder];
      const inside = glob || /[*?]/.test(text) ? text : `${text.replace(/\/$/, '')}/*`;
      if (wanted.length > 0)
        return wanted.map((name) => ({ text: inside.replace(/[^/]*$/, name.text), taint: folder.taint, glob: /[*?]/.test(name.text) }));
      return [{ text: inside, taint: folder.taint, glob: true }];
    });
    return { items, type: recursive && wanted.length === 0 ? 'tree' : 'file' };
  },
};

const get: CmdletReader = {
  takes: 'Path* LiteralPath Filter Include Exclude Force! Credential Stream',
  run: (cmdlet) => ({ items: pathsOf(cmdlet), type: 'file' }),
};

const content: CmdletReader = {
  takes:
    'Path* LiteralPath Filter Include Exclude Force! Raw! Encoding ReadCount TotalCount Head First Tail Last Wait! Delimiter AsByteStream! Stream',
  run(cmdlet) {
    const outputs = pathsOf(cmdlet).map((path) => readFile(cmdlet.call, path));
    return { items: outputs.flatMap(({ items }) => items) };
  },
};

/** What is written: the parameter's, else what comes through the pipe. */
function dataOf({ parameters, piped }: Cmdlet, name: string): Value {
  return oneValue(parameters.get(name) ?? piped, '\n');
}

function writer(append: boolean, data = 'Value'): CmdletReader {
  return {
    takes: `Path* ${data === 'Value' ? 'Value*' : data} LiteralPath FilePath Filter Include Exclude Force! Encoding NoNewline! Stream AsByteStream! Append! Width NoClobber! NoTypeInformation! Delimiter`,
    run(cmdlet) {
      const { parameters, call } = cmdlet;
      for (const path of parameters.get('Path', 'FilePath', 'LiteralPath')?.items ?? []) {
        if (isRegistry(path.text)) continue;
        writeFile(call, path, dataOf(cmdlet, data), append || parameters.has('Append'));
      }
      return NO_THING;
    },
  };
}

const clear: CmdletReader = {
  takes: 'Path* LiteralPath Filter Include Exclude Force! Stream',
  run(cmdlet) {
    for (const path of pathsOf(cmdlet)) {
      noteHistory(cmdlet, path);
      writeFile(cmdlet.call, path, NOTHING, false);
    }
    return NO_THING;
  },
};

const copy: CmdletReader = {
  takes: 'Path* Destination* LiteralPath Filter Include Exclude Recurse! Force! Container! ToSession FromSession Credential PassThru!',
  run(cmdlet) {
    const { call, parameters, name } = cmdlet;
    const destination = parameters.get('Destination')?.items[0];
    for (const path of pathsOf(cmdlet)) {
      const data = oneValue(readFile(call, path));
      if (name === 'move-item') noteMoved(cmdlet, path);
      if (destination !== undefined) writeFile(call, destination, data, true);
    }
    return NO_THING;
  },
};

/** What is moved away is gone from where it was. */
function noteMoved({ call }: Cmdlet, path: Value): void {
  const { target } = windowsTarget(path, call.session);
  if (['root', 'home', 'system', 'repository', 'guard', 'credential', 'workspace-root'].includes(target)) deletePath(call, path, true);
}

const create: CmdletReader = {
  takes: 'Path* Name ItemType Value Target Force! Credential',
  run(cmdlet) {
    const { call, parameters } = cmdlet;
    const folder = textOf(parameters.get('Path'));
    const name = textOf(parameters.get('Name'));
    const path = name === '' ? folder : `${folder === '' ? '.' : folder}/${name}`;
    const value = parameters.get('Value');
    if (isRegistry(path)) writeRegistry(call, path, '', textOf(value));
    else if (value !== undefined && !/^(?:directory|symboliclink|junction|hardlink)$/i.test(textOf(parameters.get('ItemType'))))
      writeFile(call, literal(path), oneValue(value), false);
    return { items: [literal(path)], type: 'file' };
  },
};

const location: CmdletReader = {
  takes: 'Path* LiteralPath StackName PassThru!',
  run({ call, parameters }) {
    const { scope, home } = call.session;
    const to = slashed(parameters.get('Path', 'LiteralPath')?.items[0] ?? literal(home), home);
    if (to.text.includes(GAP) || ELSEWHERE.test(to.text) || isRegistry(to.text)) scope.cwd = undefined;
    else if (/^(?:\/|[A-Za-z]:)/.test(to.text)) scope.cwd = to.text.replace(/^[A-Za-z]:/, '') || '/';
    else if (scope.cwd !== undefined && to.text !== '-') scope.cwd = `${scope.cwd}/${to.text}`;
    return NO_THING;
  },
};

const joinPath: CmdletReader = {
  takes: 'Path* ChildPath* AdditionalChildPath* Resolve!',
  run: ({ parameters }) => ({
    items: [
      join(
        ['Path', 'ChildPath', 'AdditionalChildPath'].flatMap((name) => parameters.get(name)?.items ?? []),
        '/',
      ),
    ],
  }),
};

const same: CmdletReader = { takes: 'Path* LiteralPath', run: ({ parameters, piped }) => parameters.get('Path', 'LiteralPath') ?? piped };

const splitPath: CmdletReader = {
  takes: 'Path* Parent! Leaf! Resolve! Qualifier! LiteralPath Extension!',
  run({ parameters, call }): Thing {
    const [path] = parameters.get('Path', 'LiteralPath')?.items ?? [];
    if (path === undefined || parameters.has('Qualifier') || parameters.has('Extension')) return UNKNOWN_THING;
    const { text } = slashed(path, call.session.home);
    const slash = text.lastIndexOf('/');
    if (slash < 0) return parameters.has('Leaf') ? { items: [path] } : UNKNOWN_THING;
    return { items: [{ ...path, text: parameters.has('Leaf') ? text.slice(slash + 1) : text.slice(0, slash) || '/' }] };
  },
};

const archive: CmdletReader = {
  takes: 'Path* DestinationPath* LiteralPath Force! Update! CompressionLevel PassThru!',
  run(cmdlet) {
    const { call, parameters, name } = cmdlet;
    if (name !== 'compress-archive') return UNKNOWN_THING;
    const data = unknownOf(...pathsOf(cmdlet).map((path) => readFile(call, path)));
    const to = parameters.get('DestinationPath')?.items[0];
    if (to !== undefined) call.session.write(slashed(to, call.session.home).text, oneValue(data), call.how);
    return NO_THING;
  },
};

export const ITEM_CMDLETS: Readonly<Record<string, CmdletReader>> = {
  'remove-item': remove,
  'get-childitem': list,
  'get-item': get,
  'get-content': content,
  'import-csv': content,
  'import-clixml': content,
  'set-content': writer(false),
  'add-content': writer(true),
  'out-file': writer(false, 'InputObject'),
  'export-csv': writer(false, 'InputObject'),
  'export-clixml': writer(false, 'InputObject'),
  'tee-object': writer(false, 'InputObject'),
  'clear-content': clear,
  'clear-item': clear,
  'copy-item': copy,
  'move-item': copy,
  'new-item': create,
  'set-location': location,
  'push-location': location,
  'join-path': joinPath,
  'split-path': splitPath,
  'resolve-path': same,
  'convert-path': same,
  'compress-archive': archive,
  'expand-archive': archive,
};
