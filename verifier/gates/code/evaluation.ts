import { lastPart } from '../../policy/codeClauses.ts';
import type { Clean } from './clean.ts';
import { elementOf, goesTo, standIns, withArguments } from './functions.ts';
import { guardedBy, impliedBy } from './guards.ts';
import type { CodeLanguage } from './language.ts';
import type { Argument, Expression, FunctionModel, Place } from './model.ts';
import { type Given, type Guards, Recorder } from './recorder.ts';
import { createdOf, resultOf } from './results.ts';
import type { Scope } from './scope.ts';
import { HANDS_ELEMENTS, sourceOfName, takesHandlers } from './sources.ts';
import { cleaned, concatenated, either, HARMLESS, known, mixed, tainted, unknown, type Value } from './value.ts';

/** Expressions and statements that are walked in one text, helpers counted again for each call. */
export const MAX_FLOW_STEPS = 600_000;
/** Helpers of the same file into which a value is followed. */
const MAX_CALLS_DEEP = 2;
/** Helpers of helpers whose outcome is still worked out; beyond, what goes in is taken to come out. */
const MAX_OUTCOMES_DEEP = 8;
/** Calls of helpers that are followed in one text; of later ones only the outcome counts. */
const MAX_FOLLOWED = 200;
/** Dotted names that are longer are not kept. */
const MAX_NAME = 160;
/** Items of a list that are told apart. */
const MAX_ITEMS = 40;
/** Methods that put their arguments into what they are called on. */
const COLLECTS: ReadonlySet<string> = new Set('append push add set insert extend put unshift appendleft setdefault update'.split(' '));
const AS_TEXT: Clean = new Set(['nosql', 'deserialize']);

/** Says what expressions are worth, and writes down the calls among them. */
export abstract class Evaluation {
  readonly recorder: Recorder;
  /** Expressions and statements walked so far. */
  steps = 0;
  protected guards: Guards = new Map();
  protected depth = 0;
  #followedTimes = 0;
  readonly #outcomes = new Map<FunctionModel, Value>();
  /** Names of functions that call themselves. */
  readonly #recursive = new Set<string>();
  /** Name of the function that is walked. */
  protected function = '';
  /** What the value that is evaluated goes to. */
  protected into = '';

  constructor(text: string, language: CodeLanguage) {
    this.recorder = new Recorder(text, language);
  }

  get exhausted(): boolean {
    return this.steps >= MAX_FLOW_STEPS;
  }

  /** Walks a function's body. @returns what it returns */
  protected abstract enter(definition: FunctionModel, around: Scope, handed: readonly Value[]): Value;

  /** Has a function walked once the code around it is known. */
  protected abstract later(definition: FunctionModel, scope: Scope, handed?: readonly Value[]): void;

  protected closure(definition: FunctionModel, scope: Scope): Value {
    return { ...unknown(definition.name), called: { definition, scope } };
  }

