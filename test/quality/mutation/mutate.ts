import { createHash } from 'node:crypto';
import type { Gates } from '../../../verifier/gates/gates.ts';
import type { ShellGrammar } from '../../../verifier/gates/shell/grammar.ts';
import { VERDICTS, type Verdict } from '../../../verifier/protocol/vocabulary.ts';
import { CONTEXT } from '../../policies/builtIn.ts';
import type { Outcome } from '../scoring.ts';
import type { Count } from '../wilson.ts';
import { type CommandShape, shapeOf } from './commandShape.ts';
import { MENTIONING } from './mentioning.ts';
import { ORDINARY, PRESERVING } from './preserving.ts';
import type { Rewrite } from './rewrite.ts';
import { invalidTexts } from './syntax.ts';

/** What a rewrite must leave as it is: the danger, the harmlessness; or it must take the danger away. */
export type Direction = 'stays grave' | 'stays passed' | 'becomes passed';

export interface MutationRow {
  readonly id: string;
  readonly direction: Direction;
  readonly kept: Count;
  /** Of the texts that may be read, a few that were lost. */
  readonly lost: readonly string[];
  /** Rewrites that were no valid bash, and left out. */
  readonly invalid: number;
}

interface Original {
  readonly shape: CommandShape;
  readonly verdict: Verdict;
  readonly heldOut: boolean;
  readonly cwd: string;
}

const SHOWN = 12;
/** Commands that each rewrite is tried on, taken by their hash: everyday ones are many and alike. */
const MAX_ORIGINALS = 700;

function originals(grammar: ShellGrammar, outcomes: readonly Outcome[], accept: (outcome: Outcome) => boolean): Original[] {
  const seen = new Set<string>();
  const all = outcomes.flatMap((outcome): Original[] => {
    const { subject, heldOut } = outcome.item;
    if (subject.kind !== 'command' || seen.has(subject.text) || !isShell(subject.language) || !accept(outcome)) return [];
    seen.add(subject.text);
    const shape = shapeOf(grammar, subject.text.trim());
    return [{ shape, verdict: outcome.verdict, heldOut, cwd: subject.cwd ?? CONTEXT.workspaceRoots[0] ?? '/' }];
  });
  const order = ({ shape }: Original): string => createHash('sha256').update(shape.text).digest('hex');
  return all
    .map((original) => ({ original, at: order(original) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, MAX_ORIGINALS)
    .map(({ original }) => original);
}

function isShell(language: string | undefined): boolean {
  return language === undefined || language === 'shellscript' || language === 'bash';
}

function row(gates: Gates, rewrite: Rewrite, direction: Direction, from: readonly Original[], checkSyntax: boolean): MutationRow {
  const made = from.flatMap((original) => {
    const text = rewrite.apply(original.shape);
    return text === undefined ? [] : [{ original, text }];
  });
  const invalid = checkSyntax ? invalidTexts(made.map(({ text }) => text)) : new Set<string>();
  const valid = made.filter(({ text }) => !invalid.has(text));
  const lost = valid.filter(({ original, text }) => {
    const { verdict } = gates.assess({ kind: 'command', text, cwd: original.cwd }, CONTEXT);
    return direction === 'stays grave' ? VERDICTS.indexOf(verdict) < VERDICTS.indexOf(original.verdict) : verdict !== 'pass';
  });
  return {
    id: `${rewrite.id} (${direction})`,
    direction,
    kept: { hits: valid.length - lost.length, of: valid.length },
    lost: lost
      .filter(({ original }) => !original.heldOut)
      .slice(0, SHOWN)
      .map(({ text }) => text),
    invalid: invalid.size,
  };
}

/** Findings about what is written rather than done: a mentioned credential is a credential. */
const ABOUT_TEXT = /^(?:secrets|data-protection|gate)\./;

/**
 * Rewrites each command that was judged rightly and asks the gates again.
 * @param checkSyntax ask the machine's bash whether each rewrite is valid
 */
export function mutate(gates: Gates, grammar: ShellGrammar, outcomes: readonly Outcome[], checkSyntax: boolean): MutationRow[] {
  const judged = originals(grammar, outcomes, () => true);
  const broken = checkSyntax ? invalidTexts(judged.map(({ shape }) => shape.text)) : new Set<string>();
  const whole = (from: readonly Original[]): Original[] => from.filter(({ shape }) => !broken.has(shape.text));
  const grave = whole(
    originals(grammar, outcomes, ({ item, flagged, verdict }) => item.expected === 'block' && flagged && verdict !== 'pass'),
  );
  const mentioned = whole(
    originals(
      grammar,
      outcomes,
      ({ item, flagged, rules }) => item.expected === 'block' && flagged && !rules.some((id) => ABOUT_TEXT.test(id)),
    ),
  );
  const ordinary = whole(originals(grammar, outcomes, ({ item, verdict }) => item.expected === 'allow' && verdict === 'pass'));
  return [
    ...PRESERVING.map((rewrite) => row(gates, rewrite, 'stays grave', grave, checkSyntax)),
    ...ORDINARY.map((rewrite) => row(gates, rewrite, 'stays passed', ordinary, checkSyntax)),
    ...MENTIONING.map((rewrite) => row(gates, rewrite, 'becomes passed', mentioned, checkSyntax)),
  ];
}
