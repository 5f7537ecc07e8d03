/** How a language writes a comment that ends with its line: what opens it, and what must close it where something must. */
export interface CommentSyntax {
  readonly open: string;
  readonly close: string;
}

/**
 * By comment, the VS Code language ids that write it so. VS Code keeps a language's configuration to itself,
 * so this says it again. A language without comments (JSON) is not here.
 */
const LANGUAGES: readonly (readonly [open: string, close: string, languages: string])[] = [
  [
    '//',
    '',
    'javascript javascriptreact typescript typescriptreact java c cpp csharp cuda-cpp objective-c objective-cpp go rust swift kotlin dart scala groovy php jsonc jsonl5 json5 fsharp hlsl shaderlab solidity proto proto3 zig v verilog systemverilog bicep jsonnet cue thrift prisma less scss',
  ],
  [
    '#',
    '',
    'python shellscript ruby perl perl6 raku yaml dockercompose github-actions-workflow azure-pipelines dockerfile makefile cmake r julia toml properties dotenv ignore gitignore coffeescript powershell elixir nix terraform hcl graphql tcl awk crystal nim starlark bazel robotframework git-commit git-rebase editorconfig puppet nginx apacheconf gdscript cython',
  ],
  ['--', '', 'sql plsql mysql postgres lua haskell ada vhdl elm purescript applescript'],
  ['<!--', '-->', 'html xml xsl svg markdown vue svelte astro xhtml'],
  ['/*', '*/', 'css'],
  [';', '', 'ini clojure lisp scheme racket commonlisp'],
  ['%', '', 'latex tex bibtex erlang matlab prolog'],
  ['REM ', '', 'bat'],
  ["'", '', 'vb vbscript'],
  ['{{/*', '*/}}', 'helm'],
];

const BY_LANGUAGE: ReadonlyMap<string, CommentSyntax> = new Map(
  LANGUAGES.flatMap(([open, close, languages]) => languages.split(' ').map((language) => [language, { open, close }] as const)),
);

/** What opens a comment in any of the languages: for reading a text whose language is not known here. */
export const COMMENT_OPENINGS: readonly string[] = [...new Set([...BY_LANGUAGE.values()].map(({ open }) => open.trim())), '::', '*'];

/** How a language writes a comment; undefined where it has none, or none is known here. */
export function commentSyntax(language: string): CommentSyntax | undefined {
  return BY_LANGUAGE.get(language);
}
