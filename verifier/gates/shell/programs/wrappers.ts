import type { Call, ProgramReader } from '../call.ts';
import { readOptions } from '../options.ts';
import { GAP, literal, NOTHING, UNKNOWN, type Value } from '../value.ts';
import { runCode } from './shells.ts';

/** How a program that runs another program is read. */
interface Wrapper {
  /** Options that take a value. */
  readonly valued?: string;
  /** Operands of its own before the command. */
  readonly skip?: number;
  readonly elevates?: boolean;
}

function wrap({ valued = '', skip = 0, elevates = false }: Wrapper): ProgramReader {
  return (call) => {
    const { operands, flags } = readOptions(call.args, valued, true);
    const words = operands.slice(skip);
    const how = { ...call.how, elevated: call.how.elevated || elevates };
    if (words.length > 0) return call.session.runWords(words, how);
    // `sudo -i`, `sudo -s`: a shell of the other user, fed from standard input.
    if (elevates && (flags.has('i') || flags.has('s') || flags.has('login') || flags.has('shell'))) {
      call.effect('privilege', { traits: ['elevated'] });
      if (call.input !== undefined) return call.session.runWords([literal('sh')], how);
    }
    return NOTHING;
  };
}

const elevate = wrap({
  valued: 'u g h p C D R T U r t user group host prompt chdir chroot close-from other-user role type command-timeout',
  elevates: true,
});
const sudo: ProgramReader = (call) => {
  const { operands, flags } = readOptions(call.args, 'u g h p C D R T U r t user group host prompt chdir chroot role type', true);
  const assignments = operands.findIndex((operand) => !/^[A-Za-z_]\w*=/.test(operand.text));
  const name = operands[assignments]?.text ?? '';
  if (/^(?:.*\/)?(?:su|bash|sh|zsh)$/.test(name) && operands.length - assignments === 1 && call.input === undefined)
    call.effect('privilege', { traits: ['elevated'] });
  if (flags.has('e') || flags.has('edit')) {
    call.onPaths('overwrite', operands, ['elevated']);
    return NOTHING;
  }
  return assignments > 0 ? call.session.runWords(operands.slice(assignments), { ...call.how, elevated: true }) : elevate(call);
};

/** `su [-] [user] [-c text]`. */
const switchUser: ProgramReader = (call) => {
  const { values, operands } = readOptions(call.args, 'c command s shell g G w');
  const code = values.get('c')?.[0] ?? values.get('command')?.[0];
  const how = { ...call.how, elevated: true };
  if (code !== undefined) return call.session.runText(code, { ...how, depth: how.depth + 1 });
  const user = operands.find((operand) => operand.text !== '-')?.text;
  if (user === undefined || user === 'root') call.effect('privilege', { traits: ['elevated'] });
  return call.input === undefined ? NOTHING : call.session.runWords([literal('sh')], how);
};

const env: ProgramReader = (call) => {
  const { operands, values } = readOptions(call.args, 'u unset C chdir S split-string', true);
  const split = values.get('S')?.[0] ?? values.get('split-string')?.[0];
  if (split !== undefined) return runCode(call, split, true);
  let index = 0;
  for (; index < operands.length; index++) {
    const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(operands[index]?.text ?? '');
    if (assignment === null) break;
    call.session.scope.assign(assignment[1] ?? '', literal(assignment[2] ?? ''));
  }
  return index === operands.length ? NOTHING : call.session.runWords(operands.slice(index), call.how);
};

/** `command -v name` only looks; without -v it runs. */
const command: ProgramReader = (call) => {
  if (/^-[vV]/.test(call.args[0]?.text ?? '')) return NOTHING;
  const words = call.args[0]?.text === '-p' ? call.args.slice(1) : call.args;
  return call.session.runWords(words, call.how);
};

const MAX_ITEMS = 32;

/** `xargs command`: its input becomes arguments, which stay unknown unless the text tells them. */
const xargs: ProgramReader = (call) => {
  const { operands, values } = readOptions(call.args, 'I i L l n P s d E a max-args max-procs delimiter replace arg-file', true);
  if (operands.length === 0) return call.input ?? UNKNOWN;
  const input = call.input;
  const items =
    input === undefined || input.text === GAP
      ? [{ text: GAP, taint: input?.taint ?? 0, glob: false }]
      : input.text
          .split(/[\s\0]+/)
          .filter((item) => item !== '')
          .map((item) => literal(item, input.taint));
  // More items than are followed: the rest is one unknown.
  const bounded = items.length > MAX_ITEMS ? [...items.slice(0, MAX_ITEMS), UNKNOWN] : items;
  const how = { ...call.how, input: undefined };
  const mark = values.get('I')?.[0]?.text ?? values.get('replace')?.[0]?.text;
  if (mark === undefined || mark === '') return call.session.runWords([...operands, ...bounded], how);
  for (const item of bounded) {
    const filled = operands.map((operand) =>
      operand.text.includes(mark)
        ? { ...operand, text: operand.text.replaceAll(mark, item.text), taint: operand.taint | item.taint }
        : operand,
    );
    call.session.runWords(filled, how);
  }
  return UNKNOWN;
};

