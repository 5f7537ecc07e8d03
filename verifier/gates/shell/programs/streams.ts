import type { Call, ProgramReader } from '../call.ts';
import { isEnvironmentFile } from '../credentialPaths.ts';
import { unescapeAnsi } from '../expand.ts';
import { has, type Options, readOptions } from '../options.ts';
import { CREDENTIAL, DECODED, isKnown, join, LOCAL, literal, NOTHING, UNKNOWN, unknownFrom, type Value } from '../value.ts';

const echo: ProgramReader = (call) => {
  const args = [...call.args];
  let escapes = false;
  let newline = '\n';
  while (/^-[neE]+$/.test(args[0]?.text ?? '')) {
    const flag = args.shift()?.text ?? '';
    if (flag.includes('e')) escapes = true;
    if (flag.includes('n')) newline = '';
  }
  const text = join(args, ' ');
  return { ...text, text: (escapes ? unescapeAnsi(text.text) : text.text) + newline, glob: false };
};

/** printf with %s, %b and literal text; other directives give unknown parts. */
const printf: ProgramReader = (call) => {
  const args = [...call.args];
  const into = args[0]?.text === '-v' ? args.splice(0, 2)[1]?.text : undefined;
  if (args[0]?.text === '--') args.shift();
  const [format, ...values] = args;
  if (format === undefined) return NOTHING;
  let taint = format.taint;
  for (const value of values) taint |= value.taint;
  const parts: string[] = [];
  let next = 0;
  do {
    const before = next;
    parts.push(
      // An escape never makes a directive: `\x25s` prints `%s`.
      format.text.replace(
        /\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[\s\S])|%(?:%|[-+ #0]{0,4}\d{0,3}(?:\.\d{0,3})?([a-zA-Z]))/g,
        (whole, kind: unknown) => {
          if (whole.startsWith('\\')) return unescapeAnsi(whole);
          if (typeof kind !== 'string') return whole === '%%' ? '%' : whole;
          const value = values[next++]?.text ?? '';
          if (kind === 'b') return unescapeAnsi(value);
          return kind === 'c' ? value.charAt(0) : value;
        },
      ),
    );
    if (next === before) break;
  } while (next < values.length && parts.length < 64);
  const output = literal(parts.join(''), taint);
  if (into === undefined) return output;
  call.session.scope.assign(into, output);
  return NOTHING;
};

/** Reads the operands as files and passes on what they hold; without operands, passes its input on. */
export function readFiles(call: Call, files: readonly Value[]): Value {
  if (files.length === 0) return call.input ?? UNKNOWN;
  return join(files.map((file) => readOne(call, file)));
}

export function readOne(call: Call, file: Value): Value {
  if (file.text === '-' || file.text === '/dev/stdin') return call.input ?? UNKNOWN;
  const path = call.path(file);
  if (path.target === 'credential') {
    // A project's own .env is read every day; the rule tells it from ~/.ssh by the target.
    const everyday = isEnvironmentFile(file.text) && !/^[/~]/.test(file.text);
    call.effect('read-credential', { target: everyday ? 'workspace' : 'credential', targetText: path.text });
  }
  const data = call.session.scope.read(file.text);
  return path.target === 'credential' ? { ...data, taint: data.taint | CREDENTIAL } : data;
}

/** Programs that print (part of) files or of their input, unchanged or not. */
function filter(valued: string, skip: (options: Options) => number, keepsText = false): ProgramReader {
  return (call) => {
    const options = readOptions(call.args, valued);
    const data = readFiles(call, options.operands.slice(skip(options)));
    return keepsText ? data : unknownFrom(data.taint);
  };
}
const noSkip = (): number => 0;
const skipPattern = (options: Options): number => (has(options, 'e', 'f', 'regexp', 'file') ? 0 : 1);

/** Turns input into unknown decoded text, or into the text itself where it is known and the encoding simple. */
function decoder(decodes: (call: Call) => boolean, decode: ((text: string) => string) | undefined, valued = ''): ProgramReader {
  return (call) => {
    const data = readFiles(call, readOptions(call.args, valued).operands);
    if (!decodes(call)) return unknownFrom(data.taint);
    const taint = data.taint | DECODED;
    return decode === undefined || !isKnown(data) || data.text === '' ? unknownFrom(taint) : literal(decode(data.text), taint);
  };
}

const flagged = (call: Call): boolean => has(call.options, 'd', 'D', 'decode');
const bytes = (encoding: 'base64' | 'hex') => (text: string) => Buffer.from(text.replace(/\s+/g, ''), encoding).toString('utf8');

/** `openssl enc -d`, `openssl base64 -d`. */
const openssl: ProgramReader = (call) => {
  const words = new Set(call.args.map((arg) => arg.text));
  const at = call.args.findIndex((arg) => arg.text === '-in');
  const file = at < 0 ? undefined : call.args[at + 1];
  const data = file === undefined ? (call.input ?? UNKNOWN) : call.session.scope.read(file.text);
  if (!words.has('-d')) return unknownFrom(data.taint);
  const taint = data.taint | DECODED;
  const plain = words.has('base64') || words.has('-base64') || words.has('-a');
  return plain && isKnown(data) && data.text !== '' && !words.has('-k') ? literal(bytes('base64')(data.text), taint) : unknownFrom(taint);
};

const rev: ProgramReader = (call) => {
  const data = readFiles(call, call.options.operands);
  if (!isKnown(data)) return unknownFrom(data.taint | DECODED);
  const text = data.text
    .split('\n')
    .map((line) => [...line].reverse().join(''))
    .join('\n');
  return literal(text, data.taint | DECODED);
};

/** `tr a-z n-za-m`: single letters and ranges, enough for rotations and for dropping letters. */
const tr: ProgramReader = (call) => {
  const data = call.input ?? UNKNOWN;
  const [from, to] = call.options.operands;
  if (!isKnown(data) || from === undefined) return unknownFrom(data.taint);
  const source = letters(from.text);
  if (has(call.options, 'd', 'delete'))
    return literal([...data.text].filter((letter) => !source.includes(letter)).join(''), data.taint | DECODED);
  const goal = letters(to?.text ?? '');
  if (goal.length === 0) return unknownFrom(data.taint);
  const swap = (letter: string): string => {
    const at = source.indexOf(letter);
    return at < 0 ? letter : (goal[Math.min(at, goal.length - 1)] ?? letter);
  };
  return literal([...data.text].map(swap).join(''), data.taint | DECODED);
};

function letters(set: string): string[] {
  const text = unescapeAnsi(set);
  const found: string[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text.charAt(at + 1) === '-' && at + 2 < text.length) {
      const last = text.charCodeAt(at + 2);
      for (let code = text.charCodeAt(at); code <= last && found.length < 512; code++) found.push(String.fromCharCode(code));
      at += 2;
    } else found.push(text.charAt(at));
  }
  return found;
}

