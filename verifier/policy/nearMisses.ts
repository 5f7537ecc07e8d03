import { CALL_CONDITIONS, CALL_NAME_CONDITION, FLOW_CONDITIONS, lastPart } from './codeClauses.ts';
import type { CompiledPattern, CompiledRule, EffectClause } from './compile.ts';
import { EFFECT_CONDITIONS } from './effectConditions.ts';
import type { Piece } from './evaluate.ts';
import type { Effect } from './facts.ts';
import { LineMap } from './lines.ts';

/** A clause that came near: what it is about is there, and these of its conditions failed. */
export interface NearMiss {
  /** Number of the clause within the rule's `when`. */
  readonly clause: number;
  /** What is there, in words. */
  readonly saw: string;
  /** Each condition that failed, in words. */
  readonly failed: readonly string[];
}

function list(values: Iterable<string>): string {
  const all = [...values];
  return all.length === 0 ? 'none' : all.join(', ');
}

function failure(field: (typeof EFFECT_CONDITIONS)[number]['field'], clause: EffectClause, effect: Effect, piece: Piece): string {
  switch (field) {
    case 'target':
      return `the target is ${effect.target}, wanted is one of ${list(clause.target ?? [])}`;
    case 'traits':
      return `it lacks ${list((clause.traits ?? []).filter((trait) => !effect.traits.includes(trait)))}`;
    case 'without':
      return `it is ${list((clause.without ?? []).filter((trait) => effect.traits.includes(trait)))}, which the clause leaves out`;
    case 'programs':
      return `the program is ${effect.program}, wanted is one of ${list(clause.programs ?? [])}`;
    case 'zones':
      return `it stands in ${piece.zone ?? 'no zone'}, wanted is one of ${list(clause.zones ?? [])}`;
    case 'unless':
      return `the line matches \`unless\`, ${clause.unless?.source ?? ''}`;
  }
}

function ofEffects(rule: CompiledRule, piece: Piece): NearMiss[] {
  let lines: LineMap | undefined;
  return rule.effects.flatMap((clause) =>
    piece.effects
      .filter(({ kind }) => kind === clause.effect)
      .flatMap((effect): NearMiss[] => {
        const line = (): string => {
          lines ??= new LineMap(piece.text);
          const number = lines.lineAt(effect.start);
          return lines.slice(number, number);
        };
        const place = { zone: piece.zone, line };
        const failed = EFFECT_CONDITIONS.filter(({ holds }) => !holds(clause, effect, place));
        if (failed.length === 0) return [];
        const saw = `${effect.kind} of ${effect.target} by ${effect.program}`;
        return [{ clause: clause.index, saw, failed: failed.map(({ field }) => failure(field, clause, effect, piece)) }];
      }),
  );
}

function ofPattern(pattern: CompiledPattern, piece: Piece): NearMiss[] {
  const lower = piece.text.toLowerCase();
  const literal = pattern.literals.find((text) => lower.includes(text.toLowerCase()));
  if (literal === undefined || piece.zone === undefined) return [];
  const failed: string[] = [];
  if (!pattern.zones.has(piece.zone)) failed.push(`it stands in ${piece.zone}, wanted is one of ${list(pattern.zones)}`);
  if (pattern.languages !== undefined && !pattern.languages.has(piece.language ?? ''))
    failed.push(`the language is ${piece.language ?? 'not known'}, wanted is one of ${list(pattern.languages)}`);
  if (pattern.notLanguages.has(piece.language ?? '')) failed.push(`code in ${piece.language ?? ''} is read as code instead`);
  if (!pattern.re.test(piece.text)) failed.push('the pattern matches nowhere');
  else if (failed.length === 0 && pattern.unless !== undefined) failed.push('what the pattern matches is excused by `unless`');
  return failed.length === 0 ? [] : [{ clause: pattern.index, saw: `the words "${literal}"`, failed }];
}

function ofFlows(rule: CompiledRule, { code, language }: Piece): NearMiss[] {
  return rule.flows.flatMap((clause) =>
    (code?.flows ?? [])
      .filter(({ sink }) => sink === clause.code)
      .flatMap((flow): NearMiss[] => {
        const failed = FLOW_CONDITIONS.filter((condition) => !condition.holds(clause, flow, language));
        if (failed.length === 0) return [];
        const saw = `a value of ${list(flow.sources)} that reaches ${flow.sink}`;
        return [{ clause: clause.index, saw, failed: failed.map((condition) => condition.failure(clause, flow, language)) }];
      }),
  );
}

function ofCalls(rule: CompiledRule, { code, language }: Piece): NearMiss[] {
  return rule.calls.flatMap((clause) => {
    const lasts = new Set(clause.call.map(lastPart));
    return (code?.calls ?? [])
      .filter(({ name }) => lasts.has(lastPart(name)))
      .flatMap((call): NearMiss[] => {
        const failed = CALL_CONDITIONS.filter((condition) => !condition.holds(clause, call, language));
        // Another function of the same name is near only where nothing but its origin speaks against it.
        if (failed.length === 0 || (failed.length > 1 && failed.includes(CALL_NAME_CONDITION))) return [];
        return [
          {
            clause: clause.index,
            saw: `a call of ${call.name}`,
            failed: failed.map((condition) => condition.failure(clause, call, language)),
          },
        ];
      });
  });
}

/** Why a rule that did not fire on this piece did not, for each of its clauses that came near. */
export function nearMisses(rule: CompiledRule, piece: Piece): NearMiss[] {
  const all = [
    ...ofEffects(rule, piece),
    ...ofFlows(rule, piece),
    ...ofCalls(rule, piece),
    ...rule.patterns.flatMap((pattern) => ofPattern(pattern, piece)),
  ];
  return all.sort((a, b) => a.failed.length - b.failed.length || a.clause - b.clause);
}
