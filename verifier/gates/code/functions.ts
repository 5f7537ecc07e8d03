import type { CodeSource } from '../../policy/facts.ts';
import type { Expression, FunctionModel, Statement } from './model.ts';
import { isOpenParameter, isRequestDecorator } from './sources.ts';
import { either, mixed, tainted, unknown, type Value } from './value.ts';

/** Whether what stands after these statements is never reached through them. */
export function leavesAlways(statements: readonly Statement[]): boolean {
  const last = statements.at(-1);
  if (last === undefined) return false;
  if (last.kind === 'return' || last.kind === 'leave') return true;
  if (last.kind === 'block') return leavesAlways(last.body);
  if (last.kind === 'if') return leavesAlways(last.holds) && leavesAlways(last.fails);
  if (last.kind !== 'do' || last.expression.kind !== 'call') return false;
  const { callee } = last.expression;
  const name = callee.kind === 'name' ? callee.name : callee.kind === 'member' ? callee.property : '';
  return /^(?:abort|exit|fail|die|notFound|raise_for_status|throwError)$/.test(name);
}

/** Something out of a list, or under a key that is not known. */
export function elementOf(value: Value): Value {
  if (value.items !== undefined && value.items.length > 0) return either(value.items);
  const { properties: _properties, items: _items, constant: _constant, ...rest } = value;
  return { ...rest, constant: undefined, built: false, dynamic: true, text: mixed([]).text };
}

/**
 * What the value of an assignment goes to; where the name of that says nothing, the function that makes it.
 * @param inside name of the function around it
 */
export function goesTo(target: Expression, adds: boolean, inside: string): string {
  const name = target.kind === 'name' ? target.name.replace(/^\$/, '') : target.kind === 'member' ? target.property : '';
  const isPart = target.kind === 'element' || (adds && /^(?:sb|builder|buf|buffer|result|res|b|out|s|str|ret|code)$/i.test(name));
  return isPart ? inside : name;
}

function fallbackName(fallback: Expression): string {
  const callee = fallback.kind === 'call' ? fallback.callee : undefined;
  return callee?.kind === 'name' ? `${callee.name}(` : '';
}

/**
 * What the parameters of a function hold where nobody is seen to call it.
 * @param source what its decorators tell
 */
export function ownValues({ name: of, parameters, decorators }: FunctionModel, source: CodeSource | undefined): Value[] {
  const route = decorators
    .map((one) => (one.kind === 'call' && one.arguments[0]?.value.kind === 'literal' ? String(one.arguments[0].value.value) : ''))
    .join(' ');
  const serves = /^do_(?:GET|POST|PUT|DELETE|PATCH)$/.test(of);
  return parameters.map(({ target, type, fallback, decorators: marks, holds }) => {
    const name = target.kind === 'name' ? target.name : '';
    if (holds !== undefined) return typeof holds === 'string' ? tainted(holds, name, target.start) : unknown(holds.type);
    if (serves && name === 'self') return unknown('self@server');
    const isOpen = isOpenParameter(name, type, fallback === undefined ? '' : fallbackName(fallback)) && !route.includes(`<int:${name}>`);
    if (!isOpen) return unknown(name);
    return tainted(marks.some(isRequestDecorator) ? 'request' : (source ?? 'parameter'), name, target.start);
  });
}

/** Values that stand for the arguments of a function, to be told apart in what it gives. */
export function standIns({ parameters }: FunctionModel): Value[] {
  return parameters.map((_, index) => tainted('parameter', `\0${index}`, 0));
}

/** What a function gives, with the arguments in the place of their stand-ins. */
export function withArguments(result: Value, handed: readonly Value[]): Value {
  const argument = (key: string): Value | undefined => handed[Number.parseInt(key.slice(1), 10)];
  const taints = result.taints.flatMap((taint) => {
    if (!taint.key.startsWith('\0')) return [taint];
    return argument(taint.key)?.taints.map((one) => ({ ...one, clean: new Set([...one.clean, ...taint.clean]) })) ?? [];
  });
  const { answers, ...rest } = result;
  const told = (answers ?? []).flatMap(({ key, clean }) => argument(key)?.taints.map((one) => ({ key: one.key, clean })) ?? []);
  return { ...rest, taints, ...(told.length > 0 ? { answers: told } : {}) };
}
