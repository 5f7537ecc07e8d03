import { Evaluation } from './evaluation.ts';
import { elementOf, leavesAlways, ownValues } from './functions.ts';
import { guardedBy, type Implied, impliedBy } from './guards.ts';
import type { FunctionModel, Statement } from './model.ts';
import type { Guards } from './recorder.ts';
import { Scope } from './scope.ts';
import { decoratedSource } from './sources.ts';
import { either, HARMLESS, unknown, type Value } from './value.ts';

interface Waiting {
  readonly definition: FunctionModel;
  readonly scope: Scope;
  readonly guards: Guards;
  readonly handed: readonly Value[];
  /** Name of the function around it. */
  readonly inside: string;
}

/** Gives the branch that left a variable alone its own, checked copy of what the other one wrote. */
function keepChecked(wrote: Scope, left: Scope, pairs: Implied['yes']): void {
  if (pairs.length === 0) return;
  const own = new Set(left.written);
  for (const name of wrote.written) {
    const value = own.has(name) ? undefined : left.get(name);
    if (value === undefined || value.taints.length === 0) continue;
    const clean = (key: string) => pairs.flatMap((pair) => (pair.key === key ? [...pair.clean] : []));
    left.set(name, {
      ...value,
      taints: value.taints.map((taint) => ({ ...taint, clean: new Set([...taint.clean, ...clean(taint.key)]) })),
    });
  }
}

/** Follows values through the functions of one file (see CodeFlow). Bounded by steps; the same code always gives the same facts. */
export class Flow extends Evaluation {
  readonly #queue: Waiting[] = [];
  #returns: Value[] = [];
  /** The function that is walked answers requests with what it returns. */
  #answers = false;

  /** Walks a file, then its functions: by then what stands beside them is known. */
  run(statements: readonly Statement[]): void {
    this.#walk(statements, new Scope());
    for (let next = this.#queue.shift(); next !== undefined && !this.exhausted; next = this.#queue.shift()) {
      this.guards = next.guards;
      this.function = next.inside;
      this.enter(next.definition, next.scope, next.handed);
    }
  }

  #walk(statements: readonly Statement[], scope: Scope): void {
    for (const statement of statements) {
      if (statement.kind === 'function') scope.set(statement.definition.name, this.closure(statement.definition, scope));
      if (statement.kind === 'class') scope.set(statement.name, unknown(statement.name));
    }
    for (const statement of statements) this.#statement(statement, scope);
  }

  protected later(definition: FunctionModel, scope: Scope, handed: readonly Value[] = []): void {
    // In a silent walk it is only passed by.
    if (!this.recorder.silent) this.#queue.push({ definition, scope, guards: this.guards, handed, inside: this.function });
  }

  #statement(statement: Statement, scope: Scope): void {
    this.steps++;
    if (this.exhausted) return;
    switch (statement.kind) {
      case 'do':
        this.evaluate(statement.expression, scope);
        return;
      case 'import':
        scope.set(statement.local, unknown(statement.source));
        return;
      case 'function':
        this.later(statement.definition, scope);
        return;
      case 'class':
        this.#walk(statement.body, new Scope(scope));
        return;
      case 'block':
        this.#walk(statement.body, scope);
        return;
      case 'leave':
        if (statement.value !== undefined) this.evaluate(statement.value, scope);
        return;
      case 'return': {
        if (statement.value === undefined) return;
        this.into = this.function;
        const value = this.evaluate(statement.value, scope);
        this.into = '';
        this.#returns.push(value);
        if (this.#answers) this.recorder.called('return', [{ value: statement.value, held: value }], undefined, '', statement, this.guards);
        return;
      }
      case 'loop':
        if (statement.over !== undefined && statement.target !== undefined) {
          this.assign(statement.target, elementOf(this.evaluate(statement.over, scope)), scope, statement);
        }
        this.#walk(statement.body, scope);
        return;
      case 'if':
        this.#if(statement, scope);
        return;
    }
  }

  #if({ condition, holds, fails }: Extract<Statement, { kind: 'if' }>, scope: Scope): void {
    const implied = impliedBy(condition, (one) => this.evaluate(one, scope));
    const before = this.guards;
    const yes = new Scope(scope);
    const no = new Scope(scope);
    this.guards = guardedBy(before, implied.yes);
    this.#walk(holds, yes);
    this.guards = guardedBy(before, implied.no);
    this.#walk(fails, no);
    const [holdsLeaves, failsLeaves] = [leavesAlways(holds), leavesAlways(fails)];
    // A branch that repairs what the condition refused leaves the checked value on the other way.
    if (!holdsLeaves && !failsLeaves) {
      keepChecked(yes, no, implied.no);
      keepChecked(no, yes, implied.yes);
    }
    const going = [...(holdsLeaves ? [] : [yes]), ...(failsLeaves ? [] : [no])];
    scope.merge(going, true);
    this.guards = holdsLeaves ? guardedBy(before, implied.no) : failsLeaves ? guardedBy(before, implied.yes) : before;
  }

  protected enter(definition: FunctionModel, around: Scope, handed: readonly Value[]): Value {
    const scope = new Scope(around);
    const decorators = definition.decorators.map((one) => this.evaluate(one.kind === 'call' ? one.callee : one, around).name);
    const source = decoratedSource(decorators);
    const own = ownValues(definition, source);
    for (const [index, { target }] of definition.parameters.entries()) {
      this.assign(target, handed[index] ?? own[index] ?? HARMLESS, scope, target);
    }
    const outer = { returns: this.#returns, answers: this.#answers, name: this.function };
    this.#returns = [];
    this.#answers = source === 'request' && this.recorder.language !== 'javascript';
    this.function = definition.name || this.function;
    this.#walk(definition.body, scope);
    const result = either(this.#returns);
    ({ returns: this.#returns, answers: this.#answers, name: this.function } = outer);
    return result;
  }
}
