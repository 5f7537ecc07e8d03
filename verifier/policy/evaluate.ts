import type { TraceLine } from '../protocol/assessment.ts';
import { callFits, flowFits, lastPart } from './codeClauses.ts';
import type { CompiledRule } from './compile.ts';
import { EFFECT_CONDITIONS } from './effectConditions.ts';
import { exemptionFor, type MatchSituation } from './exemptions.ts';
import type { BuildFact, CodeFacts, Effect, Secret, Segment } from './facts.ts';
import { LineMap } from './lines.ts';
import type { PolicySet } from './load.ts';
import { PatternSearch } from './patterns.ts';
import type { StepMeter } from './steps.ts';
import type { TextView } from './view.ts';

/** A text of the subject with what is known about it. */
export interface Piece {
  readonly text: string;
  /** Absent for the subject as a whole, on which only secrets are looked for. */
  readonly zone: Segment['zone'] | undefined;
  readonly language: string | undefined;
  /** The text itself, what it looks like folded, and the commands that it runs but writes otherwise; patterns are run on each. */
  readonly views: readonly TextView[];
  readonly effects: readonly Effect[];
  readonly secrets: readonly Secret[];
  /** What the code of it does; absent where its language is not read. */
  readonly code?: CodeFacts;
  /** What a file about building or fetching software says. */
  readonly builds?: readonly BuildFact[];
  /** Path by which exemptions judge this piece, where it is another file than the subject. */
  readonly path?: string;
  /** Only rules that block are asked for patterns: the text runs, and was reviewed when it was written. */
  readonly gravestOnly?: true;
}

/** A rule that fired: where, and why in a few words without anything from the content. */
export interface Match {
  readonly rule: CompiledRule;
  readonly piece: Piece;
  readonly start: number;
  readonly end: number;
  readonly note: string;
  /** The credential itself, where the match is one: it stays in the gate's memory. */
  readonly secret?: string;
}

export interface Evaluation {
  readonly matches: readonly Match[];
  /** Exemptions that were granted, and rules that failed. */
  readonly trace: readonly TraceLine[];
  /** Full ids of rules that threw: their findings are missing. */
  readonly failed: readonly string[];
}

interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly note: string;
  readonly situation: Pick<MatchSituation, 'value' | 'dummy' | 'target'>;
  readonly secret?: string;
}

const NO_SITUATION = { value: undefined, dummy: undefined, target: undefined };

function* byEffect(set: PolicySet, piece: Piece, lineAt: (offset: number) => string): Generator<[CompiledRule, Candidate]> {
  for (const effect of piece.effects) {
    for (const { rule, clause } of set.byEffect.get(effect.kind) ?? []) {
      const place = { zone: piece.zone, line: () => lineAt(effect.start) };
      if (!EFFECT_CONDITIONS.every(({ holds }) => holds(clause, effect, place))) continue;
      const traits = effect.traits.length > 0 ? ` (${effect.traits.join(', ')})` : '';
      const note = `${effect.kind} of ${effect.target}${traits}`;
      yield [rule, { start: effect.start, end: effect.end, note, situation: { ...NO_SITUATION, target: effect.target } }];
    }
  }
}

function* bySecret(set: PolicySet, piece: Piece): Generator<[CompiledRule, Candidate]> {
  if (piece.secrets.length === 0) return;
  for (const rule of set.rules) {
    for (const clause of rule.secrets) {
      for (const secret of piece.secrets) {
        if (clause.secret !== 'any' && !clause.secret.includes(secret.kind)) continue;
        const situation = { ...NO_SITUATION, dummy: secret.dummy };
        yield [rule, { start: secret.start, end: secret.end, note: `secret of format ${secret.format}`, situation, secret: secret.value }];
      }
    }
  }
}

function* byBuild(set: PolicySet, piece: Piece): Generator<[CompiledRule, Candidate]> {
  for (const { kind, traits, start, end } of piece.builds ?? []) {
    for (const { rule, clause } of set.byBuild.get(kind) ?? []) {
      if (!(clause.traits ?? []).every((trait) => traits.includes(trait))) continue;
      if ((clause.without ?? []).some((trait) => traits.includes(trait))) continue;
      const note = `${kind}${traits.length > 0 ? ` (${traits.join(', ')})` : ''}`;
      yield [rule, { start, end, note, situation: NO_SITUATION }];
    }
  }
}

function* byCode(set: PolicySet, { code, language }: Piece): Generator<[CompiledRule, Candidate & { trail: readonly number[] }]> {
  if (code === undefined) return;
  for (const flow of code.flows) {
    for (const { rule, clause } of set.byFlow.get(flow.sink) ?? []) {
      if (!flowFits(clause, flow, language)) continue;
      const note = `value of ${flow.sources.join(', ')} reaches ${flow.sink}`;
      yield [rule, { start: flow.start, end: flow.end, note, situation: NO_SITUATION, trail: flow.trail }];
    }
  }
  for (const call of code.calls) {
    for (const { rule, clause } of set.byCall.get(lastPart(call.name)) ?? []) {
      if (!callFits(clause, call, language)) continue;
      yield [
        rule,
        { start: call.start, end: call.end, note: `call, clause ${clause.index + 1}`, situation: NO_SITUATION, trail: [call.start] },
      ];
    }
  }
}

