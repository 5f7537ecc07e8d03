import { posix } from 'node:path';
import type { TargetClass } from '../../policy/facts.ts';
import { isCredentialPath } from './credentialPaths.ts';
import { GAP, type Value } from './value.ts';
import { isWindowsPath, windowsSpelling, withoutDrive } from './windowsPaths.ts';

/** Against what a path is read. `cwd` is undefined where it isn't known: then relative paths count as the workspace's. */
export interface Place {
  readonly cwd: string | undefined;
  readonly home: string;
  readonly workspaceRoots: readonly string[];
}

export interface PathFacts {
  readonly target: TargetClass;
  /** As resolved, for messages. */
  readonly text: string;
  readonly unresolved: boolean;
  /** A pattern, or everything within a folder. */
  readonly broad: boolean;
}

const BUILD_OUTPUT = new Set(
  'node_modules dist build out target coverage .cache __pycache__ .pytest_cache .mypy_cache .ruff_cache .next .nuxt .turbo .gradle .tox .nox .venv venv .parcel-cache .svelte-kit .terraform DerivedData .eggs htmlcov .nyc_output tmp temp cmake-build-debug cmake-build-release bower_components .angular .output'.split(
    ' ',
  ),
);
const BUILD_FILE = /\.(?:pyc|pyo|o|obj|class|tsbuildinfo|egg-info|tmp|bak|swp|log|orig|rej)$/;
const SYSTEM = new Set([
  ...'etc usr bin sbin lib lib32 lib64 libx32 boot var opt sys proc dev srv run System Library Applications private Windows cores nix'.split(
    ' ',
  ),
  'Program Files',
  'Program Files (x86)',
  'ProgramData',
]);
const PERSONAL = new Set(
  'Documents Desktop Pictures Photos Music Movies Videos Downloads Library .config .local .ssh .gnupg .aws .kube .docker .mozilla .thunderbird'.split(
    ' ',
  ),
);
/** Disks, partitions, volumes and memory, as Linux, macOS and the BSDs name them. */
const DEVICE =
  /^\/dev\/(?:[sh]d[a-zX]|xvd[a-z]|vd[a-z]|nvme|mmcblk|disk|rdisk|mapper|md|dm-|loop|sr\d|zd|zvol|nbd|ram|k?mem|port|pmem|bcache|block|ada?\d|r?wd\d|vg|sg\d|st\d|nst\d|_|[\w-]+\/[\w-]+$|$|\*)/;
const PSEUDO_DEVICE = /^\/dev\/(?:fd|shm|pts|tcp|udp|net|input|dri|snd|bus|usb|hugepages|mqueue)(?:\/|$)/;
const METADATA = /^(?:\.git|\.hg|\.svn|\.bzr|\.jj|.+\.git)$/;
const GUARD = /^\.?sentinel-?ai(?:-guard|\.sentinelai-guard.*)?$|^\.sentinel$/;

