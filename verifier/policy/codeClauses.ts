import type { CodeArgument, CodeCall, CodeFlow } from './facts.ts';
import { Regexp } from './regexp.ts';
import type { ArgumentTest, Clause } from './rule.ts';

export type CodeClause = Extract<Clause, { code: unknown }> & {
  /** Its number within the rule's `when`. */
  readonly index: number;
};

interface CompiledTest {
  readonly at: number | string | undefined;
  readonly is: ArgumentTest['is'];
  readonly value: Regexp | undefined;
  readonly written: Regexp | undefined;
}

export interface CallClause {
  readonly call: readonly string[];
  readonly arguments: readonly CompiledTest[];
  readonly without: readonly CompiledTest[];
  readonly into: Regexp | undefined;
  readonly literals: readonly string[];
  readonly languages: readonly string[] | undefined;
  readonly index: number;
}

const regexp = (source: string | undefined): Regexp | undefined => (source === undefined ? undefined : new Regexp(source));

function compileTest({ at, is, value, written }: ArgumentTest): CompiledTest {
  return { at, is, value: regexp(value), written: regexp(written) };
}

export function compileCall(clause: Extract<Clause, { call: unknown }>, index: number): CallClause {
  return {
    call: clause.call,
    arguments: (clause.arguments ?? []).map(compileTest),
    without: (clause.without ?? []).map(compileTest),
    into: regexp(clause.into),
    literals: clause.literals ?? clause.call.map((name) => lastPart(name).replace(/(?:\(\))?=?$/, '')),
    languages: clause.languages,
    index,
  };
}

/** Every regular expression of a clause, and its place within the clause. */
export function callRegexps(clause: CallClause): { path: PropertyKey[]; re: Regexp }[] {
  const all: { path: PropertyKey[]; re: Regexp }[] = clause.into === undefined ? [] : [{ path: ['into'], re: clause.into }];
  for (const side of ['arguments', 'without'] as const) {
    for (const [number, { value, written }] of clause[side].entries()) {
      if (value !== undefined) all.push({ path: [side, number, 'value'], re: value });
      if (written !== undefined) all.push({ path: [side, number, 'written'], re: written });
    }
  }
  return all;
}

/** The part of a dotted name after its last dot. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Whether a name of a rule (`os.system`, `*.query`, `*Cipher.init`) fits the dotted name of a call. */
export function callNameFits(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  if (!pattern.startsWith('*')) return false;
  return name.endsWith(pattern.slice(1));
}

function holds(test: CompiledTest, given: readonly CodeArgument[]): boolean {
  const found = given.filter(
    ({ at }) =>
      test.at === undefined || at === test.at || (typeof at === 'string' && typeof test.at === 'string' && at.endsWith(`.${test.at}`)),
  );
  if (test.is === 'absent') return found.length === 0;
  return found.some(
    ({ literal, code }) =>
      (test.is !== 'literal' || literal !== undefined) &&
      (test.is !== 'dynamic' || literal === undefined) &&
      (test.value === undefined || (literal !== undefined && test.value.test(literal))) &&
      (test.written === undefined || test.written.test(code)),
  );
}

const inLanguage = (languages: readonly string[] | undefined, language: string | undefined): boolean =>
  languages === undefined || (language !== undefined && languages.includes(language));

export function flowFits(clause: CodeClause, flow: CodeFlow, language: string | undefined): boolean {
  return (
    inLanguage(clause.languages, language) &&
    (clause.built !== true || flow.built) &&
    clause.from.some((source) => flow.sources.includes(source))
  );
}

export function callFits(clause: CallClause, call: CodeCall, language: string | undefined): boolean {
  return (
    inLanguage(clause.languages, language) &&
    clause.call.some((pattern) => callNameFits(pattern, call.name)) &&
    clause.arguments.every((test) => holds(test, call.arguments)) &&
    !clause.without.some((test) => holds(test, call.arguments)) &&
    (clause.into === undefined || clause.into.test(call.into))
  );
}
