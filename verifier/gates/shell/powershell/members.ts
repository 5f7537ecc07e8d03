import type { Circumstance } from '../call.ts';
import { Call } from '../call.ts';
import { literal, type Value } from '../value.ts';
import type { Expression } from './ast.ts';
import { deletePath, MEMBERS } from './dotnet.ts';
import { growsTooMuch, split } from './operators.ts';
import type { Shell } from './shell.ts';
import { isUnknown, NO_THING, numberOf, oneValue, type Thing, textOf, thing, UNKNOWN_THING, unknownOf } from './things.ts';

const AMSI = /amsi(?:utils|initfailed|scanbuffer|context|session)/i;
/** Members of a file object that are its path. */
const PATHS = new Set('fullname path pspath providerpath tostring value target localpath source'.split(' '));
/** Members that tell nothing of what their object holds. */
const COUNTS = new Set('length count hash size statuscode exitcode id lastwritetime creationtime exists'.split(' '));

/** `object.name`, `object.name(…)`, `[type]::name(…)`. */
export function member(node: Expression & { kind: 'member' }, how: Circumstance, shell: Shell): Thing {
  const of = node.of.kind === 'type' ? NO_THING : shell.evaluate(node.of, how);
  const name = textOf(shell.evaluate(node.name, how)).toLowerCase();
  const args = (node.args ?? []).map((arg) => shell.evaluate(arg, how));
  const typeName = node.of.kind === 'type' ? node.of.name.toLowerCase().replace(/^system\./, '') : undefined;
  const call = new Call(typeName ?? 'powershell', [], how, shell.analysis);
  if (args.some((arg) => AMSI.test(textOf(arg)))) call.effect('disable-protection', { targetText: 'AMSI' });
  const reader = MEMBERS.get(typeName === undefined ? `.${name}` : `${typeName}.${name}`);
  if (typeName !== undefined) {
    if (typeName === 'array' && name === 'reverse') reverse(node.args?.[0], shell);
    if (typeName.endsWith('encoding')) return { items: [literal(name)], type: `encoding ${name}` };
    if (name === 'new') return { ...unknownOf(...args), type: typeName };
  }
  if (reader !== undefined && node.args !== undefined) return reader({ name, of, args, call, how, shell });
  if (typeName !== undefined) {
    runBlocks(args, how, shell);
    return unknownOf(...args);
  }
  return ofObject(name, of, args, node.args !== undefined, { call, how, shell });
}

function ofObject(
  name: string,
  of: Thing,
  args: readonly Thing[],
  called: boolean,
  { call, how, shell }: { call: Call; how: Circumstance; shell: Shell },
): Thing {
  const field = called ? undefined : of.table?.get(name);
  if (field !== undefined) return field;
  if (/^(?:invoke|invokereturnasis|invokewithcontext)$/.test(name) && called) {
    if (of.block !== undefined) return shell.runBlock(of.block, how, { args });
    if (of.type === 'scriptblock') return shell.runText(of, call);
    return unknownOf(of, ...args);
  }
  if (called && name === 'create' && of.type === 'wmiclass') {
    call.session.runWindows(oneValue(args[0]), 'bat', { ...how, depth: how.depth + 1 });
    return UNKNOWN_THING;
  }
  if (called && name === 'delete' && of.type === 'file') {
    for (const item of of.items) deletePath(call, item, args.length > 0);
    return NO_THING;
  }
  if (called && name === 'create' && args.length > 0 && args[0]?.items[0] !== undefined && of.type === 'scriptblock')
    return { ...args[0], type: 'scriptblock' };
  const text = called ? ofString(name, of, args) : undefined;
  if (text !== undefined) return text;
  runBlocks(args, how, shell);
  if (PATHS.has(name)) return of;
  if (COUNTS.has(name)) return UNKNOWN_THING;
  return of.type === undefined ? unknownOf(of, ...args) : { ...unknownOf(of, ...args), type: of.type };
}

function runBlocks(args: readonly Thing[], how: Circumstance, shell: Shell): void {
  for (const { block } of args) if (block !== undefined) shell.runBlock(block, how);
}

function reverse(arg: Expression | undefined, shell: Shell): void {
  if (arg?.kind === 'variable') shell.names.assign(arg.name, { items: [...shell.names.variable(arg.name).items].reverse() });
}

type StringMethod = (text: string, args: readonly Thing[]) => string | undefined;

const STRING_METHODS: ReadonlyMap<string, StringMethod> = new Map(
  Object.entries<StringMethod>({
    replace: (text, args) => {
      const [find, put] = [textOf(args[0]), textOf(args[1])];
      return find === '' || growsTooMuch(text, put) ? undefined : text.replaceAll(find, () => put);
    },
    tolower: (text) => text.toLowerCase(),
    tolowerinvariant: (text) => text.toLowerCase(),
    toupper: (text) => text.toUpperCase(),
    toupperinvariant: (text) => text.toUpperCase(),
    trim: (text) => text.trim(),
    trimstart: (text) => text.trimStart(),
    trimend: (text) => text.trimEnd(),
    tostring: (text) => text,
    normalize: (text) => text,
    substring: (text, args) => {
      const [from, length] = [numberOf(args[0]), numberOf(args[1])];
      return from === undefined ? undefined : text.slice(from, length === undefined ? undefined : from + length);
    },
    remove: (text, args) => {
      const [from, length] = [numberOf(args[0]), numberOf(args[1])];
      return from === undefined ? undefined : text.slice(0, from) + (length === undefined ? '' : text.slice(from + length));
    },
    insert: (text, args) => {
      const at = numberOf(args[0]);
      return at === undefined ? undefined : text.slice(0, at) + textOf(args[1]) + text.slice(at);
    },
  }),
);

/** A method of strings on a text that is known. */
function ofString(name: string, of: Thing, args: readonly Thing[]): Thing | undefined {
  const [value] = of.items;
  if (of.items.length !== 1 || value === undefined || isUnknown(value)) return undefined;
  if (name === 'split') return split(of, args[0]);
  if (name === 'tochararray') return { items: [...value.text].map((text): Value => ({ ...value, text })) };
  const text = STRING_METHODS.get(name)?.(value.text, args);
  return text === undefined ? undefined : { ...thing({ ...value, text }), ...(of.type === undefined ? {} : { type: of.type }) };
}

/** A property that is set: certificate checks that let everything pass. */
export function noteAssignedMember(node: Expression & { kind: 'member' }, value: Thing, how: Circumstance, shell: Shell): void {
  const name = textOf(shell.evaluate(node.name, how)).toLowerCase();
  const call = new Call('powershell', [], how, shell.analysis);
  if (/certificatevalidationcallback$|^certificatepolicy$/.test(name) && (value.block !== undefined || value.items.length > 0))
    call.effect('disable-protection', { targetText: name, traits: ['unverified'] });
}
