import { z } from 'zod';

/**
 * One measured line. `ratio` is value / baseline, measured in the same run. `budget` is the bound on
 * the ratio, or on the value where there is no baseline: `≤ 1.5`, `≥ 0.7`, or a number for "at most".
 */
export const BenchRow = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  baseline: z.number().nullish(),
  ratio: z.number().nullish(),
  budget: z.union([z.number(), z.string().regex(/^[≤≥] ?[\d.]+/)]),
});
export type BenchRow = z.infer<typeof BenchRow>;

/** Whether a row keeps its budget. */
export function keepsBudget({ value, ratio, budget }: BenchRow): boolean {
  const measured = ratio ?? value;
  if (typeof budget === 'number') return measured <= budget;
  const bound = Number(/[\d.]+/.exec(budget)?.[0]);
  return budget.startsWith('≥') ? measured >= bound : measured <= bound;
}

/** The value below which the given share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new Error('no samples');
  return found;
}
