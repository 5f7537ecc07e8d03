import type { Argument, Expression, Place } from './model.ts';
import { PhpParts } from './phpParts.ts';
import { field, formatted, joined, placeOf } from './reading.ts';
import type { SyntaxNode } from './syntax.ts';

/** Wrappers of one expression that change nothing here. */
const TRANSPARENT = new Set([
  'parenthesized_expression',
  'error_suppression_expression',
  'reference_assignment_expression',
  'variadic_unpacking',
  'by_ref',
  'clone_expression',
  'yield_expression',
  'argument',
  'expression_statement',
]);
const COMPARISONS = new Set(['==', '===', '!=', '!==', '<>', '<', '>', '<=', '>=', '<=>', 'instanceof']);
const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '**', '&', '|', '^', '<<', '>>']);
const KNOWN_OF_REQUEST =
  /^(?:query|request|cookies|headers|files|server|attributes|session|user|ip|method|route|params|options|uri|url|data|post|get)$/;
const CONSTANT = /^_*[A-Z][A-Z0-9_]*$/;
const INCLUDES = /^(?:include|require)(?:_once)?_expression$/;
/** Expressions of PHP. */
export abstract class PhpExpressions extends PhpParts {
  expression(node: SyntaxNode | undefined): Expression {
    if (node === undefined) return { kind: 'other', parts: [], start: 0, end: 0 };
    const place = placeOf(node);
    const { type } = node;
    const each = (): Expression[] => node.children.map((child) => this.expression(child));
    if (TRANSPARENT.has(type)) return this.expression(node.children.at(-1));
    if (INCLUDES.test(type)) return this.call('include', each(), place);
    switch (type) {
      case 'variable_name':
        return this.variable(node);
      case 'string':
        return this.quoted(node, true);
      case 'encapsed_string':
        return this.quoted(node, false);
      case 'heredoc':
      case 'nowdoc': {
        const body = field(node, 'value');
        return body === undefined ? { kind: 'literal', value: '', ...place } : this.quoted({ ...body, ...place }, type === 'nowdoc');
      }
      case 'shell_command_expression':
        return this.call('shell_exec', [this.quoted(node, false)], place);
      case 'integer':
      case 'float':
        return { kind: 'literal', value: Number(this.textOf(node).replaceAll('_', '')), ...place };
      case 'boolean':
        return { kind: 'literal', value: /^true$/i.test(this.textOf(node)), ...place };
      case 'null':
        return { kind: 'literal', value: null, ...place };
      case 'name':
      case 'qualified_name':
      case 'relative_scope': {
        const name = this.className(node);
        // A constant is the program's own choice.
        return CONSTANT.test(name) && !this.constants.has(name) ? { kind: 'other', parts: [], ...place } : { kind: 'name', name, ...place };
      }
      case 'member_access_expression':
      case 'nullsafe_member_access_expression':
        return this.#property(node);
      case 'scoped_property_access_expression':
        return {
          kind: 'member',
          object: this.#scope(field(node, 'scope')),
          property: this.textOf(field(node, 'name')).slice(1),
          ...place,
        };
      case 'class_constant_access_expression': {
        const [scope, constant] = node.children;
        const name = this.textOf(constant);
        const isOwn = /^(?:self|static)$/.test(this.textOf(scope)) && this.constants.has(name);
        return isOwn || name === 'class'
          ? { kind: 'member', object: this.#scope(scope), property: name, ...place }
          : { kind: 'other', parts: [], ...place };
      }
      case 'subscript_expression': {
        const [object, at] = node.children;
        const index = at?.type === 'name' ? { kind: 'literal' as const, value: this.textOf(at), ...placeOf(at) } : this.expression(at);
        const whole = this.expression(object);
        if (index.kind !== 'literal') return { kind: 'element', object: whole, index, ...place };
        const member: Expression = { kind: 'member', object: whole, property: String(index.value), ...place };
        // It begins with a slash: the same machine's.
        return /^\$_SERVER\[.(?:REQUEST_URI|PHP_SELF|PATH_INFO)/.test(this.textOf(node)) ? this.call('same_site', [member], place) : member;
      }
      case 'function_call_expression':
        return this.#function(node);
      case 'member_call_expression':
      case 'nullsafe_member_call_expression':
      case 'scoped_call_expression':
        return this.#method(node);
      case 'object_creation_expression': {
        const [made] = node.children;
        const given = this.arguments(node.children.find((child) => child.type === 'arguments'));
        const isChosen = made?.type === 'variable_name';
        const callee: Expression = { kind: 'name', name: isChosen ? 'new' : this.className(made), ...place };
        return { kind: 'call', callee, arguments: isChosen ? [{ value: this.expression(made) }, ...given] : given, ...place };
      }
      case 'array_creation_expression':
        return this.array(node);
      case 'list_literal':
        return { kind: 'list', items: each(), ...place };
      case 'assignment_expression':
      case 'reference_assignment':
      case 'static_variable_declaration': {
        const value = field(node, 'right') ?? field(node, 'value');
        const target = this.expression(field(node, 'left') ?? field(node, 'name'));
        return value === undefined ? target : { kind: 'assign', target, value: this.expression(value), adds: false, ...place };
      }
      case 'augmented_assignment_expression':
        return this.#augmented(node);
      case 'cast_expression': {
        const kind = this.textOf(field(node, 'type')).toLowerCase();
        const value = this.expression(field(node, 'value'));
        return /^(?:int|integer|float|double|real|bool|boolean)$/.test(kind)
          ? this.call('intval', [value], place)
          : kind === 'string' && value.kind !== 'text'
            ? this.call('strval', [value], place)
            : value;
      }
      case 'conditional_expression': {
        const condition = this.expression(field(node, 'condition'));
        const body = field(node, 'body');
        const otherwise = this.expression(field(node, 'alternative'));
        if (body === undefined) return { kind: 'choice', options: [condition, otherwise], ...place };
        return { kind: 'choice', condition, options: [this.expression(body), otherwise], ...place };
      }
      case 'match_expression': {
        const arms = field(node, 'body')?.children ?? [];
        return { kind: 'choice', options: arms.map((arm) => this.expression(field(arm, 'return_expression'))), ...place };
      }
      case 'unary_op_expression': {
        const operand = this.expression(field(node, 'argument'));
        const operator = this.textOf(field(node, 'operator'));
        if (operator === '!') return { kind: 'test', operator, operands: [operand], ...place };
        if (operator === '-' && operand.kind === 'literal') return { ...operand, value: -Number(operand.value), ...place };
        return { kind: 'other', parts: [operand], ...place };
      }
      case 'binary_expression':
        return this.#binary(node);
      case 'print_intrinsic':
        return this.call(this.echo, each(), place);
      case 'anonymous_function':
      case 'arrow_function':
        return { kind: 'function', definition: this.functionOf(node), ...place };
      default:
        return { kind: 'other', parts: each(), ...place };
    }
  }

  /** A field of the request that no class defines is what the client sent under that name. */
  #property(node: SyntaxNode): Expression {
    const object = this.expression(field(node, 'object'));
    const name = this.textOf(field(node, 'name'));
    const isSent = object.kind === 'name' && object.name === '$request' && !KNOWN_OF_REQUEST.test(name);
    return { kind: 'member', object, property: isSent ? `->${name}` : name, ...placeOf(node) };
  }

  #scope(node: SyntaxNode | undefined): Expression {
    const name = this.className(node);
    if (node?.type === 'variable_name') return this.expression(node);
    return { kind: 'name', name: /^(?:self|static|parent)$/.test(name) ? 'this' : name, start: node?.start ?? 0, end: node?.end ?? 0 };
  }

