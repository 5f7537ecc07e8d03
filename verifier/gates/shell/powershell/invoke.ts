import { Call, type Circumstance } from '../call.ts';
import { withoutScriptEnding } from '../programs/table.ts';
import { isKnown, literal, type Value } from '../value.ts';
import { ALIASES } from './aliases.ts';
import type { Command, Expression } from './ast.ts';
import { cmdletReader } from './cmdlets/table.ts';
import { type Argument, Parameters } from './parameters.ts';
import { slashed } from './paths.ts';
import type { Shell } from './shell.ts';
import { NO_THING, oneValue, type Thing, thing, unknownOf } from './things.ts';

const CMDLET = /^[A-Za-z]+-[A-Za-z][\w]*$/;
const MAX_ALIASES = 8;

/** Runs one command of a pipeline: a function, a cmdlet, or a program. */
export function runCommandStage(command: Command, piped: Thing | undefined, how: Circumstance, shell: Shell): Thing {
  const called = shell.evaluate(command.name, how);
  const args = command.args.flatMap((arg) => argumentsOf(arg, how, shell));
  if (called.block !== undefined)
    return shell.runBlock(called.block, how, { args: valuesOf(args), ...(piped === undefined ? {} : { item: piped }) });
  if (called.type === 'scriptblock') return shell.runText(called, new Call('powershell', [], how, shell.analysis));
  const value = oneValue(called);
  // What it would run came from somewhere, or `$x` holds a whole command.
  if (!isKnown(value)) return shell.runWords([value, ...words(args)], how);
  const names = { ...how, depth: how.depth + 1 };
  let name = value.text.trim();
  for (let round = 0; round < MAX_ALIASES; round++) {
    const meant = shell.names.aliases.get(name.toLowerCase());
    if (meant === undefined) break;
    name = meant;
  }
  const defined = shell.names.functions.get(name.toLowerCase());
  if (defined !== undefined) return runFunction(defined, args, piped, names, shell);
  return runNamed(name, args, piped, how, shell);
}

function runFunction(
  block: NonNullable<Thing['block']>,
  args: readonly Argument[],
  piped: Thing | undefined,
  how: Circumstance,
  shell: Shell,
): Thing {
  const takes = block.parameters.map(({ name }) => `${name}*`).join(' ');
  const parameters = new Parameters(takes, args);
  const named = new Map([...parameters.all].map(([name, value]) => [name.toLowerCase(), value]));
  return shell.runBlock(block, how, { args: parameters.positional, named, ...(piped === undefined ? {} : { item: piped }) });
}

/** A module's name or a folder before it, and case, are no matter. */
function bare(name: string): string {
  const last = name.slice(name.lastIndexOf('\\') + 1);
  return (CMDLET.test(last) ? last : name).toLowerCase();
}

/** Runs what a name stands for. */
export function runNamed(name: string, args: readonly Argument[], piped: Thing | undefined, how: Circumstance, shell: Shell): Thing {
  const lower = bare(name);
  const meant = isUnixUse(lower, args) ? lower : (ALIASES.get(lower) ?? lower);
  const reader = cmdletReader(meant);
  if (reader === undefined) {
    for (const { value } of args) if (value?.block !== undefined) shell.runBlock(value.block, how, { item: piped ?? NO_THING });
    if (CMDLET.test(meant)) return unknownOf(piped, ...valuesOf(args));
    return shell.runWords([programWord(name, how, shell), ...words(args)], how);
  }
  const parameters = new Parameters(reader.takes, args);
  // `-WhatIf` tells what would be done, `-?` how to.
  if (parameters.has('WhatIf') || args.some((arg) => arg.name === '?')) return NO_THING;
  const call = new Call(meant, words(args), how, shell.analysis);
  const output = reader.run({ name: meant, call, parameters, piped, shell });
  return output ?? unknownOf(piped, ...valuesOf(args));
}

/** Under these names PowerShell 7 finds the programs themselves, and on Unix always. */
function isUnixUse(name: string, args: readonly Argument[]): boolean {
  if (name !== 'curl' && name !== 'wget') return false;
  return !args.some((arg) => /^(?:uri|outf\w*|useb\w*|met\w*|body|headers|inf\w*)$/i.test(arg.name ?? ''));
}

function programWord(name: string, how: Circumstance, shell: Shell): Value {
  const path = slashed(literal(withoutScriptEnding(name)), shell.analysis.home);
  return how.taint === 0 ? path : { ...path, taint: how.taint };
}

function valuesOf(args: readonly Argument[]): Thing[] {
  return args.flatMap(({ value }) => value ?? []);
}

/** The words as a program gets them. */
export function words(args: readonly Argument[]): Value[] {
  return args.flatMap(({ name, value }) => {
    if (name === undefined) return value?.items ?? [];
    const dashed = literal(`-${name}`);
    return value === undefined ? [dashed] : [{ ...oneValue(value), text: `-${name}:${oneValue(value).text}` }];
  });
}

/** An argument as parameter or value; `@table` gives one for each entry. */
function argumentsOf(node: Expression, how: Circumstance, shell: Shell): Argument[] {
  if (node.kind === 'variable' && node.splat) return splatted(shell.names.variable(node.name));
  const value = shell.evaluate(node, how);
  if (node.kind !== 'text' || !node.bare || typeof node.parts[0] !== 'string') return [{ value }];
  const text = value.items[0]?.text ?? '';
  const parameter = /^-([A-Za-z_?][\w-]*)(?::([\s\S]*))?$/.exec(text);
  if (parameter === null)
    return [{ value: { items: value.items.map((item) => ({ ...item, glob: item.glob || (node.bare && item.text.includes('*')) })) } }];
  const [, name = '', joined] = parameter;
  if (joined === undefined || joined === '') return [{ name }];
  return [{ name, value: thing({ text: joined, taint: value.items[0]?.taint ?? 0, glob: false }) }];
}

function splatted(of: Thing): Argument[] {
  if (of.table === undefined) return of.items.map((item) => ({ value: thing(item) }));
  return [...of.table].flatMap(([name, value]) =>
    value.items.length === 1 && /^true$/i.test(value.items[0]?.text ?? '') ? [{ name }] : [{ name }, { value }],
  );
}
