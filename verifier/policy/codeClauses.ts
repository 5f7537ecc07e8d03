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

/** Those of the arguments that a test is about. */
function argumentsAt({ at }: CompiledTest, given: readonly CodeArgument[]): readonly CodeArgument[] {
  return given.filter(
    (one) => at === undefined || one.at === at || (typeof one.at === 'string' && typeof at === 'string' && one.at.endsWith(`.${at}`)),
  );
}

function holds(test: CompiledTest, given: readonly CodeArgument[]): boolean {
  const found = argumentsAt(test, given);
  if (test.is === 'absent') return found.length === 0;
  return found.some(
    ({ literal, code }) =>
      (test.is !== 'literal' || literal !== undefined) &&
      (test.is !== 'dynamic' || literal === undefined) &&
      (test.value === undefined || (literal !== undefined && test.value.test(literal))) &&
      (test.written === undefined || test.written.test(code)),
  );
}

/** What a test wants, without anything of the text that is tested. */
function wanted({ at, is, value, written }: CompiledTest): string {
  const where = at === undefined ? 'an argument' : `argument ${at}`;
  const how = [
    ...(is === undefined ? [] : [is]),
    ...(value === undefined ? [] : [`of a value like ${value.source}`]),
    ...(written === undefined ? [] : [`written like ${written.source}`]),
  ];
  return `${where} that is ${how.length === 0 ? 'given' : how.join(' and ')}`;
}

/** One condition of a clause on code; all must hold. */
interface CodeCondition<Of, Fact> {
  holds(clause: Of, fact: Fact, language: string | undefined): boolean;
  /** Why it does not, in words. */
  failure(clause: Of, fact: Fact, language: string | undefined): string;
}

const inLanguage: CodeCondition<{ readonly languages?: readonly string[] | undefined }, unknown> = {
  holds: ({ languages }, _, language) => languages === undefined || (language !== undefined && languages.includes(language)),
  failure: ({ languages = [] }, _, language) => `the language is ${language ?? 'not known'}, wanted is one of ${languages.join(', ')}`,
};

export const FLOW_CONDITIONS: readonly CodeCondition<CodeClause, CodeFlow>[] = [
  inLanguage,
  {
    holds: ({ built }, flow) => built !== true || flow.built,
    failure: () => 'the value is not put together with literal text',
  },
  {
    holds: ({ from }, { sources }) => from.some((source) => sources.includes(source)),
    failure: ({ from }, { sources }) => `the value comes from ${sources.join(', ')}, wanted is one of ${from.join(', ')}`,
  },
];

/** That the call has one of the clause's names. */
export const CALL_NAME_CONDITION: CodeCondition<CallClause, CodeCall> = {
  holds: ({ call }, { name }) => call.some((pattern) => callNameFits(pattern, name)),
  failure: ({ call }, { name }) => `the name resolves to ${name}, wanted is one of ${call.join(', ')}`,
};

export const CALL_CONDITIONS: readonly CodeCondition<CallClause, CodeCall>[] = [
  inLanguage,
  CALL_NAME_CONDITION,
  {
    holds: (clause, call) => clause.arguments.every((test) => holds(test, call.arguments)),
    failure: (clause, call) => {
      const missing = clause.arguments.filter((test) => !holds(test, call.arguments));
      return `it lacks ${missing.map(wanted).join(', and ')}`;
    },
  },
  {
    holds: ({ without }, call) => !without.some((test) => holds(test, call.arguments)),
    failure: ({ without }, call) => {
      const there = without.filter((test) => holds(test, call.arguments));
      return `it has ${there.map(wanted).join(', and ')}, which the clause leaves out`;
    },
  },
  {
    holds: ({ into }, call) => into === undefined || into.test(call.into),
    failure: ({ into }) => `the result goes to no name like ${into?.source ?? ''}`,
  },
];

export function flowFits(clause: CodeClause, flow: CodeFlow, language: string | undefined): boolean {
  return FLOW_CONDITIONS.every((condition) => condition.holds(clause, flow, language));
}

export function callFits(clause: CallClause, call: CodeCall, language: string | undefined): boolean {
  return CALL_CONDITIONS.every((condition) => condition.holds(clause, call, language));
}
