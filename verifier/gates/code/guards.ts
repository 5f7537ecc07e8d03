import { type Clean, EVERYTHING } from './clean.ts';
import type { Expression } from './model.ts';
import type { Guards } from './recorder.ts';
import type { Value } from './value.ts';

type Evaluate = (expression: Expression) => Value;
type Pairs = readonly { readonly key: string; readonly clean: Clean }[];

/** What is known to be harmless where a condition holds, and where it does not. */
export interface Implied {
  readonly yes: Pairs;
  readonly no: Pairs;
}

const NONE: Implied = { yes: [], no: [] };
const NEGATIVE = /^(?:!=|!==|not in|is not)$/;

/** Reads a condition; each part of it is evaluated once. */
export function impliedBy(condition: Expression, evaluate: Evaluate): Implied {
  if (condition.kind === 'test') {
    const { operator, operands } = condition;
    if (operator === '!' || operator === 'not') {
      const inner = operands.map((one) => impliedBy(one, evaluate))[0] ?? NONE;
      return { yes: inner.no, no: inner.yes };
    }
    const parts = operator === '&&' || operator === 'and' ? operands.map((one) => impliedBy(one, evaluate)) : undefined;
    if (parts !== undefined) return { yes: parts.flatMap(({ yes }) => yes), no: [] };
    return compared(operator, operands, evaluate);
  }
  if (condition.kind === 'choice' && condition.condition === undefined) {
    const parts = condition.options.map((one) => impliedBy(one, evaluate));
    return { yes: [], no: parts.flatMap(({ no }) => no) };
  }
  return { yes: evaluate(condition).answers ?? [], no: [] };
}

function compared(operator: string, operands: readonly Expression[], evaluate: Evaluate): Implied {
  const values = operands.map((one) => evaluate(one));
  const typed = operands.findIndex((one) => one.kind === 'test' && one.operator === 'typeof');
  if (typed !== -1) {
    const told = values[typed]?.answers ?? [];
    return NEGATIVE.test(operator) ? { yes: [], no: told } : { yes: told, no: [] };
  }
  const answers = values.flatMap((value) => value.answers ?? []);
  if (answers.length > 0) {
    // `list.indexOf(x) === -1`, `list.indexOf(x) < 0`, `pattern.test(x) === false`
    const other = values.find((value) => value.answers === undefined)?.constant;
    const denies =
      (operator.startsWith('==') || operator === '<' || operator === 'is') &&
      (other === -1 || other === 0 || other === false || other === null || other === undefined);
    const affirms = NEGATIVE.test(operator) && other !== undefined && other !== true;
    return denies && !affirms ? { yes: [], no: answers } : { yes: answers, no: [] };
  }
  if (/^(?:<|>|<=|>=|&&|instanceof)$/.test(operator)) return NONE;
  // Two foreign values that are equal say nothing of each other.
  const foreign = values.filter(({ taints }) => taints.length > 0);
  const fixed = values.find(({ taints }) => taints.length === 0);
  if (foreign.length !== 1 || fixed === undefined || fixed.constant === null || fixed.constant === '') return NONE;
  const pairs = foreign.flatMap(({ taints }) => taints.map(({ key }) => ({ key, clean: EVERYTHING })));
  if (/^__proto__|^constructor$|^prototype$/.test(String(fixed.constant)))
    return { yes: pairs, no: pairs.map(({ key }) => ({ key, clean: new Set(['property' as const]) })) };
  return NEGATIVE.test(operator) ? { yes: [], no: pairs } : { yes: pairs, no: [] };
}

export function guardedBy(guards: Guards, more: Pairs): Guards {
  if (more.length === 0) return guards;
  const result = new Map(guards);
  for (const { key, clean } of more) {
    const before = result.get(key);
    result.set(key, before === undefined ? clean : new Set([...before, ...clean]));
  }
  return result;
}
