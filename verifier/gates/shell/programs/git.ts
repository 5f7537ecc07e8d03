import type { EffectTrait } from '../../../policy/facts.ts';
import type { Call, ProgramReader } from '../call.ts';
import { has, type Options, readOptions } from '../options.ts';
import { BULK, LOCAL, literal, NOTHING, UNKNOWN, unknownFrom, type Value } from '../value.ts';
import { noteInsecureGit } from './gitSettings.ts';

const GLOBAL = 'C c git-dir work-tree namespace exec-path super-prefix config-env';
const PROTECTED = /^(?:main|master|trunk|develop|production|prod|release(?:\/.*)?|stable|gh-pages)$/;

type Subcommand = (call: Call, args: readonly Value[]) => void;

function history(call: Call, text: string, ...traits: (EffectTrait | false)[]): void {
  call.effect('destroy-history', { target: 'repository', targetText: text, traits });
}

const reset: Subcommand = (call, args) => {
  const options = readOptions(args);
  if (has(options, 'hard', 'merge', 'keep')) history(call, 'reset', 'work-tree');
};

const push: Subcommand = (call, args) => {
  const options = readOptions(args, 'o push-option repo receive-pack exec');
  const [, ...refs] = options.operands;
  const force = options.flags.has('f') || options.flags.has('force');
  const deletes = has(options, 'd', 'delete');
  const plus = refs.some((ref) => ref.text.startsWith('+'));
  const empties = refs.some((ref) => /^:[^/]/.test(ref.text));
  const mirror = has(options, 'mirror', 'prune');
  const names = refs.map(
    (ref) =>
      ref.text
        .replace(/^\+/, '')
        .split(':')
        .at(-1)
        ?.replace(/^refs\/heads\//, '') ?? '',
  );
  const guarded = names.some((name) => PROTECTED.test(name));
  if (force || plus || mirror || deletes || empties)
    history(
      call,
      'push',
      'history',
      'remote',
      guarded && 'protected-branch',
      mirror && 'all',
      force && 'force',
      (deletes || empties) && 'unrecoverable',
    );
  else if (args.some((arg) => arg.text.startsWith('--force-with-lease') || arg.text === '--force-if-includes'))
    history(call, 'push with lease', 'remote');
  if (has(options, 'no-verify')) call.effect('disable-protection', { targetText: 'git push --no-verify' });
};

const clean: Subcommand = (call, args) => {
  const options = readOptions(args, 'e exclude');
  if (
    has(options, 'n', 'dry-run') ||
    !(has(options, 'f', 'force') || call.args.some((arg) => /^clean\.requireForce=(?:false|no|0)$/i.test(arg.text)))
  )
    return;
  history(call, 'clean', 'work-tree', 'unrecoverable', has(options, 'x', 'X') && 'all');
};

/** `checkout -- path`, `checkout .`, `checkout -f`: uncommitted work is replaced. */
const checkout: Subcommand = (call, args) => {
  const dashes = args.findIndex((arg) => arg.text === '--');
  const options = readOptions(args, 'b B orphan t');
  const { operands } = options;
  const paths = dashes >= 0 ? args.slice(dashes + 1) : operands.filter((operand) => /^(?:\.|\.\/.*|\*|:\/)$/.test(operand.text));
  if (paths.length > 0 || options.flags.has('f') || options.flags.has('force')) history(call, 'checkout', 'work-tree', 'unrecoverable');
};

const restore: Subcommand = (call, args) => {
  const options = readOptions(args, 's source');
  const staged = has(options, 'S', 'staged');
  if (options.operands.length > 0 && (!staged || has(options, 'W', 'worktree'))) history(call, 'restore', 'work-tree', 'unrecoverable');
};

const switchBranch: Subcommand = (call, args) => {
  const options = readOptions(args, 'c C');
  if (has(options, 'f', 'force', 'discard-changes')) history(call, 'switch', 'work-tree', 'unrecoverable');
};

const branch: Subcommand = (call, args) => {
  const options = readOptions(args, 'u set-upstream-to');
  const deletes = options.flags.has('D') || (has(options, 'd', 'delete') && has(options, 'f', 'force'));
  if (deletes) history(call, 'branch', 'history', options.operands.some((name) => PROTECTED.test(name.text)) && 'protected-branch');
};

const stash: Subcommand = (call, args) => {
  const verb = args[0]?.text;
  if (verb === 'drop' || verb === 'clear') history(call, `stash ${verb}`, 'work-tree', 'unrecoverable', verb === 'clear' && 'all');
};

const reflog: Subcommand = (call, args) => {
  const verb = args[0]?.text;
  if ((verb === 'expire' && /(?:now|all|0)\b/.test(args.map((arg) => arg.text).join(' '))) || verb === 'delete')
    history(call, `reflog ${verb}`, 'history', 'unrecoverable');
};

const collect: Subcommand = (call, args) => {
  const now =
    args.some((arg) => /^--prune=(?:now|all)$/.test(arg.text)) || call.args.some((arg) => /^gc\.pruneExpire=now$/i.test(arg.text));
  if (now) history(call, 'gc', 'history', 'unrecoverable');
};

function rewrites(name: string): Subcommand {
  return (call, args) => {
    const options = readOptions(args);
    if (!has(options, 'analyze', 'dry-run')) history(call, name, 'history', 'unrecoverable', has(options, 'all') && 'all');
  };
}

const updateRef: Subcommand = (call, args) => {
  const options = readOptions(args, 'm');
  if (has(options, 'd', 'delete', 'stdin')) history(call, 'update-ref', 'history', 'unrecoverable');
};

const worktree: Subcommand = (call, args) => {
  if (args[0]?.text === 'remove' && has(readOptions(args), 'f', 'force')) history(call, 'worktree remove', 'work-tree', 'unrecoverable');
};

const remove: Subcommand = (call, args) => {
  const options = readOptions(args);
  if (has(options, 'cached', 'n', 'dry-run')) return;
  call.onPaths('delete', options.operands, [has(options, 'r') && 'recursive', has(options, 'f', 'force') && 'force']);
};

const commit: Subcommand = (call, args) => {
  const options = readOptions(args, 'm F C c t message file author date template reuse-message fixup squash');
  if (options.flags.has('n') || has(options, 'no-verify')) call.effect('disable-protection', { targetText: 'git commit --no-verify' });
};

const tag: Subcommand = (call, args) => {
  const options: Options = readOptions(args, 'm F u');
  if (has(options, 'd', 'delete') && has(options, 'f', 'force')) history(call, 'tag', 'history');
};

const rebase: Subcommand = (call, args) => {
  const { values } = readOptions(args, 'x exec onto s X strategy');
  for (const code of [...(values.get('x') ?? []), ...(values.get('exec') ?? [])])
    call.session.runText(code, { ...call.how, depth: call.how.depth + 1 });
};

const foreach: Subcommand = (call, args) => {
  const at = args.findIndex((arg) => arg.text === 'foreach' || arg.text === 'run');
  if (at >= 0)
    call.session.runText(
      literal(
        args
          .slice(at + 1)
          .filter((arg) => arg.text !== '--recursive')
          .map((arg) => arg.text)
          .join(' '),
      ),
      { ...call.how, depth: call.how.depth + 1 },
    );
};

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  reset,
  push,
  clean,
  checkout,
  restore,
  switch: switchBranch,
  branch,
  stash,
  reflog,
  gc: collect,
  prune: (call, args) => {
    if (!has(readOptions(args), 'n', 'dry-run')) history(call, 'prune', 'unrecoverable');
  },
  'filter-branch': rewrites('filter-branch'),
  'filter-repo': rewrites('filter-repo'),
  'update-ref': updateRef,
  worktree,
  rm: remove,
  commit,
  merge: commit,
  tag,
  rebase,
  bisect: foreach,
  submodule: foreach,
  config: (call, args) => noteInsecureGit(call, args),
};

const git: ProgramReader = (call) => {
  const { operands, values } = readOptions(call.args, GLOBAL, true);
  const [verb, ...args] = operands;
  for (const setting of values.get('c') ?? []) {
    const equals = setting.text.indexOf('=');
    if (equals > 0) noteInsecureGit(call, [literal(setting.text.slice(0, equals)), literal(setting.text.slice(equals + 1))]);
  }
  if (verb === undefined || args.some((arg) => arg.text === '-h' || arg.text === '--help')) return NOTHING;
  if (Object.hasOwn(SUBCOMMANDS, verb.text)) SUBCOMMANDS[verb.text]?.(call, args);
  return verb.text === 'archive' ? unknownFrom(LOCAL | BULK) : UNKNOWN;
};

export const GIT_PROGRAMS = {
  git,
  'git-filter-repo': ((call) => {
    rewrites('filter-repo')(call, call.args);
    return NOTHING;
  }) satisfies ProgramReader,
  bfg: ((call) => {
    rewrites('bfg')(call, call.args);
    return NOTHING;
  }) satisfies ProgramReader,
} satisfies Record<string, ProgramReader>;
