import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tree } from '@vscode/tree-sitter-wasm';
import { grammarFolder } from '../grammarFolder.ts';
import { plainTree, type ShellNode } from './syntax.ts';

/** Largest text that is parsed, in UTF-16 units; what is longer meets a limit. */
export const MAX_SHELL_TEXT = 256 * 1024;
/** Nesting that the parser's own C stack and ours survive with a wide margin. */
const MAX_OPEN_BRACKETS = 200;
/** Pipes within one logical line: the parser's time grows with the square of a pipeline's length. */
const MAX_PIPES = 1_000;

export type ShellParse = { readonly root: ShellNode; readonly nodes: number } | { readonly limit: string };

/** Rounds of the parser (a hundred operations each): honest text stays at a quarter of this. */
const MIN_ROUNDS = 100;
const ROUNDS_PER_CHARACTER = 0.06;

/** Parses bash and POSIX shell. Deterministic: refuses by size and nesting, never by a clock. */
export interface ShellGrammar {
  parse(text: string): ShellParse;
}

/**
 * Loads the bash grammar that VS Code itself ships.
 * @throws Error when the WebAssembly files are missing or damaged; the gates cannot run without them.
 */
export async function loadShellGrammar(): Promise<ShellGrammar> {
  const { Language, Parser } = (await import('@vscode/tree-sitter-wasm')).default;
  const folder = grammarFolder();
  await Parser.init({ locateFile: (name) => join(folder, name) });
  const bash = await Language.load(await readFile(join(folder, 'tree-sitter-bash.wasm')));
  let parser = new Parser().setLanguage(bash);
  return {
    parse(text) {
      if (text.length > MAX_SHELL_TEXT) return { limit: `the shell text is longer than ${MAX_SHELL_TEXT} characters` };
      const nesting = nestingLimit(text);
      if (nesting !== undefined) return { limit: nesting };
      let tree: Tree | null = null;
      try {
        let rounds = 0;
        const budget = MIN_ROUNDS + text.length * ROUNDS_PER_CHARACTER;
        // Called every so many operations of the parser: a count, so the same text always stops at the same place.
        tree = parser.parse(readable(text), null, { progressCallback: () => ++rounds > budget });
        if (tree === null) {
          parser.reset();
          return { limit: 'the shell text takes the parser too many steps' };
        }
        return plainTree(tree, bash);
      } catch {
        // The scanner's fixed buffers overflowed on hostile nesting; this parser's state can't be trusted any more.
        parser = new Parser().setLanguage(bash);
        return { limit: 'the shell parser could not hold the nesting of this text' };
      } finally {
        tree?.delete();
      }
    },
  };
}

/**
 * The text as the parser can read it, each character in its place. It takes a NUL for the end and starts over and over, where
 * the shell skips it; and it takes a line that begins with a backslash (`\rm`, past an alias) for words of the line before.
 */
function readable(text: string): string {
  const whole = text.includes('\0') ? text.replaceAll('\0', ' ') : text;
  return whole.includes('\\') ? whole.replace(/(?<=\n[ \t]{0,200})\\(?=[A-Za-z_])/g, ' ') : whole;
}

/** A cheap upper estimate that ignores quoting: real scripts stay far below it. */
function nestingLimit(text: string): string | undefined {
  let open = 0;
  let pipes = 0;
  let hereDocuments = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x28 || code === 0x7b) open++;
    else if ((code === 0x29 || code === 0x7d) && open > 0) open--;
    else if (code === 0x7c) pipes++;
    else if (code === 0x0a) {
      // A pipe at the end of a line goes on with the next.
      if (
        !text
          .slice(Math.max(0, index - 8), index)
          .trimEnd()
          .endsWith('|')
      )
        pipes = 0;
      hereDocuments = 0;
    } else if (code === 0x3c && text.charCodeAt(index + 1) === 0x3c) hereDocuments++;
    if (open > MAX_OPEN_BRACKETS) return `brackets are nested deeper than ${MAX_OPEN_BRACKETS}`;
    if (pipes > MAX_PIPES) return `a line has more than ${MAX_PIPES} pipes`;
    if (hereDocuments > 16) return 'a line opens more than 16 here-documents';
  }
  return undefined;
}
