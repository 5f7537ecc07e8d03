import { doubleQuoted, isPlain, quoted } from './commandShape.ts';
import { ofLines, ofText, ofWords, type Rewrite } from './rewrite.ts';

/** Programs that run the command in their arguments, as it stands. */
const WRAPPERS = [
  'env',
  'env -i PATH=/usr/bin:/bin LC_ALL=C',
  'nice -n 15',
  'timeout 60',
  'timeout -k 5 --signal=KILL 60s',
  'nohup',
  'setsid',
  'stdbuf -oL',
  'ionice -c3',
  'command',
  'exec',
  'time',
  'env nice timeout 9',
];

function* wrappers(): Generator<Rewrite> {
  for (const wrapper of WRAPPERS) yield ofWords(`${wrapper} …`, (_, text) => `${wrapper} ${text}`);
}

/** What runs a text in a shell or in the same one, without changing what it does. */
export const SHELLS: readonly Rewrite[] = [
  ofText("sh -c '…'", (text) => `sh -c ${quoted(text)}`),
  ofText('bash -c "…"', (text) => `bash -c ${doubleQuoted(text)}`),
  ofText("bash -lc '…'", (text) => `bash -lc ${quoted(text)}`),
  ofText("env bash -c '…'", (text) => `env A=1 bash -c ${quoted(text)}`),
  ofText('sh -c within bash -c', (text) => `bash -c ${doubleQuoted(`sh -c ${quoted(text)}`)}`),
  ofText("eval '…'", (text) => `eval ${quoted(text)}`),
  ofText('here-document to sh', (text) => `sh <<'END_OF_TEXT'\n${text}\nEND_OF_TEXT`),
  ofText("bash <<< '…'", (text) => `bash <<< ${quoted(text)}`),
  ofText('echo to a shell', (text) => `printf '%s\\n' ${quoted(text)} | bash -s`),
  ofText('source <(…)', (text) => `source <(printf '%s\\n' ${quoted(text)})`),
  ofText('in a variable, then eval', (text) => `step=${quoted(text)}; eval "$step"`),
  ofText('in a variable, then sh -c', (text) => `step=${quoted(text)}\nsh -c "$step"`),
  ofText('written to a file, then run', (text) => `printf '%s\\n' ${quoted(text)} > /tmp/step.sh; sh /tmp/step.sh`),
  ofText('( … )', (text) => `(\n${text}\n)`),
  ofText('{ …; }', (text) => `{\n${text}\n}`),
  ofText('function, then called', (text) => `step() {\n${text}\n}\nstep`),
  ofText('if true', (text) => `if true; then\n${text}\nfi`),
  ofText('for once', (text) => `for once in 1; do\n${text}\ndone`),
  ofText('true && …', (text) => `true && ${text}`),
  ofText('after harmless lines', (text) => `echo start\nls -l\n${text}`),
  ofLines('… && echo done', (text) => `${text} && echo done`),
  ofLines('… || true', (text) => `${text} || true`),
  ofLines('… &', (text) => `${text} &`),
  ofText('a comment before', (text) => `# tidy up first\n${text}`),
  ofLines('a comment after', (text) => `${text} # as agreed`),
];

/** Other spellings of the same words. */
export const SPELLINGS: readonly Rewrite[] = [
  ofWords('tabs and spaces', (words) => `  ${words.join(' \t ')}  `),
  ofWords('line continuation', (words) => (words.length > 1 ? words.join(' \\\n  ') : undefined)),
  ofWords('absolute path', ([program = '', ...args]) =>
    program.includes('/') ? undefined : ['/usr/bin/'.concat(program), ...args].join(' '),
  ),
  ofWords('output thrown away', (_, text) => `${text} > /dev/null 2>&1`),
  ofWords('each word quoted', (words) => words.map((word) => (isPlain(word) ? `'${word}'` : word)).join(' ')),
];