/** Patterns of one rule on one piece; exceptions are the caller's to name. */
function byPattern(
  rule: CompiledRule,
  numbers: readonly (readonly number[])[],
  piece: Piece,
  searches: readonly PatternSearch[],
): Candidate[] {
  const { zone, language } = piece;
  if (zone === undefined) return [];
  return rule.patterns.flatMap((pattern, index) => {
    if (!pattern.zones.has(zone)) return [];
    if (pattern.languages !== undefined && (language === undefined || !pattern.languages.has(language))) return [];
    if (language !== undefined && pattern.notLanguages.has(language)) return [];
    return searches.flatMap((search, view) =>
      search.find(pattern, numbers[index] ?? []).map((range) => {
        const value = search.text.slice(range.start, range.end);
        const note = `pattern ${index + 1}${view === 0 ? '' : ', in the text as it reads or runs rather than as it is written'}`;
        const place = piece.views[view]?.toOriginal(range.start, range.end) ?? range;
        return { ...place, note, situation: { ...NO_SITUATION, value } };
      }),
    );
  });
}

/**
 * Runs all rules on all facts.
 * @param path the file's path as `exemptionPath` gives it; undefined where the subject is no file
 */
export function evaluate(set: PolicySet, pieces: readonly Piece[], path: string | undefined, meter: StepMeter): Evaluation {
  const matches: Match[] = [];
  const trace: TraceLine[] = [];
  const failed = new Set<string>();
  for (const piece of pieces) {
    let lines: LineMap | undefined;
    const lineNumbers = (start: number, end: number): number[] => {
      lines ??= new LineMap(piece.text);
      const [first, last] = [lines.lineAt(start), lines.lineAt(Math.max(start, end - 1))];
      return Array.from({ length: Math.min(last - first, 40) + 1 }, (_, index) => first + index);
    };
    const lineAt = (offset: number): string => {
      lines ??= new LineMap(piece.text);
      const line = lines.lineAt(offset);
      return lines.slice(line, line);
    };
    const accept = (rule: CompiledRule, candidate: Candidate): void => {
      const why = exemptionFor(rule.exemptable, { ...candidate.situation, path: piece.path ?? path, line: lineAt(candidate.start) });
      const { start, end, note, secret } = candidate;
      if (why === undefined) matches.push({ rule, piece, start, end, note, ...(secret === undefined ? {} : { secret }) });
      else trace.push({ step: 'exempted', ruleId: rule.id, note: `${why}; it was ${candidate.note}`.slice(0, 400) });
    };
    for (const [rule, candidate] of byEffect(set, piece, lineAt)) accept(rule, candidate);
    for (const [rule, candidate] of bySecret(set, piece)) accept(rule, candidate);
    if (piece.zone === undefined) continue;
    const searches = piece.views.map((view) => new PatternSearch(view.text, set.literals.scan(view.text), meter));
    meter.spend(piece.views.reduce((sum, view) => sum + view.text.length, 0));
    for (const rule of set.rules) {
      if (piece.gravestOnly === true && rule.verdict !== 'block') continue;
      try {
        for (const candidate of byPattern(rule, set.literalNumbers.get(rule) ?? [], piece, searches)) accept(rule, candidate);
      } catch (error) {
        if (!failed.has(rule.id)) {
          failed.add(rule.id);
          trace.push({
            step: 'error',
            ruleId: rule.id,
            note: `The rule failed: ${error instanceof Error ? error.name : 'unknown reason'}`,
          });
        }
      }
    }
    // A pattern that found the same place, or one on the way there, has said it already.
    const said = new Set(
      matches
        .filter((match) => match.piece === piece)
        .flatMap(({ rule, start, end }) => lineNumbers(start, end).map((line) => `${rule.id} ${line}`)),
    );
    for (const [rule, candidate] of byBuild(set, piece)) {
      if (!lineNumbers(candidate.start, candidate.start).some((line) => said.has(`${rule.id} ${line}`))) accept(rule, candidate);
    }
    for (const [rule, { trail, ...candidate }] of byCode(set, piece)) {
      if (piece.gravestOnly === true && rule.verdict !== 'block') continue;
      const places = [...trail, candidate.start].flatMap((at) => lineNumbers(at, at));
      if (!places.some((line) => said.has(`${rule.id} ${line}`))) accept(rule, candidate);
    }
  }
  return { matches, trace, failed: [...failed] };
}