  protected evaluate(expression: Expression, scope: Scope): Value {
    this.steps++;
    if (this.exhausted) return unknown();
    switch (expression.kind) {
      case 'literal':
        return known(expression.value);
      case 'name':
        if (expression.name.startsWith('\0')) return unknown(expression.name.slice(1));
        return scope.get(expression.name) ?? unknown(expression.name);
      case 'member':
        return this.#member(this.evaluate(expression.object, scope), expression.property, scope, expression.start);
      case 'element': {
        const index = this.evaluate(expression.index, scope);
        const object = this.evaluate(expression.object, scope);
        return either([
          elementOf(object),
          ...(index.taints.length > 0 && object.constant === undefined && object.dynamic ? [unknown()] : []),
        ]);
      }
      case 'call':
        return this.#call(expression, scope);
      case 'text':
        // It is a text now, and no object with operators.
        return this.#text(expression, scope);
      case 'tagged': {
        const tag = this.evaluate(expression.tag, scope);
        const parts = expression.parts.map((part) => this.evaluate(part, scope));
        // Tags of query builders and shells bind their values; a raw one hands on the text.
        return /(?:^|\.)(?:raw|html|css|dedent|unsafe)$/.test(tag.name) ? concatenated(parts, expression.start) : unknown();
      }
      case 'object': {
        const properties = expression.properties.map(({ name, value }) => ({ name, held: this.evaluate(value, scope) }));
        const named = properties.flatMap(({ name, held }) => (name === undefined ? [...(held.properties ?? [])] : [[name, held] as const]));
        const value = mixed(properties.map(({ held }) => held));
        return { ...value, built: false, properties: new Map(named) };
      }
      case 'list': {
        const items = expression.items.map((item) => this.evaluate(item, scope));
        // Of a comprehension, what it goes over and its conditions are none of the items.
        const shown = items.filter((_, index) => !/^(?:assign|test)$/.test(expression.items[index]?.kind ?? ''));
        return {
          ...mixed(shown),
          items: shown,
          text: shown
            .map(({ text }) => text)
            .join(' ')
            .slice(0, 200),
          built: false,
        };
      }
      case 'choice':
        return this.#choice(expression, scope);
      case 'test': {
        if (expression.operator === 'typeof') {
          const { taints } = mixed(expression.operands.map((one) => this.evaluate(one, scope)));
          return { ...HARMLESS, answers: taints.map(({ key }) => ({ key, clean: AS_TEXT })) };
        }
        const implied = impliedBy(expression, (one) => this.evaluate(one, scope));
        return { ...HARMLESS, answers: implied.yes };
      }
      case 'function':
        this.later(expression.definition, scope);
        return this.closure(expression.definition, scope);
      case 'assign':
        return this.#assignment(expression, scope);
      case 'results': {
        const [first, ...told] = expression.targets;
        const value = this.evaluate(expression.value, scope);
        if (first !== undefined) this.assign(first, value, scope, expression);
        for (const one of told)
          this.assign(one, { ...HARMLESS, ...(value.answers === undefined ? {} : { answers: value.answers }) }, scope, expression);
        return value;
      }
      case 'other':
        if (expression.parts.length === 0) return HARMLESS;
        return { ...mixed(expression.parts.map((part) => this.evaluate(part, scope))), built: false };
    }
  }