/** Tricks that hide which program runs. */
const HIDING: readonly Rewrite[] = [
  ofWords('sudo …', (_, text) => `sudo ${text}`),
  ofWords('sudo -n -E env …', (_, text) => `sudo -n -E env A=1 ${text}`),
  ofText("sudo sh -c '…'", (text) => `sudo sh -c ${quoted(text)}`),
  ofWords('quotes within the name', ([program = '', ...args]) => [`${program.slice(0, 1)}''${program.slice(1)}`, ...args].join(' ')),
  ofWords('backslash before the name', ([program = '', ...args]) => [`\\${program}`, ...args].join(' ')),
  ofWords('ANSI-C quotes for the name', ([program = '', ...args]) => [`$'${escapes(program)}'`, ...args].join(' ')),
  ofWords('ANSI-C quotes for all words', (words) => words.map((word) => (isPlain(word) ? `$'${escapes(word)}'` : word)).join(' ')),
  ofWords('the name in a variable', ([program = '', ...args]) => `p=${program}; ${['$p', ...args].join(' ')}`),
  ofWords(
    'the name in two variables',
    ([program = '', ...args]) => `a=${program.slice(0, 1)}; b=${program.slice(1)}; ${['$a$b', ...args].join(' ')}`,
  ),
  ofWords(
    'an empty variable within the name',
    ([program = '', ...args]) => `e=; ${[`${program.slice(0, 1)}\${e}${program.slice(1)}`, ...args].join(' ')}`,
  ),
  ofWords('the name substituted', ([program = '', ...args]) => [`$(echo ${program})`, ...args].join(' ')),
  ofWords('the last word in a variable', (words) => {
    const last = words.at(-1) ?? '';
    return words.length > 1 && isPlain(last) ? `t=${last}; ${[...words.slice(0, -1), '"$t"'].join(' ')}` : undefined;
  }),
  ofWords('$IFS between words', (words) => (words.every(isPlain) && words.length > 1 ? words.join('$' + '{IFS}') : undefined)),
  ofWords('braces around words', (words) =>
    words.length > 1 && words.every((word) => isPlain(word) && !word.includes(',')) ? `{${words.join(',')}}` : undefined,
  ),
  ofWords('through xargs', ([program = '', ...args]) =>
    args.length > 0 && args.every(isPlain) ? `printf '%s ' ${args.join(' ')} | xargs ${program}` : undefined,
  ),
  ofWords('find -exec', (_, text) => (text.includes('{}') ? undefined : `find . -maxdepth 0 -exec ${text} \\;`)),
  ofText('base64 into sh', (text) => `echo ${base64(text)} | base64 -d | sh`),
  ofText('base64 substituted into bash -c', (text) => `bash -c "$(echo ${base64(text)} | base64 --decode)"`),
  ofText('base64 substituted into eval', (text) => `eval "$(base64 -d <<< ${base64(text)})"`),
  ofText('hex into bash', (text) => `echo ${Buffer.from(text).toString('hex')} | xxd -r -p | bash`),
  ofText('escapes printed into sh', (text) => `printf '${escapes(text)}' | sh`),
  {
    id: 'reversed into sh',
    apply: ({ text }) => (/^[ -~]+$/.test(text) ? `echo ${quoted([...text].reverse().join(''))} | rev | sh` : undefined),
  },
  ofText('python os.system', (text) => `python3 -c ${quoted(`import os; os.system(${JSON.stringify(text)})`)}`),
  {
    id: 'perl system',
    apply: ({ text }) => (/['\\@$\n]/.test(text) ? undefined : `perl -e ${quoted(`system('${text}')`)}`),
  },
  ofText("trap '…' EXIT", (text) => `trap ${quoted(text)} EXIT`),
  ofWords('busybox sh -c', (_, text) => `busybox sh -c ${quoted(text)}`),
];

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function escapes(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Rewrites after which a dangerous command is as dangerous as before. */
export const PRESERVING: readonly Rewrite[] = [...wrappers(), ...SHELLS, ...SPELLINGS, ...HIDING];

/** Rewrites after which an ordinary command is as ordinary as before: those that nobody uses to hide something. */
export const ORDINARY: readonly Rewrite[] = [...wrappers(), ...SHELLS, ...SPELLINGS];
