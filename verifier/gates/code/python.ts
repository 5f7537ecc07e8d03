import type { Argument, Expression, FunctionModel, Parameter, Property, Statement } from './model.ts';
import { field, fields, joined, placeOf, Reading, unescaped } from './reading.ts';
import type { SyntaxNode } from './syntax.ts';

/** Wrappers of one expression that change nothing here. */
const TRANSPARENT = new Set([
  'parenthesized_expression',
  'await',
  'as_pattern_target',
  'list_splat',
  'dictionary_splat',
  'list_splat_pattern',
  'dictionary_splat_pattern',
  'yield',
  'case_pattern',
  'type',
]);

class Python extends Reading {
  all(nodes: readonly SyntaxNode[]): Statement[] {
    return nodes.flatMap((node) => this.statement(node));
  }

  #body(node: SyntaxNode | undefined): Statement[] {
    return node === undefined ? [] : this.all(node.children);
  }

  statement(node: SyntaxNode): Statement[] {
    const place = placeOf(node);
    switch (node.type) {
      case 'import_statement':
      case 'import_from_statement':
        return this.#imports(node);
      case 'decorated_definition':
        return this.#decorated(node);
      case 'function_definition':
        return [{ kind: 'function', definition: this.#function(node, []), ...place }];
      case 'class_definition':
        return [{ kind: 'class', name: this.textOf(field(node, 'name')), body: this.#body(field(node, 'body')), ...place }];
      case 'if_statement':
      case 'elif_clause':
        return [this.#if(node)];
      case 'for_statement':
        return [
          {
            kind: 'loop',
            target: this.expression(field(node, 'left')),
            over: this.expression(field(node, 'right')),
            body: this.#body(field(node, 'body')),
            ...place,
          },
        ];
      case 'while_statement': {
        const condition = this.#effect(field(node, 'condition'));
        return [...condition, { kind: 'loop', body: this.#body(field(node, 'body')), ...place }];
      }
      case 'with_statement': {
        const items = node.children.filter((child) => child.type === 'with_clause').flatMap((clause) => clause.children);
        return [...items.flatMap((item) => this.#effect(field(item, 'value'))), ...this.#body(field(node, 'body'))];
      }
      case 'return_statement':
        return [{ kind: 'return', ...this.#value(node), ...place }];
      case 'raise_statement':
        return [{ kind: 'leave', ...this.#value(node), ...place }];
      case 'break_statement':
      case 'continue_statement':
        return [{ kind: 'leave', ...place }];
      case 'assert_statement': {
        const condition = this.expression(node.children[0]);
        const refused: Expression = { kind: 'test', operator: 'not', operands: [condition], ...place };
        return [{ kind: 'if', condition: refused, holds: [{ kind: 'leave', ...place }], fails: [], ...place }];
      }
      case 'try_statement':
      case 'block':
      case 'except_clause':
      case 'except_group_clause':
      case 'finally_clause':
      case 'else_clause':
      case 'match_statement':
      case 'case_clause':
      case 'ERROR':
        return [{ kind: 'block', body: this.all(node.children), ...place }];
      case 'expression_statement':
        return node.children.flatMap((child) => this.#effect(child));
      case 'global_statement':
      case 'nonlocal_statement':
      case 'pass_statement':
        return [];
      default:
        return this.#effect(node);
    }
  }

  #effect(node: SyntaxNode | undefined): Statement[] {
    return node === undefined ? [] : [{ kind: 'do', expression: this.expression(node), ...placeOf(node) }];
  }

  #value(node: SyntaxNode): { value?: Expression } {
    const value = node.children[0];
    return value === undefined ? {} : { value: this.expression(value) };
  }

  #if(node: SyntaxNode): Statement {
    const [first, ...rest] = fields(node, 'alternative');
    let fails: Statement[] = [];
    if (first?.type === 'elif_clause') {
      const own = this.#if({ ...first, children: [...first.children, ...rest] });
      fails = [own];
    } else if (first !== undefined) fails = this.#body(field(first, 'body'));
    const holds = this.#body(field(node, 'consequence'));
    return { kind: 'if', condition: this.expression(field(node, 'condition')), holds, fails, ...placeOf(node) };
  }

  #imports(node: SyntaxNode): Statement[] {
    const from = field(node, 'module_name');
    const prefix = from === undefined ? '' : `${this.textOf(from)}.`;
    return fields(node, 'name').map((one): Statement => {
      const aliased = one.type === 'aliased_import';
      const name = this.textOf(aliased ? field(one, 'name') : one);
      const alias = aliased ? this.textOf(field(one, 'alias')) : name;
      // `import a.b` binds `a`.
      const plain = from === undefined && !aliased;
      const local = plain ? (name.split('.')[0] ?? name) : alias;
      return { kind: 'import', local, source: plain ? local : prefix + name, ...placeOf(node) };
    });
  }

  #decorated(node: SyntaxNode): Statement[] {
    const definition = field(node, 'definition');
    if (definition === undefined) return [];
    if (definition.type !== 'function_definition') return this.statement(definition);
    const decorators = node.children.filter((child) => child.type === 'decorator').map((one) => this.expression(one.children[0]));
    return [{ kind: 'function', definition: this.#function(definition, decorators), ...placeOf(node) }];
  }

  #function(node: SyntaxNode, decorators: Expression[]): FunctionModel {
    const parameters = (field(node, 'parameters')?.children ?? []).flatMap((one) => this.#parameter(one));
    const body = field(node, 'body');
    const statements: Statement[] =
      body === undefined
        ? []
        : node.type === 'lambda'
          ? [{ kind: 'return', value: this.expression(body), ...placeOf(body) }]
          : this.all(body.children);
    return { name: this.textOf(field(node, 'name')), parameters, decorators, body: statements, ...placeOf(node) };
  }

  #parameter(node: SyntaxNode): Parameter[] {
    const named = field(node, 'name') ?? (node.type === 'identifier' ? node : node.children[0]);
    if (named === undefined) return [];
    const fallback = field(node, 'value');
    return [
      {
        target: this.expression(named),
        type: this.textOf(field(node, 'type')),
        decorators: [],
        ...(fallback === undefined ? {} : { fallback: this.expression(fallback) }),
      },
    ];
  }

  #string(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const raw = /^[a-zA-Z]*[rR]/.test(this.textOf(node.children[0]));
    const parts: Expression[] = [];
    let text = '';
    for (const part of node.children) {
      if (part.type === 'interpolation') {
        if (text !== '') parts.push({ kind: 'literal', value: text, ...place });
        text = '';
        parts.push(this.expression(field(part, 'expression') ?? part.children[0]));
      } else if (part.type === 'string_content') text += raw ? this.textOf(part) : this.#content(part);
    }
    if (parts.length === 0) return { kind: 'literal', value: text, ...place };
    if (text !== '') parts.push({ kind: 'literal', value: text, ...place });
    return { kind: 'text', parts, ...place };
  }

  #content(node: SyntaxNode): string {
    let text = '';
    let at = node.start;
    for (const sequence of node.children) {
      text += this.text.slice(at, sequence.start) + unescaped(this.textOf(sequence));
      at = sequence.end;
    }
    return text + this.text.slice(at, node.end);
  }

  #arguments(node: SyntaxNode | undefined): Argument[] {
    // A generator as the only argument has no list around it.
    if (node?.type === 'generator_expression') return [{ value: this.expression(node) }];
    return (node?.children ?? []).map((child): Argument => {
      if (child.type === 'keyword_argument')
        return { name: this.textOf(field(child, 'name')), value: this.expression(field(child, 'value')) };
      const spread = child.type === 'list_splat' || child.type === 'dictionary_splat';
      return { ...(spread ? { name: '...' } : {}), value: this.expression(child) };
    });
  }

  #property(node: SyntaxNode): Property {
    if (node.type !== 'pair') return { value: this.expression(node) };
    const key = this.expression(field(node, 'key'));
    const value = this.expression(field(node, 'value'));
    return key.kind === 'literal' ? { name: String(key.value), value } : { value };
  }

  expression(node: SyntaxNode | undefined): Expression {
    if (node === undefined) return { kind: 'other', parts: [], start: 0, end: 0 };
    const place = placeOf(node);
    const { type } = node;
    if (TRANSPARENT.has(type)) return this.expression(node.children[0]);
    const each = (): Expression[] => node.children.map((child) => this.expression(child));
    switch (type) {
      case 'string':
        return this.#string(node);
      case 'concatenated_string':
        return each().reduce((left, right) => joined(left, right, place.start, place.end));
      case 'integer':
      case 'float':
        return { kind: 'literal', value: Number(this.textOf(node).replaceAll('_', '').replace(/^0o/i, '0o')), ...place };
      case 'true':
      case 'false':
        return { kind: 'literal', value: type === 'true', ...place };
      case 'none':
        return { kind: 'literal', value: null, ...place };
      case 'identifier':
        return { kind: 'name', name: this.textOf(node), ...place };
      case 'attribute':
        return {
          kind: 'member',
          object: this.expression(field(node, 'object')),
          property: this.textOf(field(node, 'attribute')),
          ...place,
        };
      case 'subscript': {
        const object = this.expression(field(node, 'value'));
        const index = this.expression(field(node, 'subscript'));
        if (index.kind === 'literal') return { kind: 'member', object, property: String(index.value), ...place };
        return { kind: 'element', object, index, ...place };
      }
      case 'call':
        return this.#call(node);
      case 'dictionary':
        return { kind: 'object', properties: node.children.map((child) => this.#property(child)), ...place };
      case 'list':
      case 'tuple':
      case 'set':
      case 'expression_list':
      case 'pattern_list':
      case 'tuple_pattern':
      case 'list_pattern':
        return { kind: 'list', items: each(), ...place };
      case 'list_comprehension':
      case 'generator_expression':
      case 'set_comprehension':
      case 'dictionary_comprehension':
        return this.#comprehension(node);
      case 'assignment':
      case 'augmented_assignment':
      case 'named_expression': {
        const right = field(node, 'right') ?? field(node, 'value');
        if (right === undefined) return { kind: 'other', parts: [], ...place };
        const target = this.expression(field(node, 'left') ?? field(node, 'name'));
        return { kind: 'assign', target, value: this.expression(right), adds: type === 'augmented_assignment', ...place };
      }
      case 'as_pattern': {
        const target = this.expression(field(node, 'alias'));
        return { kind: 'assign', target, value: this.expression(node.children[0]), adds: false, ...place };
      }
      case 'conditional_expression': {
        const [yes, condition, no] = each();
        if (yes === undefined || condition === undefined || no === undefined) return { kind: 'other', parts: [], ...place };
        return { kind: 'choice', condition, options: [yes, no], ...place };
      }
      case 'boolean_operator': {
        const operands = [this.expression(field(node, 'left')), this.expression(field(node, 'right'))];
        if (this.textOf(field(node, 'operator')) === 'or') return { kind: 'choice', options: operands, ...place };
        return { kind: 'test', operator: 'and', operands, ...place };
      }
      case 'not_operator':
        return { kind: 'test', operator: 'not', operands: [this.expression(field(node, 'argument'))], ...place };
      case 'comparison_operator': {
        const operator = fields(node, 'operators').map((one) => this.textOf(one));
        const operands = node.children.filter((child) => child.field !== 'operators').map((child) => this.expression(child));
        return { kind: 'test', operator: operator.join(' '), operands, ...place };
      }
      case 'binary_operator':
        return this.#binary(node);
      case 'lambda':
        return { kind: 'function', definition: this.#function(node, []), ...place };
      default:
        return { kind: 'other', parts: each(), ...place };
    }
  }

  /** `"…".format(a, b)` is one text. */
  #call(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const callee = this.expression(field(node, 'function'));
    const given = this.#arguments(field(node, 'arguments'));
    const formats = callee.kind === 'member' && (callee.property === 'format' || callee.property === 'format_map');
    if (formats && (callee.object.kind === 'literal' || callee.object.kind === 'text')) {
      return { kind: 'text', parts: [callee.object, ...given.map(({ value }) => value)], ...place };
    }
    return { kind: 'call', callee, arguments: given, ...place };
  }

  #comprehension(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const clauses = node.children.filter((child) => child.type === 'for_in_clause');
    const loops = clauses.map((clause): Expression => {
      const over = this.expression(field(clause, 'right'));
      const each: Expression = {
        kind: 'element',
        object: over,
        index: { kind: 'other', parts: [], ...placeOf(clause) },
        ...placeOf(clause),
      };
      return { kind: 'assign', target: this.expression(field(clause, 'left')), value: each, adds: false, ...placeOf(clause) };
    });
    const body = node.children.filter((child) => child.field === 'body').map((child) => this.expression(child));
    const conditions = node.children
      .filter((child) => child.type === 'if_clause')
      .map((clause): Expression => ({ kind: 'test', operator: 'if', operands: [this.expression(clause.children[0])], ...placeOf(clause) }));
    return { kind: 'list', items: [...loops, ...conditions, ...body], ...place };
  }

  #binary(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const operator = this.textOf(field(node, 'operator'));
    const left = this.expression(field(node, 'left'));
    const right = this.expression(field(node, 'right'));
    if (operator === '+') return joined(left, right, place.start, place.end);
    const formats = operator === '%' && (left.kind === 'text' || (left.kind === 'literal' && typeof left.value === 'string'));
    if (formats) {
      const values = right.kind === 'list' ? right.items : [right];
      return { kind: 'text', parts: [...(left.kind === 'text' ? left.parts : [left]), ...values], ...place };
    }
    // `base / name` of paths.
    if (operator === '/') return { kind: 'text', parts: [left, right], ...place };
    if (operator === '|') return { kind: 'choice', options: [left, right], ...place };
    return { kind: 'other', parts: [left, right], ...place };
  }
}

/** Reads Python 3. */
export function readPython(root: SyntaxNode, text: string): Statement[] {
  return new Python(text).all(root.children);
}
