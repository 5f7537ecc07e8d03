import type { Subject } from '../protocol/subject.ts';
import type { Severity } from '../protocol/vocabulary.ts';
import { type CallClause, type CodeClause, callRegexps, compileCall } from './codeClauses.ts';
import { patternFault, Regexp, regexpFault } from './regexp.ts';
import type { Clause, Example, Exemption, Rule, Zone } from './rule.ts';
import { expandTemplates } from './templates.ts';

export type Origin = 'builtIn' | 'user' | 'workspace';

export type EffectClause = Omit<Extract<Clause, { effect: unknown }>, 'unless'> & {
  readonly unless: Regexp | undefined;
  /** Its number within the rule's `when`. */
  readonly index: number;
};
export type BuildClause = Extract<Clause, { build: unknown }> & {
  /** Its number within the rule's `when`. */
  readonly index: number;
};
export type SecretClause = Extract<Clause, { secret: unknown }>;

/** A text pattern ready to run. `^` and `$` mean the line, so that a pattern sees the same in every cut of a text. */
export interface CompiledPattern {
  readonly re: Regexp;
  readonly literals: readonly string[];
  readonly zones: ReadonlySet<Zone>;
  readonly languages: ReadonlySet<string> | undefined;
  readonly notLanguages: ReadonlySet<string>;
  readonly unless: Regexp | undefined;
  /** Its number within the rule's `when`. */
  readonly index: number;
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
  readonly title: string | undefined;
  readonly severity: Severity;
  readonly verdict: 'review' | 'block';
  readonly message: string;
  readonly remediation: string;
  readonly cwe: readonly string[];
  readonly owasp: readonly string[] | undefined;
  readonly attack: readonly string[] | undefined;
  readonly since: string | undefined;
  readonly effects: readonly EffectClause[];
  readonly secrets: readonly SecretClause[];
  readonly patterns: readonly CompiledPattern[];
  readonly flows: readonly CodeClause[];
  readonly calls: readonly CallClause[];
  readonly builds: readonly BuildClause[];
  readonly exemptable: ReadonlySet<Exemption>;
  readonly examples: RuleExamples;
}

/** What is wrong with a rule: where within it, and in words. */
export interface RuleFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The subject that an example stands for, or in words what is wrong with it. */
export function exampleSubject(example: Example, onEffects: boolean): Subject | string {
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

/** Reads a rule's examples; each fault is told to `fault`. */
function examplesOf(rule: Rule, onEffects: boolean, fault: (fault: RuleFault) => void): RuleExamples {
  const side = (name: 'match' | 'ignore'): Subject[] =>
    rule.examples[name].flatMap((example, index) => {
      const subject = exampleSubject(example, onEffects);
      if (typeof subject !== 'string') return subject;
      fault({ path: ['examples', name, index], message: subject });
      return [];
    });
  return { match: side('match'), ignore: side('ignore') };
}

type CompiledClauses = Pick<CompiledRule, 'effects' | 'secrets' | 'patterns' | 'flows' | 'calls' | 'builds'>;

function compileClauses(rule: Rule): CompiledClauses {
  const effects: EffectClause[] = [];
  const secrets: SecretClause[] = [];
  const patterns: CompiledPattern[] = [];
  const flows: CodeClause[] = [];
  const calls: CallClause[] = [];
  const builds: BuildClause[] = [];
  for (const [index, clause] of rule.when.entries()) {
    if ('secret' in clause) {
      secrets.push(clause);
      continue;
    }
    if ('code' in clause) {
      flows.push({ ...clause, index });
      continue;
    }
    if ('build' in clause) {
      builds.push({ ...clause, index });
      continue;
    }
    if ('call' in clause) {
      calls.push(compileCall(clause, index));
      continue;
    }
    const unless = clause.unless === undefined ? undefined : new Regexp(clause.unless);
    if ('effect' in clause) effects.push({ ...clause, unless, index });
    else {
      const languages = clause.languages === undefined ? undefined : new Set(clause.languages);
      const { literals, zones, notLanguages = [] } = clause;
      patterns.push({
        re: new Regexp(clause.pattern),
        literals,
        zones: new Set(zones),
        languages,
        notLanguages: new Set(notLanguages),
        unless,
        index,
      });
    }
  }
  return { effects, secrets, patterns, flows, calls, builds };
}

/** Compiles every regular expression of a rule now. */
function regexpFaults({ effects, patterns, calls }: CompiledClauses): RuleFault[] {
  const faultAt = (index: number, path: readonly PropertyKey[], message: string | undefined): RuleFault[] =>
    message === undefined ? [] : [{ path: ['when', index, ...path], message }];
  const fault = (index: number, field: string, message: string | undefined): RuleFault[] => faultAt(index, [field], message);
  return [
    ...patterns.flatMap(({ re, index }) => fault(index, 'pattern', patternFault(re))),
    ...[...effects, ...patterns].flatMap(({ unless, index }) => fault(index, 'unless', unless && regexpFault(unless))),
    ...calls.flatMap((call) => callRegexps(call).flatMap(({ path, re }) => faultAt(call.index, path, regexpFault(re)))),
  ];
}

/**
 * Compiles a rule; a rule with any fault is not usable.
 * @param proven the rule's text was found valid by the build: patterns and examples wait until they are needed
 */
export function compileRule(rule: Rule, policy: string, origin: Origin, proven: boolean): CompiledRule | readonly RuleFault[] {
  const clauses = compileClauses(rule);
  const onEffects = clauses.effects.length > 0;
  const faults: RuleFault[] = [];
  let examples: RuleExamples | undefined;
  if (!proven) {
    faults.push(...regexpFaults(clauses));
    examples = examplesOf(rule, onEffects, (fault) => faults.push(fault));
    if (faults.length > 0) return faults;
  }
  return {
    id: `${policy}.${rule.id}`,
    policy,
    origin,
    title: rule.title,
    severity: rule.severity,
    verdict: rule.verdict,
    message: rule.message,
    remediation: rule.remediation,
    cwe: rule.cwe,
    owasp: rule.owasp,
    attack: rule.attack,
    since: rule.since,
    ...clauses,
    exemptable: new Set(rule.exemptable),
    get examples() {
      examples ??= examplesOf(rule, onEffects, () => undefined);
      return examples;
    },
  };
}
