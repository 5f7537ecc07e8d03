/** A text, number or word in a JSON text, with the keys that lead to it. */
export interface JsonLeaf {
  readonly path: readonly string[];
  readonly value: string;
  /** Of the value with its quotes. */
  readonly start: number;
  readonly end: number;
}

/** Leaves of one file; the rest is not read. */
export const MAX_JSON_LEAVES = 100_000;
const MAX_JSON_DEPTH = 100;
const TOKEN = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[{}[\],:]|[^\s{}[\],:"/]+|\S/g;

/** All leaves in order, as far as the text is JSON: comments and commas too many are passed over, in one pass. */
export function jsonLeaves(text: string): { leaves: JsonLeaf[]; full: boolean } {
  const leaves: JsonLeaf[] = [];
  const path: string[] = [];
  const lists: boolean[] = [];
  let key: string | undefined;
  let count = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (leaves.length >= MAX_JSON_LEAVES || path.length > MAX_JSON_DEPTH) return { leaves, full: true };
    if (token.startsWith('//') || token.startsWith('/*')) continue;
    if (token === '{' || token === '[') {
      path.push(key ?? String(count++));
      lists.push(token === '[');
      key = undefined;
    } else if (token === '}' || token === ']') {
      path.pop();
      lists.pop();
      key = undefined;
    } else if (token === ',') key = undefined;
    else if (token !== ':') {
      if (lists.at(-1) === false && key === undefined) key = textOf(token);
      else leaves.push({ path: [...path.slice(1), key ?? String(count++)], value: textOf(token), start: index, end: index + token.length });
    }
  }
  return { leaves, full: false };
}

function textOf(token: string): string {
  if (!token.startsWith('"')) return token;
  if (!token.includes('\\')) return token.replace(/^"|"$/g, '');
  try {
    return String(JSON.parse(token));
  } catch {
    return token.slice(1);
  }
}
