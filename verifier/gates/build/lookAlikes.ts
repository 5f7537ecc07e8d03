import { KNOWN_NEIGHBOURS, POPULAR, POPULAR_SCOPES, type Registry } from './popularPackages.ts';

/** Letters that are read as others. */
const READ_AS: ReadonlyMap<string, string> = new Map(
  Object.entries({ '0': 'o', '1': 'l', I: 'l', а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', х: 'x', у: 'y', і: 'i', ѕ: 's', ј: 'j' }),
);
const MAX_NAME = 80;

/** Whether a package's name is nearly that of one which many use, and not a known one itself. */
export function looksLikeOther(registry: Registry, given: string): boolean {
  if (given.length > MAX_NAME) return false;
  const folded = spelled(registry, given);
  const popular = POPULAR[registry];
  if (popular.has(folded) || KNOWN_NEIGHBOURS[registry].has(folded)) return false;
  if (folded.startsWith('@')) return scopeLooksLikeOther(registry, folded);
  const read = readAs(folded);
  const { bare, byLength } = INDEXED[registry];
  if (popular.has(read) || popular.has(read.replaceAll('rn', 'm')) || bare.has(withoutSeparators(read))) return true;
  const letters = lettersOf(folded);
  return [-2, -1, 0, 1, 2].some((more) =>
    byLength
      .get(folded.length + more)
      ?.some(
        (known) =>
          known.edits >= Math.abs(more) && bitsOf(letters ^ known.letters) <= 2 * known.edits && near(folded, known.name, known.edits),
      ),
  );
}

interface Known {
  readonly name: string;
  readonly letters: number;
  /** How many slips still make a look-alike. */
  readonly edits: number;
}

interface Index {
  /** Names without separators. */
  readonly bare: ReadonlySet<string>;
  readonly byLength: ReadonlyMap<number, readonly Known[]>;
}

function index(names: ReadonlySet<string>): Index {
  const byLength = new Map<number, Known[]>();
  for (const name of names) {
    // Short names have honest neighbours.
    if (name.length < 6) continue;
    const known = { name, letters: lettersOf(name), edits: name.length >= 12 ? 2 : 1 };
    byLength.set(name.length, [...(byLength.get(name.length) ?? []), known]);
  }
  return { bare: new Set([...names].filter((name) => name.length >= 5).map(withoutSeparators)), byLength };
}

const INDEXED: Readonly<Record<Registry, Index>> = {
  npm: index(POPULAR.npm),
  pypi: index(POPULAR.pypi),
  crates: index(POPULAR.crates),
};

function withoutSeparators(name: string): string {
  return name.replace(/[-_.]/g, '');
}

/** One bit for each kind of character: an edit changes two at most, which spares most comparisons. */
function lettersOf(name: string): number {
  let letters = 0;
  for (let at = 0; at < name.length; at++) letters |= 1 << (name.charCodeAt(at) & 31);
  return letters;
}

function bitsOf(given: number): number {
  let bits = 0;
  for (let left = given; left !== 0; left &= left - 1) bits++;
  return bits;
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
  if (/^[a-z2-9._-]*$/.test(name)) return name;
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
