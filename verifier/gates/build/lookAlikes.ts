import { KNOWN_NEIGHBOURS, POPULAR, POPULAR_SCOPES, type Registry } from './popularPackages.ts';

/** Letters that are read as others. */
const READ_AS: ReadonlyMap<string, string> = new Map(Object.entries({ '0': 'o', '1': 'l', I: 'l', а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', х: 'x', у: 'y', і: 'i', ѕ: 's', ј: 'j' }));
const MAX_NAME = 80;

/** Whether a package's name is nearly that of one which many use, and not a known one itself. */
export function looksLikeOther(registry: Registry, given: string): boolean {
  if (given.length > MAX_NAME) return false;
  const folded = spelled(registry, given);
  const popular = POPULAR[registry];
  if (popular.has(folded) || KNOWN_NEIGHBOURS[registry].has(folded)) return false;
  if (folded.startsWith('@')) return scopeLooksLikeOther(registry, folded);
  const read = readAs(folded);
  const bare = read.replace(/[-_.]/g, '');
  for (const name of popular) {
    if (read === name || read.replaceAll('rn', 'm') === name || (name.length >= 5 && bare === name.replace(/[-_.]/g, ''))) return true;
    // Short names have honest neighbours.
    if (name.length >= 6 && near(folded, name, name.length >= 12 ? 2 : 1)) return true;
  }
  return false;
}

/** `@tpyes/node`: the scope is nearly that of a known publisher. */
function scopeLooksLikeOther(registry: Registry, name: string): boolean {
  const scope = name.slice(1, name.indexOf('/'));
  if (registry !== 'npm' || POPULAR_SCOPES.has(scope)) return false;
  return [...POPULAR_SCOPES].some((known) => readAs(scope) === known || (known.length >= 5 && near(scope, known, 1)));
}

/** As the registry takes a name: what it takes for the same is no look-alike. */
function spelled(registry: Registry, name: string): string {
  if (registry === 'npm') return name;
  return registry === 'pypi' ? name.toLowerCase().replace(/[._]/g, '-') : name.replaceAll('-', '_');
}

function readAs(name: string): string {
  return [...name]
    .map((letter) => READ_AS.get(letter) ?? letter)
    .join('')
    .toLowerCase();
}

/** Whether one becomes the other by at most so many letters left out, added, changed or swapped with the next. */
export function near(a: string, b: string, most: number): boolean {
  if (a === b || Math.abs(a.length - b.length) > most) return false;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > most) return false;
    before = last;
    last = row;
  }
  return (last[b.length] ?? most + 1) <= most;
}
