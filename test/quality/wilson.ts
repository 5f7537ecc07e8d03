/** How often something happened. */
export interface Count {
  readonly hits: number;
  readonly of: number;
}

/** The 97.5 % quantile of the normal distribution, for two-sided bounds of 95 %. */
const Z = 1.959963984540054;

/**
 * The score interval of a share (Wilson 1927): unlike the textbook's it holds for few cases and for shares near 0 and 1.
 * @returns the 95 % bounds as shares from 0 to 1; without cases nothing is known: 0 to 1
 */
export function wilson({ hits, of }: Count): { low: number; high: number } {
  if (of === 0) return { low: 0, high: 1 };
  const share = hits / of;
  const spread = (Z * Z) / of;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (Z / (1 + spread)) * Math.sqrt((share * (1 - share)) / of + spread / (4 * of));
  // At the ends the bound is the share itself; rounding must not move it beyond.
  return { low: hits === 0 ? 0 : Math.max(0, middle - half), high: hits === of ? 1 : Math.min(1, middle + half) };
}

export function share({ hits, of }: Count): number {
  return of === 0 ? 0 : hits / of;
}

export function sum(counts: readonly Count[]): Count {
  return { hits: counts.reduce((all, { hits }) => all + hits, 0), of: counts.reduce((all, { of }) => all + of, 0) };
}
