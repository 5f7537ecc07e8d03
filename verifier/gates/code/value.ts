import type { CodeSource } from '../../policy/facts.ts';
import { type Clean, EVERYTHING, NOTHING } from './clean.ts';
import type { FunctionModel } from './model.ts';
import type { Scope } from './scope.ts';
import { HOLE, SAFE } from './sinks.ts';

/** Somebody else's choice in a value. */
export interface Taint {
  readonly source: CodeSource;
  /** Dotted name of where it came from: a check of that clears it wherever it went. */
  readonly key: string;
  readonly at: number;
  readonly clean: Clean;
}

/** What is known of a value. */
export interface Value {
  readonly taints: readonly Taint[];
  /** The value itself where it is a known literal. */
  readonly constant: string | number | boolean | null | undefined;
  /** Literal parts, {@link HOLE} for the others; bounded. */
  readonly text: string;
  /** Put together from literal text and something else. */
  readonly built: boolean;
  /** Something in it is not known. */
  readonly dynamic: boolean;
  /** Dotted name by which it is known: a module, a function, a part of a request. */
  readonly name: string;
  readonly properties?: ReadonlyMap<string, Value>;
  readonly items?: readonly Value[];
  readonly called?: { readonly definition: FunctionModel; readonly scope: Scope };
  /** The value tells, where it is true, that these are harmless for some sinks. */
  readonly answers?: readonly { readonly key: string; readonly clean: Clean }[];
  /** Where it was put together. */
  readonly spots: readonly number[];
}

const MAX_TEXT = 600;
const MAX_TAINTS = 12;
const NO_TAINTS: readonly Taint[] = [];
const NO_SPOTS: readonly number[] = [];

const EMPTY: Value = { taints: NO_TAINTS, constant: undefined, text: '', built: false, dynamic: false, name: '', spots: NO_SPOTS };

export function known(constant: string | number | boolean | null): Value {
  return { ...EMPTY, constant, text: String(constant ?? '').slice(0, MAX_TEXT) };
}

/** Nothing is known but how it is called. */
export function unknown(name = ''): Value {
  return { ...EMPTY, text: HOLE, dynamic: true, name };
}

export function tainted(source: CodeSource, key: string, at: number): Value {
  return { ...unknown(key), taints: [{ source, key, at, clean: NOTHING }] };
}

/** An answer, a number, a fresh object: nobody's choice. */
export const HARMLESS: Value = { ...EMPTY, text: SAFE };

function taintsOf(values: readonly Value[]): readonly Taint[] {
  const first = values.find(({ taints }) => taints.length > 0);
  if (first === undefined) return NO_TAINTS;
  const all = new Map<string, Taint>();
  for (const taint of values.flatMap(({ taints }) => taints)) {
    const id = `${taint.source} ${taint.key}`;
    const before = all.get(id);
    // Of two ways for the same thing, the one on which less was made harmless counts.
    if (before === undefined || taint.clean.size < before.clean.size) all.set(id, taint);
  }
  return [...all.values()].slice(0, MAX_TAINTS);
}

const spotsOf = (values: readonly Value[], more: readonly number[] = NO_SPOTS): readonly number[] =>
  [...values.flatMap(({ spots }) => spots), ...more].slice(0, 8);

/** Any one of several values. */
export function either(values: readonly Value[]): Value {
  const [first] = values;
  if (first === undefined) return HARMLESS;
  if (values.length === 1) return first;
  const richest =
    values.find(({ built }) => built) ?? values.find(({ taints }) => taints.length > 0) ?? values.find(({ dynamic }) => dynamic) ?? first;
  const { answers: _, ...rest } = richest;
  const same = values.every(({ constant }) => constant === first.constant);
  return {
    ...rest,
    taints: taintsOf(values),
    constant: same ? first.constant : undefined,
    dynamic: values.some(({ dynamic }) => dynamic),
    spots: spotsOf(values),
  };
}

/** What comes of several values, in no way that is known. */
export function mixed(values: readonly Value[], name = ''): Value {
  return {
    ...EMPTY,
    text: HOLE,
    taints: taintsOf(values),
    dynamic: values.some(({ dynamic }) => dynamic),
    built: values.some(({ built }) => built),
    name,
    spots: spotsOf(values),
  };
}

/** Texts one after the other. */
export function concatenated(values: readonly Value[], at: number): Value {
  if (values.every(({ constant }) => constant !== undefined)) {
    return known(
      values
        .map(({ constant }) => String(constant ?? ''))
        .join('')
        .slice(0, MAX_TEXT),
    );
  }
  const text = values
    .map((value) => value.text || HOLE)
    .join('')
    .slice(0, MAX_TEXT);
  const built = values.some((value) => value.built || (value.constant !== undefined && value.text !== ''));
  return { ...EMPTY, text, built, taints: taintsOf(values), dynamic: values.some(({ dynamic }) => dynamic), spots: spotsOf(values, [at]) };
}

/** The value with some more sinks for which it is harmless. */
export function cleaned(value: Value, clean: Clean): Value {
  if (clean === EVERYTHING) return HARMLESS;
  if (value.taints.length === 0)
    return value.constant === undefined ? { ...value, dynamic: false, text: value.built ? value.text : SAFE } : value;
  const { properties: _properties, items: _items, answers: _answers, ...rest } = value;
  return { ...rest, constant: undefined, taints: value.taints.map((taint) => ({ ...taint, clean: new Set([...taint.clean, ...clean]) })) };
}
