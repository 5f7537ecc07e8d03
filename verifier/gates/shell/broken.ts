import type { Analysis } from './analysis.ts';
import { Call, type Circumstance } from './call.ts';
import type { ShellNode } from './syntax.ts';
import type { Value } from './value.ts';

/** Pieces of one failed region that are parsed by themselves. */
const MAX_PIECES = 100;

const DANGEROUS =
  /(?:^|[\s;&|(`{])(?:sudo\s+)?(rm\s+-\S*[rRf]|dd\s+if=|mkfs|shred\s|wipefs|curl\s[^|]{0,200}\|\s*(?:sudo\s+)?(?:ba|z)?sh\b|chmod\s+-R|chown\s+-R|git\s+(?:reset\s+--hard|clean\s+-\S*f|push\s+(?:-f|--force))|drop\s+database)/i;

/** Where the grammar failed: runs what it did recognise, then each line and part by itself, and names what stays unclear. */
export function runBroken(node: ShellNode, source: string, how: Circumstance, analysis: Analysis): Value {
  const before = analysis.effects.length;
  const output = analysis.run({ ...node, type: 'program' }, source, how);
  const from = source.lastIndexOf('\n', node.start - 1) + 1;
  const lineEnd = source.indexOf('\n', node.end);
  const region = source.slice(from, lineEnd < 0 ? source.length : lineEnd);
  // `{rm,-rf,/}` is a command for the shell, though not for the grammar.
  const braced = /(?:^|[;&|])\s{0,20}\{([^\s{},]{1,80}(?:,[^\s{},]{0,200}){1,20})\}/.exec(region.slice(0, 2000))?.[1];
  if (braced !== undefined) analysis.runPiece(braced.replaceAll(',', ' '), from, { ...how, depth: how.depth + 1 });
  const match = DANGEROUS.exec(region);
  if (match === null) return output;
  // The same text again would fail the same way; of the rest only what can do or prepare harm is worth a parse.
  const pieces = parts(region).filter(({ text }) => text.trim() !== source.trim());
  const telling = pieces.filter(({ text }) => DANGEROUS.test(text) || /^\s*[A-Za-z_]\w*=/.test(text));
  for (const part of telling.slice(0, MAX_PIECES)) analysis.runPiece(part.text, from + part.offset, { ...how, depth: how.depth + 1 });
  // A line that parses by itself has had its say; one that does not parse even then stays unclear.
  if (analysis.effects.length === before && (pieces.length === 0 || telling.length > MAX_PIECES)) {
    analysis.at(from, from + region.length);
    analysis.emit('unresolved', new Call((match[1] ?? '').split(/\s/)[0] ?? '', [], how, analysis), { target: 'unknown' });
  }
  return output;
}

/** Lines, and the commands of a line that does not parse as a whole. */
function parts(region: string): { text: string; offset: number }[] {
  const found: { text: string; offset: number }[] = [];
  let from = 0;
  for (let at = 0; at <= region.length; at++) {
    const code = region.charCodeAt(at);
    const ends =
      at === region.length ||
      (code === 0x0a && region.charAt(at - 1) !== '\\') ||
      code === 0x3b ||
      (code === 0x26 && region.charCodeAt(at + 1) === 0x26) ||
      code === 0x28 ||
      code === 0x29;
    if (!ends) continue;
    if (at > from) found.push({ text: region.slice(from, at), offset: from });
    from = code === 0x26 ? at + 2 : at + 1;
  }
  return found;
}
