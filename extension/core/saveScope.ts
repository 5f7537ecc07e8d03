import { basename, sep } from 'node:path';
import { pathKey } from './pathKey.ts';
import type { Settings } from './settings.ts';

/** What git keeps for itself is excluded by default; what it runs is not its own. */
const GIT_FOLDER = '**/.git/**';
const GIT_HOOKS = '**/.git/**/hooks/*';

/** Whether a file is checked when it is saved, as the globs of the settings say: in any spelling that names the same file. */
export function isGuarded(path: string, { include, exclude }: Settings['save'], platform: NodeJS.Platform = process.platform): boolean {
  const slashed = (text: string) => pathKey(text, platform).replaceAll('\\', '/');
  const segments = slashed(path).split('/');
  const matches = (glob: string) =>
    alternatives(slashed(glob)).some((one) => starMatch(segments, one.split('/'), (part) => part === '**', segmentMatches));
  const isHook = matches(GIT_HOOKS) && !segments.at(-1)?.endsWith('.sample');
  return include.some(matches) && !exclude.some((glob) => matches(glob) && !(isHook && glob === GIT_FOLDER));
}

/** Tells the editor's own settings in its folder for the user (those of profiles too): it changes them by itself. */
export function isSettingsFile(userFolder: string): (path: string) => boolean {
  const folder = `${pathKey(userFolder)}${sep}`;
  return (path) => basename(path) === 'settings.json' && pathKey(path).startsWith(folder);
}

/** `a.{b,c}` as `a.b` and `a.c`. Not nested; at most the first four groups, the rest is literal. */
function alternatives(glob: string, groups = 4): string[] {
  const group = /\{([^{}]*)\}/.exec(glob);
  if (!group || groups === 0) return [glob];
  const before = glob.slice(0, group.index);
  const after = glob.slice(group.index + group[0].length);
  return (group[1] ?? '').split(',').flatMap((one) => alternatives(before + one + after, groups - 1));
}

/** Unlike Node's own globs, `*` also matches names that begin with a dot: `.env` must not slip by. */
function segmentMatches(segment: string, pattern: string): boolean {
  return starMatch(
    [...segment],
    [...pattern],
    (mark) => mark === '*',
    (letter, mark) => mark === '?' || mark === letter,
  );
}

/** Wildcard matching over any items, in at most (items × pattern) steps. A star stands for any number of items. */
function starMatch(
  items: readonly string[],
  pattern: readonly string[],
  isStar: (mark: string) => boolean,
  equal: (item: string, mark: string) => boolean,
): boolean {
  let item = 0;
  let mark = 0;
  let star = -1;
  let resume = 0;
  while (item < items.length) {
    const current = pattern[mark];
    const value = items[item] ?? '';
    if (current !== undefined && isStar(current)) {
      star = mark;
      resume = item;
      mark += 1;
    } else if (current !== undefined && equal(value, current)) {
      item += 1;
      mark += 1;
    } else if (star !== -1) {
      resume += 1;
      item = resume;
      mark = star + 1;
    } else {
      return false;
    }
  }
  return pattern.slice(mark).every(isStar);
}
