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
