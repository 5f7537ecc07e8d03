import type { Call, ProgramReader } from '../call.ts';
import { has, readOptions } from '../options.ts';
import type { PathFacts } from '../paths.ts';
import { NOTHING, type Value } from '../value.ts';

/** chmod MODE FILE…: what others may do, and whether a program gains its owner's rights. */
const chmod: ProgramReader = (call) => {
  const args = call.args.filter((arg) => !/^-(?:-?[a-z]{4,}|[Rrfvc]+)(?:=|$)|^--rec$/.test(arg.text));
  const options = readOptions(
    call.args.filter((arg) => !/^-[rwxXst]/.test(arg.text) || /^-R/.test(arg.text)),
    'reference',
  );
  const recursive = has(options, 'R', 'recursive') || options.flags.has('rec');
  const [mode, ...files] = args.filter((arg) => arg.text !== '--');
  if (mode === undefined) return NOTHING;
  const facts = modeFacts(mode.text);
  if (options.values.has('reference')) return NOTHING;
  noteFiles(call, files, recursive, facts);
  if (facts.setuid) call.effect('privilege', { target: 'none', targetText: mode.text, traits: ['setuid'] });
  return NOTHING;
};

/** Folders of services and of what is installed beside the system; who owns them is often set in one go. */
const SERVICE_FOLDER = /^\/(?:var|usr\/local|opt|srv)\/(?:[^/]+\/)*[^/*]+$/;

/** Whether a change goes through a tree that the system itself needs, or somebody's own. */
function isSweeping(recursive: boolean, path: PathFacts): boolean {
  return (
    recursive &&
    !(path.target === 'system' && SERVICE_FOLDER.test(path.text) && !path.text.includes('..') && !/^\/var\/[^/]+$/.test(path.text))
  );
}

function noteFiles(call: Call, files: readonly Value[], recursive: boolean, facts: ReturnType<typeof modeFacts>): void {
  for (const value of files) {
    const path = call.path(value);
    call.effect('permission', {
      target: path.target,
      targetText: path.text,
      traits: [
        isSweeping(recursive, path) && 'recursive',
        facts.worldWritable && 'world-writable',
        facts.setuid && 'setuid',
        path.broad && 'broad',
        path.unresolved && 'unresolved-target',
      ],
    });
  }
}

/** POSIX modes, octal or symbolic. */
function modeFacts(mode: string): { worldWritable: boolean; setuid: boolean } {
  if (/^[0-7]{1,5}$/.test(mode)) {
    const bits = Number.parseInt(mode, 8);
    // A sticky world-writable folder (1777) is what /tmp is.
    return { worldWritable: (bits & 0o2) !== 0 && (bits & 0o1000) === 0, setuid: (bits & 0o4000) !== 0 };
  }
  const clauses = mode.split(',');
  return {
    worldWritable: clauses.some(
      (clause) => /^(?:[ug]*[oa][ugoa]*|)[+=][rxXst]*w/.test(clause) && !/^[+=]w$/.test(clause) && !/^[ug]+[+=]/.test(clause),
    ),
    setuid: clauses.some((clause) => /^(?:[oa]*u[ugoa]*|a?)[+=][rwxX]*s/.test(clause)),
  };
}

const chown: ProgramReader = (call) => {
  const options = readOptions(call.args, 'from reference');
  const files = options.values.has('reference') ? options.operands : options.operands.slice(1);
  const recursive = has(options, 'R', 'recursive');
  for (const value of files) {
    const path = call.path(value);
    call.effect('permission', {
      target: path.target,
      targetText: path.text,
      traits: [isSweeping(recursive, path) && 'recursive', path.broad && 'broad', path.unresolved && 'unresolved-target'],
    });
  }
  return NOTHING;
};

/** setfacl, chattr, icacls: the last operands are the files. */
const acl: ProgramReader = (call) => {
  const options = readOptions(call.args, 'm x M X modify remove v p');
  const files = options.operands.filter((operand) => !/^[+=-][a-zA-Z]+$/.test(operand.text));
  const everyone = call.args.some((arg) => /(?:^|,)(?:o|other)::?[r-]?w|Everyone:.*F/i.test(arg.text));
  for (const value of files) {
    const path = call.path(value);
    call.effect('permission', {
      target: path.target,
      targetText: path.text,
      traits: [has(options, 'R', 'recursive') && 'recursive', everyone && 'world-writable'],
    });
  }
  return NOTHING;
};

const setcap: ProgramReader = (call) => {
  if (!call.args.some((arg) => arg.text === '-r' || arg.text === '-v'))
    call.effect('privilege', {
      targetText: call.args
        .map((arg) => arg.text)
        .join(' ')
        .slice(0, 120),
      traits: ['setuid'],
    });
  return NOTHING;
};

/** `usermod -aG sudo alice`, `gpasswd -a alice wheel`, `net localgroup administrators alice /add`. */
const POWERFUL = /^(?:sudo|wheel|root|admin|administrators|docker|lxd|adm|shadow|disk|kmem)$/i;
const groups: ProgramReader = (call) => {
  const words = call.args.flatMap((arg) => arg.text.split(','));
  if (words.some((word) => POWERFUL.test(word)) && !words.includes('-d'))
    call.effect('privilege', {
      targetText: call.args
        .map((arg) => arg.text)
        .join(' ')
        .slice(0, 120),
    });
  if (words.includes('-u') && words[words.indexOf('-u') + 1] === '0') call.effect('privilege', { targetText: 'uid 0' });
  return NOTHING;
};

const password: ProgramReader = (call) => {
  const words = call.args.map((arg) => arg.text);
  if (words.includes('root') || words.includes('-d') || words.includes('--delete') || call.program === 'chpasswd')
    call.effect('privilege', { targetText: words.join(' ').slice(0, 120) });
  return NOTHING;
};

const visudo: ProgramReader = (call) => {
  if (!has(call.options, 'c', 'check')) call.effect('privilege', { target: 'system', targetText: '/etc/sudoers' });
  return NOTHING;
};

const removeUser: ProgramReader = (call) => {
  const options = call.options;
  call.effect('delete', {
    target: 'system',
    targetText: `user ${options.operands[0]?.text ?? ''}`,
    traits: [has(options, 'r', 'remove', 'remove-home', 'remove-all-files') && 'recursive'],
  });
  return NOTHING;
};

export const PERMISSION_PROGRAMS = {
  chmod,
  chown,
  chgrp: chown,
  setfacl: acl,
  chattr: acl,
  setcap,
  usermod: groups,
  adduser: groups,
  useradd: groups,
  gpasswd: groups,
  dseditgroup: groups,
  passwd: password,
  chpasswd: password,
  visudo,
  vipw: visudo,
  userdel: removeUser,
  deluser: removeUser,
} satisfies Record<string, ProgramReader>;
