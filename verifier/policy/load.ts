import { sha256 } from '../protocol/digest.ts';
import { SEVERITIES, VERDICTS } from '../protocol/vocabulary.ts';
import { type CallClause, type CodeClause, lastPart } from './codeClauses.ts';
import type { CompiledRule, EffectClause, Origin } from './compile.ts';
import type { CodeSink, EffectKind } from './facts.ts';
import { type ParsedFolder, type Placed, type PolicyFolder, type Prose, parseFolder } from './folder.ts';
import { LiteralIndex } from './literals.ts';
import { policyLines } from './policyLines.ts';
import { NOTHING_PREPARED, type PreparedTexts } from './prepared.ts';
import type { Tightening } from './rule.ts';
import { isProblems, type PolicyProblem } from './source.ts';

/** All rules in force, compiled and indexed. */
export interface PolicySet {
  /** SHA-256 over the sorted (origin, relative path, SHA-256) of the files in force. */
  readonly digest: string;
  /** Sorted by id. */
  readonly rules: readonly CompiledRule[];
  readonly prose: readonly Prose[];
  /** The folders with the rules that each of them brought in, and their places. */
  readonly folders: readonly ParsedFolder[];
  /** Effect clauses by what they are about. */
  readonly byEffect: ReadonlyMap<EffectKind, readonly { readonly rule: CompiledRule; readonly clause: EffectClause }[]>;
  /** Clauses on calls by the last part of the names that they are about. */
  readonly byCall: ReadonlyMap<string, readonly { readonly rule: CompiledRule; readonly clause: CallClause }[]>;
  /** Clauses on flows of values by the place that they reach. */
  readonly byFlow: ReadonlyMap<CodeSink, readonly { readonly rule: CompiledRule; readonly clause: CodeClause }[]>;
  /** Literals of all patterns, numbered across rules. */
  readonly literals: LiteralIndex;
  /** First literal number of each pattern of each rule. */
  readonly literalNumbers: ReadonlyMap<CompiledRule, readonly (readonly number[])[]>;
}

export interface LoadResult {
  /** Undefined where no folder is valid. */
  readonly set: PolicySet | undefined;
  readonly problems: readonly PolicyProblem[];
  /** Folders that are not in force because of a problem in their own files. */
  readonly invalid: readonly PolicyFolder[];
}

const ORIGINS: readonly Origin[] = ['builtIn', 'user', 'workspace'];

/** Applies one tightening, or says why not. Anything that is not stricter is refused (law 7). */
function tightened(rule: CompiledRule, by: Tightening): CompiledRule | string {
  const verdict = by.verdict ?? rule.verdict;
  const severity = by.severity ?? rule.severity;
  const verdictStep = VERDICTS.indexOf(verdict) - VERDICTS.indexOf(rule.verdict);
  const severityStep = SEVERITIES.indexOf(severity) - SEVERITIES.indexOf(rule.severity);
  if (verdictStep < 0) return `\`tighten\` can't lower the verdict of \`${rule.id}\` from ${rule.verdict} to ${verdict}`;
  if (severityStep < 0) return `\`tighten\` can't lower the severity of \`${rule.id}\` from ${rule.severity} to ${severity}`;
  if (verdictStep === 0 && severityStep === 0) return `\`${rule.id}\` is as strict as this already (${rule.severity}, ${rule.verdict})`;
  return { ...rule, verdict, severity };
}

function indexed(rules: readonly CompiledRule[], folders: readonly ParsedFolder[], digest: string): PolicySet {
  const literals: string[] = [];
  const literalNumbers = new Map<CompiledRule, number[][]>();
  const byEffect = new Map<EffectKind, { rule: CompiledRule; clause: EffectClause }[]>();
  const byCall = new Map<string, { rule: CompiledRule; clause: CallClause }[]>();
  const byFlow = new Map<CodeSink, { rule: CompiledRule; clause: CodeClause }[]>();
  for (const rule of rules) {
    literalNumbers.set(
      rule,
      rule.patterns.map((pattern) => pattern.literals.map((literal) => literals.push(literal) - 1)),
    );
    for (const clause of rule.flows) byFlow.set(clause.code, [...(byFlow.get(clause.code) ?? []), { rule, clause }]);
    for (const clause of rule.calls) {
      for (const last of new Set(clause.call.map(lastPart))) byCall.set(last, [...(byCall.get(last) ?? []), { rule, clause }]);
    }
    for (const clause of rule.effects) {
      const known = byEffect.get(clause.effect);
      if (known === undefined) byEffect.set(clause.effect, [{ rule, clause }]);
      else known.push({ rule, clause });
    }
  }
  return {
    digest,
    rules,
    prose: folders.map((folder) => folder.prose),
    folders,
    byEffect,
    byCall,
    byFlow,
    literals: new LiteralIndex(literals),
    literalNumbers,
  };
}

/**
 * Compiles folders into one set. Built-in folders come first, then the user's, then the workspace's:
 * later ones add rules and tighten known ones, and whatever would replace or weaken a rule is
 * reported and left out.
 * @param prepared what the build has read of built-in folders
 */
export function loadPolicies(folders: readonly PolicyFolder[], prepared: PreparedTexts = NOTHING_PREPARED): LoadResult {
  const problems: PolicyProblem[] = [];
  const invalid: PolicyFolder[] = [];
  const inForce: PolicyFolder[] = [];
  const parsed: ParsedFolder[] = [];
  const ordered = [...folders].sort((a, b) => ORIGINS.indexOf(a.origin) - ORIGINS.indexOf(b.origin) || (a.name < b.name ? -1 : 1));
  for (const folder of ordered) {
    const result = parseFolder(folder, prepared);
    if (isProblems(result)) {
      problems.push(...result);
      invalid.push(folder);
    } else {
      inForce.push(folder);
      parsed.push(result);
    }
  }
  if (parsed.length === 0) return { set: undefined, problems, invalid };

  const rules = new Map<string, CompiledRule>();
  const brought = new Set<CompiledRule>();
  const refuse = (place: Placed<unknown>, message: string): void => {
    problems.push({ file: place.file, line: place.line(), message: `${message}; not applied.` });
  };
  for (const place of parsed.flatMap((folder) => folder.rules)) {
    const known = rules.get(place.item.id);
    if (known === undefined) {
      rules.set(place.item.id, place.item);
      brought.add(place.item);
    } else refuse(place, `The rule \`${place.item.id}\` exists already (${known.origin}) and can only be tightened, under \`tighten\``);
  }
  for (const place of parsed.flatMap((folder) => folder.tighten)) {
    const known = rules.get(place.item.rule);
    if (known === undefined) refuse(place, `There is no rule \`${place.item.rule}\` to tighten`);
    else {
      const result = tightened(known, place.item);
      if (typeof result === 'string') refuse(place, result);
      else rules.set(known.id, result);
    }
  }
  const sorted = [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const bringing = parsed.map((folder) => ({ ...folder, rules: folder.rules.filter(({ item }) => brought.has(item)) }));
  const set = indexed(sorted, bringing, sha256(policyLines(inForce)));
  return { set, problems, invalid };
}
