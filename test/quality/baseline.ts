import { z } from 'zod';
import type { MutationRow } from './mutation/mutate.ts';
import type { SetFigures } from './scoring.ts';
import { type Count, share } from './wilson.ts';

const CountShape = z.strictObject({ hits: z.int().nonnegative(), of: z.int().nonnegative() });
const FiguresShape = z.strictObject({ recall: CountShape, falseAlarms: CountShape });

/** Figures that a later run is held against. Times are no part of it: they are the machine's. */
export const Baseline = z.strictObject({
  sets: z.record(z.string(), z.strictObject({ tuned: FiguresShape, heldOut: FiguresShape })),
  rewrites: z.record(z.string(), CountShape),
});
export type Baseline = z.infer<typeof Baseline>;

/** By how much a share may get worse before it counts: this, or one case where that is more. */
export const TOLERANCE = 0.01;

export function baselineOf(rows: readonly SetFigures[], rewrites: readonly MutationRow[]): Baseline {
  return {
    sets: Object.fromEntries(rows.map(({ set, lines, tuned, heldOut }) => [`${set} ${lines}`, { tuned, heldOut }])),
    rewrites: Object.fromEntries(rewrites.map(({ id, kept }) => [id, kept])),
  };
}

function worse(now: Count, then: Count, better: 'more' | 'fewer'): boolean {
  if (now.of === 0 || then.of === 0) return false;
  const loss = better === 'more' ? share(then) - share(now) : share(now) - share(then);
  return loss > Math.max(TOLERANCE, 1 / now.of) + Number.EPSILON;
}

/** What got worse than the baseline by more than {@link TOLERANCE}, a line each. What is in only one of the two is not compared. */
export function regressions(now: Baseline, then: Baseline): string[] {
  const found: string[] = [];
  const compare = (what: string, a: Count, b: Count, better: 'more' | 'fewer'): void => {
    if (worse(a, b, better)) found.push(`${what}: ${a.hits}/${a.of}, was ${b.hits}/${b.of}`);
  };
  for (const [name, { tuned, heldOut }] of Object.entries(now.sets)) {
    const before = then.sets[name];
    if (before === undefined) continue;
    compare(`${name}, recall, tuned`, tuned.recall, before.tuned.recall, 'more');
    compare(`${name}, recall, held out`, heldOut.recall, before.heldOut.recall, 'more');
    compare(`${name}, false alarms, tuned`, tuned.falseAlarms, before.tuned.falseAlarms, 'fewer');
    compare(`${name}, false alarms, held out`, heldOut.falseAlarms, before.heldOut.falseAlarms, 'fewer');
  }
  for (const [id, kept] of Object.entries(now.rewrites)) {
    const before = then.rewrites[id];
    if (before !== undefined) compare(`rewrite "${id}", kept`, kept, before, 'more');
  }
  return found;
}