const parallel: ProgramReader = (call) => {
  const cut = call.args.findIndex((arg) => /^:::/.test(arg.text));
  const { operands } = readOptions(
    cut < 0 ? call.args : call.args.slice(0, cut),
    'j jobs S sshlogin a arg-file C colsep N n d delimiter',
    true,
  );
  const items: readonly Value[] = cut < 0 ? [UNKNOWN] : call.args.slice(cut + 1);
  const only = operands[0];
  if (only === undefined) return UNKNOWN;
  const text = operands.map((operand) => operand.text).join(' ');
  const filled = text.includes('{}') ? text.replaceAll('{}', items[0]?.text ?? GAP) : `${text} ${items.map((item) => item.text).join(' ')}`;
  return runCode(call, literal(filled), true);
};

/** Programs that take a command as one text: `watch 'rm …'`, `script -c '…'`, `flock f -c '…'`. */
function textWrapper(valued: string, option: string | undefined, skip: number): ProgramReader {
  return (call) => {
    const { operands, values } = readOptions(call.args, valued, true);
    const given = option === undefined ? undefined : values.get(option)?.[0];
    if (given !== undefined) return runCode(call, given, true);
    const words = operands.slice(skip);
    if (words[0]?.text === '-c' && words[1] !== undefined) return runCode(call, words[1], true);
    const text = words.map((word) => word.text).join(' ');
    return text === '' ? NOTHING : runCode(call, literal(text), true);
  };
}

const multiplexer: ProgramReader = (call) => {
  const last = call.args.at(-1);
  if (
    last !== undefined &&
    /^(?:new|new-session|new-window|neww|split-window|splitw|send-keys|send|respawn-pane|-[dS]\w*)$/.test(call.args[0]?.text ?? '')
  )
    for (const arg of call.args.slice(1)) if (/\s/.test(arg.text)) runCode(call, arg, true);
  return NOTHING;
};

const busybox: ProgramReader = (call) => call.session.runWords(call.args, call.how);

function ordinary(call: Call): Value {
  return call.session.runWords(call.args, call.how);
}

export const WRAPPER_PROGRAMS = {
  sudo,
  doas: wrap({ valued: 'u C', elevates: true }),
  pkexec: wrap({ valued: 'user', elevates: true }),
  runuser: switchUser,
  su: switchUser,
  env,
  command,
  builtin: ordinary,
  coproc: ordinary,
  nice: wrap({ valued: 'n adjustment' }),
  ionice: wrap({ valued: 'c n class classdata' }),
  timeout: wrap({ valued: 's k signal kill-after', skip: 1 }),
  nohup: wrap({}),
  time: wrap({ valued: 'f o format output' }),
  setsid: wrap({}),
  stdbuf: wrap({ valued: 'i o e input output error' }),
  chroot: wrap({ valued: 'userspec groups', skip: 1 }),
  unshare: wrap({ valued: 'R w S G root wd setuid setgid' }),
  nsenter: wrap({ valued: 't target S G' }),
  taskset: wrap({ skip: 1 }),
  chrt: wrap({ skip: 1 }),
  strace: wrap({ valued: 'o e p s P u a' }),
  ltrace: wrap({ valued: 'o e p s u n' }),
  caffeinate: wrap({ valued: 't w' }),
  proxychains: wrap({ valued: 'f' }),
  torsocks: wrap({}),
  fakeroot: wrap({}),
  'systemd-run': wrap({ valued: 'p u M H property unit description slice uid gid' }),
  'systemd-inhibit': wrap({ valued: 'what who why mode' }),
  flock: textWrapper('w E timeout conflict-exit-code', 'c', 1),
  watch: textWrapper('n interval', undefined, 0),
  script: textWrapper('c command t I O B E log-in log-out', 'c', Number.MAX_SAFE_INTEGER),
  entr: wrap({}),
  busybox,
  toybox: busybox,
  xargs,
  parallel,
  tmux: multiplexer,
  screen: multiplexer,
} satisfies Record<string, ProgramReader>;
