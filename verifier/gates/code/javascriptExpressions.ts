import type { Argument, Expression, FunctionModel, Property } from './model.ts';
import { field, joined, placeOf, Reading, unescaped } from './reading.ts';
import type { SyntaxNode } from './syntax.ts';

const FUNCTIONS = new Set([
  'function_declaration',
  'generator_function_declaration',
  'function_expression',
  'generator_function',
  'arrow_function',
  'method_definition',
]);
/** Wrappers of one expression that change nothing here. */
const TRANSPARENT = new Set([
  'parenthesized_expression',
  'await_expression',
  'as_expression',
  'satisfies_expression',
  'non_null_expression',
  'type_assertion',
  'jsx_expression',
  'spread_element',
  'yield_expression',
  'template_substitution',
  'computed_property_name',
  'rest_pattern',
  'sequence_expression',
]);
const COMPARISONS = new Set(['==', '===', '!=', '!==', '<', '>', '<=', '>=', 'in', 'instanceof', '&&']);

/** A module name as it is spelled in rules: without `node:`, and promises of `fs` as `fs`. */
export function moduleName(name: string): string {
  return name.replace(/^node:/, '').replace(/^(fs|dns|timers)\/promises$/, '$1');
}

/** Expressions and patterns of JavaScript and TypeScript. */
export abstract class JavaScriptExpressions extends Reading {
  /** @param name what a function expression is called by its place */
  protected abstract functionOf(node: SyntaxNode, name?: string): FunctionModel;

  literalText(node: SyntaxNode | undefined): string {
    return (node?.children ?? [])
      .map((part) => (part.type === 'escape_sequence' ? unescaped(this.textOf(part)) : this.textOf(part)))
      .join('');
  }