  #augmented(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const operator = this.textOf(field(node, 'operator'));
    const target = this.expression(field(node, 'left'));
    const right = this.expression(field(node, 'right'));
    if (operator === '.=') return { kind: 'assign', target, value: right, adds: true, ...place };
    const value: Expression =
      operator === '??=' ? { kind: 'choice', options: [target, right], ...place } : this.call('floatval', [target, right], place);
    return { kind: 'assign', target, value, adds: false, ...place };
  }

  #binary(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const operator = this.textOf(field(node, 'operator')).toLowerCase();
    const left = this.expression(field(node, 'left'));
    const right = this.expression(field(node, 'right'));
    if (operator === '.') return joined(left, right, place.start, place.end);
    if (/^(?:\|\||\?\?|or|xor)$/.test(operator)) return { kind: 'choice', options: [left, right], ...place };
    if (operator === '&&' || operator === 'and') return { kind: 'test', operator: 'and', operands: [left, right], ...place };
    if (COMPARISONS.has(operator)) return this.#compared(operator, left, right, place);
    if (ARITHMETIC.has(operator)) return this.call('floatval', [left, right], place);
    return { kind: 'other', parts: [left, right], ...place };
  }

  /** `strpos($x, 'a') === 0` asks for the beginning, `!== false` for any place. */
  #compared(operator: string, left: Expression, right: Expression, place: Place): Expression {
    const { start, end } = place;
    const name = left.kind === 'call' && left.callee.kind === 'name' ? left.callee.name : '';
    const searches = left.kind === 'call' && /^(?:mb_)?str(?:i?pos|r?i?str)$|^str_contains$|^substr$/.test(name);
    if (!searches || right.kind !== 'literal') return { kind: 'test', operator, operands: [left, right], start, end };
    const values = left.arguments.map(({ value }) => value);
    const asked = right.value === 0 || name === 'substr' ? this.call('str_starts_with', values, place) : this.contains(values, place);
    const negative = operator.startsWith('!') !== (right.value === false);
    return negative ? { kind: 'test', operator: '!', operands: [asked], start, end } : asked;
  }

  #function(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const called = field(node, 'function');
    const given = this.arguments(field(node, 'arguments'));
    const values = given.map(({ value }) => value);
    const [first, second] = values;
    if (called?.type !== 'name' && called?.type !== 'qualified_name') {
      const callee = this.expression(called);
      const real: Expression = { kind: 'call', callee, arguments: given, ...place };
      return called?.type === 'variable_name'
        ? { kind: 'other', parts: [this.call('call_user_func', [callee], place), real], ...place }
        : real;
    }
    const name = this.className(called);
    const lower = name.toLowerCase();
    const filter = values.map((value) => this.text.slice(value.start, value.end)).find((word) => /^\\?FILTER_\w+$/.test(word));
    switch (lower) {
      case 'die':
      case 'exit':
        return this.call(this.echo, values, place);
      case 'define':
        if (first?.kind === 'literal' && second !== undefined) {
          this.constants.add(String(first.value));
          return { kind: 'assign', target: { kind: 'name', name: String(first.value), ...place }, value: second, adds: false, ...place };
        }
        return this.call(lower, values, place);
      case 'settype': {
        const isNumber = second?.kind === 'literal' && /^(?:int|float|double|bool)/.test(String(second.value));
        if (first === undefined || !isNumber) return this.call(lower, values, place);
        return { kind: 'assign', target: first, value: this.call('intval', [first], place), adds: false, ...place };
      }
      case 'isset':
      case 'empty':
        return { kind: 'test', operator: lower, operands: [{ kind: 'list', items: values, ...place }], ...place };
      case 'sprintf':
      case 'printf':
      case 'vsprintf': {
        const items = lower === 'vsprintf' && second?.kind === 'list' ? second.items : values.slice(1);
        const text = formatted(first, items, place, 'intval');
        return lower === 'printf' ? this.call(this.echo, [text], place) : text;
      }
      case 'filter_var':
        return filter === undefined || first === undefined ? this.call(lower, values, place) : this.call(filter, [first], place);
      case 'filter_input': {
        const read = this.call(lower, values, place);
        return filter === undefined ? read : this.call(filter, [read], place);
      }
      case 'str_contains':
        return this.contains(values, place);
      case 'file_get_contents':
        if (first?.kind === 'literal' && first.value === 'php://input') return this.foreign('input', place);
        return this.call(lower, values, place);
      case 'request':
      case 'input':
        return values.length === 0 ? this.call(lower, values, place) : this.foreign('input', place);
      case 'array_map': {
        // A function by its name is as good as a call of it.
        const named = first?.kind === 'literal' && typeof first.value === 'string' ? first.value : undefined;
        return this.call(named ?? lower, named === undefined ? values : values.slice(1), place);
      }
      default: {
        const plain = /^(?:implode|join)$/.test(lower) ? 'join' : name;
        return { kind: 'call', callee: { kind: 'name', name: plain, ...place }, arguments: given, ...place };
      }
    }
  }

  #method(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const named = field(node, 'name');
    const name = this.textOf(named);
    const isScoped = node.type === 'scoped_call_expression';
    const object = isScoped ? this.#scope(field(node, 'scope')) : this.expression(field(node, 'object'));
    const list = field(node, 'arguments')?.children ?? [];
    const isRoute =
      /^(?:get|post|put|patch|delete|any|map|match|options)$/.test(name) &&
      ((object.kind === 'name' && /^(?:Route|\$(?:app|router|route|group|r))$/i.test(object.name)) ||
        (object.kind === 'member' && /^(?:app|router)$/.test(object.property)));
    const decorator: Expression = { kind: 'name', name: '\0php.route', ...place };
    const given = isRoute
      ? list.map((child): Argument => {
          const value = child.children.at(-1);
          const isFunction = value?.type === 'anonymous_function' || value?.type === 'arrow_function';
          return isFunction
            ? { value: { kind: 'function', definition: this.functionOf(value, [decorator]), ...placeOf(value) } }
            : { value: this.expression(value) };
        })
      : this.arguments(field(node, 'arguments'));
    const isOwn = object.kind === 'name' && object.name === 'this' && this.methods.has(name);
    if (isOwn) return { kind: 'call', callee: { kind: 'name', name: this.methodName(name), ...place }, arguments: given, ...place };
    const callee: Expression =
      named?.type === 'name'
        ? { kind: 'member', object, property: name, ...place }
        : { kind: 'member', object: this.call('call_user_func', [this.expression(named)], place), property: '', ...place };
    return { kind: 'call', callee, arguments: given, ...place };
  }
}
