import type { Expression, Span } from './ast.ts';
import { readBlock } from './blocks.ts';
import type { Reader } from './reader.ts';
import { readString, readVariable, readWord } from './words.ts';

/** Operators by how tightly they bind, the loosest first (about_Operator_Precedence). */
const BINDING: readonly (readonly string[])[] = [
  ['??', '-and', '-or', '-xor'],
  ['-band', '-bor', '-bxor'],
  [
    '-eq -ne -gt -ge -lt -le -like -notlike -match -notmatch -replace -contains -notcontains -in -notin -split -join -is -isnot -as'.split(
      ' ',
    ),
  ].flat(),
  ['+', '-'],
  ['*', '/', '%', '-shl', '-shr'],
  ['-f'],
  ['..'],
];
const LEVELS = new Map(BINDING.flatMap((names, level) => names.map((name) => [name, level])));
const CASED = /^-([ci])(eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|replace|contains|notcontains|in|notin|split)$/;
const NUMBER = /(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?:[kmgtp]b|l|d)?(?![\w:\\/])/iy;
const TYPE = /\[([A-Za-z_][\w.+`]*(?:\[[\w.,\s[\]]*\])*)\]/y;

function since(reader: Reader, start: number): Span {
  return { start, end: reader.at };
}

export function startsExpression(reader: Reader): boolean {
  if (reader.sees(/[$@(["'!,{]|--?(?=[$(\d\w\s'"[])|\+(?=[+$(\d])/y))
    return reader.letter !== '[' || reader.look(TYPE) !== null || reader.sees(/\[\w+\(/y);
  return reader.look(NUMBER) !== null && reader.sees(/[\d.a-fx]+(?=$|[\s;|)}\],+\-*/%=])|\d+\.\./iy);
}

/** An expression with its operators. @param commas whether `,` makes a list, as it does not between a method's arguments */
export function readExpression(reader: Reader, commas = true, lines = false): Expression {
  const condition = binary(reader, 0, commas, lines);
  if (!reader.sees(/\s+\?(?=\s)/y)) return condition;
  reader.take(/\s+\?\s*/y);
  const left = binary(reader, 0, commas, lines);
  reader.blank(true);
  if (!reader.skip(':')) return left;
  reader.blank(true);
  const right = binary(reader, 0, commas, lines);
  return { kind: 'list', items: [left, right], start: condition.start, end: reader.at };
}

function operatorHere(reader: Reader): string | undefined {
  if (!'-?.+*/%'.includes(reader.letter)) return undefined;
  return reader.look(/-[A-Za-z]+(?![\w-])|\?\?(?!=)|\.\.|[+*/%](?![=+])|-(?![-=\w])|-(?=\d)/y)?.[0].toLowerCase();
}

/** Operators that bind at least as tightly as `loosest`, what is between them first. */
function binary(reader: Reader, loosest: number, commas: boolean, lines: boolean): Expression {
  return reader.deeper(() => {
    let left = commas ? list(reader, lines) : unary(reader);
    let links = 0;
    for (;;) {
      const before = reader.at;
      reader.blank(lines);
      const text = reader.done ? undefined : operatorHere(reader);
      const operator = text?.replace(CASED, '-$2');
      const level = operator === undefined ? undefined : LEVELS.get(operator);
      if (text === undefined || operator === undefined || level === undefined || level < loosest) {
        reader.at = before;
        return left;
      }
      reader.at += text.length;
      reader.blank(true);
      const right = binary(reader, level + 1, commas, lines);
      left = { kind: 'binary', operator, left, right, start: left.start, end: reader.at };
      reader.link(++links);
    }
  });
}

function list(reader: Reader, lines: boolean): Expression {
  const first = unary(reader);
  const items = [first];
  for (;;) {
    const before = reader.at;
    reader.blank(lines);
    if (!reader.skip(',')) {
      reader.at = before;
      return items.length === 1 ? first : { kind: 'list', items, ...since(reader, first.start) };
    }
    reader.blank(true);
    const from = reader.at;
    items.push(unary(reader));
    if (reader.at === from) return { kind: 'list', items, ...since(reader, first.start) };
  }
}

function unary(reader: Reader): Expression {
  return reader.deeper(() => {
    reader.blank();
    const start = reader.at;
    const operator = reader.takeText(/-(?:not|bnot|[ci]?join|[ci]?split)(?![\w-])|--|\+\+|[!+,]|-(?=[\s\d$(.])/iy)?.toLowerCase();
    if (operator !== undefined) {
      reader.blank();
      const of = unary(reader);
      return { kind: 'unary', operator: operator.replace(/^-[ci](join|split)$/, '-$1'), of, ...since(reader, start) };
    }
    return postfix(reader, primary(reader));
  });
}

function primary(reader: Reader): Expression {
  const start = reader.at;
  const string = readString(reader);
  if (string !== undefined) return string;
  if (reader.startsWith('$(') || reader.startsWith('@(')) {
    reader.at += 2;
    return { kind: 'group', body: reader.nested.statements(reader, ')'), ...since(reader, start) };
  }
  const variable = readVariable(reader);
  if (variable !== undefined) return variable;
  if (reader.skip('(')) return { kind: 'group', body: reader.nested.statements(reader, ')'), ...since(reader, start) };
  if (reader.startsWith('@{')) return table(reader);
  const splat = reader.take(/@([A-Za-z_]\w*)/y)?.[1];
  if (splat !== undefined) return { kind: 'variable', name: splat, splat: true, ...since(reader, start) };
  if (reader.letter === '{') return readBlock(reader);
  if (reader.letter === '[') return typed(reader);
  const number = reader.take(NUMBER)?.[0];
  if (number !== undefined) return { kind: 'text', parts: [number], bare: true, ...since(reader, start) };
  return { kind: 'text', parts: [reader.takeText(/[\w.-]+/y) ?? ''], bare: true, ...since(reader, start) };
}

/** `[type]`, `[type]expression`, or an attribute, which is passed over. */
function typed(reader: Reader): Expression {
  const start = reader.at;
  const name = reader.take(TYPE)?.[1];
  if (name === undefined) {
    reader.at++;
    const of = reader.nested.statements(reader, ']');
    return { kind: 'group', body: of, ...since(reader, start) };
  }
  if (reader.startsWith('::')) return { kind: 'type', name, ...since(reader, start) };
  const before = reader.at;
  reader.blank();
  if (!reader.sees(/[$@(["'{\d]|-\d|-[ci]?(?:join|split)\b/iy)) {
    reader.at = before;
    return { kind: 'type', name, ...since(reader, start) };
  }
  return { kind: 'cast', name, of: unary(reader), ...since(reader, start) };
}

function table(reader: Reader): Expression {
  const start = reader.at;
  reader.at += 2;
  const entries: { key: Expression; value: ReturnType<Reader['nested']['statements']> }[] = [];
  for (;;) {
    reader.blank(true);
    if (reader.done || reader.skip('}')) break;
    const from = reader.at;
    const key = !reader.sees(/[A-Za-z_]/y) ? postfix(reader, primary(reader)) : readName(reader);
    reader.blank();
    if (reader.skip('=')) {
      reader.blank(true);
      entries.push({ key, value: reader.nested.statements(reader, 'one') });
    }
    if (reader.at === from) reader.at++;
  }
  return { kind: 'table', entries, ...since(reader, start) };
}

function readName(reader: Reader): Expression {
  const start = reader.at;
  return { kind: 'text', parts: [reader.takeText(/[\w-]+/y) ?? ''], bare: true, ...since(reader, start) };
}

/** Members, calls and indexes behind a value. */
export function postfix(reader: Reader, of: Expression): Expression {
  let value = of;
  let links = 0;
  for (;;) {
    const start = value.start;
    const before = reader.at;
    if (reader.take(/\?\.(?=\w)|(?:\s*\n\s*)?\.(?=[A-Za-z_$("'])|::/y) !== null) {
      const name = !reader.sees(/[A-Za-z_]/y) ? primary(reader) : readName(reader);
      const args = callArguments(reader);
      value = { kind: 'member', of: value, name, args, start, end: reader.at };
    } else if (reader.letter === '[') {
      reader.at++;
      reader.blank(true);
      const index = readExpression(reader, true, true);
      reader.blank(true);
      reader.skip(']');
      value = { kind: 'index', of: value, index, start, end: reader.at };
    } else if (reader.skip('++') || (reader.sees(/--(?!\w)/y) && reader.skip('--'))) return value;
    else return value;
    reader.link(++links);
    if (reader.at === before) return value;
  }
}

function callArguments(reader: Reader): Expression[] | undefined {
  if (reader.letter === '{') return [readBlock(reader)];
  if (!reader.skip('(')) return undefined;
  const args: Expression[] = [];
  for (;;) {
    reader.blank(true);
    if (reader.done || reader.skip(')')) return args;
    const from = reader.at;
    args.push(readExpression(reader, false, true));
    reader.blank(true);
    if (!reader.skip(',') && reader.letter !== ')' && reader.at === from) reader.at++;
  }
}

/** An argument of a command, a list where commas follow. */
export function readArgument(reader: Reader): Expression {
  const first = oneArgument(reader);
  const items = [first];
  for (;;) {
    const before = reader.at;
    reader.blank();
    if (!reader.skip(',')) {
      reader.at = before;
      break;
    }
    reader.blank(true);
    const from = reader.at;
    items.push(oneArgument(reader));
    if (reader.at === from) break;
  }
  return items.length === 1 ? first : { kind: 'list', items, start: first.start, end: reader.at };
}

function oneArgument(reader: Reader): Expression {
  return reader.deeper(() => {
    if (!reader.sees(/[$@({"']/y)) return readWord(reader);
    const value = reader.letter === '@' && !reader.sees(/@[({"'A-Za-z_]/y) ? readWord(reader) : primary(reader);
    // `'text'.Method(…)` is an expression here too; `'folder'.txt` is one word.
    const method = value.kind === 'text' && reader.sees(/\.[A-Za-z]+\(|\[/y);
    if (value.kind === 'text' && !method) return ends(reader) ? value : readWord(reader, value);
    const whole = postfix(reader, value);
    return ends(reader) || whole.kind === 'block' ? whole : readWord(reader, whole);
  });
}

function ends(reader: Reader): boolean {
  return reader.done || reader.sees(/[\s;|&,(){}<>]/y);
}
