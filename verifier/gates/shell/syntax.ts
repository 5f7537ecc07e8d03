import type { Language, Tree } from '@vscode/tree-sitter-wasm';

/** A syntax node copied out of WebAssembly memory; `type` is the grammar's name, or the token itself. */
export interface ShellNode {
  readonly type: string;
  /** UTF-16 offsets in the parsed text. */
  readonly start: number;
  readonly end: number;
  readonly children: readonly ShellNode[];
}

/** Nodes that one text may have. */
const MAX_NODES = 60_000;
/** Depth to which the copy goes; the walk over it is recursive. */
const MAX_DEPTH = 400;

const LEAVES = new Set(['word', 'variable_name', 'file_descriptor', 'string_content', 'raw_string', 'ansi_c_string', 'comment']);
const none: readonly ShellNode[] = [];

const named: (boolean | undefined)[] = [];
function isNamed(language: Language, typeId: number): boolean {
  named[typeId] ??= language.nodeTypeIsNamed(typeId);
  return named[typeId];
}

/** Copies the tree with one cursor: each crossing into WebAssembly costs, so leaves are not entered. */
export function plainTree(tree: Tree, language: Language): { root: ShellNode; nodes: number } | { limit: string } {
  const cursor = tree.walk();
  let nodes = 0;
  let tooMuch: string | undefined;
  const copy = (depth: number): ShellNode => {
    nodes++;
    if (nodes > MAX_NODES) tooMuch = `the shell text has more than ${MAX_NODES} syntax nodes`;
    if (depth > MAX_DEPTH) tooMuch = `the shell text is nested deeper than ${MAX_DEPTH}`;
    const typeId = cursor.nodeTypeId;
    // The error node has an id of its own outside the table.
    const type = language.types[typeId] ?? 'ERROR';
    const start = cursor.startIndex;
    // A token is as long as its name, and has no children.
    if (language.types[typeId] !== undefined && !isNamed(language, typeId))
      return { type, start, end: start + type.length, children: none };
    const end = cursor.endIndex;
    if (tooMuch !== undefined || LEAVES.has(type) || !cursor.gotoFirstChild()) return { type, start, end, children: none };
    const children: ShellNode[] = [];
    do children.push(copy(depth + 1));
    while (tooMuch === undefined && cursor.gotoNextSibling());
    cursor.gotoParent();
    return { type, start, end, children };
  };
  try {
    const root = copy(0);
    return tooMuch === undefined ? { root, nodes } : { limit: tooMuch };
  } finally {
    cursor.delete();
  }
}
