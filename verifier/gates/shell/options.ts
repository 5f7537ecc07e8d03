import type { Value } from './value.ts';

/** A command's arguments, read the way getopt_long does. */
export interface Options {
  /** `r` for `-r`, `recursive` for `--recursive`. */
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly Value[]>;
  readonly operands: readonly Value[];
}

/**
 * Reads arguments into flags, values and operands.
 * @param takesValue names of options that take a value: letters and long names, separated by spaces.
 * @param stopAtOperand the first operand ends the options (wrappers such as sudo).
 */
export function readOptions(args: readonly Value[], takesValue = '', stopAtOperand = false): Options {
  const valued = valuedNames(takesValue);
  const flags = new Set<string>();
  const values = new Map<string, Value[]>();
  const operands: Value[] = [];
  const keep = (name: string, value: Value | undefined): void => {
    flags.add(name);
    if (value === undefined) return;
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    if (arg === undefined) break;
    const { text } = arg;
    if (text === '--') {
      operands.push(...args.slice(index + 1));
      break;
    }
    if (text.startsWith('--')) {
      const equals = text.indexOf('=');
      const name = text.slice(2, equals < 0 ? undefined : equals);
      if (equals >= 0) keep(name, { ...arg, text: text.slice(equals + 1) });
      else if (valued.has(name)) keep(name, args[++index]);
      else flags.add(name);
      continue;
    }
    if (text.length < 2 || !text.startsWith('-')) {
      operands.push(arg);
      if (!stopAtOperand) continue;
      operands.push(...args.slice(index + 1));
      break;
    }
    for (let at = 1; at < text.length; at++) {
      const letter = text.charAt(at);
      if (!valued.has(letter)) {
        flags.add(letter);
        continue;
      }
      const rest = text.slice(at + 1);
      keep(letter, rest === '' ? args[++index] : { ...arg, text: rest });
      break;
    }
  }
  return { flags, values, operands };
}

/** Whether one of the options was given; a long name may be abbreviated as GNU programs allow. */
export function has(options: Options, ...names: string[]): boolean {
  for (const name of names) {
    if (options.flags.has(name)) return true;
    if (name.length < 4) continue;
    for (const flag of options.flags) if (flag.length > 1 && name.startsWith(flag)) return true;
  }
  return false;
}

/** The values given for any of these options, in their order. */
export function valuesOf(options: Options, ...names: string[]): Value[] {
  return names.flatMap((name) => [...(options.values.get(name) ?? [])]);
}

const cache = new Map<string, ReadonlySet<string>>();
function valuedNames(list: string): ReadonlySet<string> {
  let names = cache.get(list);
  if (names === undefined) {
    names = new Set(list.split(' '));
    cache.set(list, names);
  }
  return names;
}
