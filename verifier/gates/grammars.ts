import { CodeGrammars } from './code/grammars.ts';
import { loadShellGrammar, type ShellGrammar } from './shell/grammar.ts';

/** Grammars of everything that a subject may be written in. */
export interface Grammars {
  readonly shell: ShellGrammar;
  readonly code: CodeGrammars;
}

/** All of them, for programs that read each subject once. */
export async function loadGrammars(): Promise<Grammars> {
  return { shell: await loadShellGrammar(), code: await CodeGrammars.all() };
}
