import type { Call, Circumstance } from '../call.ts';
import { isLocalHost } from '../programs/network.ts';
import { readOne } from '../programs/streams.ts';
import { DECODED, DOWNLOADED, GAP, isKnown, join, LOCAL, literal, PLAIN_HTTP, type Value } from '../value.ts';
import { noteWrite, sendOut } from '../writes.ts';
import { format, operate } from './operators.ts';
import { slashed, windowsTarget } from './paths.ts';
import type { Shell } from './shell.ts';
import { NO_THING, numberOf, oneValue, type Thing, taintOf, textOf, textThing, thing, UNKNOWN_THING, unknownOf } from './things.ts';

/** A member of a .NET type or object, used. */
export interface MemberUse {
  /** `convert.frombase64string`, `.downloadstring`: in lower case. */
  readonly name: string;
  readonly of: Thing;
  readonly args: readonly Thing[];
  readonly call: Call;
  readonly how: Circumstance;
  readonly shell: Shell;
}

type MemberReader = (use: MemberUse) => Thing;

/** What a download from there is marked with. */
export function fetched(urls: readonly Value[]): number {
  let taint = 0;
  for (const { text } of urls) {
    if (isLocalHost(text) || /^file:/i.test(text)) continue;
    taint |= DOWNLOADED;
    if (/^http:\/\//i.test(text)) taint |= PLAIN_HTTP;
  }
  return taint;
}

export function readFile(call: Call, path: Value): Thing {
  return thing(readOne(call, slashed(path, call.session.home)));
}

export function writeFile(call: Call, path: Value, data: Value, append: boolean): Thing {
  const to = slashed(path, call.session.home);
  noteWrite(call, to, data, append);
  call.session.write(to.text, append ? join([call.session.scope.written(to.text) ?? literal(''), data]) : data, call.how);
  return NO_THING;
}

export function deletePath(call: Call, path: Value, recursive: boolean, force = false): Thing {
  const facts = windowsTarget(path, call.session);
  call.effect('delete', {
    target: facts.target,
    targetText: facts.text,
    traits: [recursive && 'recursive', force && 'force', facts.broad && 'broad', facts.unresolved && 'unresolved-target'],
  });
  return NO_THING;
}

const first = ({ args }: MemberUse): Value => oneValue(args[0]);

function decoded(text: string, taint: number): Thing {
  return textThing(text, taint | DECODED);
}

/** Bytes are carried as one string of letters below 256, or as a list of numbers. */
function bytesOf(of: Thing | undefined): Buffer | undefined {
  const items = of?.items ?? [];
  if (items.some((item) => !isKnown(item))) return undefined;
  if (items.length === 1 && !/^\d+$/.test(items[0]?.text ?? '')) return Buffer.from(items[0]?.text ?? '', 'latin1');
  return Buffer.from(items.map(({ text }) => Number(text) & 0xff));
}

const getString: MemberReader = ({ of, args }) => {
  const bytes = bytesOf(args[0]);
  if (bytes === undefined) return unknownOf(args[0]);
  const encoding = /unicode/.test(of.type ?? '') ? 'utf16le' : 'utf8';
  return textThing(bytes.toString(encoding), taintOf(args[0]));
};

const download: MemberReader = (use) => unknownOf(thing(literal('', fetched([first(use)]))), use.of);

const downloadFile: MemberReader = (use) => {
  const data = { text: GAP, taint: fetched([first(use)]), glob: false };
  return writeFile(use.call, oneValue(use.args[1]), data, false);
};

const send: MemberReader = (use) => {
  const local = use.args.slice(1).map((arg) => oneValue(arg));
  const file = /file/.test(use.name);
  const data = file ? local.map((path) => oneValue(readFile(use.call, path))) : local;
  if (!isLocalHost(first(use).text))
    for (const one of data) sendOut(use.call, file ? { ...one, taint: one.taint | LOCAL } : one, first(use).text);
  return UNKNOWN_THING;
};

const code: MemberReader = (use) => use.shell.runText(use.args[0] ?? NO_THING, use.call);

/** A text that cmd or Windows itself starts as a program. */
const program: MemberReader = (use) => {
  use.call.session.runWindows(
    join(
      use.args.slice(0, 2).map((arg) => oneValue(arg)),
      ' ',
    ),
    'bat',
    { ...use.how, depth: use.how.depth + 1 },
  );
  return UNKNOWN_THING;
};

const loadAssembly: MemberReader = (use) => {
  const taint = taintOf(...use.args) | (/^https?:/i.test(first(use).text) ? fetched([first(use)]) : 0);
  if (taint & (DOWNLOADED | DECODED))
    use.call.effect('remote-code', { traits: [taint & DOWNLOADED ? 'downloaded' : 'decoded', (taint & PLAIN_HTTP) !== 0 && 'plain-http'] });
  return UNKNOWN_THING;
};

const FOLDERS: Readonly<Record<string, string>> = {
  startup: '/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
  userprofile: '',
  desktop: '/Desktop',
  mydocuments: '/Documents',
  personal: '/Documents',
  applicationdata: '/AppData/Roaming',
};

/** Members of types and objects that do or carry something; all others give what nobody knows, from where their object came. */
export const MEMBERS: ReadonlyMap<string, MemberReader> = new Map<string, MemberReader>(
  Object.entries<MemberReader>({
    'convert.frombase64string': (use) => {
      const source = first(use);
      return isKnown(source)
        ? decoded(Buffer.from(source.text, 'base64').toString('latin1'), source.taint)
        : unknownOf(decoded('', source.taint));
    },
    'convert.toint32': (use) => {
      const radix = numberOf(use.args[1]) ?? 10;
      const number = Number.parseInt(first(use).text, radix >= 2 && radix <= 36 ? radix : 10);
      return Number.isNaN(number) ? unknownOf(...use.args) : textThing(String(number));
    },
    'convert.tochar': (use) => operate('-join', { items: [literal(String.fromCharCode(numberOf(use.args[0]) ?? 0xfffc))] }, NO_THING),
    'string.join': ({ args }) =>
      thing(
        join(
          args.slice(1).flatMap(({ items }) => items),
          textOf(args[0]),
        ),
      ),
    'string.concat': ({ args }) => thing(join(args.flatMap(({ items }) => items))),
    'string.format': ({ args }) => format(args[0] ?? NO_THING, { items: args.slice(1).flatMap(({ items }) => items) }),
    'scriptblock.create': ({ args }) => ({ ...(args[0] ?? NO_THING), type: 'scriptblock' }),
    'regex.replace': ({ args }) => operate('-replace', args[0] ?? NO_THING, { items: args.slice(1).flatMap(({ items }) => items) }),
    'regex.unescape': ({ args }) => args[0] ?? NO_THING,
    'regex.matches': ({ args }) =>
      // Letter by letter from the right: a text written backwards.
      /righttoleft/i.test(textOf(args[2])) && textOf(args[1]) === '.'
        ? { items: [...textOf(args[0])].reverse().map((text) => literal(text)) }
        : unknownOf(...args),
    'array.reverse': () => NO_THING,
    'environment.getenvironmentvariable': (use) => use.shell.names.variable(`env:${first(use).text}`),
    'environment.getfolderpath': (use) => {
      const folder = FOLDERS[first(use).text.toLowerCase()];
      return folder === undefined ? UNKNOWN_THING : textThing(use.call.session.home + folder);
    },
    'io.file.delete': (use) => deletePath(use.call, first(use), false),
    'io.directory.delete': (use) => deletePath(use.call, first(use), use.args.length > 1),
    'io.file.writealltext': (use) => writeFile(use.call, first(use), oneValue(use.args[1]), false),
    'io.file.writeallbytes': (use) => writeFile(use.call, first(use), oneValue(use.args[1]), false),
    'io.file.writealllines': (use) => writeFile(use.call, first(use), oneValue(use.args[1], '\n'), false),
    'io.file.appendalltext': (use) => writeFile(use.call, first(use), oneValue(use.args[1]), true),
    'io.file.readalltext': (use) => readFile(use.call, first(use)),
    'io.file.readalllines': (use) => readFile(use.call, first(use)),
    'io.file.readallbytes': (use) => readFile(use.call, first(use)),
    'io.path.combine': ({ args }) =>
      thing(
        join(
          args.map((arg) => oneValue(arg)),
          '/',
        ),
      ),
    'io.path.gettemppath': () => textThing('/tmp'),
    'io.path.gettempfilename': () => textThing('/tmp/tmp.tmp'),
    'reflection.assembly.load': loadAssembly,
    'reflection.assembly.loadfrom': loadAssembly,
    'reflection.assembly.loadfile': loadAssembly,
    'reflection.assembly.unsafeloadfrom': loadAssembly,
    '.load': loadAssembly,
    'diagnostics.process.start': program,
    '.run': program,
    '.exec': program,
    '.shellexecute': program,
    '.getstring': getString,
    '.downloadstring': download,
    '.downloadstringtaskasync': download,
    '.downloaddata': download,
    '.openread': download,
    '.getstringasync': download,
    '.getbytearrayasync': download,
    '.getasync': download,
    '.downloadfile': downloadFile,
    '.downloadfileasync': downloadFile,
    '.downloadfiletaskasync': downloadFile,
    '.uploadfile': send,
    '.uploadstring': send,
    '.uploaddata': send,
    '.uploadvalues': send,
    '.postasync': send,
    '.invokescript': code,
    '.newscriptblock': ({ args }) => ({ ...(args[0] ?? NO_THING), type: 'scriptblock' }),
    '.addscript': code,
    '.clearlog': (use) => {
      use.call.effect('disable-protection', { targetText: `event log ${first(use).text}`.slice(0, 160) });
      return NO_THING;
    },
    '.win32shutdown': (use) => {
      use.call.effect('shut-down', { targetText: 'Win32Shutdown' });
      return NO_THING;
    },
  }),
);