  #template(node: SyntaxNode): Expression[] {
    return node.children.map((part): Expression => {
      if (part.type === 'template_substitution') return this.expression(part);
      const text = this.textOf(part);
      return { kind: 'literal', value: part.type === 'escape_sequence' ? unescaped(text) : text, ...placeOf(part) };
    });
  }

  #arguments(node: SyntaxNode | undefined): Argument[] {
    return (node?.children ?? []).map((child) => ({
      ...(child.type === 'spread_element' ? { name: '...' } : {}),
      value: this.expression(child),
    }));
  }

  #property(node: SyntaxNode): Property[] {
    switch (node.type) {
      case 'pair':
      case 'pair_pattern': {
        const key = field(node, 'key');
        const name = key?.type === 'string' ? this.literalText(key) : this.textOf(key);
        const value = this.expression(field(node, 'value'), name);
        return [key?.type === 'computed_property_name' ? { value } : { name, value }];
      }
      case 'shorthand_property_identifier':
      case 'shorthand_property_identifier_pattern': {
        const name = this.textOf(node);
        return [{ name, value: { kind: 'name', name, ...placeOf(node) } }];
      }
      case 'object_assignment_pattern': {
        const name = this.textOf(field(node, 'left'));
        return [{ name, value: { kind: 'name', name, ...placeOf(node) } }];
      }
      case 'method_definition':
        return [
          { name: this.textOf(field(node, 'name')), value: { kind: 'function', definition: this.functionOf(node), ...placeOf(node) } },
        ];
      default:
        return [{ value: this.expression(node) }];
    }
  }

  /** @param name what a function expression is called by its place */
  expression(node: SyntaxNode | undefined, name = ''): Expression {
    if (node === undefined) return { kind: 'other', parts: [], start: 0, end: 0 };
    const place = placeOf(node);
    const { type } = node;
    if (TRANSPARENT.has(type)) return this.expression(node.children.at(type === 'sequence_expression' ? -1 : 0), name);
    if (FUNCTIONS.has(type)) return { kind: 'function', definition: this.functionOf(node, name), ...place };
    switch (type) {
      case 'string':
        return { kind: 'literal', value: this.literalText(node), ...place };
      case 'number':
        return { kind: 'literal', value: Number(this.textOf(node).replaceAll('_', '')), ...place };
      case 'regex':
        return { kind: 'literal', value: this.textOf(node), ...place };
      case 'true':
      case 'false':
        return { kind: 'literal', value: type === 'true', ...place };
      case 'null':
      case 'undefined':
        return { kind: 'literal', value: null, ...place };
      case 'template_string': {
        const parts = this.#template(node);
        const only = parts[0];
        if (only === undefined) return { kind: 'literal', value: '', ...place };
        return parts.length === 1 && only.kind === 'literal' ? { ...only, ...place } : { kind: 'text', parts, ...place };
      }
      case 'identifier':
      case 'this':
      case 'super':
      case 'shorthand_property_identifier_pattern':
        return { kind: 'name', name: this.textOf(node), ...place };
      case 'member_expression':
        return { kind: 'member', object: this.expression(field(node, 'object')), property: this.textOf(field(node, 'property')), ...place };
      case 'subscript_expression': {
        const object = this.expression(field(node, 'object'));
        const index = this.expression(field(node, 'index'));
        if (index.kind === 'literal') return { kind: 'member', object, property: String(index.value), ...place };
        return { kind: 'element', object, index, ...place };
      }
      case 'call_expression': {
        const callee = this.expression(field(node, 'function'));
        const given = field(node, 'arguments');
        if (given?.type === 'template_string') return { kind: 'tagged', tag: callee, parts: this.#template(given), ...place };
        return this.#call(callee, this.#arguments(given), place);
      }
      case 'new_expression':
        return {
          kind: 'call',
          callee: this.expression(field(node, 'constructor')),
          arguments: this.#arguments(field(node, 'arguments')),
          ...place,
        };
      case 'object':
      case 'object_pattern':
        return { kind: 'object', properties: node.children.flatMap((child) => this.#property(child)), ...place };
      case 'array':
      case 'array_pattern':
        return { kind: 'list', items: node.children.map((child) => this.expression(child)), ...place };
      case 'assignment_pattern':
        return this.expression(field(node, 'left'));
      case 'assignment_expression':
      case 'augmented_assignment_expression': {
        const left = field(node, 'left');
        const adds = type === 'augmented_assignment_expression';
        return {
          kind: 'assign',
          target: this.expression(left),
          value: this.expression(field(node, 'right'), this.textOf(left)),
          adds,
          ...place,
        };
      }
      case 'ternary_expression':
        return {
          kind: 'choice',
          condition: this.expression(field(node, 'condition')),
          options: [this.expression(field(node, 'consequence')), this.expression(field(node, 'alternative'))],
          ...place,
        };
      case 'binary_expression':
        return this.#binary(node);
      case 'unary_expression':
        return {
          kind: 'test',
          operator: this.textOf(field(node, 'operator')),
          operands: [this.expression(field(node, 'argument'))],
          ...place,
        };
      case 'jsx_attribute': {
        const attribute = this.textOf(node.children[0]);
        const callee: Expression = { kind: 'member', object: { kind: 'name', name: 'jsx', ...place }, property: attribute, ...place };
        const value = node.children[1];
        return { kind: 'call', callee, arguments: value === undefined ? [] : [{ value: this.expression(value) }], ...place };
      }
      case 'class':
        return { kind: 'other', parts: [], ...place };
      default:
        return { kind: 'other', parts: node.children.map((child) => this.expression(child)), ...place };
    }
  }

  #call(callee: Expression, given: Argument[], place: { start: number; end: number }): Expression {
    const first = given[0]?.value;
    if (callee.kind === 'name' && (callee.name === 'require' || callee.name === 'import') && first?.kind === 'literal') {
      return { kind: 'name', name: `\0${moduleName(String(first.value))}`, ...place };
    }
    return { kind: 'call', callee, arguments: given, ...place };
  }

  #binary(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const operator = this.textOf(field(node, 'operator'));
    const left = this.expression(field(node, 'left'));
    const right = this.expression(field(node, 'right'));
    if (operator === '+') return joined(left, right, place.start, place.end);
    if (operator === '||' || operator === '??') return { kind: 'choice', options: [left, right], ...place };
    if (COMPARISONS.has(operator)) return { kind: 'test', operator, operands: [left, right], ...place };
    return { kind: 'other', parts: [left, right], ...place };
  }
}
