import type { Call, ProgramReader } from '../call.ts';
import { has, readOptions, valuesOf } from '../options.ts';
import { BULK, CREDENTIAL, isKnown, LOCAL, literal, NOTHING, UNKNOWN, unknownFrom, type Value } from '../value.ts';
import { sendOut } from '../writes.ts';
import { isLocalHost, upload } from './network.ts';

/** `host:path` or `scheme://`, but not a Windows drive. */
const REMOTE = /^(?:[\w.@-]{2,}:(?!\\)|[a-z][a-z0-9+]+:\/\/)/i;

const SCP_VALUES =
  'P p i F o c l S J e B T f rsh exclude include filter exclude-from include-from files-from backup-dir suffix port timeout bwlimit info log-file password-file chmod chown temp-dir max-size min-size compare-dest link-dest';

/** scp, rsync, sftp: grave when keys, a home or the system go out; everyday otherwise. */
const transfer: ProgramReader = (call) => {
  const options = readOptions(call.args, SCP_VALUES);
  const destination = options.operands.at(-1);
  const sources = options.operands.slice(0, -1);
  for (const value of valuesOf(options, 'e', 'rsh'))
    if (/\s/.test(value.text)) call.session.runText(value, { ...call.how, depth: call.how.depth + 1 });
  if (destination === undefined || has(options, 'n', 'dry-run', 'list-only')) return NOTHING;
  if (REMOTE.test(destination.text)) {
    if (!isLocalHost(destination.text)) sendGrave(call, sources, destination);
  } else
    for (const source of sources) if (isKnown(source)) call.session.scope.write(destination.text, call.session.scope.read(source.text));
  if (has(options, 'delete', 'del', 'delete-before', 'delete-during', 'delete-delay', 'delete-after', 'delete-excluded')) {
    const path = call.path(destination);
    const remote = REMOTE.test(destination.text);
    const target = remote ? 'unknown' : path.target;
    call.effect('delete', { target, targetText: path.text, traits: ['recursive', 'broad', remote && 'remote'] });
  }
  if (has(options, 'remove-source-files')) call.onPaths('delete', sources, ['recursive']);
  return NOTHING;
};

/** Everyday transfers of project files are no finding; what names a key, a home or everything is. */
export function sendGrave(call: Call, sources: readonly Value[], destination: Value): void {
  for (const source of sources) {
    const path = call.path(source);
    const tainted = isKnown(source) ? call.session.scope.read(source.text).taint & BULK : 0;
    const keys = /(?:^|\/)(?:certs?|keys?|secrets?|private)\/?$/i.test(source.text);
    if (['credential', 'home', 'root', 'system', 'guard'].includes(path.target) || keys)
      call.effect('send-out', {
        target: keys ? 'credential' : path.target,
        targetText: path.text,
        traits: ['remote', path.broad && 'broad'],
      });
    else if (tainted) sendOut(call, unknownFrom(LOCAL | BULK), destination.text);
  }
}

/** Archives: what goes in counts as read, what comes out carries it; some options run programs or write to a host. */
const tar: ProgramReader = (call) => {
  const words = [...call.args];
  const first = words[0];
  // Old style: `tar czf x.tgz .`
  if (first !== undefined && /^[cxtruA]\w*$/.test(first.text)) words[0] = { ...first, text: `-${first.text}` };
  const options = readOptions(
    words,
    'f C I T X b H F V file directory use-compress-program files-from exclude-from checkpoint-action to-command label rsh-command info-script exclude transform',
  );
  for (const value of valuesOf(options, 'I', 'use-compress-program', 'to-command', 'F', 'info-script', 'rsh-command')) {
    if (/\s/.test(value.text)) call.session.runText(value, { ...call.how, depth: call.how.depth + 1 });
  }
  for (const value of valuesOf(options, 'checkpoint-action')) {
    if (value.text.startsWith('exec=')) call.session.runText(literal(value.text.slice(5)), { ...call.how, depth: call.how.depth + 1 });
  }
  const environment = ['TAR_OPTIONS', 'TAPE']
    .flatMap((name) => call.session.scope.history(name))
    .map((value) => value.text)
    .join(' ');
  const creates = has(options, 'c', 'create', 'r', 'append', 'u', 'update') || environment.includes('--create');
  const hidden = /([\w.-]+:\/[^\s;]*)/.exec(environment)?.[1];
  const file = hidden === undefined ? valuesOf(options, 'f', 'file').at(-1) : literal(hidden);
  if (creates) {
    const data = collect(call, options.operands);
    if (file === undefined || file.text === '-') return data;
    if (/^[\w.@-]{2,}:/.test(file.text)) sendOut(call, data, file.text);
    else if (file.text.startsWith('/dev/fd/') || call.session.scope.descriptors.has(file.text)) sendOut(call, data, file.text);
    else call.session.write(file.text, data, call.how);
    return NOTHING;
  }
  const folder = valuesOf(options, 'C', 'directory').at(-1);
  if (has(options, 'x', 'extract', 'get') && folder !== undefined && ['root', 'system'].includes(call.path(folder).target))
    call.effect('overwrite', { target: call.path(folder).target, targetText: folder.text, traits: ['broad'] });
  return unknownFrom(call.input?.taint ?? 0);
};

/** What an archive of these files would hold. */
function collect(call: Call, sources: readonly Value[]): Value {
  let taint = LOCAL;
  for (const source of sources) {
    const path = call.path(source);
    taint |= call.session.scope.read(source.text).taint;
    if (path.target === 'credential' || /(?:^|\/)(?:certs?|secrets?|private|keys?)\/?$/.test(source.text)) taint |= CREDENTIAL;
    if (['workspace-root', 'home', 'root', 'system'].includes(path.target) || path.broad) taint |= BULK;
  }
  return unknownFrom(taint);
}

/** zip archive files…, 7z a archive files… */
function archiver(skip: number): ProgramReader {
  return (call) => {
    const [archive, ...sources] = readOptions(call.args, 'P x i').operands.slice(skip);
    if (archive === undefined) return UNKNOWN;
    const data = collect(call, sources);
    if (archive.text === '-') return data;
    call.session.write(archive.text, data, call.how);
    call.session.write(`${archive.text}.zip`, data, call.how);
    return NOTHING;
  };
}

/** Mail and paste services take standard input and attachments. */
const mail: ProgramReader = (call) => {
  const options = readOptions(call.args, 'a A s S b c r attach subject');
  const [to] = options.operands;
  if (to === undefined) return NOTHING;
  for (const file of valuesOf(options, 'a', 'A', 'attach')) upload(call, [{ file }], [], [to]);
  // A search result by mail is a report; keys by mail are not.
  if (call.input !== undefined && call.input.taint & (CREDENTIAL | BULK)) sendOut(call, call.input, to.text);
  return NOTHING;
};

export const TRANSFER_PROGRAMS = {
  scp: transfer,
  rsync: transfer,
  sftp: transfer,
  rcp: transfer,
  tar,
  gtar: tar,
  bsdtar: tar,
  zip: archiver(0),
  '7z': archiver(1),
  '7za': archiver(1),
  rar: archiver(1),
  mail,
  mailx: mail,
  mutt: mail,
  sendmail: mail,
} satisfies Record<string, ProgramReader>;