/** Says how grave it is to destroy, overwrite or open up what a path names. */
export function classifyPath(value: Value, place: Place): PathFacts {
  let raw = value.text;
  if (isWindowsPath(raw)) raw = windowsSpelling(withoutDrive(raw), [...place.workspaceRoots, place.home]);
  const gap = raw.indexOf(GAP);
  const unresolved = gap >= 0;
  if (unresolved) {
    const fixed = fixedPart(raw, gap);
    if (fixed === undefined)
      return { target: 'unknown', text: shown(value.text), unresolved, broad: value.glob || /^\uFFFC\/*\*?$/.test(raw) };
    raw = fixed;
  }
  let broad = false;
  const slash = raw.lastIndexOf('/');
  const last = raw.slice(slash + 1);
  let everything = false;
  if (value.glob) {
    broad = true;
    if (/^(?:\*|\.\*|\*\*|\?\*|\*\.\*|\.\[!\.\]\*|\.\?\*|\[\^\.\]\*)$/.test(last)) {
      everything = true;
      raw = slash < 0 ? '.' : slash === 0 ? '/' : raw.slice(0, slash);
    }
  }
  const absolute = raw.startsWith('/');
  const full = absolute ? posix.normalize(raw) : place.cwd === undefined ? undefined : posix.resolve(place.cwd, raw);
  const text = full ?? posix.normalize(raw);
  const target = full === undefined ? relativeTarget(text, place) : absoluteTarget(trimSlash(full), place, value.glob && !everything);
  return { target, text: shown(value.text), unresolved, broad: broad || everything };
}

/** What stands before the gap, when that alone settles where the path leads. */
function fixedPart(raw: string, gap: number): string | undefined {
  const before = raw.slice(0, gap);
  const slash = before.lastIndexOf('/');
  if (slash < 0) return undefined;
  if (raw.includes('..', gap)) return undefined;
  // `/$X` may be anything below the root; `/etc/$X` is the system's whatever X is.
  return slash === 0 ? undefined : `${before.slice(0, slash)}/_`;
}

function relativeTarget(path: string, place: Place): TargetClass {
  const trimmed = trimSlash(path);
  if (trimmed === '.' || trimmed === '') return 'workspace-root';
  const special = specialTarget(trimmed, trimmed.split('/'));
  if (special !== undefined) return special;
  // A relative path that climbs far enough ends in the root, wherever it starts.
  const climbs = trimmed.split('/').filter((part) => part === '..').length;
  if (climbs >= 4) return absoluteTarget(trimSlash(posix.resolve('/', trimmed)), place, false);
  return trimmed.startsWith('..') ? 'outside' : 'workspace';
}

function absoluteTarget(path: string, place: Place, glob: boolean): TargetClass {
  if (path === '/' || path === '//') return 'root';
  if (path.startsWith('/dev/')) return DEVICE.test(path) && !PSEUDO_DEVICE.test(path) ? 'device' : 'none';
  const parts = path.slice(1).split('/');
  const home = trimSlash(place.home);
  if (path === home || (home.startsWith(`${path}/`) && parts.length > 0 && parts[0] !== 'tmp')) return home === '/' ? 'root' : 'home';
  const inHome = path.startsWith(`${home}/`);
  const special = specialTarget(path, parts);
  for (const root of place.workspaceRoots) {
    const folder = trimSlash(root);
    if (path === folder) return 'workspace-root';
    if (path.startsWith(`${folder}/`))
      return specialTarget(path.slice(folder.length + 1), path.slice(folder.length + 1).split('/')) ?? 'workspace';
    if (folder.startsWith(`${path}/`)) return 'workspace-root';
  }
  const first = parts[0] ?? '';
  if (first === 'tmp' || path.startsWith('/var/tmp') || path.startsWith('/private/tmp') || path.startsWith('/var/folders/'))
    return special === 'credential' || special === 'guard' ? special : 'temporary';
  if (special === 'credential' || special === 'guard' || special === 'repository') return special;
  if ((first === 'root' && parts.length === 1) || ((first === 'home' || first === 'Users') && parts.length <= 2)) return 'home';
  if (first === 'root') return PERSONAL.has(parts[1] ?? '') ? 'home' : (special ?? 'outside');
  if (inHome) return PERSONAL.has(path.slice(home.length + 1)) ? 'home' : (special ?? 'outside');
  if ((first === 'home' || first === 'Users') && parts.length === 3 && PERSONAL.has(parts[2] ?? '')) return 'home';
  if (SYSTEM.has(first)) return 'system';
  if (glob && matchesSystem(first)) return parts.length === 1 && first === '*' ? 'root' : 'system';
  return special ?? 'outside';
}

function specialTarget(path: string, parts: readonly string[]): TargetClass | undefined {
  if (parts.some((part) => GUARD.test(part))) return 'guard';
  if (isCredentialPath(path)) return 'credential';
  if (parts.some((part) => METADATA.test(part))) return 'repository';
  if (parts.some((part) => BUILD_OUTPUT.has(part)) || BUILD_FILE.test(path)) return 'build-output';
  return undefined;
}

/** Whether a pattern such as `et?` or `[eu]*` can stand for a system folder. */
function matchesSystem(pattern: string): boolean {
  if (!/[*?[]/.test(pattern)) return false;
  for (const name of SYSTEM) if (globMatches(pattern, name)) return true;
  return false;
}

/** Shell pattern match without backtracking beyond the last star: linear in practice, quadratic at worst on short names. */
export function globMatches(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    const set = pattern.charAt(p) === '[' ? pattern.indexOf(']', p + 2) : -1;
    if (pattern.charAt(p) === '*') {
      star = p++;
      resume = n;
    } else if (set > 0 && inSet(pattern.slice(p + 1, set), name.charAt(n))) {
      p = set + 1;
      n++;
    } else if (set < 0 && (pattern.charAt(p) === '?' || pattern.charAt(p) === name.charAt(n))) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++resume;
    } else return false;
  }
  while (pattern.charAt(p) === '*') p++;
  return p === pattern.length;
}

function inSet(set: string, letter: string): boolean {
  const negated = set.startsWith('!') || set.startsWith('^');
  const body = negated ? set.slice(1) : set;
  for (let at = 0; at < body.length; at++) {
    const to = body.charAt(at + 1) === '-' && at + 2 < body.length ? body.charAt(at + 2) : body.charAt(at);
    if (letter >= body.charAt(at) && letter <= to) return !negated;
    if (to !== body.charAt(at)) at += 2;
  }
  return negated;
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.replace(/\/+$/, '') || '/' : path;
}

function shown(text: string): string {
  return text.replaceAll(GAP, '…').slice(0, 200);
}
