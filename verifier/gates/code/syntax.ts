import type { Language, Tree } from '@vscode/tree-sitter-wasm';

/** A named syntax node, or a token that fills a field, copied out of WebAssembly memory. */
export interface SyntaxNode {
  /** The grammar's name, or the token itself. */
  readonly type: string;
  /** The field of its parent that it fills; empty where none. */
  readonly field: string;
  /** UTF-16 offsets in the parsed text. */
  readonly start: number;
  readonly end: number;
  readonly children: readonly SyntaxNode[];
}

/** Nodes that one text may have. */
export const MAX_CODE_NODES = 200_000;
/** Depth of the tree; the walks over it are recursive. */
export const MAX_CODE_DEPTH = 500;

/** Types whose inside says nothing that is read. */
const LEAVES = new Set([
  'comment',
  'identifier',
  'property_identifier',
  'string_fragment',
  'number',
  'integer',
  'float',
  'regex',
  'type_annotation',
  'type_arguments',
  'type_parameters',
  'interface_declaration',
  'type_alias_declaration',
  'format_specifier',
]);
const COMMENTS = new Set(['comment', 'line_comment', 'block_comment']);
const NONE: readonly SyntaxNode[] = [];

/** Copies the tree with one cursor: each crossing into WebAssembly costs, so comments and mere punctuation are passed over. */
export function copyTree(tree: Tree, language: Language): { root: SyntaxNode; nodes: number } | { limit: string } {
  const cursor = tree.walk();
  const { types, fields } = language;
  const named: (boolean | undefined)[] = [];
  let nodes = 0;
  let limit: string | undefined;
  const copy = (depth: number): SyntaxNode | undefined => {
    const typeId = cursor.nodeTypeId;
    // The error node has an id of its own outside the table.
    const type = types[typeId] ?? 'ERROR';
    named[typeId] ??= types[typeId] === undefined || language.nodeTypeIsNamed(typeId);
    const isNamed = named[typeId];
    const fieldId = cursor.currentFieldId;
    if (COMMENTS.has(type) || (!isNamed && fieldId === 0)) return undefined;
    nodes++;
    if (nodes > MAX_CODE_NODES) limit = `the code has more than ${MAX_CODE_NODES} syntax nodes`;
    if (depth > MAX_CODE_DEPTH) limit = `the code is nested deeper than ${MAX_CODE_DEPTH}`;
    const start = cursor.startIndex;
    const node = { type, field: fieldId === 0 ? '' : (fields[fieldId] ?? ''), start };
    if (!isNamed) return { ...node, end: start + type.length, children: NONE };
    const end = cursor.endIndex;
    if (limit !== undefined || LEAVES.has(type) || !cursor.gotoFirstChild()) return { ...node, end, children: NONE };
    const children: SyntaxNode[] = [];
    do {
      const child = copy(depth + 1);
      if (child !== undefined) children.push(child);
    } while (limit === undefined && cursor.gotoNextSibling());
    cursor.gotoParent();
    return { ...node, end, children };
  };
  try {
    const root = copy(0) ?? { type: 'empty', field: '', start: 0, end: 0, children: NONE };
    return limit === undefined ? { root, nodes } : { limit };
  } finally {
    cursor.delete();
  }
}
