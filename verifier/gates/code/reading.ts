import type { Expression, Place } from './model.ts';
import type { SyntaxNode } from './syntax.ts';

/** What the adapters of all languages need of a tree. */
export class Reading {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  textOf(node: SyntaxNode | undefined): string {
    return node === undefined ? '' : this.text.slice(node.start, node.end);
  }

  /** A call of what only has a name: a statement or an operator of the language. */
  protected call(name: string, values: readonly Expression[], { start, end }: Place): Expression {
    return { kind: 'call', callee: { kind: 'name', name, start, end }, arguments: values.map((value) => ({ value })), start, end };
  }
}

export function field(node: SyntaxNode, name: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === name);
}

export function fields(node: SyntaxNode, name: string): SyntaxNode[] {
  return node.children.filter((child) => child.field === name);
}

export function placeOf(node: SyntaxNode): { start: number; end: number } {
  return { start: node.start, end: node.end };
}

/** What a backslash and the rest of an escape stand for, as far as it matters. */
export function unescaped(sequence: string): string {
  const letter = sequence.charAt(1);
  const code = /^\\(?:x|u\{?|U)([0-9a-fA-F]{1,8})\}?$/.exec(sequence)?.[1];
  if (code !== undefined) {
    const point = Number.parseInt(code, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : '';
  }
  return { n: '\n', r: '\r', t: '\t', '0': '\0', '\n': '' }[letter] ?? sequence.slice(1);
}

/** Whether a piece of text climbs out of a folder or names another machine: what is asked for it should be without. */
export function climbs(text: string): boolean {
  return /^(?:\.\.?[\\/]?|[\\/]|:\/\/|\0)$/.test(text);
}

/** `a + b + c` is one text of three parts, however deep its tree. */
export function joined(left: Expression, right: Expression, start: number, end: number): Expression {
  const parts = (side: Expression): readonly Expression[] => (side.kind === 'text' && side.start >= start ? side.parts : [side]);
  const all = [...parts(left), ...parts(right)];
  return { kind: 'text', parts: all, start, end };
}

/**
 * A text that a format (`%s`, `%-5d`, `%<name>s`) makes of values: what it writes as a number is one.
 * @param number name of a call that makes a number of anything
 */
export function formatted(
  format: Expression | undefined,
  values: readonly Expression[],
  { start, end }: Place,
  number: string,
): Expression {
  if (format?.kind !== 'literal') return { kind: 'text', parts: [...(format === undefined ? [] : [format]), ...values], start, end };
  const written = String(format.value);
  const parts: Expression[] = [];
  let at = 0;
  let next = 0;
  for (const found of written.matchAll(/%(?:(\d+)\$)?[-+ 0#']{0,4}\d{0,3}(?:\.\d{1,3})?(?:<\w+>)?([a-zA-Z])/g)) {
    parts.push({ kind: 'literal', value: written.slice(at, found.index), start, end });
    at = found.index + found[0].length;
    const value = values[found[1] === undefined ? next++ : Number(found[1]) - 1];
    if (value === undefined) continue;
    const callee: Expression = { kind: 'name', name: number, start, end };
    const isNumber = /[dufFeEgGxXobBi]/.test(found[2] ?? '');
    parts.push(isNumber ? { kind: 'call', callee, arguments: [{ value }], start, end } : value);
  }
  parts.push({ kind: 'literal', value: written.slice(at), start, end });
  return { kind: 'text', parts, start, end };
}
