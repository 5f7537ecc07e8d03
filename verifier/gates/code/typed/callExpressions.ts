import type { Argument, Expression } from '../model.ts';
import { field, placeOf } from '../reading.ts';
import type { SyntaxNode } from '../syntax.ts';
import {
  AFTER_CONTEXT,
  APPENDS,
  AS_TEXT,
  CONCATENATES,
  EQUALS,
  FILLS,
  formatAt,
  HARDENS,
  JOINS_PATHS,
  joins,
  LOGS_FORMATS,
  MAKES_LISTS,
  MAPS_ROUTES,
  patternParts,
  TO_TEXT,
} from './calls.ts';
import { oneField, TypedExpressions } from './expressions.ts';
import { FIELD } from './roles.ts';

/** Dotted name as it is written; empty for anything else. */
function writtenName(expression: Expression): string {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind !== 'member') return '';
  const object = writtenName(expression.object);
  return object === '' ? '' : `${object}.${expression.property}`;
}

/** `%q` as what it gives: a text without line breaks. */
function withQuotes(pattern: Expression): Expression {
  return pattern.kind === 'literal' && typeof pattern.value === 'string'
    ? { ...pattern, value: pattern.value.replaceAll('%q', '%d') }
    : pattern;
}

function placeIn({ start, end }: Expression): { start: number; end: number } {
  return { start, end };
}

/** The variable at the start of `sb.append(a).append(b)`. */
function rootName(expression: Expression): string {
  if (expression.kind === 'assign') return rootName(expression.target);
  return writtenName(expression);
}

/** Calls, with those of texts and lists turned into what they do. */
export abstract class TypedCalls extends TypedExpressions {
  /** Methods of the file, where they are called on an object's own name. */
  protected readonly methods = new Set<string>();

  protected invocation(node: SyntaxNode): Expression {
    const callee = this.#callee(node);
    const list = field(node, 'arguments');
    const property = callee.kind === 'member' ? callee.property : callee.kind === 'name' ? callee.name : '';
    const given = MAPS_ROUTES.test(property) ? this.#handlers(list) : this.arguments(list);
    const { start, end } = node;
    if (callee.kind === 'member' && AFTER_CONTEXT.test(writtenName(callee))) {
      return { kind: 'call', callee: { ...callee, property: 'Command' }, arguments: given.slice(1), start, end };
    }
    return (
      this.#ofText(callee, property, given, node) ??
      this.#filling({ kind: 'call', callee, arguments: this.#withPattern(writtenName(callee), given), start, end }, property, list)
    );
  }

