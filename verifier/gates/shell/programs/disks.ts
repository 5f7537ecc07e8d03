import type { EffectTrait } from '../../../policy/facts.ts';
import type { Call, ProgramReader } from '../call.ts';
import { has, readOptions } from '../options.ts';
import { LOCAL, literal, NOTHING, unknownFrom, type Value } from '../value.ts';
import { noteWrite } from '../writes.ts';

const GONE: readonly EffectTrait[] = ['unrecoverable'];

function wipe(call: Call, targets: readonly Value[]): undefined {
  if (targets.length === 0) call.effect('wipe', { target: 'device', traits: GONE });
  for (const target of targets) {
    const path = call.path(target);
    call.effect('wipe', { target: path.target === 'none' ? 'device' : path.target, targetText: path.text, traits: GONE });
  }
}

/** dd writes where `of=` says; without it, to its output. */
const dd: ProgramReader = (call) => {
  const operand = (name: string): Value | undefined => {
    const arg = call.args.find((value) => value.text.startsWith(`${name}=`));
    return arg === undefined ? undefined : { ...arg, text: arg.text.slice(name.length + 1) };
  };
  const from = operand('if');
  const to = operand('of');
  const data = from === undefined ? (call.input ?? NOTHING) : call.session.scope.read(from.text);
  if (from !== undefined && call.path(from).target === 'credential')
    call.effect('read-credential', { target: 'credential', targetText: from.text });
  if (to === undefined) return unknownFrom(data.taint | LOCAL);
  const path = call.path(to);
  if (path.target === 'unknown') call.effect('wipe', { target: 'unknown', targetText: path.text, traits: ['unresolved-target'] });
  else noteWrite(call, to, data, false);
  call.session.write(to.text, data, call.how);
  return NOTHING;
};

/** mkfs and partition tools: a file as target is a disk image, everyday work. */
const format: ProgramReader = (call) => {
  // `-F` forces in one family and takes a number in another; a number is no device.
  const { operands } = readOptions(call.args, 't L U E O b i I m N n S s c type label');
  const devices = operands.filter((value) => !/^\d+[KMGT]?$/i.test(value.text));
  for (const value of devices.slice(0, 1)) {
    const path = call.path(value);
    if (path.target === 'device' || path.target === 'unknown') wipe(call, [value]);
    else call.effect('overwrite', { target: path.target, targetText: path.text });
  }
  return NOTHING;
};

/** Partition editors only list with these; anything else opens the disk for change. */
const partition: ProgramReader = (call) => {
  const options = readOptions(call.args, 'b C H S t o u');
  const lists = has(options, 'l', 'list', 's', 'd', 'dump', 'p', 'print', 'v', 'V', 'x', 'J', 'i', 'info', 'b', 'backup', 'verify');
  const changes =
    has(options, 'delete', 'zap-all', 'zap', 'Z', 'z', 'n', 'new', 'clear') || (call.program === 'sgdisk' && options.flags.has('d'));
  if (lists && !changes) return NOTHING;
  const text = call.args.map((arg) => arg.text).join(' ');
  if (/\b(?:print|unit|align-check)\s*$/.test(text)) return NOTHING;
  const devices = options.operands.filter((value) => value.text.startsWith('/dev/'));
  if (devices.length > 0) wipe(call, devices);
  return NOTHING;
};

/** Tools whose verb says that a volume is destroyed. */
function volume(destroys: RegExp): ProgramReader {
  return (call) => {
    const text = call.args.map((arg) => arg.text).join(' ');
    if (destroys.test(text)) call.effect('wipe', { target: 'device', targetText: text.slice(0, 120), traits: GONE });
    return NOTHING;
  };
}

const always: ProgramReader = (call) => {
  const options = call.options;
  if (has(options, 'n', 'no-act', 't', 'test', 'dry-run', 'i') || call.args.length === 0) return NOTHING;
  wipe(
    call,
    options.operands.filter((value) => value.text.startsWith('/dev/') || call.program.endsWith('remove')),
  );
  return NOTHING;
};

const wipefs: ProgramReader = (call) => {
  const options = readOptions(call.args, 'o t O offset types output');
  if (has(options, 'n', 'no-act')) return NOTHING;
  if (has(options, 'a', 'all', 'o', 'offset')) wipe(call, options.operands);
  return NOTHING;
};

export const DISK_PROGRAMS = {
  dd,
  mkfs: format,
  mke2fs: format,
  mkswap: format,
  mkdosfs: format,
  newfs: format,
  wipefs,
  fdisk: partition,
  sfdisk: partition,
  cfdisk: partition,
  gdisk: partition,
  sgdisk: partition,
  parted: partition,
  blkdiscard: always,
  lvremove: always,
  vgremove: always,
  pvremove: always,
  cryptsetup: volume(/^(?:\S+ )*?(?:luksFormat|luksErase|erase|luksKillSlot|luksRemoveKey|reencrypt)\b/),
  zpool: volume(/^(?:destroy|labelclear)\b/),
  zfs: volume(/^destroy\b/),
  btrfs: volume(/^subvolume delete\b|^device (?:remove|delete)\b/),
  mdadm: volume(/--(?:zero-superblock|stop|remove|fail)\b/),
  hdparm: volume(/--(?:security-erase|security-erase-enhanced|trim-sector-ranges|make-bad-sector|write-sector)/),
  nvme: volume(/^(?:format|sanitize|delete-ns|write-zeroes)\b/),
  sg_format: volume(/./),
  diskutil: volume(/^(?:erase\w*|zeroDisk|randomDisk|secureErase|partitionDisk|reformat|apfs delete\w*|deleteVolume)\b/i),
  dmsetup: volume(/^(?:remove|remove_all|wipe_table)\b/),
  format: ((call) => {
    const drive = call.args.find((arg) => /^[a-z]:$/i.test(arg.text));
    if (drive !== undefined) call.effect('wipe', { target: 'device', targetText: literal(drive.text).text, traits: GONE });
    return NOTHING;
  }) satisfies ProgramReader,
} satisfies Record<string, ProgramReader>;
