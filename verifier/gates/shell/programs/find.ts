import type { Call, ProgramReader } from '../call.ts';
import { GAP, join, LOCAL, literal, NOTHING, type Value } from '../value.ts';

/** Tests that leave only some of the files found: then `-delete` hits a set, not everything. */
const NARROWS =
  /^-(?:i?name|i?path|i?regex|i?wholename|[acm]time|[acm]min|newer\w*|size|empty|user|group|perm|inum|links|samefile|nouser|nogroup)$/;

/** `find`: walks folders; deletes and runs commands on what it finds. */
const find: ProgramReader = (call) => {
  const firstTest = call.args.findIndex((arg) => /^[-(!]/.test(arg.text) && !/^-[HLPDO]/.test(arg.text));
  const tests = firstTest < 0 ? [] : call.args.slice(firstTest);
  const given = (firstTest < 0 ? call.args : call.args.slice(0, firstTest)).filter((arg) => !arg.text.startsWith('-'));
  const folders = given.length === 0 ? [literal('.')] : given;
  const narrowed = tests.some((test) => NARROWS.test(test.text));
  for (let index = 0; index < tests.length; index++) {
    const test = tests[index]?.text ?? '';
    if (test === '-delete') noteDeletion(call, folders, narrowed, tests);
    else if (/^-(?:exec|execdir|ok|okdir)$/.test(test)) {
      const from = index + 1;
      while (index < tests.length && !/^(?:;|\+)$/.test(tests[index]?.text ?? '')) index++;
      runOnFound(call, tests.slice(from, index), folders, narrowed, tests);
    } else if (/^-(?:name|iname|path|ipath|regex|iregex|user|group|newer|perm|type|size|mtime|atime|ctime|maxdepth|mindepth)$/.test(test))
      index++;
  }
  return foundPaths(folders, narrowed);
};

/** What find prints: the folder itself, or something below it where tests narrow the search. */
function foundPaths(folders: readonly Value[], narrowed: boolean): Value {
  const lines = folders.map((folder) => (narrowed ? { ...folder, text: `${folder.text.replace(/\/+$/, '')}/${GAP}` } : folder));
  return join(lines, '\n');
}

function noteDeletion(call: Call, folders: readonly Value[], narrowed: boolean, tests: readonly Value[]): void {
  for (const folder of folders) {
    const path = call.path(narrowed ? { ...folder, text: foundBelow(folder.text, tests), glob: folder.glob } : folder);
    const whole = call.path(folder).target;
    // A search from the root or a home reaches what it should not, whatever the name.
    const reaches = whole === 'root' || whole === 'home' ? whole : path.target;
    const target =
      path.target === 'build-output'
        ? path.target
        : narrowed && reaches === 'workspace-root'
          ? 'workspace'
          : narrowed && reaches === 'root'
            ? 'system'
            : reaches;
    call.effect('delete', {
      target,
      targetText: path.text,
      traits: [!narrowed && 'recursive', 'broad', path.unresolved && 'unresolved-target'],
    });
  }
}

/** A path that stands for the files found: the folder with the name asked for, where it is plain. */
function foundBelow(folder: string, tests: readonly Value[]): string {
  const at = tests.findIndex((test) => /^-i?name$/.test(test.text));
  const name = at < 0 ? '' : (tests[at + 1]?.text ?? '');
  return /^[*\w.-]+$/.test(name) && name !== '*' ? `${folder.replace(/\/+$/, '')}/${name.replaceAll('*', '_')}` : folder;
}

function runOnFound(call: Call, words: readonly Value[], folders: readonly Value[], narrowed: boolean, tests: readonly Value[]): void {
  for (const folder of folders) {
    const found = narrowed ? foundBelow(folder.text, tests) : folder.text;
    // What is found lies below the folder; narrowed, it is some of it, else the folder itself is the first hit.
    const item =
      narrowed && found === folder.text ? { ...folder, text: `${folder.text.replace(/\/+$/, '')}/${GAP}` } : { ...folder, text: found };
    const filled = words.map((word) =>
      word.text.includes('{}') ? { ...item, text: word.text.replaceAll('{}', item.text), taint: LOCAL } : word,
    );
    call.session.runWords(filled, { ...call.how, input: undefined });
  }
}

/** `fd -x command`. */
const fd: ProgramReader = (call) => {
  const at = call.args.findIndex((arg) => /^(?:-x|-X|--exec|--exec-batch)$/.test(arg.text));
  if (at < 0) return undefined;
  const words = call.args.slice(at + 1).map((word) => ({ ...word, text: word.text.replaceAll('{}', `./${GAP}`) }));
  call.session.runWords(words, call.how);
  return NOTHING;
};

export const FIND_PROGRAMS = { find, gfind: find, fd, fdfind: fd } satisfies Record<string, ProgramReader>;
