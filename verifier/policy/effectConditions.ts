import type { EffectClause } from './compile.ts';
import type { Effect, Segment } from './facts.ts';

/** Where an effect stands. */
export interface EffectPlace {
  /** Absent for the subject as a whole. */
  readonly zone: Segment['zone'] | undefined;
  /** The line on which it begins. */
  line(): string;
}

/** One condition of a clause on effects; all must hold. */
interface EffectCondition {
  readonly field: 'target' | 'traits' | 'without' | 'programs' | 'zones' | 'unless';
  holds(clause: EffectClause, effect: Effect, place: EffectPlace): boolean;
}

/** The conditions beside the kind of effect, the cheapest first. */
export const EFFECT_CONDITIONS: readonly EffectCondition[] = [
  { field: 'target', holds: ({ target }, effect) => target === undefined || target.includes(effect.target) },
  { field: 'traits', holds: ({ traits = [] }, effect) => traits.every((trait) => effect.traits.includes(trait)) },
  { field: 'without', holds: ({ without = [] }, effect) => !without.some((trait) => effect.traits.includes(trait)) },
  { field: 'programs', holds: ({ programs }, effect) => programs === undefined || programs.includes(effect.program) },
  { field: 'zones', holds: ({ zones }, _, { zone }) => zones === undefined || (zone !== undefined && zones.includes(zone)) },
  { field: 'unless', holds: ({ unless }, _, place) => !unless?.test(place.line()) },
];
