import type { Call, ProgramReader } from '../call.ts';
import { deletePath, readFile, writeFile } from '../powershell/dotnet.ts';
import { slashed, windowsTarget } from '../powershell/paths.ts';
import { oneValue } from '../powershell/things.ts';
import { isKnown, join, literal, NOTHING, UNKNOWN, type Value } from '../value.ts';

/** `/s /q`, and what is none of these. */
function readSwitches(call: Call): { readonly switches: string; readonly operands: readonly Value[] } {
  const words = call.args.flatMap((arg): Value[] =>
    /^(?:\/[a-z]{1,2}(?::[^/]*)?)+$/i.test(arg.text) ? arg.text.split(/(?=\/)/).map((text) => ({ ...arg, text })) : [arg],
  );
  const isSwitch = ({ text }: Value): boolean => /^\/[a-z?-]{1,4}(?::|$)/i.test(text);
  return {
    switches: words
      .filter(isSwitch)
      .map(({ text }) => text.toLowerCase())
      .join(' '),
    operands: words
      .filter((word) => !isSwitch(word))
      .flatMap((word) =>
        word.text
          .split(/[,;]/)
          .filter((text) => text !== '')
          .map((text) => ({ ...word, text })),
      ),
  };
}

/** `del`: with `/s` in every folder below, whatever the pattern. */
const del: ProgramReader = (call) => {
  const { switches, operands } = readSwitches(call);
  if (/\/\?/.test(switches)) return NOTHING;
  for (const path of operands) deletePath(call, path, /\/s/.test(switches), /\/[qf]/.test(switches));
  return NOTHING;
};

const copy: ProgramReader = (call) => {
  const { operands } = readSwitches(call);
  const destination = operands.length > 1 ? operands.at(-1) : undefined;
  for (const path of destination === undefined ? operands : operands.slice(0, -1)) {
    const data = oneValue(readFile(call, path));
    if (
      call.program === 'move' &&
      ['root', 'home', 'system', 'repository', 'guard', 'workspace-root'].includes(windowsTarget(path, call.session).target)
    )
      deletePath(call, path, true);
    if (destination !== undefined) writeFile(call, destination, data, true);
  }
  return NOTHING;
};

const type: ProgramReader = (call) => join(readSwitches(call).operands.map((path) => oneValue(readFile(call, path))));

const changeFolder: ProgramReader = (call) => {
  const { scope, home } = call.session;
  const to = readSwitches(call).operands[0];
  if (to === undefined) return NOTHING;
  const path = slashed(to, home);
  if (!isKnown(path)) scope.cwd = undefined;
  else if (/^(?:\/|[A-Za-z]:)/.test(path.text)) scope.cwd = path.text.replace(/^[A-Za-z]:/, '') || '/';
  else if (scope.cwd !== undefined) scope.cwd = `${scope.cwd}/${path.text}`;
  return NOTHING;
};

/** `start "title" /flags program …` */
const start: ProgramReader = (call) => {
  const words = [...call.args];
  while (words[0] !== undefined && (/^\/\w/.test(words[0].text) || (words[0].text === '' && words.length > 1))) {
    const taken = words.shift();
    if (/^\/d$/i.test(taken?.text ?? '')) words.shift();
  }
  if (words.length === 0) return NOTHING;
  return call.session.runWindows(
    join(
      words.map((word) => ({ ...word, text: /\s/.test(word.text) ? `"${word.text}"` : word.text })),
      ' ',
    ),
    'bat',
    { ...call.how, depth: call.how.depth + 1 },
  );
};

const nothing: ProgramReader = () => NOTHING;

/** Commands that cmd.exe does itself, apart from those that steer it. */
export const BATCH_BUILTINS: ReadonlyMap<string, ProgramReader> = new Map(
  Object.entries<ProgramReader>({
    del,
    erase: del,
    rd: del,
    rmdir: del,
    copy,
    xcopy: copy,
    move: copy,
    ren: nothing,
    rename: nothing,
    type,
    more: (call) => call.input ?? type(call),
    cd: changeFolder,
    chdir: changeFolder,
    pushd: changeFolder,
    start,
    md: nothing,
    mkdir: nothing,
    dir: () => UNKNOWN,
    ver: nothing,
    vol: nothing,
    title: nothing,
    prompt: nothing,
    color: nothing,
    pause: nothing,
    setlocal: nothing,
    endlocal: nothing,
    shift: nothing,
    goto: nothing,
    exit: nothing,
    help: nothing,
    popd: nothing,
    verify: nothing,
    find: (call) => call.input ?? UNKNOWN,
    findstr: (call) => call.input ?? UNKNOWN,
    sort: (call) => call.input ?? UNKNOWN,
    echo: (call) => literal(`${call.args.map(({ text }) => text).join(' ')}\n`),
    mklink: nothing,
    timeout: nothing,
  }),
);
