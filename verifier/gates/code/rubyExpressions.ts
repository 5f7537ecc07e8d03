import type { Argument, Expression, FunctionModel, Place, Property } from './model.ts';
import { climbs, field, formatted, joined, placeOf, Reading, unescaped } from './reading.ts';
import type { SyntaxNode } from './syntax.ts';

/** Words of a framework that hold what a client sent, where nothing in the file has that name. */
const FOREIGN = new Set(['params', 'request', 'cookies']);
const COMPARISONS = new Set(['==', '===', '!=', '<', '>', '<=', '>=', '<=>', 'eql?']);
const TRANSPARENT = new Set([
  'parenthesized_statements',
  'splat_argument',
  'hash_splat_argument',
  'block_argument',
  'argument_list',
  'rest_assignment',
  'pattern',
  'then',
  'body_statement',
  'block_body',
  'begin',
]);
/** Ends in a name of constants: the program's own choice. */
const CONSTANT = /(?:^|::)[A-Z][A-Z0-9_]+$/;
const PLACES = new Set(['ARGV', 'ENV', 'STDIN']);
const VERBS = /^(?:get|post|put|patch|delete|options)$/;

/** Expressions of Ruby. */
export abstract class RubyExpressions extends Reading {
  /** Names of variables and parameters that are known here. */
  protected locals = new Set<string>();
  /** Constants of this file. */
  readonly #constants = new Set<string>();
  /** Methods of this file. */
  readonly #methods = new Set<string>();
  /** Bodies of heredocs that no beginning has taken yet. */
  readonly #bodies: SyntaxNode[] = [];

  protected abstract functionOf(node: SyntaxNode, decorators?: readonly Expression[]): FunctionModel;

  /** Notes the methods and the heredocs of a file: either may stand after what names it. */
  protected gather(node: SyntaxNode): void {
    for (const child of node.children) {
      if (child.type === 'heredoc_body') this.#bodies.push(child);
      if (child.type === 'constant' && child.field === 'left') this.#constants.add(this.textOf(child));
      if (child.type === 'method') this.#methods.add(this.textOf(field(child, 'name')));
      this.gather(child);
    }
  }

  /** Every name that a pattern or parameter binds. */
  protected namesIn(node: SyntaxNode): string[] {
    const own = node.type === 'identifier' ? [this.textOf(node)] : [];
    return [...own, ...node.children.flatMap((child) => (child.field === 'value' ? [] : this.namesIn(child)))];
  }

  protected target(node: SyntaxNode | undefined): Expression {
    if (node === undefined) return { kind: 'other', parts: [], start: 0, end: 0 };
    const place = placeOf(node);
    if (node.type === 'identifier') {
      const name = this.textOf(node);
      this.locals.add(name);
      return { kind: 'name', name, ...place };
    }
    if (/^(?:left_assignment_list|destructured_\w+)$/.test(node.type)) {
      return { kind: 'list', items: node.children.map((child) => this.target(child)), ...place };
    }
    return node.type === 'rest_assignment' ? this.target(node.children[0]) : this.expression(node);
  }

