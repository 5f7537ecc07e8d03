import type { Expression, Text } from './ast.ts';
import type { Reader } from './reader.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': ' ', a: '\x07', b: '\b', e: '\x1b', f: '\f', v: '\v' };
const VARIABLE =
  /\$(?:\{((?:`[\s\S]|[^}`])*)\}|((?:(?:env|global|script|local|private|using|variable|function|alias|workflow):)?[A-Za-z_]\w*|[?^$](?!\w)))/iy;

/** `$name`, `${name}`, `$env:name`; undefined where none stands here. */
export function readVariable(reader: Reader): Expression | undefined {
  const start = reader.at;
  const match = reader.take(VARIABLE);
  if (match === null) return undefined;
  return { kind: 'variable', name: (match[1] ?? match[2] ?? '').replaceAll('`', ''), splat: false, start, end: reader.at };
}

/** `$( … )`, read as a group. */
function readSubstitution(reader: Reader): Expression {
  const start = reader.at;
  reader.at += 2;
  const body = reader.deeper(() => reader.nested.statements(reader, ')'));
  return { kind: 'group', body, start, end: reader.at };
}

/** Collects literal pieces and expansions. */
class Pieces {
  readonly parts: (string | Expression)[] = [];
  #text = '';

  add(text: string): void {
    this.#text += text;
  }

  expansion(expression: Expression): void {
    if (this.#text !== '') this.parts.push(this.#text);
    this.#text = '';
    this.parts.push(expression);
  }

  finish(): readonly (string | Expression)[] {
    if (this.#text !== '' || this.parts.length === 0) this.parts.push(this.#text);
    return this.parts;
  }
}

/** A backtick with what it escapes. */
function readEscape(reader: Reader): string {
  reader.at++;
  const unicode = reader.take(/u\{([0-9a-f]{1,6})\}/iy)?.[1];
  if (unicode !== undefined) {
    const code = Number.parseInt(unicode, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  }
  const letter = reader.letter;
  reader.at++;
  return ESCAPES[letter] ?? letter;
}

/** Adds a `$…` that expands; false where the sign stands for itself. */
function addExpansion(reader: Reader, pieces: Pieces): boolean {
  const expansion = reader.startsWith('$(') ? readSubstitution(reader) : readVariable(reader);
  if (expansion === undefined) return false;
  pieces.expansion(expansion);
  return true;
}

function addDoubleQuoted(reader: Reader, pieces: Pieces): void {
  reader.at++;
  while (!reader.done) {
    const plain = reader.takeText(/[^"`$]+/y);
    if (plain !== undefined) pieces.add(plain);
    else if (reader.letter === '`') pieces.add(readEscape(reader));
    else if (reader.skip('""')) pieces.add('"');
    else if (reader.letter === '$') {
      if (!addExpansion(reader, pieces)) pieces.add(reader.text.charAt(reader.at++));
    } else {
      reader.at++;
      return;
    }
  }
}

function addSingleQuoted(reader: Reader, pieces: Pieces): void {
  const match = reader.take(/'((?:[^']|'')*)(?:'|$)/y);
  pieces.add((match?.[1] ?? '').replaceAll("''", "'"));
}

/** `@"` or `@'`, lines, and the sign at a line's start again. */
function hereString(reader: Reader): Text | undefined {
  const start = reader.at;
  const quote = reader.take(/@(["'])[^\S\n]*\n/y)?.[1];
  if (quote === undefined) return undefined;
  const from = reader.at;
  const close = reader.text.indexOf(`\n${quote}@`, from - 1);
  const end = close < 0 ? reader.text.length : close;
  const pieces = new Pieces();
  if (quote === "'") pieces.add(reader.text.slice(from, Math.max(from, end)));
  else {
    while (reader.at < end) {
      const plain = reader.take(/[^`$\n]+|\n/y);
      if (plain !== null) pieces.add(plain[0]);
      else if (reader.letter === '`') pieces.add(readEscape(reader));
      else if (!addExpansion(reader, pieces)) pieces.add(reader.text.charAt(reader.at++));
    }
  }
  reader.at = Math.max(reader.at, close < 0 ? end : close + 3);
  return { kind: 'text', parts: pieces.finish(), bare: false, start, end: reader.at };
}

/** A string in quotes of any kind; undefined where none stands here. */
export function readString(reader: Reader): Text | undefined {
  const start = reader.at;
  const { letter } = reader;
  if (letter === '@') return hereString(reader);
  if (letter !== '"' && letter !== "'") return undefined;
  const pieces = new Pieces();
  if (letter === '"') addDoubleQuoted(reader, pieces);
  else addSingleQuoted(reader, pieces);
  return { kind: 'text', parts: pieces.finish(), bare: false, start, end: reader.at };
}

/**
 * A word of a command, quotes and expansions within it.
 * @param first what was read of it already
 */
export function readWord(reader: Reader, first?: Expression): Text {
  const start = first?.start ?? reader.at;
  const pieces = new Pieces();
  if (first !== undefined) {
    if (first.kind === 'text') for (const part of first.parts) typeof part === 'string' ? pieces.add(part) : pieces.expansion(part);
    else pieces.expansion(first);
  }
  while (!reader.done) {
    const plain = reader.takeText(/[^\s;|&,(){}<>"'`$]+/y) ?? (reader.letter === '{' ? reader.takeText(/\{[^\s{}"'$|;]*\}/y) : undefined);
    if (plain !== undefined) pieces.add(plain);
    else if (reader.letter === '`') {
      if (reader.sees(/`\r?\n/y)) break;
      pieces.add(readEscape(reader));
    } else if (reader.letter === '"') addDoubleQuoted(reader, pieces);
    else if (reader.letter === "'") addSingleQuoted(reader, pieces);
    else if (reader.letter === '$') {
      if (!addExpansion(reader, pieces)) pieces.add(reader.text.charAt(reader.at++));
    } else break;
  }
  return { kind: 'text', parts: pieces.finish(), bare: true, start, end: reader.at };
}
