import { RE2JS, RE2JSException } from 're2js';
import type { Subject } from '../protocol/subject.ts';
import type { Severity } from '../protocol/vocabulary.ts';
import type { Clause, Example, Exemption, Rule, Zone } from './rule.ts';
import { expandTemplates } from './templates.ts';

export type Origin = 'builtIn' | 'user' | 'workspace';

export type EffectClause = Omit<Extract<Clause, { effect: unknown }>, 'unless'> & { readonly unless: RE2JS | undefined };
export type SecretClause = Extract<Clause, { secret: unknown }>;

/** A text pattern ready to run. `^` and `$` mean the line, so that a pattern sees the same in every cut of a text. */
export interface CompiledPattern {
  readonly re: RE2JS;
  readonly literals: readonly string[];
  readonly zones: ReadonlySet<Zone>;
  readonly languages: ReadonlySet<string> | undefined;
  readonly unless: RE2JS | undefined;
}

export interface RuleExamples {
  readonly match: readonly Subject[];
  readonly ignore: readonly Subject[];
}

export interface CompiledRule {
  /** `<policy>.<rule>`. */
  readonly id: string;
  readonly policy: string;
  readonly origin: Origin;
  readonly severity: Severity;
  readonly verdict: 'review' | 'block';
  readonly message: string;
  readonly remediation: string;
  readonly cwe: readonly string[];
  readonly owasp: readonly string[] | undefined;
  readonly effects: readonly EffectClause[];
  readonly secrets: readonly SecretClause[];
  readonly patterns: readonly CompiledPattern[];
  readonly exemptable: ReadonlySet<Exemption>;
  readonly examples: RuleExamples;
}

/** What is wrong with a rule: where within it, and in words. */
export interface RuleFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Larger programs (nested counted repetitions) would make each run slow, though still linear. */
const MAX_PROGRAM = 20_000;

function compilePattern(source: string): RE2JS | string {
  // A text is searched in cuts, whose ends would pass for those of the text.
  if (/\\[AzZ]/.test(source)) return '\\A and \\z are not supported: use ^ and $, which mean the line';
  return compileRegexp(source);
}

function compileRegexp(source: string): RE2JS | string {
  try {
    const re = RE2JS.compile(source, RE2JS.MULTILINE);
    if (re.programSize() > MAX_PROGRAM) return 'the pattern is too large: use smaller counts in {…}';
    if (re.matches('')) return 'the pattern matches the empty text, so it would match everywhere';
    return re;
  } catch (error) {
    if (error instanceof RE2JSException) return `not an RE2 pattern: ${error.message}`;
    throw error;
  }
}

function exampleSubject(example: Example, onEffects: boolean): Subject | string {
  if (typeof example === 'string' && !onEffects) {
    return 'a bare example is a command, which only a rule on effects takes: give its kind and text';
  }
  const given = typeof example === 'string' ? { kind: 'command' as const, text: example } : example;
  const { text, unknown } = expandTemplates(given.text);
  if (unknown.length > 0) return `unknown template ${unknown.join(', ')} (see policies/README.md for the names)`;
  const language = given.language === undefined ? {} : { language: given.language };
  switch (given.kind) {
    case 'file':
      return { kind: 'file', text, path: given.path ?? 'src/example', ...language };
    case 'command':
      return { kind: 'command', text, ...language };
    case 'prompt':
    case 'response':
      return { kind: given.kind, text };
  }
}

/** Compiles a rule; a rule with any fault is not usable. */
export function compileRule(rule: Rule, policy: string, origin: Origin): CompiledRule | readonly RuleFault[] {
  const faults: RuleFault[] = [];
  const effects: EffectClause[] = [];
  const secrets: SecretClause[] = [];
  const patterns: CompiledPattern[] = [];
  for (const [index, clause] of rule.when.entries()) {
    if ('effect' in clause) {
      const unless = clause.unless === undefined ? undefined : compileRegexp(clause.unless);
      if (typeof unless === 'string') faults.push({ path: ['when', index, 'unless'], message: unless });
      else effects.push({ ...clause, unless });
    } else if ('secret' in clause) secrets.push(clause);
    else {
      const re = compilePattern(clause.pattern);
      const unless = clause.unless === undefined ? undefined : compileRegexp(clause.unless);
      if (typeof re === 'string') faults.push({ path: ['when', index, 'pattern'], message: re });
      if (typeof unless === 'string') faults.push({ path: ['when', index, 'unless'], message: unless });
      if (typeof re === 'string' || typeof unless === 'string') continue;
      const languages = clause.languages === undefined ? undefined : new Set(clause.languages);
      patterns.push({ re, literals: clause.literals, zones: new Set(clause.zones), languages, unless });
    }
  }
  const examples: Record<'match' | 'ignore', Subject[]> = { match: [], ignore: [] };
  for (const side of ['match', 'ignore'] as const) {
    for (const [index, example] of rule.examples[side].entries()) {
      const subject = exampleSubject(example, effects.length > 0);
      if (typeof subject === 'string') faults.push({ path: ['examples', side, index], message: subject });
      else examples[side].push(subject);
    }
  }
  if (faults.length > 0) return faults;
  return {
    id: `${policy}.${rule.id}`,
    policy,
    origin,
    severity: rule.severity,
    verdict: rule.verdict,
    message: rule.message,
    remediation: rule.remediation,
    cwe: rule.cwe,
    owasp: rule.owasp,
    effects,
    secrets,
    patterns,
    exemptable: new Set(rule.exemptable),
    examples,
  };
}
