import { RE2JS } from 're2js';
import { GAP, join, literal, type Value } from '../value.ts';
import {
  isUnknown,
  listOf,
  MAX_ITEMS,
  NO_THING,
  numberOf,
  oneValue,
  type Thing,
  taintOf,
  textOf,
  textThing,
  thing,
  UNKNOWN_THING,
  unknownOf,
} from './things.ts';

const MAX_REPEATED = 4096;
const MAX_PATTERN = 200;
const MAX_GROWTH = 1 << 20;

/** Whether putting one text into another in many places could give more than is carried about. */
export function growsTooMuch(text: string, put: string): boolean {
  return (text.length + 1) * (put.length + 1) > MAX_GROWTH;
}

function known(...things: readonly Thing[]): boolean {
  return things.every((one) => one.items.every((item) => !isUnknown(item)));
}

/** `{0}` and its kin, filled in. */
export function format(pattern: Thing, values: Thing): Thing {
  if (growsTooMuch(textOf(pattern), textOf(values))) return unknownOf(pattern, values);
  const text = textOf(pattern).replace(/\{\{|\}\}|\{(\d{1,3})(?:,-?\d{1,3})?(?::[^{}]{0,40})?\}/g, (whole, place: string | undefined) => {
    if (place === undefined) return whole.charAt(0);
    return values.items[Number(place)]?.text ?? '';
  });
  return textThing(text, taintOf(pattern, values));
}

/** `-replace`: the pattern is .NET's; where RE2 does not know it, nobody knows what comes out. */
export function replace(of: Thing, by: Thing): Thing {
  const [pattern = literal(''), put = literal('')] = by.items;
  const taint = taintOf(of, by);
  if (isUnknown(pattern) || pattern.text.length > MAX_PATTERN || of.items.some(({ text }) => growsTooMuch(text, put.text)))
    return unknownOf(of, by);
  try {
    const matcher = RE2JS.compile(pattern.text, RE2JS.CASE_INSENSITIVE);
    return { items: of.items.map(({ text }) => literal(matcher.matcher(text).replaceAll(put.text), taint)) };
  } catch {
    return unknownOf(of, by);
  }
}

export function split(of: Thing, by: Thing | undefined): Thing {
  if (!known(of)) return unknownOf(of);
  const separator = by?.items[0]?.text ?? ' ';
  const taint = taintOf(of, by);
  const parts = of.items.flatMap(({ text }) => {
    if (separator === ' ' || separator === '\\s+') return text.split(/\s+/);
    // `-split` takes a pattern; letters in brackets and alternatives are what obfuscated texts use.
    const plain = /^[^\\^$.|?*+()[\]{}]+$/.test(separator);
    if (plain) return text.split(separator);
    const set = /^\[([^\]\\^-]+)\]$/.exec(separator)?.[1];
    const letters = new Set(set ?? separator.replace(/[\\|]/g, ''));
    const found = [''];
    for (const letter of text) {
      if (letters.has(letter)) found.push('');
      else found.push((found.pop() ?? '') + letter);
    }
    return found;
  });
  return { items: parts.slice(0, MAX_ITEMS).map((text) => literal(text, taint)) };
}

function range(left: Thing, right: Thing): Thing {
  const [from, to] = [numberOf(left), numberOf(right)];
  if (from === undefined || to === undefined) return UNKNOWN_THING;
  const step = from <= to ? 1 : -1;
  const items: Value[] = [];
  for (let at = from; items.length < MAX_ITEMS && (step > 0 ? at <= to : at >= to); at += step) items.push(literal(String(at)));
  return { items };
}

function arithmetic(operator: string, left: Thing, right: Thing): Thing {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === undefined || b === undefined) return unknownOf(left, right);
  const results: Readonly<Record<string, number>> = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': a / b,
    '%': a % b,
    '-bxor': a ^ b,
    '-band': a & b,
    '-bor': a | b,
    '-shl': a << b,
    '-shr': a >> b,
  };
  return textThing(String(results[operator] ?? GAP), taintOf(left, right));
}

function add(left: Thing, right: Thing): Thing {
  if (left.items.length > 1) return listOf([left, right]);
  if (left.items.length === 0) return right;
  if (numberOf(left) !== undefined && numberOf(right) !== undefined) return arithmetic('+', left, right);
  return thing(join([oneValue(left), oneValue(right)]));
}

function repeat(left: Thing, right: Thing): Thing {
  const times = numberOf(right);
  const text = textOf(left);
  if (numberOf(left) !== undefined) return arithmetic('*', left, right);
  if (times === undefined || times < 0 || times * text.length > MAX_REPEATED) return unknownOf(left);
  return textThing(text.repeat(times), taintOf(left));
}

/** What an operator between two values gives. */
export function operate(operator: string, left: Thing, right: Thing): Thing {
  switch (operator) {
    case '+':
      return add(left, right);
    case '*':
      return repeat(left, right);
    case '-f':
      return format(left, right);
    case '..':
      return range(left, right);
    case '-join':
      return thing(join(left.items, textOf(right)));
    case '-replace':
      return replace(left, right);
    case '-split':
      return split(left, right);
    case '-as':
      return left;
    case '??':
      return left.items.length === 0 ? right : left;
    case '-':
    case '/':
    case '%':
    case '-bxor':
    case '-band':
    case '-bor':
    case '-shl':
    case '-shr':
      return arithmetic(operator, left, right);
    default:
      // A comparison; of a list it keeps some.
      return left.items.length > 1 ? left : UNKNOWN_THING;
  }
}

const CHARACTER = (code: number): string => (code >= 0 && code <= 0xffff ? String.fromCharCode(code) : GAP);

/** `[type]value`. */
export function cast(type: string, value: Thing): Thing {
  const name = type.toLowerCase().replace(/^system\./, '');
  switch (name) {
    case 'char':
    case 'char[]': {
      const [only] = value.items;
      if (only !== undefined && value.items.length === 1 && numberOf(value) === undefined && name === 'char[]')
        return { items: [...only.text].slice(0, MAX_ITEMS * 8).map((letter) => ({ ...only, text: letter })) };
      return { items: value.items.map((item) => ({ ...item, text: charOf(item) })) };
    }
    case 'string':
      return thing(oneValue(value));
    case 'void':
      return NO_THING;
    case 'scriptblock':
    case 'wmiclass':
    case 'adsi':
      return { ...value, type: name };
    case 'int':
    case 'byte':
    case 'int32': {
      const number = numberOf(value);
      return number === undefined ? value : textThing(String(number), taintOf(value));
    }
    default:
      return value;
  }
}

function charOf(item: Value): string {
  const number = numberOf({ items: [item] });
  return number === undefined ? item.text : CHARACTER(number);
}

/** `value[index]`: of a table by key, of a list by place, of a string its letters. */
export function indexed(of: Thing, index: Thing): Thing {
  const key = index.items.length === 1 ? of.table?.get(textOf(index).toLowerCase()) : undefined;
  if (key !== undefined) return key;
  const [only] = of.items;
  const letters = of.items.length === 1 && only !== undefined && !isUnknown(only);
  const source: readonly Value[] = letters ? [...only.text].map((text) => ({ ...only, text })) : of.items;
  const places = index.items.map((item) => numberOf({ items: [item] }));
  if (places.some((place) => place === undefined)) return unknownOf(of);
  const items = places.flatMap((place = 0) => source.at(place) ?? []);
  return items.length === 0 && !letters ? unknownOf(of) : { items };
}
