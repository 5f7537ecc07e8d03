/** Questions about single short values, answered in one pass over them. */

/** How a value is made up: counts of characters by class, and how often the class changes. */
export interface Shape {
  readonly lower: number;
  readonly upper: number;
  readonly digits: number;
  readonly symbols: number;
  /** Changes between letters and digits, and from lower to upper case. */
  readonly changes: number;
  /** Bits of Shannon entropy per character, of the value's own distribution. */
  readonly entropy: number;
}

/** Values are judged by at most this many of their first characters. */
const JUDGED = 256;

export function shapeOf(value: string): Shape {
  const counts = new Map<number, number>();
  const shape = { lower: 0, upper: 0, digits: 0, symbols: 0, changes: 0, entropy: 0 };
  const length = Math.min(value.length, JUDGED);
  let before: 'lower' | 'upper' | 'digits' | 'symbols' | undefined;
  for (let at = 0; at < length; at++) {
    const unit = value.charCodeAt(at);
    counts.set(unit, (counts.get(unit) ?? 0) + 1);
    const kind = unit >= 97 && unit <= 122 ? 'lower' : unit >= 65 && unit <= 90 ? 'upper' : unit >= 48 && unit <= 57 ? 'digits' : 'symbols';
    shape[kind]++;
    // From upper to lower is how every capitalised word goes on; it says nothing.
    if (
      before !== undefined &&
      before !== kind &&
      kind !== 'symbols' &&
      before !== 'symbols' &&
      !(before === 'upper' && kind === 'lower')
    ) {
      shape.changes++;
    }
    before = kind;
  }
  for (const count of counts.values()) shape.entropy -= (count / length) * Math.log2(count / length);
  return shape;
}

/** A run that no person would write or name: letters and digits mixed without the pattern of words. */
export function looksRandom(value: string): boolean {
  if (value.length < 12) return false;
  const { lower, upper, digits, changes, entropy } = shapeOf(value);
  const letters = lower + upper;
  return digits >= 1 && letters >= 3 && changes >= Math.max(3, Math.floor(Math.min(value.length, JUDGED) / 8)) && entropy >= 3;
}

/** Whether letters, digits and underscores touch a place from the left. */
export function isWordUnit(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 95;
}
