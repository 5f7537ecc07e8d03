import type { Call, ProgramReader } from '../call.ts';
import { has, readOptions, valuesOf } from '../options.ts';
import { isKnown, literal, NOTHING, UNKNOWN, type Value } from '../value.ts';
import { noteWrite } from '../writes.ts';

/** rm and its kin. `rm -i` asks a person, which an agent's terminal has none of, so it counts as well. */
const remove: ProgramReader = (call) => {
  const options = call.options;
  const recursive = has(options, 'r', 'R', 'recursive');
  const force = has(options, 'f', 'force');
  for (const value of options.operands) noteRemoval(call, value, recursive, force);
  if (options.operands.length === 0 && recursive)
    call.effect('delete', { target: 'unknown', traits: ['recursive', force && 'force', 'unresolved-target'] });
  return NOTHING;
};

function noteRemoval(call: Call, value: Value, recursive: boolean, force: boolean): void {
  const path = call.path(value);
  const traits = [recursive && 'recursive', force && 'force', path.unresolved && 'unresolved-target', path.broad && 'broad'] as const;
  call.effect('delete', { target: path.target, targetText: path.text, traits });
  if (recursive && /(?:^|\/)\.git\/?$/.test(value.text))
    call.effect('destroy-history', { target: 'repository', targetText: path.text, traits: ['unrecoverable'] });
}

const removeFolder: ProgramReader = (call) => {
  // rmdir takes empty folders only.
  const { operands } = call.options;
  call.onPaths('delete', operands, []);
  return NOTHING;
};

const shred: ProgramReader = (call) => {
  const options = readOptions(call.args, 'n s iterations size random-source');
  for (const value of options.operands) {
    const path = call.path(value);
    call.effect(path.target === 'device' ? 'wipe' : has(options, 'u', 'remove') ? 'delete' : 'overwrite', {
      target: path.target,
      targetText: path.text,
      traits: ['unrecoverable', path.unresolved && 'unresolved-target', path.broad && 'broad'],
    });
  }
  return NOTHING;
};

/** srm, wipe, unlink, trash: they delete what they are given. */
const erase: ProgramReader = (call) => {
  const options = call.options;
  call.onPaths('delete', options.operands, [
    has(options, 'r', 'R', 'recursive') && 'recursive',
    call.program !== 'unlink' && 'unrecoverable',
  ]);
  return NOTHING;
};

const move: ProgramReader = (call) => {
  const options = readOptions(call.args, 't S target-directory suffix');
  const into = valuesOf(options, 't', 'target-directory')[0];
  const sources = into === undefined ? options.operands.slice(0, -1) : options.operands;
  const destination = into ?? options.operands.at(-1);
  if (destination === undefined) return NOTHING;
  for (const value of sources) {
    const path = call.path(value);
    const gone = destination.text === '/dev/null';
    if (gone || path.target === 'root' || path.target === 'system' || path.target === 'home')
      call.effect('delete', { target: path.target, targetText: path.text, traits: [gone && 'unrecoverable', path.broad && 'broad'] });
    else if (path.target === 'credential') call.effect('read-credential', { target: 'credential', targetText: path.text });
    carry(call, value, destination);
  }
  noteWrite(call, destination, UNKNOWN, into !== undefined || destination.text.endsWith('/') || inPlaceFolder(destination.text));
  return NOTHING;
};

/** A destination without a file's name of its own is a folder that things are put into. */
function inPlaceFolder(path: string): boolean {
  return path === '.' || path === '..' || path === '~' || !/[^/]*\.[^/]*$/.test(path);
}

/** What is known of a file goes with its copy. */
function carry(call: Call, from: Value, to: Value): void {
  const { scope } = call.session;
  const name = from.text.slice(from.text.lastIndexOf('/') + 1);
  const data = scope.read(from.text);
  scope.write(to.text, data);
  scope.write(`${to.text}/${name}`, data);
}

const copy: ProgramReader = (call) => {
  const options = readOptions(call.args, 't S target-directory suffix m o g mode owner group');
  const into = valuesOf(options, 't', 'target-directory')[0];
  const sources = into === undefined ? options.operands.slice(0, -1) : options.operands;
  const destination = into ?? options.operands.at(-1);
  if (destination === undefined) return NOTHING;
  for (const value of sources) {
    if (call.path(value).target === 'credential')
      call.effect('read-credential', { target: 'credential', targetText: call.path(value).text });
    if (isKnown(value)) carry(call, value, destination);
  }
  const emptied = sources.some((value) => /^\/dev\/(?:null|zero)$/.test(value.text));
  noteWrite(call, destination, UNKNOWN, !emptied && inPlaceFolder(destination.text) && call.path(destination).target !== 'device');
  return NOTHING;
};

const truncate: ProgramReader = (call) => {
  const { operands, values } = readOptions(call.args, 's r size reference');
  if (values.size === 0) return NOTHING;
  for (const value of operands) noteWrite(call, value, NOTHING, false);
  return NOTHING;
};

const tee: ProgramReader = (call) => {
  const options = call.options;
  const data = call.input ?? UNKNOWN;
  for (const value of options.operands) {
    noteWrite(call, value, data, has(options, 'a', 'append'));
    call.session.write(value.text, data, call.how);
  }
  return data;
};

/** `sed -i`, `perl -pi`: changed in place. */
const sed: ProgramReader = (call) => {
  const options = readOptions(call.args, 'e f l expression file line-length');
  const scripted = options.values.size > 0;
  const files = scripted ? options.operands : options.operands.slice(1);
  if (call.args.some(({ text }) => /^-[nErsuz]*i/.test(text) || text.startsWith('--in-place'))) {
    for (const value of files) {
      const path = call.path(value);
      if (path.target === 'workspace' || path.target === 'workspace-root') continue;
      noteWrite(call, value, UNKNOWN, false);
    }
  }
  const script = scripted ? valuesOf(options, 'e', 'expression')[0] : options.operands[0];
  // GNU sed's `e` command runs its argument.
  if (script !== undefined && /^\d*e\s/.test(script.text))
    call.session.runText(literal(script.text.replace(/^\d*e\s/, '')), { ...call.how, depth: call.how.depth + 1 });
  return undefined;
};

const link: ProgramReader = (call) => {
  const options = call.options;
  const [from, to] = options.operands;
  if (from !== undefined && to !== undefined && from.text === '/dev/null') noteWrite(call, to, NOTHING, false);
  else if (from !== undefined && to !== undefined && isKnown(from)) carry(call, from, to);
  return NOTHING;
};

export const FILE_PROGRAMS = {
  rm: remove,
  rmdir: removeFolder,
  unlink: erase,
  srm: erase,
  wipe: erase,
  rimraf: erase,
  trash: erase,
  shred,
  mv: move,
  cp: copy,
  install: copy,
  truncate,
  tee,
  sed,
  ln: link,
} satisfies Record<string, ProgramReader>;
