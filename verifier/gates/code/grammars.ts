import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language, Parser, Tree } from '@vscode/tree-sitter-wasm';
import { grammarFolder } from '../grammarFolder.ts';
import { copyTree, type SyntaxNode } from './syntax.ts';

/** Grammar file by VS Code language id. */
const GRAMMAR_OF: ReadonlyMap<string, string> = new Map([
  ['javascript', 'javascript'],
  ['javascriptreact', 'javascript'],
  ['typescript', 'typescript'],
  ['typescriptreact', 'tsx'],
  ['python', 'python'],
  ['go', 'go'],
  ['java', 'java'],
  ['csharp', 'c-sharp'],
  ['php', 'php'],
  ['ruby', 'ruby'],
]);

/** Largest code that is parsed, in UTF-16 units. */
export const MAX_CODE_TEXT = 512 * 1024;
/** Open brackets that the parser and the walks survive with a wide margin. */
const MAX_OPEN_BRACKETS = 400;
/** Rounds of the parser (a hundred operations each): honest code stays far below. */
const MIN_ROUNDS = 200;
const ROUNDS_PER_CHARACTER = 0.06;
/** Of grammars that recover slowly from what is no code of theirs; honest code of theirs takes half of it. */
const ROUNDS_PER_CHARACTER_OF: ReadonlyMap<string, number> = new Map([
  ['php', 0.03],
  ['ruby', 0.012],
]);
/** Of broken Java each round costs more the longer the broken part is. */
const ROUNDS_IN_BROKEN_OF: ReadonlyMap<string, number> = new Map([['java', 0.015]]);

/** Comments of PHP that the parser survives one after the other: some two thousand break its memory. */
const MAX_COMMENTS_IN_A_ROW = 1000;

export type CodeParse = { readonly root: SyntaxNode; readonly nodes: number } | { readonly limit: string };

interface Loaded {
  readonly language: Language;
  readonly fresh: () => Parser;
  parser: Parser;
}

/** Grammars of programming languages, each loaded when its language is first seen. */
export class CodeGrammars {
  readonly #loaded = new Map<string, Loaded>();
  readonly #failed = new Set<string>();
  readonly #wanted = new Set<string>();

  /** Whether code of this language (VS Code's id) can be read at all. */
  static reads(language: string): boolean {
    return GRAMMAR_OF.has(language);
  }

  /** With the grammar of every language that can be read, for programs that can't read a subject twice. */
  static async all(): Promise<CodeGrammars> {
    const grammars = new CodeGrammars();
    await grammars.load(GRAMMAR_OF.keys());
    return grammars;
  }

  /** Loads the grammars of these languages. What can't be loaded is a limit of every later parse. */
  async load(languages: Iterable<string>): Promise<void> {
    for (const language of languages) this.#wanted.add(GRAMMAR_OF.get(language) ?? '');
    this.#wanted.delete('');
    await this.loadWanted();
  }

  /** Loads what a parse missed. @returns whether something came: then the text should be read again */
  async loadWanted(): Promise<boolean> {
    let came = false;
    for (const name of [...this.#wanted]) {
      this.#wanted.delete(name);
      if (this.#loaded.has(name) || this.#failed.has(name)) continue;
      try {
        const { Language, Parser } = (await import('@vscode/tree-sitter-wasm')).default;
        const folder = grammarFolder();
        await Parser.init({ locateFile: (file) => join(folder, file) });
        const language = await Language.load(await readFile(join(folder, `tree-sitter-${name}.wasm`)));
        const fresh = (): Parser => new Parser().setLanguage(language);
        this.#loaded.set(name, { language, fresh, parser: fresh() });
        came = true;
      } catch {
        this.#failed.add(name);
      }
    }
    return came;
  }

  /** Parses code. Deterministic: refuses by size, nesting and rounds, never by a clock. */
  parse(text: string, language: string): CodeParse {
    const name = GRAMMAR_OF.get(language) ?? '';
    const grammar = this.#loaded.get(name);
    if (grammar === undefined) {
      if (!this.#failed.has(name)) this.#wanted.add(name);
      return { limit: `the grammar of ${name} is not loaded` };
    }
    if (text.length > MAX_CODE_TEXT) return { limit: `the code is longer than ${MAX_CODE_TEXT} characters` };
    if (opensTooMany(text)) return { limit: `brackets are nested deeper than ${MAX_OPEN_BRACKETS}` };
    if (name === 'php' && commentsInARow(text) > MAX_COMMENTS_IN_A_ROW)
      return { limit: `more than ${MAX_COMMENTS_IN_A_ROW} comments follow each other` };
    let tree: Tree | null = null;
    try {
      let rounds = 0;
      const perCharacter = ROUNDS_PER_CHARACTER_OF.get(name) ?? ROUNDS_PER_CHARACTER;
      const budget = MIN_ROUNDS + text.length * perCharacter;
      const broken = MIN_ROUNDS + text.length * (ROUNDS_IN_BROKEN_OF.get(name) ?? perCharacter);
      // The parser takes a NUL for the end.
      const given = text.includes('\0') ? text.replaceAll('\0', ' ') : text;
      tree = grammar.parser.parse(given, null, { progressCallback: ({ hasError }) => ++rounds > (hasError ? broken : budget) });
      if (tree === null) {
        grammar.parser.reset();
        return { limit: 'the code takes the parser too many steps' };
      }
      return copyTree(tree, grammar.language);
    } catch {
      // Memory of the parser ran out on hostile code; its state can't be trusted any more.
      grammar.parser = grammar.fresh();
      return { limit: 'the parser could not hold this code' };
    } finally {
      tree?.delete();
    }
  }
}

/** The longest row of comments with nothing but blanks between; ignores quoting. */
function commentsInARow(text: string): number {
  let longest = 0;
  let row = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const next = text.charCodeAt(index + 1);
    const isLine = code === 0x23 || (code === 0x2f && next === 0x2f);
    if (isLine || (code === 0x2f && next === 0x2a)) {
      const end = isLine ? text.indexOf('\n', index) : text.indexOf('*/', index + 2);
      longest = Math.max(longest, ++row);
      if (end === -1) break;
      index = isLine ? end : end + 1;
    } else if (code > 0x20) row = 0;
  }
  return longest;
}

/** A cheap upper estimate that ignores quoting: honest code stays far below it. */
function opensTooMany(text: string): boolean {
  let open = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x28 || code === 0x7b || code === 0x5b) {
      open++;
      if (open > MAX_OPEN_BRACKETS) return true;
    } else if ((code === 0x29 || code === 0x7d || code === 0x5d) && open > 0) open--;
  }
  return false;
}