  #text(expression: Extract<Expression, { kind: 'text' }>, scope: Scope): Value {
    const value = concatenated(
      expression.parts.map((part) => this.evaluate(part, scope)),
      expression.start,
    );
    this.recorder.written(value, expression, this.guards);
    return value.taints.length > 0 ? cleaned(value, AS_TEXT) : value;
  }

  #choice({ condition, options }: Extract<Expression, { kind: 'choice' }>, scope: Scope): Value {
    if (condition === undefined) return either(options.map((one) => this.evaluate(one, scope)));
    const implied = impliedBy(condition, (one) => this.evaluate(one, scope));
    const before = this.guards;
    const [yes, no] = [implied.yes, implied.no].map((pairs, index) => {
      const option = options[index];
      this.guards = guardedBy(before, pairs);
      const value = option === undefined ? HARMLESS : this.evaluate(option, scope);
      this.guards = before;
      const checked = new Map(pairs.map(({ key, clean }) => [key, clean]));
      // What was checked stays checked after the choice.
      return {
        ...value,
        taints: value.taints.map((taint) => ({ ...taint, clean: new Set([...taint.clean, ...(checked.get(taint.key) ?? [])]) })),
      };
    });
    return either([yes ?? HARMLESS, no ?? HARMLESS]);
  }

  #assignment({ target, value, adds, ...place }: Extract<Expression, { kind: 'assign' }>, scope: Scope): Value {
    const outer = this.into;
    this.into = goesTo(target, adds, this.function);
    const held = this.evaluate(value, scope);
    this.into = outer;
    // `at = at[key]` goes down an object by keys that somebody gave.
    const goesDown =
      target.kind === 'name' && value.kind === 'element' && value.object.kind === 'name' && value.object.name === target.name;
    if (goesDown) scope.set(`\0walks ${target.name}`, known(true));
    const sum = adds ? concatenated([this.evaluate(target, scope), held], place.start) : held;
    this.assign(target, sum, scope, { start: value.start, end: value.end });
    return sum;
  }

  protected assign(target: Expression, value: Value, scope: Scope, place: Place): void {
    switch (target.kind) {
      case 'name': {
        scope.set(target.name, value);
        const given: Given = { value: { kind: 'other', parts: [], ...place }, held: value };
        if (target.name === 'location' || value.constant !== undefined)
          this.recorder.called(`${target.name}=`, [given], undefined, target.name, place, this.guards);
        return;
      }
      case 'member': {
        const object = this.evaluate(target.object, scope);
        if (object.name === '' && target.object.kind === 'name') {
          const given: Given = { value: { kind: 'other', parts: [], ...place }, held: value };
          this.recorder.called(`${target.object.name}.${target.property}=`, [given], undefined, target.property, place, this.guards);
          const { items: _, ...rest } = object;
          const properties = new Map([...(object.properties ?? []), [target.property, value]]);
          scope.set(target.object.name, { ...rest, properties, taints: mixed([object, value]).taints });
          return;
        }
        const name = `${object.name}.${target.property}`;
        const given: Given = { value: { kind: 'other', parts: [], ...place }, held: value };
        this.recorder.called(`${name}=`, [given], undefined, target.property, { start: target.start, end: place.end }, this.guards);
        const own = /^(?:this|self)\./.test(name) ? scope.outermost : scope;
        if (name.length < MAX_NAME) own.set(name, value);
        return;
      }
      case 'element': {
        const index = this.evaluate(target.index, scope);
        const object = this.evaluate(target.object, scope);
        const nested = target.object.kind === 'element' || target.object.kind === 'member';
        const foreign = index.taints.some(({ source }) => source === 'request');
        const walks = target.object.kind === 'name' && scope.get(`\0walks ${target.object.name}`) !== undefined;
        if ((nested && foreign) || walks || (target.object.kind === 'name' && this.#mergesDeeply()))
          this.recorder.reached('property', index, target, this.guards);
        const root = target.object.kind === 'name' ? target.object.name : '';
        if (root !== '' && value.taints.length > 0) scope.set(root, { ...mixed([object, value]), name: object.name });
        return;
      }
      case 'object':
        for (const { name, value: part } of target.properties) {
          this.assign(part, name === undefined ? value : this.#member(value, name, scope, part.start), scope, part);
        }
        return;
      case 'list':
        for (const [index, item] of target.items.entries()) this.assign(item, value.items?.[index] ?? elementOf(value), scope, item);
        return;
      default:
        return;
    }
  }

  #member(object: Value, property: string, scope: Scope, at: number): Value {
    const inner = object.properties?.get(property) ?? (/^\d+$/.test(property) ? object.items?.[Number(property)] : undefined);
    if (inner !== undefined) return inner;
    if (property === 'length' || property === 'size') return HARMLESS;
    const name = object.name === '' || object.name.length > MAX_NAME ? '' : `${object.name}.${property}`;
    const written = name === '' ? undefined : (scope.get(name) ?? scope.outermost.get(name));
    if (written !== undefined) return written;
    const source = name === '' ? undefined : sourceOfName(name, this.recorder.language);
    if (source !== undefined) return tainted(source, name, at);
    const taints = object.taints.map((taint) => (taint.key === object.name ? { ...taint, key: name } : taint));
    return { ...unknown(name), taints };
  }

  #call(call: Extract<Expression, { kind: 'call' }>, scope: Scope): Value {
    const into = this.into;
    const { callee } = call;
    if (callee.kind === 'name' && callee.name === this.function) this.#recursive.add(callee.name);
    const receiver = callee.kind === 'member' ? this.evaluate(callee.object, scope) : undefined;
    const target =
      callee.kind === 'member' && receiver !== undefined
        ? this.#member(receiver, callee.property, scope, callee.start)
        : this.evaluate(callee, scope);
    // What is called on something unknown still has a name of its own.
    const name = target.name !== '' ? target.name : callee.kind === 'member' ? `?.${callee.property}` : '';
    const given = this.#arguments(call.arguments, name, receiver, scope, into);
    if (callee.kind === 'member' && callee.object.kind === 'name' && receiver !== undefined && COLLECTS.has(callee.property)) {
      const held = given.map((one) => one.held);
      const items = [...(receiver.items ?? []), ...held].slice(-MAX_ITEMS);
      if (held.some(({ taints }) => taints.length > 0))
        scope.set(callee.object.name, { ...receiver, items, taints: mixed([receiver, ...held]).taints });
    }
    // A function of this file is no library's, whatever it is called.
    this.recorder.called(target.called === undefined ? name : '', given, receiver, into, call, this.guards);
    const values = given.map(({ held }) => held);
    if (target.called !== undefined) return this.#followed(target.called, given, name);
    const handed = given.find(({ held }) => held.called !== undefined)?.held.called;
    if (
      handed !== undefined &&
      callee.kind === 'member' &&
      /^(?:map|flatMap|then|reduce)$/.test(callee.property) &&
      this.depth < MAX_CALLS_DEEP
    ) {
      return this.#outcome(handed.definition, handed.scope, receiver === undefined ? [] : [elementOf(receiver)]);
    }
    if (call.creates === true) return createdOf(name, values);
    return resultOf(name, receiver, values, call.start, this.recorder.language);
  }

  /** A helper of this file: its own result, with these arguments. */
  #followed({ definition, scope }: NonNullable<Value['called']>, given: readonly Given[], name: string): Value {
    const values = given.map(({ held }) => held);
    if (this.depth >= MAX_OUTCOMES_DEEP) return mixed(values, `${name}()`);
    const handed = definition.parameters.map(({ target }, index) => {
      const named = target.kind === 'name' ? given.find((one) => one.name === target.name) : undefined;
      return (named ?? given.filter((one) => one.name === undefined)[index])?.held ?? HARMLESS;
    });
    const self = definition.parameters[0]?.target;
    if (self?.kind === 'name' && self.name === 'self') handed.unshift(unknown('self'));
    // What others chose is followed to the sinks inside; of the rest only what comes out matters.
    const isForeign = values.some(({ taints }) => taints.some(({ source }) => source !== 'parameter'));
    if (!isForeign || this.depth >= MAX_CALLS_DEEP || this.#followedTimes >= MAX_FOLLOWED) return this.#outcome(definition, scope, handed);
    this.#followedTimes++;
    return this.#inside(definition, scope, handed);
  }

  #inside(definition: FunctionModel, scope: Scope, handed: readonly Value[]): Value {
    const guards = this.guards;
    this.depth++;
    const result = this.enter(definition, scope, handed);
    this.depth--;
    this.guards = guards;
    return result;
  }

  /** What a function gives for these arguments, by one silent walk with stand-ins for them. */
  #outcome(definition: FunctionModel, scope: Scope, handed: readonly Value[]): Value {
    let result = this.#outcomes.get(definition);
    if (result === undefined) {
      this.#outcomes.set(definition, unknown());
      const silent = this.recorder.silent;
      this.recorder.silent = true;
      result = this.#inside(definition, scope, standIns(definition));
      this.recorder.silent = silent;
      this.#outcomes.set(definition, result);
    }
    return withArguments(result, handed);
  }

  /** The function that is walked calls itself and is called like one that merges. */
  #mergesDeeply(): boolean {
    return /merge|extend|assign|defaults/i.test(this.function) && this.#recursive.has(this.function);
  }

  /** Functions that are given away are walked with what they will be handed. */
  #arguments(list: readonly Argument[], name: string, receiver: Value | undefined, scope: Scope, into: string): Given[] {
    const serves = takesHandlers(name);
    return list.map((argument): Given => {
      const { value } = argument;
      if (value.kind !== 'function') {
        // The name of what a call goes to holds through wrappers: `String(Math.random())`.
        this.into = value.kind === 'object' ? '' : into;
        const held = this.evaluate(value, scope);
        this.into = '';
        return { ...argument, held };
      }
      const { definition } = value;
      const first = definition.parameters[0]?.target;
      const context = first?.kind === 'name' && /^(?:c|ctx|context)$/.test(first.name) ? first.name : 'req';
      const elements = HANDS_ELEMENTS.has(lastPart(name)) && receiver !== undefined && receiver.taints.length > 0;
      const handed = serves ? [unknown(context), unknown('res')] : elements ? [elementOf(receiver)] : [];
      this.later(definition, scope, handed);
      return { ...argument, held: this.closure(definition, scope) };
    });
  }
}
