import { PROGRAMS, programName } from './shell/programs/table.ts';

/** Names of languages as fences and editors write them, to VS Code language ids. */
const IDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    sh: 'shellscript',
    bash: 'shellscript',
    shell: 'shellscript',
    shellscript: 'shellscript',
    'shell-script': 'shellscript',
    'shell-session': 'shellscript',
    shellsession: 'shellscript',
    'sh-session': 'shellscript',
    console: 'shellscript',
    terminal: 'shellscript',
    zsh: 'shellscript',
    ksh: 'shellscript',
    dash: 'shellscript',
    fish: 'shellscript',
    powershell: 'powershell',
    ps1: 'powershell',
    ps: 'powershell',
    pwsh: 'powershell',
    posh: 'powershell',
    bat: 'bat',
    batch: 'bat',
    cmd: 'bat',
    dosbatch: 'bat',
    js: 'javascript',
    jsx: 'javascriptreact',
    mjs: 'javascript',
    cjs: 'javascript',
    node: 'javascript',
    ts: 'typescript',
    mts: 'typescript',
    cts: 'typescript',
    tsx: 'typescriptreact',
    py: 'python',
    python3: 'python',
    py3: 'python',
    rb: 'ruby',
    rs: 'rust',
    cs: 'csharp',
    'c#': 'csharp',
    'c++': 'cpp',
    cc: 'cpp',
    hpp: 'cpp',
    h: 'c',
    kt: 'kotlin',
    golang: 'go',
    yml: 'yaml',
    docker: 'dockerfile',
    containerfile: 'dockerfile',
    make: 'makefile',
    mk: 'makefile',
    md: 'markdown',
    tf: 'terraform',
    hcl: 'terraform',
    env: 'dotenv',
    conf: 'properties',
    cfg: 'ini',
    htm: 'html',
    pl: 'perl',
    jsonc: 'json',
    json5: 'json',
  }),
);

/** The VS Code language id for a name, or the name itself. */
export function languageId(name: string): string {
  const lower = name.toLowerCase();
  return IDS.get(lower) ?? lower;
}

const BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries({
    dockerfile: 'dockerfile',
    containerfile: 'dockerfile',
    makefile: 'makefile',
    gnumakefile: 'makefile',
    justfile: 'makefile',
    gemfile: 'ruby',
    rakefile: 'ruby',
    jenkinsfile: 'groovy',
    procfile: 'yaml',
    '.bashrc': 'shellscript',
    '.zshrc': 'shellscript',
    '.profile': 'shellscript',
    '.bash_profile': 'shellscript',
    '.zprofile': 'shellscript',
    '.npmrc': 'properties',
  }),
);

/** The language id that a path suggests; empty where it suggests none. */
export function languageOfPath(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  const known = BY_NAME.get(name);
  if (known !== undefined) return known;
  if (name.startsWith('dockerfile.') || name.endsWith('.dockerfile')) return 'dockerfile';
  if (name === '.env' || name.startsWith('.env.')) return 'dotenv';
  const dot = name.lastIndexOf('.');
  if (dot < 0) return '';
  const extension = name.slice(dot + 1);
  return extension === 'txt' ? 'plaintext' : languageId(extension);
}

export const SHELL_LANGUAGES: ReadonlySet<string> = new Set(['shellscript', 'powershell', 'bat']);
export const PROSE_LANGUAGES: ReadonlySet<string> = new Set([
  'markdown',
  'plaintext',
  'restructuredtext',
  'rst',
  'asciidoc',
  'adoc',
  'text',
  'latex',
]);
export const CONFIG_LANGUAGES: ReadonlySet<string> = new Set(
  'yaml json toml ini dotenv xml properties dockercompose terraform plist lock editorconfig csv svg'.split(' '),
);
/** Fence names that say nothing about the language. */
export const UNTOLD: ReadonlySet<string> = new Set([
  '',
  'text',
  'txt',
  'plaintext',
  'plain',
  'none',
  'code',
  'output',
  'log',
  'cli',
  'copy',
  'command',
  'commands',
  'snippet',
]);

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
