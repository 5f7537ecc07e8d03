import type { Argument, Expression, FunctionModel, Place, Property, Statement } from '../model.ts';
import { field, fields, joined, placeOf, Reading, unescaped } from '../reading.ts';
import type { SyntaxNode } from '../syntax.ts';
import { BUILDERS } from './calls.ts';
import { EXPRESSION_ROLES, FIELD } from './roles.ts';

const NOTHING: Expression = { kind: 'other', parts: [], start: 0, end: 0 };
const COMPARISONS = new Set(['==', '!=', '<', '>', '<=', '>=', '&&']);
const NUMERIC = /^(?:u?int\d*|long|short|float\d*|double|decimal|byte|bool|boolean|char|Integer|Long)$/;
const SELVES = new Set(['this', 'base', 'super']);
/** What an array holds that nobody has written to. */
const ZEROS = 'zero bytes';

/** The first of several fields that a node has. */
export function oneField(node: SyntaxNode, names: readonly string[]): SyntaxNode | undefined {
  for (const name of names) {
    const found = field(node, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Expressions of languages with declared types; what a node is to data flow is in `roles.ts`. */
export abstract class TypedExpressions extends Reading {
  /** Variables that text is appended to. */
  protected readonly builders = new Set<string>();
  /** Variables that hold a fresh array of bytes. */
  protected readonly zeroed = new Set<string>();
  /** Name of the class that is read. */
  protected ownClass = '';
  /** Variable by which a method of Go calls its object. */
  protected self = '';
  /** What stands before the `?.` around. */
  #before: Expression = NOTHING;

  protected abstract functionOf(node: SyntaxNode, name: string, serves: boolean): FunctionModel;
  protected abstract methodsOf(body: SyntaxNode): readonly Statement[];
  protected abstract invocation(node: SyntaxNode): Expression;

  /** A name without type arguments. */
  nameOf(node: SyntaxNode | undefined): string {
    const text = this.textOf(node);
    const open = text.indexOf('<');
    return (open === -1 ? text : text.slice(0, open)).trim();
  }

  name(name: string, place: Place): Expression {
    return { kind: 'name', name, start: place.start, end: place.end };
  }

  expression(node: SyntaxNode | undefined, hint = ''): Expression {
    if (node === undefined) return NOTHING;
    const place = placeOf(node);
    const role = EXPRESSION_ROLES.get(node.type);
    switch (role) {
      case 'text':
        return this.#text(node);
      case 'number':
        return {
          kind: 'literal',
          value:
            Number(
              this.textOf(node)
                .replace(/_|[lLuUfFdDmM]+$/g, '')
                .replace(/^0(?=\d)/, '0o'),
            ) || 0,
          ...place,
        };
      case 'truth':
        return { kind: 'literal', value: this.textOf(node) === 'true', ...place };
      case 'nothing':
        return { kind: 'literal', value: null, ...place };
      case 'name': {
        const name = this.nameOf(node);
        return this.name(name.slice(name.lastIndexOf('.') + 1), place);
      }
      case 'member':
        return this.#member(node);
      case 'bound member': {
        const bound = field(node, 'name');
        if (bound !== undefined) return { kind: 'member', object: this.#before, property: this.nameOf(bound), ...place };
        // `[1, 2]` is a list unless something stands before it.
        if (this.#before === NOTHING) return { kind: 'list', items: node.children.map((one) => this.expression(one)), ...place };
        return this.#element(this.#before, this.expression(node.children[0]), place);
      }
      case 'element': {
        const index = oneField(node, FIELD.index);
        const inner = index?.type === 'bracketed_argument_list' ? index.children[0] : index;
        return this.#element(this.expression(oneField(node, FIELD.object)), this.expression(inner), place);
      }
      case 'call':
        return this.invocation(node);
      case 'creation':
        return this.#creation(node, hint);
      case 'composite':
        return this.#composite(node);
      case 'list':
        return this.#list(node);
      case 'array':
        return this.#array(node);
      case 'assign':
        return this.assignment(node);
      case 'choice':
        return {
          kind: 'choice',
          condition: this.expression(field(node, 'condition')),
          options: [this.expression(field(node, 'consequence')), this.expression(field(node, 'alternative'))],
          ...place,
        };
      case 'arms':
        return { kind: 'choice', options: this.#arms(node), ...place };
      case 'binary':
        return this.#binary(node);
      case 'unary':
        return this.#unary(node);
      case 'cast': {
        const type = field(node, 'type') ?? field(node, 'right');
        const inner = this.expression(oneField(node, FIELD.inner) ?? node.children.at(-1));
        if (NUMERIC.test(this.textOf(type))) return { kind: 'test', operator: 'cast', operands: [inner], ...place };
        return inner;
      }
      case 'through':
        return this.expression(oneField(node, FIELD.inner) ?? node.children.at(-1), hint);
      case 'conditional access': {
        const outer = this.#before;
        this.#before = this.expression(field(node, 'condition'));
        const result = this.expression(node.children.at(-1));
        this.#before = outer;
        return result;
      }
      case 'is':
        return this.#is(node);
      case 'function':
        return { kind: 'function', definition: this.functionOf(node, hint, false), ...place };
      default:
        return { kind: 'other', parts: node.children.map((child) => this.expression(child)), ...place };
    }
  }

  #member(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const object = this.expression(oneField(node, FIELD.object));
    const property = this.nameOf(
      node.type === 'field_access' || node.type === 'selector_expression' ? field(node, 'field') : field(node, 'name'),
    );
    // Fields of the class are variables around its methods.
    if (object.kind === 'name' && (SELVES.has(object.name) || object.name === this.ownClass)) return this.name(property, place);
    return { kind: 'member', object, property, ...place };
  }

  #element(object: Expression, index: Expression, place: Place): Expression {
    // `os.Args[0]` is the program itself.
    const isProgram = object.kind === 'member' && object.property === 'Args' && index.kind === 'literal' && index.value === 0;
    if (isProgram) return this.name('\0program', place);
    if (index.kind === 'literal') return { kind: 'member', object, property: String(index.value), ...place };
    return { kind: 'element', object, index, ...place };
  }

  #text(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const parts: Expression[] = [];
    let text = '';
    let pieces = 0;
    for (const part of node.children) {
      if (part.type === 'interpolation') {
        if (text !== '') parts.push({ kind: 'literal', value: text, ...place });
        text = '';
        parts.push(this.expression(part.children.find(({ type }) => !type.startsWith('interpolation_'))));
      } else if (part.type === 'escape_sequence') text += unescaped(this.textOf(part));
      else if (/content$|fragment$/.test(part.type)) text += this.textOf(part);
      pieces++;
    }
    if (pieces === 0) return { kind: 'literal', value: this.textOf(node).replace(/^[@$]*["'`]|["'`]$/g, ''), ...place };
    if (parts.length === 0) return { kind: 'literal', value: text, ...place };
    if (text !== '') parts.push({ kind: 'literal', value: text, ...place });
    return { kind: 'text', parts, ...place };
  }

  /** Arguments; a named one has its name, an `out` one is a variable. */
  protected arguments(node: SyntaxNode | undefined): Argument[] {
    return (node?.children ?? []).flatMap((child): Argument[] => {
      const name = child.type === 'argument' ? field(child, 'name') : undefined;
      const value = this.expression(name === undefined ? child : child.children.at(-1));
      return [name === undefined ? { value } : { name: this.textOf(name), value }];
    });
  }

  #creation(node: SyntaxNode, hint: string): Expression {
    const place = placeOf(node);
    const type = field(node, 'type');
    const full = type === undefined ? hint : this.nameOf(type);
    const name = full.slice(full.lastIndexOf('.') + 1);
    const given = this.arguments(field(node, 'arguments') ?? node.children.find((child) => child.type === 'argument_list'));
    if (BUILDERS.test(name)) {
      // A size is no text.
      const texts = given.map(({ value }) => value).filter((value) => value.kind !== 'literal' || typeof value.value === 'string');
      return { kind: 'text', parts: [{ kind: 'literal', value: '', ...place }, ...texts], ...place };
    }
    const initial = node.children.find((child) => child.type === 'initializer_expression');
    const body = node.children.find((child) => child.type === 'class_body');
    const extra: Argument[] = [];
    if (initial !== undefined) extra.push({ value: this.#list(initial) });
    if (body !== undefined) extra.push({ value: this.#anonymous(body) });
    return {
      kind: 'call',
      callee: this.name(name, type === undefined ? place : placeOf(type)),
      arguments: [...given, ...extra],
      creates: true,
      ...place,
    };
  }

  /** The methods of a class without a name, as functions that are handed over. */
  #anonymous(body: SyntaxNode): Expression {
    const properties = this.methodsOf(body).flatMap((one): Property[] =>
      one.kind === 'function'
        ? [{ name: one.definition.name, value: { kind: 'function', definition: one.definition, start: one.start, end: one.end } }]
        : [],
    );
    return { kind: 'object', properties, ...placeOf(body) };
  }

  #composite(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const type = field(node, 'type');
    const body = this.#list(field(node, 'body') ?? node);
    if (type === undefined || !/^(?:qualified_type|type_identifier|generic_type)$/.test(type.type)) return body;
    return { kind: 'call', callee: this.expression(type), arguments: [{ value: body }], creates: true, ...place };
  }

  /** A list, or an object where its items have names. */
  #list(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const inner =
      node.type === 'implicit_array_creation_expression'
        ? (node.children.find(({ type }) => type === 'initializer_expression') ?? node)
        : node;
    const isNamed = inner.children.some(({ type }) => type === 'keyed_element' || type === 'assignment_expression');
    if (!isNamed) return { kind: 'list', items: inner.children.map((one) => this.expression(one)), ...place };
    const properties = inner.children.map((one): Property => {
      const key = field(one, 'key') ?? field(one, 'left');
      const value = this.expression(field(one, 'value') ?? field(one, 'right') ?? one);
      if (key === undefined) return { value };
      const bare = key.type === 'literal_element' ? key.children[0] : key;
      if (bare?.type === 'identifier') return { name: this.textOf(bare), value };
      const literal = this.expression(bare);
      return literal.kind === 'literal' ? { name: String(literal.value), value } : { value };
    });
    return { kind: 'object', properties, ...place };
  }

  #array(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const initial = field(node, 'value') ?? node.children.find(({ type }) => type === 'initializer_expression');
    if (initial !== undefined) return this.#list(initial);
    const isBytes = /^\s*new\s+byte\b/.test(this.textOf(node).slice(0, 20));
    return isBytes ? { kind: 'literal', value: ZEROS, ...place } : { kind: 'list', items: [], ...place };
  }

  /** `make([]byte, 16)`. */
  protected zeros(node: SyntaxNode): Expression {
    return { kind: 'literal', value: ZEROS, ...placeOf(node) };
  }

  protected isZeros(value: Expression): boolean {
    return value.kind === 'literal' && value.value === ZEROS;
  }

  protected assignment(node: SyntaxNode): Expression {
    const target = this.expression(oneField(node, FIELD.left));
    const right = oneField(node, FIELD.right);
    const value = this.expression(right, target.kind === 'name' ? target.name : '');
    const operator = this.textOf(field(node, 'operator'));
    return this.assigned(target, value, operator === '+=', placeOf(node));
  }

  protected assigned(target: Expression, value: Expression, adds: boolean, place: Place): Expression {
    return { kind: 'assign', target, value, adds, start: place.start, end: place.end };
  }

  #arms(node: SyntaxNode): Expression[] {
    const arms = node.children.flatMap((child) => (child.type === 'switch_block' ? child.children : [child]));
    return arms
      .filter(({ type }) => type === 'switch_expression_arm' || type === 'switch_rule')
      .map((arm) => this.expression(arm.children.at(-1)));
  }

  #binary(node: SyntaxNode): Expression {
    const { start, end } = node;
    const operator = this.textOf(field(node, 'operator'));
    const left = this.expression(field(node, 'left'));
    const right = this.expression(field(node, 'right'));
    if (operator === '+') return joined(left, right, start, end);
    if (operator === '||' || operator === '??') return { kind: 'choice', options: [left, right], start, end };
    if (operator === '==' || operator === '!=') {
      // `err != nil`: what gave it did not find its argument valid.
      const isError = left.kind === 'name' && /err/i.test(left.name) && right.kind === 'literal' && right.value === null;
      if (isError) return operator === '==' ? left : { kind: 'test', operator: '!', operands: [left], start, end };
    }
    if (COMPARISONS.has(operator)) return { kind: 'test', operator, operands: [left, right], start, end };
    return { kind: 'other', parts: [left, right], start, end };
  }

  #unary(node: SyntaxNode): Expression {
    const inner = this.expression(field(node, 'operand') ?? node.children.at(-1));
    const sign = this.text.charAt(node.start);
    if (sign === '!') return { kind: 'test', operator: '!', operands: [inner], ...placeOf(node) };
    return sign === '&' || sign === '*' || sign === '<' ? inner : { kind: 'other', parts: [inner], ...placeOf(node) };
  }

  /** `x is null || f(x)` is read by the grammar as one pattern. */
  #is(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const subject = this.expression(oneField(node, FIELD.inner) ?? node.children[0]);
    const test: Expression = { kind: 'test', operator: 'instanceof', operands: [subject], ...place };
    const pattern = field(node, 'pattern');
    const more = pattern?.type === 'constant_pattern' ? pattern.children[0] : undefined;
    if (more?.type !== 'binary_expression') return test;
    const operator = this.textOf(field(more, 'operator'));
    const right = this.expression(field(more, 'right'));
    if (operator === '||') return { kind: 'choice', options: [test, right], ...place };
    return { kind: 'test', operator: '&&', operands: [test, right], ...place };
  }

  /** Annotations or attributes by their bare names. */
  protected marksOf(node: SyntaxNode): string[] {
    const lists = node.children.filter(({ type }) => type === 'modifiers' || type === 'attribute_list');
    return lists.flatMap((list) =>
      list.children.flatMap((one) => {
        const name = this.nameOf(field(one, 'name'));
        return name === '' ? [] : [name.slice(name.lastIndexOf('.') + 1).replace(/Attribute$/, '')];
      }),
    );
  }

  protected namesOf(node: SyntaxNode): SyntaxNode[] {
    return fields(node, 'name');
  }
}
