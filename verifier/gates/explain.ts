import type { CompiledRule } from '../policy/compile.ts';
import type { CodeFlow, Effect } from '../policy/facts.ts';
import type { PolicySet } from '../policy/load.ts';
import { type NearMiss, nearMisses } from '../policy/nearMisses.ts';
import { StepMeter } from '../policy/steps.ts';
import type { Subject } from '../protocol/subject.ts';
import type { Verdict } from '../protocol/vocabulary.ts';
import { codeReader, createGates } from './engine.ts';
import type { GateContext } from './gates.ts';
import type { Grammars } from './grammars.ts';
import { MAX_STEPS } from './limits.ts';
import { FactReader, type PlacedPiece } from './pieces.ts';
import { redact } from './redact.ts';
import type { CommandWatcher } from './shell/analysis.ts';
import { shellFacts } from './shell/effects.ts';
import { GAP } from './shell/value.ts';

/** A command as it was understood; what a wrapper runs is one level below it. */
export interface UnderstoodCommand {
  readonly level: number;
  /** Program and arguments as resolved, redacted; `…` for a part that the text does not tell. */
  readonly words: readonly string[];
  readonly elevated: boolean;
  readonly remote: boolean;
}

export interface ExplainedEffect extends Pick<Effect, 'kind' | 'program' | 'target' | 'traits'> {
  /** Redacted. */
  readonly targetText: string | undefined;
  /** Where it stands. */
  readonly zone: string;
}

/** A value that reaches a place where it may do harm, on its one-based line. */
export interface ExplainedFlow extends Pick<CodeFlow, 'sink' | 'sources' | 'built'> {
  readonly line: number;
}

/** A call by the name that its imports resolve to, on its one-based line. */
export interface ExplainedCall {
  /** Redacted, as the name is that the result goes to. */
  readonly name: string;
  readonly into: string;
  readonly line: number;
}

type Metadata = Pick<
  CompiledRule,
  'id' | 'title' | 'severity' | 'verdict' | 'message' | 'remediation' | 'cwe' | 'owasp' | 'attack' | 'since'
>;

export interface ExplainedRule extends Metadata {
  /** `silent`: nothing that it speaks of is there. */
  readonly state: 'fired' | 'exempted' | 'near' | 'silent';
  /** For one that fired or was exempted: what it saw. */
  readonly notes: readonly string[];
  readonly near: readonly NearMiss[];
}

/** What the gates made of a subject, for people who write or doubt rules. */
export interface Explanation {
  readonly verdict: Verdict;
  readonly commands: readonly UnderstoodCommand[];
  readonly effects: readonly ExplainedEffect[];
  readonly flows: readonly ExplainedFlow[];
  readonly calls: readonly ExplainedCall[];
  /** Those that fired first, then by how near they came. */
  readonly rules: readonly ExplainedRule[];
  /** Limits that were met, and parts that failed. */
  readonly limits: readonly string[];
}

const MAX_COMMANDS = 200;
/** Calls that are told; every rule is asked about all of them. */
const MAX_CALLS = 100;
/** Near misses that are told of one rule. */
const MAX_NEAR = 3;

const shown = (text: string): string => redact(text.replaceAll(GAP, '…'));

/** Notes commands in the order in which they are followed. */
function watching(into: UnderstoodCommand[]): CommandWatcher {
  let level = 0;
  return {
    enter(words, { elevated, remote }) {
      if (into.length < MAX_COMMANDS) into.push({ level, words: words.map(({ text }) => shown(text)), elevated, remote });
      level++;
    },
    leave() {
      level--;
    },
  };
}

function metadata({ id, title, severity, verdict, message, remediation, cwe, owasp, attack, since }: CompiledRule): Metadata {
  return { id, title, severity, verdict, message, remediation, cwe, owasp, attack, since };
}

function lineOf({ source, shift }: PlacedPiece, start: number, end: number): number {
  return source.locate(shift + start, shift + end).startLine;
}

function explainedFlows(placed: PlacedPiece): ExplainedFlow[] {
  const flows = placed.piece.code?.flows ?? [];
  return flows.map(({ sink, sources, built, start, end }) => ({ sink, sources, built, line: lineOf(placed, start, end) }));
}

function explainedCalls(placed: PlacedPiece): ExplainedCall[] {
  const calls = placed.piece.code?.calls ?? [];
  return calls
    .slice(0, MAX_CALLS)
    .map(({ name, into, start, end }) => ({ name: shown(name), into: shown(into), line: lineOf(placed, start, end) }));
}

const ORDER: readonly ExplainedRule['state'][] = ['fired', 'exempted', 'near', 'silent'];

/** Says how a subject was understood, and of each rule why it did or did not fire. Never throws on any subject. */
export function explain(set: PolicySet, { shell: grammar, code }: Grammars, subject: Subject, context: GateContext): Explanation {
  const { verdict, trace } = createGates(set, grammar, code).assess(subject, context);
  const { pieces } = new FactReader(grammar, codeReader(set, code), context, new StepMeter(MAX_STEPS)).read(subject);
  const cwd = 'cwd' in subject && subject.cwd !== undefined ? { cwd: subject.cwd } : {};
  const commands: UnderstoodCommand[] = [];
  for (const { piece } of pieces) {
    if (piece.zone !== 'shell') continue;
    const place = { workspaceRoots: context.workspaceRoots, home: context.home, ...cwd, watcher: watching(commands) };
    shellFacts(grammar, piece.text, place, piece.language);
  }
  const notesOf = (step: 'matched' | 'exempted', id: string): string[] => [
    ...new Set(trace.filter((line) => line.step === step && line.ruleId === id).map(({ note }) => note)),
  ];
  const rules = set.rules.map((rule): ExplainedRule => {
    const matched = notesOf('matched', rule.id);
    const exempted = notesOf('exempted', rule.id);
    const near =
      matched.length > 0
        ? []
        : pieces
            .flatMap(({ piece }) => nearMisses(rule, piece))
            .slice(0, MAX_NEAR)
            .map(({ clause, saw, failed }) => ({ clause, saw: shown(saw), failed: failed.map(shown) }));
    const state = matched.length > 0 ? 'fired' : exempted.length > 0 ? 'exempted' : near.length > 0 ? 'near' : 'silent';
    return { ...metadata(rule), state, notes: matched.length > 0 ? matched : exempted, near };
  });
  const distance = ({ near }: ExplainedRule): number => Math.min(...near.map(({ failed }) => failed.length));
  return {
    verdict,
    commands,
    effects: pieces.flatMap(({ piece }) =>
      piece.effects.map(({ kind, program, target, traits, targetText }) => ({
        kind,
        program,
        target,
        traits,
        targetText: targetText === undefined ? undefined : shown(targetText),
        zone: piece.zone ?? 'none',
      })),
    ),
    flows: pieces.flatMap(explainedFlows),
    calls: pieces.flatMap(explainedCalls).slice(0, MAX_CALLS),
    rules: rules.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || distance(a) - distance(b) || (a.id < b.id ? -1 : 1)),
    limits: trace.filter(({ step }) => step === 'limit' || step === 'error').map(({ note }) => note),
  };
}
