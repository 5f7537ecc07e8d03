import type { Scope } from './scope.ts';
import type { ShellNode } from './syntax.ts';
import { GAP, join, literal, UNKNOWN, type Value } from './value.ts';

/** What word expansion needs from the interpreter. */
export interface Substitutions {
  readonly scope: Scope;
  /** Runs a command substitution and returns what it prints. */
  capture(node: ShellNode, source: string): Value;
  /** Runs a process substitution and returns the path that stands for it. */
  pipePath(node: ShellNode, source: string): Value;
}

// Quoted characters that would mean something unquoted are moved to a private area and back at the end.
const SPECIAL = /[{},*?[\]~\s]/g;
const SHIFT = 0xe000;
const FIELD = '\uE1FF';
const MAX_FIELDS = 64;

function protect(text: string): string {
  return text.replace(SPECIAL, (letter) => String.fromCharCode(SHIFT + letter.charCodeAt(0)));
}

function unprotect(text: string): string {
  return text.replace(/[\uE000-\uE0FF]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - SHIFT));
}

/** Expands one word as the shell does: braces, tilde, variables, substitutions, splitting. Patterns stay and are marked. */
export function expandWord(node: ShellNode, source: string, subs: Substitutions): Value[] {
  if (node.type === 'word') {
    const text = source.slice(node.start, node.end);
    if (!/[\\{*?[~]/.test(text)) return [literal(text)];
  }
  const whole = piece(node, source, subs, false);
  const fields = braces(whole.text).flatMap((text) => text.split(FIELD));
  // What is beyond the bound stays in sight as an unknown.
  const values: Value[] = fields.length > MAX_FIELDS ? [{ ...UNKNOWN, taint: whole.taint }] : [];
  for (const field of fields.slice(0, MAX_FIELDS)) {
    if (field === '' && fields.length > 1) continue;
    // A quoted empty string is still an argument; an unquoted empty expansion is none.
    if (field === '' && node.type.endsWith('expansion')) continue;
    const tilde = field.startsWith('~') ? expandTilde(field, subs.scope) : field;
    values.push({ text: unprotect(tilde), taint: whole.taint, glob: /[*?[]/.test(tilde) });
  }
  return values;
}

/** Expands a node as one string, as in assignments and here-documents. */
export function expandOne(node: ShellNode, source: string, subs: Substitutions): Value {
  const whole = piece(node, source, subs, false);
  const text = whole.text.startsWith('~') ? expandTilde(whole.text, subs.scope) : whole.text;
  return { text: unprotect(text.replaceAll(FIELD, ' ')), taint: whole.taint, glob: false };
}

/** Text between the node's children is literal; children that expand are replaced by their values. */
export function expandQuoted(children: readonly ShellNode[], start: number, end: number, source: string, subs: Substitutions): Value {
  const parts: Value[] = [];
  let at = start;
  for (const child of children) {
    if (!EXPANDING.has(child.type)) continue;
    if (child.start > at) parts.push(literal(unescapeQuoted(source.slice(at, child.start))));
    parts.push(piece(child, source, subs, true));
    at = child.end;
  }
  if (end > at) parts.push(literal(unescapeQuoted(source.slice(at, end))));
  return join(parts);
}

const EXPANDING = new Set(['simple_expansion', 'expansion', 'command_substitution', 'arithmetic_expansion', 'process_substitution']);

function piece(node: ShellNode, source: string, subs: Substitutions, quoted: boolean): Value {
  const raw = source.slice(node.start, node.end);
  switch (node.type) {
    case 'word':
    case 'extglob_pattern':
      return literal(unescapeBare(raw));
    case 'raw_string':
      return literal(protect(raw.slice(1, -1)));
    case 'ansi_c_string':
      return literal(protect(unescapeAnsi(raw.slice(2, -1))));
    case 'string':
    case 'translated_string': {
      const open = raw.indexOf('"') + 1;
      const closed = raw.length > open && raw.endsWith('"');
      const inner = node.type === 'translated_string' ? (node.children.find((child) => child.type === 'string') ?? node) : node;
      const value = expandQuoted(inner.children, node.start + open, closed ? node.end - 1 : node.end, source, subs);
      return { ...value, text: protect(value.text) };
    }
    case 'simple_expansion':
      return unquoted(variable(raw.slice(1), subs.scope), quoted);
    case 'expansion':
      return unquoted(parameter(node, raw, source, subs), quoted);
    case 'command_substitution':
      return unquoted(trimEnd(subs.capture(node, source)), quoted);
    case 'process_substitution':
      return subs.pipePath(node, source);
    case 'arithmetic_expansion':
      return literal(/^\$\(\(\s*\d+\s*\)\)$/.test(raw) ? raw.replace(/\D/g, '') : GAP);
    default:
      if (node.children.length === 0) return literal(unescapeBare(raw));
      return concatenated(node, source, subs, quoted);
  }
}

function concatenated(node: ShellNode, source: string, subs: Substitutions, quoted: boolean): Value {
  const parts: Value[] = [];
  let at = node.start;
  for (const child of node.children) {
    if (child.start > at) parts.push(literal(unescapeBare(source.slice(at, child.start))));
    parts.push(piece(child, source, subs, quoted));
    at = child.end;
  }
  return join(parts);
}

function unquoted(value: Value, quoted: boolean): Value {
  if (quoted || !/[\s{},~]/.test(value.text)) return value;
  // Results of expansions are split, but braces and tildes in them stay as they are.
  const text = value.text.replace(/[{},~]/g, (letter) => String.fromCharCode(SHIFT + letter.charCodeAt(0))).replace(/\s+/g, FIELD);
  return { ...value, text };
}

function trimEnd(value: Value): Value {
  return value.text.endsWith('\n') ? { ...value, text: value.text.replace(/\n+$/, '') } : value;
}

function variable(name: string, scope: Scope): Value {
  if (name === 'IFS') return literal(' ');
  if (/^[1-9]$/.test(name)) return scope.positional[Number(name) - 1] ?? UNKNOWN;
  if (name === '@' || name === '*') return scope.positional.length > 0 ? join(scope.positional, ' ') : UNKNOWN;
  return scope.variable(name) ?? UNKNOWN;
}

const PARAMETER = /^\$\{([!#]?)([A-Za-z_]\w*|[0-9]+|[@*#?$!-])(?:\[[^\]]*\])?([\s\S]*)\}$/;

/** `${name…}`: the operators that commonly hide or default a value; the rest is unknown. */
function parameter(node: ShellNode, raw: string, source: string, subs: Substitutions): Value {
  const parsed = PARAMETER.exec(raw);
  if (parsed === null) return UNKNOWN;
  const [, prefix = '', name = '', rest = ''] = parsed;
  let value = subs.scope.variable(name) === undefined && name !== 'IFS' && !/^[\d@*]/.test(name) ? undefined : variable(name, subs.scope);
  if (prefix === '!') value = value === undefined ? undefined : subs.scope.variable(value.text);
  if (prefix === '#') return value === undefined || value.text.includes(GAP) ? UNKNOWN : literal(String(value.text.length));
  if (rest === '') return value ?? UNKNOWN;
  const operator = /^(?::?[-+=?]|\/\/?|\^\^?|,,?|##?|%%?|:)/.exec(rest)?.[0] ?? '';
  const operand = operandOf(node, rest.slice(operator.length), source, subs);
  switch (operator) {
    case ':-':
    case '-':
    case ':=':
    case '=':
      return value === undefined || value.text === '' || value.text === GAP ? operand : value;
    case ':+':
    case '+':
      return operand;
    case ':?':
    case '?':
      return value ?? UNKNOWN;
    default:
      return value === undefined || value.text.includes(GAP) ? UNKNOWN : transform(value, operator, operand.text);
  }
}

function operandOf(node: ShellNode, rest: string, source: string, subs: Substitutions): Value {
  if (!/[$`"'\\]/.test(rest)) return literal(rest);
  const children = node.children.filter((child) => EXPANDING.has(child.type) || child.type === 'string' || child.type === 'concatenation');
  return children.length === 0 ? literal(rest.replace(/["'\\]/g, '')) : join(children.map((child) => piece(child, source, subs, true)));
}

function transform(value: Value, operator: string, operand: string): Value {
  const { text } = value;
  const plain = !/[*?[]/.test(operand);
  switch (operator) {
    case ':': {
      const [from = Number.NaN, length] = operand.split(':').map(Number);
      return Number.isNaN(from) ? UNKNOWN : { ...value, text: text.slice(from, length === undefined ? undefined : from + length) };
    }
    case '^^':
      return { ...value, text: text.toUpperCase() };
    case ',,':
      return { ...value, text: text.toLowerCase() };
    case '/':
    case '//': {
      const slash = operand.indexOf('/');
      const find = slash < 0 ? operand : operand.slice(0, slash);
      const put = slash < 0 ? '' : operand.slice(slash + 1);
      if (!plain || find === '') return UNKNOWN;
      return { ...value, text: operator === '/' ? text.replace(find, () => put) : text.replaceAll(find, put) };
    }
    case '#':
    case '##':
      return plain ? { ...value, text: text.startsWith(operand) ? text.slice(operand.length) : text } : UNKNOWN;
    case '%':
    case '%%':
      return plain ? { ...value, text: text.endsWith(operand) ? text.slice(0, text.length - operand.length) : text } : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function expandTilde(text: string, scope: Scope): string {
  const home = scope.variable('HOME')?.text ?? GAP;
  if (text === '~' || text.startsWith('~/')) return home + text.slice(1);
  // Another user's home is as grave as one's own.
  const name = /^~[A-Za-z_][\w-]*/.exec(text)?.[0];
  return name === undefined ? text : `/home/${text.slice(1)}`;
}

/** Brace expansion of unprotected braces; nested and repeated ones too, up to {@link MAX_FIELDS}. */
function braces(text: string): string[] {
  if (!text.includes('{')) return [text];
  const queue = [text];
  const done: string[] = [];
  let rounds = 0;
  while (queue.length > 0 && done.length < MAX_FIELDS && rounds++ < 4 * MAX_FIELDS) {
    const current = queue.shift() ?? '';
    const expanded = firstBrace(current);
    if (expanded === undefined) done.push(current);
    else queue.unshift(...expanded);
  }
  if (queue.length > 0) done.push(GAP);
  return done;
}

function firstBrace(text: string): string[] | undefined {
  for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', open + 1)) {
    let depth = 0;
    const commas: number[] = [];
    for (let at = open; at < text.length; at++) {
      const letter = text.charAt(at);
      if (letter === '{') depth++;
      else if (letter === ',' && depth === 1) commas.push(at);
      else if (letter === '}' && --depth === 0) {
        const before = text.slice(0, open);
        const after = text.slice(at + 1);
        if (commas.length > 0) {
          const cuts = [open, ...commas, at];
          return cuts.slice(1).map((cut, index) => before + text.slice((cuts[index] ?? open) + 1, cut) + after);
        }
        const range = /^(\d{1,4}|[a-zA-Z])\.\.(\d{1,4}|[a-zA-Z])$/.exec(text.slice(open + 1, at));
        // Both ends of a range stand for all of it.
        if (range !== null) return [before + range[1] + after, before + range[2] + after];
        break;
      }
    }
  }
  return undefined;
}

function unescapeBare(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(\r?\n|[\s\S])/g, (_, letter: string) => (letter.endsWith('\n') ? '' : protect(letter)));
}

function unescapeQuoted(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(\r?\n|[$`"\\])/g, (_, letter: string) => (letter.endsWith('\n') ? '' : letter));
}

const ANSI: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', v: '\v' };

/** Escapes of `$'…'` and of `printf` and `echo -e` (bash manual, 3.1.2.4). */
export function unescapeAnsi(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|0?([0-7]{1,3})|([\s\S]))/g,
    (_, x, u, U, octal, other) => {
      const hex: unknown = x ?? u ?? U;
      if (typeof hex === 'string') return codePoint(Number.parseInt(hex, 16));
      if (typeof octal === 'string') return codePoint(Number.parseInt(octal, 8) & 0xff);
      return typeof other === 'string' ? (ANSI[other] ?? other) : '';
    },
  );
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : GAP;
}