  #member(name: string, property: string, { start, end }: Place): Expression {
    return { kind: 'member', object: { kind: 'name', name, start, end }, property, start, end };
  }

  protected isForeign(name: string): boolean {
    return FOREIGN.has(name) || name === 'gets';
  }

  #identifier(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const name = this.textOf(node);
    if (this.locals.has(name)) return { kind: 'name', name, ...place };
    if (this.#methods.has(name)) return this.call(name, [], place);
    if (FOREIGN.has(name)) return this.#member('\0rails', name === 'cookies' ? 'cookie' : name, place);
    return name === 'gets' ? this.#member('\0ruby', 'gets', place) : { kind: 'name', name, ...place };
  }

  #constant(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const name = this.textOf(node).replace(/^::/, '');
    return PLACES.has(name) ? this.#member('\0ruby', name, place) : { kind: 'name', name: name.replaceAll('::', '.'), ...place };
  }

  #text(node: SyntaxNode, raw = false): Expression {
    const place = placeOf(node);
    const parts: Expression[] = [];
    let text = '';
    for (const part of node.children) {
      if (part.type === 'interpolation') {
        if (text !== '') parts.push({ kind: 'literal', value: text, ...place });
        text = '';
        parts.push(...part.children.map((child) => this.expression(child)));
      } else if (part.type === 'escape_sequence' && !raw) text += unescaped(this.textOf(part));
      else if (part.type !== 'heredoc_end') text += this.textOf(part);
    }
    if (parts.length === 0) return { kind: 'literal', value: text, ...place };
    if (text !== '') parts.push({ kind: 'literal', value: text, ...place });
    return { kind: 'text', parts, ...place };
  }

  #pair(node: SyntaxNode): Property {
    if (node.type !== 'pair') return { value: this.expression(node) };
    const key = field(node, 'key');
    const value = field(node, 'value');
    const named = key?.type === 'hash_key_symbol' ? this.textOf(key) : undefined;
    const known = named === undefined ? this.expression(key) : undefined;
    const name = named ?? (known?.kind === 'literal' ? String(known.value) : undefined);
    const held = value === undefined && key !== undefined ? this.#identifier(key) : this.expression(value);
    return name === undefined ? { value: held } : { name, value: held };
  }

  #arguments(node: SyntaxNode | undefined, block: SyntaxNode | undefined, decorators: readonly Expression[]): Argument[] {
    const given = (node?.children ?? []).map((child): Argument => {
      if (child.type === 'pair') {
        const { name, value } = this.#pair(child);
        return { ...(name === undefined ? {} : { name }), value };
      }
      const spread = child.type === 'splat_argument' || child.type === 'hash_splat_argument';
      return { ...(spread ? { name: '...' } : {}), value: this.expression(child) };
    });
    if (block === undefined) return given;
    return [...given, { name: '&', value: { kind: 'function', definition: this.functionOf(block, decorators), ...placeOf(block) } }];
  }

  expression(node: SyntaxNode | undefined): Expression {
    if (node === undefined) return { kind: 'other', parts: [], start: 0, end: 0 };
    const place = placeOf(node);
    const { type } = node;
    const each = (): Expression[] => node.children.map((child) => this.expression(child));
    if (TRANSPARENT.has(type) && node.children.length < 2) return this.expression(node.children[0]);
    switch (type) {
      case 'identifier':
        return this.#identifier(node);
      case 'constant':
      case 'scope_resolution':
        return CONSTANT.test(this.textOf(node)) && !this.#constants.has(this.textOf(node)) && !PLACES.has(this.textOf(node))
          ? { kind: 'other', parts: [], ...place }
          : this.#constant(node);
      case 'instance_variable':
      case 'class_variable':
        return this.#member('this', this.textOf(node).replace(/^@+/, ''), place);
      case 'self':
        return { kind: 'name', name: 'this', ...place };
      case 'string':
      case 'bare_string':
      case 'bare_symbol':
      case 'delimited_symbol':
        return this.#text(node);
      case 'chained_string':
        return each().reduce((left, right) => joined(left, right, place.start, place.end));
      case 'heredoc_beginning': {
        const next = this.#bodies.findIndex(({ start }) => start >= place.end);
        const [body] = next === -1 ? [] : this.#bodies.splice(next, 1);
        return body === undefined ? { kind: 'literal', value: '', ...place } : this.#text({ ...body, ...place });
      }
      case 'simple_symbol':
        return { kind: 'literal', value: this.textOf(node).slice(1), ...place };
      case 'regex': {
        const text = this.#text(node, true);
        return text.kind === 'literal' ? { ...text, value: this.textOf(node) } : this.call('Regexp.new', [text], place);
      }
      case 'subshell':
        return this.call('backticks', [this.#text(node)], place);
      case 'integer':
      case 'float':
        return {
          kind: 'literal',
          value: Number(
            this.textOf(node)
              .replaceAll('_', '')
              .replace(/^0(?=\d)/, '0o'),
          ),
          ...place,
        };
      case 'true':
      case 'false':
        return { kind: 'literal', value: type === 'true', ...place };
      case 'nil':
        return { kind: 'literal', value: null, ...place };
      case 'array':
      case 'string_array':
      case 'symbol_array':
      case 'right_assignment_list':
        return { kind: 'list', items: each(), ...place };
      case 'hash':
        return { kind: 'object', properties: node.children.map((child) => this.#pair(child)), ...place };
      case 'element_reference': {
        const [object, ...rest] = each();
        const [index] = rest;
        if (object === undefined || index === undefined) return { kind: 'other', parts: rest, ...place };
        if (index.kind === 'literal') return { kind: 'member', object, property: String(index.value), ...place };
        return { kind: 'element', object, index, ...place };
      }
      case 'call':
        return this.#call(node);
      case 'lambda':
        return { kind: 'function', definition: this.functionOf(node), ...place };
      case 'assignment':
      case 'operator_assignment':
        return this.#assignment(node);
      case 'conditional':
        return {
          kind: 'choice',
          condition: this.expression(field(node, 'condition')),
          options: [this.expression(field(node, 'consequence')), this.expression(field(node, 'alternative'))],
          ...place,
        };
      case 'if':
      case 'unless':
      case 'case': {
        const branches = node.children.filter((child) => child.field !== 'condition' && child.field !== 'value');
        return { kind: 'choice', options: branches.map((child) => this.#branch(child)), ...place };
      }
      case 'if_modifier':
      case 'unless_modifier':
        return { kind: 'choice', options: [this.expression(field(node, 'body'))], ...place };
      case 'rescue_modifier':
        return { kind: 'choice', options: each(), ...place };
      case 'unary': {
        const operator = this.textOf(field(node, 'operator'));
        const operand = this.expression(field(node, 'operand'));
        if (operator === '!' || operator === 'not') return { kind: 'test', operator: '!', operands: [operand], ...place };
        if (operator === 'defined?') return { kind: 'test', operator, operands: [operand], ...place };
        if (operator === '-' && operand.kind === 'literal') return { ...operand, value: -Number(operand.value), ...place };
        return { kind: 'other', parts: [operand], ...place };
      }
      case 'binary':
        return this.#binary(node);
      default:
        return { kind: 'other', parts: each(), ...place };
    }
  }

  /** The value of a branch is its last expression. */
  #branch(node: SyntaxNode): Expression {
    const body = field(node, 'body') ?? field(node, 'consequence') ?? node;
    const last = /^(?:then|else|body_statement)$/.test(body.type) ? body.children.at(-1) : body;
    if (node.type !== 'elsif') return this.expression(last);
    const options = [
      this.expression(last),
      ...node.children.filter((child) => child.field === 'alternative').map((one) => this.#branch(one)),
    ];
    return { kind: 'choice', options, ...placeOf(node) };
  }

  #assignment(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const operator = this.textOf(field(node, 'operator'));
    const value = this.expression(field(node, 'right'));
    const target = this.target(field(node, 'left'));
    if (operator === '||=' || operator === '&&=') {
      return { kind: 'assign', target, value: { kind: 'choice', options: [target, value], ...place }, adds: false, ...place };
    }
    // `user.name = x` is a call in the tree.
    const written: Expression = target.kind === 'call' && target.callee.kind === 'member' ? target.callee : target;
    return { kind: 'assign', target: written, value, adds: operator === '+=', ...place };
  }

  #binary(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const operator = this.textOf(field(node, 'operator'));
    const left = this.expression(field(node, 'left'));
    const right = this.expression(field(node, 'right'));
    const operands = [left, right];
    if (operator === '+') return joined(left, right, place.start, place.end);
    if (operator === '||' || operator === 'or') return { kind: 'choice', options: operands, ...place };
    if (operator === '&&' || operator === 'and') return { kind: 'test', operator: 'and', operands, ...place };
    if (COMPARISONS.has(operator)) return { kind: 'test', operator, operands, ...place };
    if (operator === '=~') return this.call('match?', operands, place);
    if (operator === '!~') return { kind: 'test', operator: '!', operands: [this.call('match?', operands, place)], ...place };
    if (operator === '%' && (left.kind === 'literal' || left.kind === 'text')) {
      return formatted(left, right.kind === 'list' ? right.items : [right], place, 'Integer');
    }
    // `'-' * n` is a row of what stands in the code.
    if (operator === '*' && left.kind === 'literal') return left;
    // `text << more` adds to what it is called on.
    if (operator === '<<') return { kind: 'assign', target: left, value: right, adds: true, ...place };
    return { kind: 'other', parts: operands, ...place };
  }

  #call(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const on = field(node, 'receiver');
    const name = this.textOf(field(node, 'method'));
    const block = field(node, 'block');
    const list = field(node, 'arguments');
    const serves = on === undefined && VERBS.test(name) && block !== undefined && list?.children[0]?.type === 'string';
    const decorator: Expression = { kind: 'name', name: '\0sinatra.route', ...place };
    const given = this.#arguments(list, block, serves ? [decorator] : []);
    const values = given.map(({ value }) => value);
    const [first, ...rest] = values;
    if (on === undefined) {
      if (name === 'format' || name === 'sprintf') return formatted(first, rest, place, 'Integer');
      if (name === 'lambda' || name === 'proc') return values.at(-1) ?? { kind: 'other', parts: [], ...place };
      return { kind: 'call', callee: { kind: 'name', name, ...place }, arguments: given, ...place };
    }
    const object = on.type === 'constant' || on.type === 'scope_resolution' ? this.#constant(on) : this.expression(on);
    if (name === 'include?' && first?.kind === 'literal' && climbs(String(first.value))) {
      return { kind: 'test', operator: '!', operands: [this.call('lacks_climbing', [object], place)], ...place };
    }
    // `.call` and `.()` of a function; `.freeze` and the like give the thing itself.
    if (/^(?:freeze|dup|clone|to_s|presence|itself|tap|html_safe\?)$/.test(name) && values.length === 0) return object;
    const isOwn = on.type === 'self' && this.#methods.has(name);
    const callee: Expression = isOwn ? { kind: 'name', name, ...place } : { kind: 'member', object, property: name, ...place };
    return { kind: 'call', callee, arguments: given, ...place };
  }
}