  #callee(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const whole = oneField(node, FIELD.callee);
    if (whole !== undefined) {
      const callee = this.expression(whole);
      const isOwn = callee.kind === 'member' && callee.object.kind === 'name' && callee.object.name === this.self && this.self !== '';
      return isOwn && this.methods.has(callee.property) ? this.name(callee.property, callee) : callee;
    }
    const property = this.nameOf(field(node, 'name'));
    const object = field(node, 'object');
    if (object === undefined) return this.name(property, place);
    const on = this.expression(object);
    if (on.kind === 'name' && (on.name === 'this' || on.name === this.ownClass)) return this.name(property, place);
    return { kind: 'member', object: on, property, start: place.start, end: place.end };
  }

  #handlers(list: SyntaxNode | undefined): Argument[] {
    return (list?.children ?? []).map((child): Argument => {
      const inner = child.type === 'argument' ? child.children.at(-1) : child;
      if (inner?.type !== 'lambda_expression') return { value: this.expression(child) };
      return { value: { kind: 'function', definition: this.functionOf(inner, '', true), ...placeOf(inner) } };
    });
  }

  #ofText(callee: Expression, property: string, given: readonly Argument[], node: SyntaxNode): Expression | undefined {
    const place = placeOf(node);
    const name = writtenName(callee);
    const values = given.map(({ value }) => value);
    const object = callee.kind === 'member' ? callee.object : undefined;
    const [first] = values;
    if (object !== undefined && values.length === 0 && TO_TEXT.has(property)) return object;
    if (AS_TEXT.test(name) && first !== undefined) return first;
    if (EQUALS.has(property) && first !== undefined) {
      const operands = values.length > 1 && object?.kind === 'name' ? values.slice(0, 2) : object === undefined ? values : [object, first];
      return { kind: 'test', operator: '==', operands, ...place };
    }
    if (
      object?.kind === 'name' &&
      HARDENS.test(property) &&
      /disallow|external|EXTERNAL|SECURE|SUPPORT_DTD|Resolver|false/.test(this.textOf(node))
    ) {
      return this.assigned(object, this.name('\0hardened', place), false, place);
    }
    if (object !== undefined && APPENDS.has(property)) {
      const isBuilder = object.kind === 'text' || this.builders.has(rootName(object));
      const added: Expression = formatAt(name) === undefined ? { kind: 'text', parts: values, ...place } : this.#formatted(values, place);
      if (isBuilder && object.kind === 'text') return { kind: 'text', parts: [object, added], ...place };
      if (isBuilder) {
        const chained = object.kind === 'assign' && object.adds ? object : undefined;
        if (chained === undefined) return this.assigned(object, added, true, place);
        return this.assigned(chained.target, { kind: 'text', parts: [chained.value, added], ...place }, true, place);
      }
    }
    if (property === 'formatted' && object !== undefined) return this.#formatted([object, ...values], place);
    if (name === 'make' && /^\(\s*\[\]byte\b/.test(this.textOf(field(node, 'arguments')).slice(0, 20))) return this.zeros(node);
    if (name === 'append') return { kind: 'list', items: values.flatMap((one) => (one.kind === 'list' ? one.items : [one])), ...place };
    if (formatAt(name) === 0) return this.#formatted(values, place);
    if (CONCATENATES.test(name)) return { kind: 'text', parts: values, ...place };
    const joining = joins(name);
    if (joining !== undefined) return { kind: 'text', parts: this.#joinedList(values, joining), ...place };
    if (JOINS_PATHS.test(name) || (property === 'resolve' && object !== undefined && values.length === 1)) {
      const parts =
        /\.resolve$/.test(name) || (property === 'resolve' && object !== undefined)
          ? [...(object === undefined ? [] : [object]), ...values]
          : values;
      return { kind: 'text', parts, ...place };
    }
    return MAKES_LISTS.test(name) ? { kind: 'list', items: values, ...place } : undefined;
  }

  #joinedList(values: readonly Expression[], sign: 'first' | 'last'): Expression[] {
    const between = sign === 'first' ? values[0] : values.at(-1);
    const joined = sign === 'first' ? values.slice(1) : values.slice(0, -1);
    const parts = joined.flatMap((one) => (one.kind === 'list' ? one.items : [one]));
    return between === undefined ? parts : parts.flatMap((part) => [part, between]);
  }

  /** The pattern's own parts with the arguments between them; what stands for a number is one. */
  #formatted(values: readonly Expression[], place: { start: number; end: number }): Expression {
    const [pattern, ...given] = values;
    const literal = pattern?.kind === 'literal' ? String(pattern.value) : undefined;
    if (literal === undefined) return { kind: 'text', parts: values, ...place };
    const parts = patternParts(literal).map((part): Expression => {
      if (typeof part === 'string') return { kind: 'literal', value: part, ...place };
      const argument = given[part.argument] ?? { kind: 'other', parts: [], ...place };
      return part.isNumber ? { kind: 'test', operator: 'number', operands: [argument], ...place } : argument;
    });
    return { kind: 'text', parts, ...place };
  }

  /** `fmt.Fprintf(w, "<p>%s", x)` writes one text; a command after a context is a command. */
  #withPattern(name: string, given: readonly Argument[]): readonly Argument[] {
    const at = LOGS_FORMATS.test(name) ? 0 : formatAt(name);
    const pattern = at === undefined ? undefined : given[at];
    if (at === undefined || pattern === undefined) return given;
    const values = given.slice(at).map(({ value }) => (LOGS_FORMATS.test(name) ? withQuotes(value) : value));
    return [...given.slice(0, at), { value: this.#formatted(values, placeIn(pattern.value)) }];
  }

  /** A call that writes into one of its arguments gives that variable its value. */
  #filling(call: Extract<Expression, { kind: 'call' }>, property: string, list: SyntaxNode | undefined): Expression {
    const last = call.arguments.at(-1)?.value;
    if (FILLS.test(property) && last?.kind === 'name') return this.assigned(last, call, false, call);
    const filled = (list?.children ?? [])
      .map((child) => this.textOf(child).replace(/^(?:ref|out)\s+|\[:?\]$/g, ''))
      .find((text) => this.zeroed.has(text));
    return filled === undefined ? call : this.assigned(this.name(filled, call), call, false, call);
  }
}
