import type { Expression } from './model.ts';
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

/** `a + b + c` is one text of three parts, however deep its tree. */
export function joined(left: Expression, right: Expression, start: number, end: number): Expression {
  const parts = (side: Expression): readonly Expression[] => (side.kind === 'text' && side.start >= start ? side.parts : [side]);
  const all = [...parts(left), ...parts(right)];
  return { kind: 'text', parts: all, start, end };
}
