import type { ShellNode } from './syntax.ts';

/** A function that starts itself twice over, in a pipe or in the background: a fork bomb under any name. */
export function isBomb(name: string, body: ShellNode, source: string): boolean {
  let calls = 0;
  let spawns = false;
  const look = (node: ShellNode): void => {
    if (node.type === 'command_name' && source.slice(node.start, node.end) === name) calls++;
    if (node.type === '&' || node.type === '|' || node.type === '|&') spawns = true;
    for (const child of node.children) look(child);
  };
  look(body);
  return spawns && calls >= 2;
}

const ALWAYS =
  /^(?:while\s+(?:true|:|\(\(\s*1\s*\)\)|\[\s+1\s+\]|\[\[?\s+true\s+\]\]?|(?:\/usr)?\/bin\/true|yes)|until\s+(?:false|(?:\/usr)?\/bin\/false|\(\(\s*0\s*\)\))|for\s*\(\([^;)]{0,80};\s*;[^)]{0,80}\)\))\s*(?:;|\n|do\b)/;

/** An endless loop that starts background work in each round and does not wait for the last of it. */
export function spawnsForever(loop: ShellNode, source: string): boolean {
  if (!ALWAYS.test(source.slice(loop.start, loop.start + 240))) return false;
  const body = loop.children.find((child) => child.type === 'do_group' || child.type === 'compound_statement');
  if (body === undefined) return false;
  let pending = false;
  for (const child of body.children) {
    const text = source.slice(child.start, Math.min(child.end, child.start + 12));
    if (child.type === '&') pending = true;
    else if (child.type === 'command' && /^(?:wait|sleep|read|break|exit)\b/.test(text)) pending = false;
    else if (source.charAt(child.end - 1) === '&' && child.type !== '&&') pending = true;
  }
  return pending;
}
