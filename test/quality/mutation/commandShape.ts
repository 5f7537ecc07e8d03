import type { ShellGrammar } from '../../../verifier/gates/shell/grammar.ts';

/** A command text as rewrites need to know it. */
export interface CommandShape {
  readonly text: string;
  /** The words of a text that is one simple command of an external program, without redirections; undefined for any other. */
  readonly words: readonly string[] | undefined;
  /** It holds a here-document, which must stay at the end of its line. */
  readonly hereDocument: boolean;
}

/** What the shell itself runs: no wrapper can. */
const OWN_COMMANDS = new Set(
  '. : [ alias bg bind break builtin cd command continue declare dirs disown eval exec exit export fc fg getopts hash history jobs let local logout mapfile popd pushd read readonly return set shift shopt source suspend test time times trap type typeset ulimit umask unalias unset wait'.split(
    ' ',
  ),
);

/** A word that means itself without quotes. */
export function isPlain(word: string): boolean {
  return /^[\w@%+:,./-]+$/.test(word);
}

export function shapeOf(grammar: ShellGrammar, text: string): CommandShape {
  const hereDocument = /<<-?\s*['"\\]?\w/.test(text);
  const parsed = grammar.parse(text);
  const only = 'root' in parsed && parsed.root.children.length === 1 ? parsed.root.children[0] : undefined;
  if (only?.type !== 'command' || only.start !== 0 || text.slice(only.end).trim() !== '') return { text, words: undefined, hereDocument };
  const words = only.children.map(({ start, end }) => text.slice(start, end));
  const [program = ''] = words;
  const simple =
    only.children[0]?.type === 'command_name' &&
    isPlain(program) &&
    !OWN_COMMANDS.has(program) &&
    !only.children.some(({ type }) => type.endsWith('_redirect') || type === 'ERROR');
  return { text, words: simple ? words : undefined, hereDocument };
}

/** As one word in single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** As one word in double quotes that means the same. */
export function doubleQuoted(text: string): string {
  return `"${text.replaceAll(/[\\"$`]/g, '\\$&')}"`;
}
