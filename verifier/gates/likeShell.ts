import { PROGRAMS, programName } from './shell/programs/table.ts';

/** Whether a text without a language reads like commands: a prompt, or a line that starts with a known program. */
export function looksLikeShell(text: string): boolean {
  let lines = 0;
  for (const line of text.split('\n', 40)) {
    const bare = line.trim();
    if (bare === '' || bare.startsWith('#')) {
      if (bare.startsWith('#!') && /sh\b/.test(bare.slice(0, 60))) return true;
      continue;
    }
    if (/^(?:\$|%|❯|➜) \S/.test(bare)) return true;
    if (CODE_LINE.test(bare.slice(0, 200))) continue;
    const word = /^[\w./:+-]+(?=\s|$|\()/.exec(bare.slice(0, 80))?.[0] ?? '';
    const rest = bare.slice(word.length);
    // `name = value`, `name(…)` and `name: value` are code.
    if (
      word !== '' &&
      !/^\s*(?:[=(:{]|\.)/.test(rest) &&
      (PROGRAMS.has(programName(word)) || EVERYDAY.has(word) || /^\.\.?\/\S/.test(word))
    )
      return true;
    if (/^:\s?\(\)\s?\{/.test(bare)) return true;
    if (++lines >= 12) break;
  }
  return false;
}

/** Words that the shell shares with other languages, in a use that it does not know: declarations, comments. */
const CODE_LINE =
  /^(?:\/\/|\/\*|\*\s|export\s+(?:const|let|var|default|function|class|async|interface|type|enum|abstract|declare)\s|function\s+\w+\s*\(\s*[^)\s]|case\s+[^;]*:$)/;
const EVERYDAY = new Set('ls cd mkdir touch apt brew make cargo npm git export source exit function if for while case'.split(' '));