const base64 = decoder(flagged, bytes('base64'), 'w wrap i o');
const gunzip = decoder(() => true, undefined);
const gzip: ProgramReader = (call) => {
  const options = readOptions(call.args, 'S suffix');
  const data = readFiles(call, options.operands);
  if (has(options, 'd', 'decompress')) return unknownFrom(data.taint | DECODED);
  for (const file of options.operands)
    for (const suffix of ['.gz', '.bz2', '.xz', '.zst', valueText(options)])
      call.session.scope.write(file.text + suffix, unknownFrom(data.taint));
  return unknownFrom(data.taint);
};
function valueText(options: Options): string {
  return options.values.get('S')?.[0]?.text ?? '.gz';
}

const xxd: ProgramReader = decoder((call) => call.args.some((arg) => /^-.*r/.test(arg.text)), bytes('hex'), 'c l s o g');

const workingFolder: ProgramReader = (call) => (call.session.scope.cwd === undefined ? UNKNOWN : literal(`${call.session.scope.cwd}\n`));

export const STREAM_PROGRAMS = {
  pwd: workingFolder,
  echo,
  printf,
  cat: filter('', noSkip, true),
  tac: filter('', noSkip, true),
  bat: filter('l', noSkip),
  nl: filter('', noSkip),
  less: filter('p b j P t', noSkip),
  more: filter('n', noSkip),
  most: filter('', noSkip),
  head: filter('n c lines bytes', noSkip),
  tail: filter('n c s lines bytes pid', noSkip),
  strings: filter('n e t', noSkip),
  sort: filter('k t o T S', noSkip),
  uniq: filter('f s w', noSkip),
  cut: filter('d f c b delimiter fields', noSkip),
  od: filter('A j N t w', noSkip),
  hexdump: filter('n s e f', noSkip),
  grep: filter('e f m A B C regexp file include exclude exclude-dir', skipPattern),
  egrep: filter('e f m A B C', skipPattern),
  fgrep: filter('e f m A B C', skipPattern),
  rg: filter('e f m A B C g t T', skipPattern),
  jq: filter('f', () => 1),
  yq: filter('f', () => 1),
  xclip: filter('selection d t', noSkip),
  pbcopy: filter('', noSkip),
  diff: filter('', noSkip),
  base64,
  base32: decoder(flagged, undefined, 'w wrap'),
  gbase64: base64,
  basenc: decoder(flagged, undefined, 'w wrap'),
  uudecode: gunzip,
  gunzip,
  zcat: gunzip,
  gzcat: gunzip,
  bzcat: gunzip,
  bunzip2: gunzip,
  xzcat: gunzip,
  unxz: gunzip,
  zstdcat: gunzip,
  gzip,
  bzip2: gzip,
  xz: gzip,
  zstd: gzip,
  xxd,
  openssl,
  rev,
  tr,
  cpio: (() => unknownFrom(LOCAL)) satisfies ProgramReader,
} satisfies Record<string, ProgramReader>;
