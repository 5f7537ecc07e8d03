import type { Subject } from '../protocol/subject.ts';
import type { Severity } from '../protocol/vocabulary.ts';
import { Regexp } from './regexp.ts';
import type { Clause, Exemption, Rule, Zone } from './rule.ts';
export type Origin = 'builtIn' | 'user' | 'workspace';
export type EffectClause = Omit<Extract<Clause, {
    effect: unknown;
}>, 'unless'> & {
    readonly unless: Regexp | undefined;
    /** Its number within the rule's `when`. */
    readonly index: number;
};
export type SecretClause = Extract<Clause, {
    secret: unknown;
}>;
/** A text pattern ready to run. `^` and `$` mean the line, so that a pattern sees the same in every cut of a text. */
export interface CompiledPattern {
    readonly re: Regexp;
    readonly literals: readonly string[];
    readonly zones: ReadonlySet<Zone>;
    readonly languages: ReadonlySet<string> | undefined;
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
/**
 * Compiles a rule; a rule with any fault is not usable.
 * @param proven the rule's text was found valid by the build: patterns and examples wait until they are needed
 */
export declare function compileRule(rule: Rule, policy: string, origin: Origin, proven: boolean): CompiledRule | readonly RuleFault[];
