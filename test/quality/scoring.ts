import { performance } from 'node:perf_hooks';
import type { Gates } from '../../verifier/gates/gates.ts';
import type { Verdict } from '../../verifier/protocol/vocabulary.ts';
import { percentile } from '../bench/row.ts';
import { CONTEXT } from '../policies/builtIn.ts';
import type { QualityCase } from './sets.ts';
import type { Count } from './wilson.ts';

/** What the gates said of one case. */
export interface Outcome {
  readonly item: QualityCase;
  readonly verdict: Verdict;
  /** Held back; for a rule's example: by that rule. */
  readonly flagged: boolean;
  readonly rules: readonly string[];
  /** Milliseconds in process. */
  readonly ms: number;
}

/** How many were held back of those that must be, and of those that must not. */
export interface Figures {
  readonly recall: Count;
  readonly falseAlarms: Count;
}

/** One line of the table. */
export interface SetFigures {
  readonly set: string;
  /** Lines whose label is one tool's convention are counted apart. */
  readonly lines: 'headline' | 'other';
  readonly tuned: Figures;
  readonly heldOut: Figures;
  readonly p50: number;
  readonly p99: number;
}

/** Cases that are examined first, so that no measured one pays for compilation. */
const WARM_UP = 200;

/** Asks the gates about each case. */
export function outcomesOf(gates: Gates, cases: readonly QualityCase[]): Outcome[] {
  for (const { subject } of cases.slice(0, WARM_UP)) gates.assess(subject, CONTEXT);
  return cases.map((item) => {
    const began = performance.now();
    const { verdict, findings } = gates.assess(item.subject, CONTEXT);
    const ms = performance.now() - began;
    const rules = [...new Set(findings.map(({ ruleId }) => ruleId))];
    return { item, verdict, flagged: item.rule === undefined ? verdict !== 'pass' : rules.includes(item.rule), rules, ms };
  });
}

function figuresOf(outcomes: readonly Outcome[]): Figures {
  const count = (expected: QualityCase['expected']): Count => {
    const asked = outcomes.filter(({ item }) => item.expected === expected);
    return { hits: asked.filter(({ flagged }) => flagged).length, of: asked.length };
  };
  return { recall: count('block'), falseAlarms: count('allow') };
}

/** The table: each set, its headline lines before the others. */
export function setFigures(outcomes: readonly Outcome[]): SetFigures[] {
  const sets = [...new Set(outcomes.map(({ item }) => item.set))];
  return sets.flatMap((set) =>
    ([true, false] as const).flatMap((headline): SetFigures[] => {
      const own = outcomes.filter(({ item }) => item.set === set && item.headline === headline);
      if (own.length === 0) return [];
      const times = own.map(({ ms }) => ms);
      return [
        {
          set,
          lines: headline ? 'headline' : 'other',
          tuned: figuresOf(own.filter(({ item }) => !item.heldOut)),
          heldOut: figuresOf(own.filter(({ item }) => item.heldOut)),
          p50: percentile(times, 0.5),
          p99: percentile(times, 0.99),
        },
      ];
    }),
  );
}

/** What went wrong among the cases that may be read, the worst first: what counts most, then what was blocked outright. */
export function mistakes(outcomes: readonly Outcome[], kind: 'miss' | 'false alarm'): Outcome[] {
  const weight = ({ item, verdict }: Outcome): number => (item.headline ? 2 : 0) + (verdict === 'block' ? 1 : 0);
  return outcomes
    .filter(
      ({ item, flagged }) =>
        !item.heldOut && (kind === 'miss' ? item.expected === 'block' && !flagged : item.expected === 'allow' && flagged),
    )
    .sort((a, b) => weight(b) - weight(a) || (a.item.id < b.item.id ? -1 : 1));
}
