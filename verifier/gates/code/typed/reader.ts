import type { TypedLanguage } from '../language.ts';
import type { Expression, FunctionModel, Parameter, Statement } from '../model.ts';
import { field, fields, placeOf } from '../reading.ts';
import type { SyntaxNode } from '../syntax.ts';
import { TypedCalls } from './callExpressions.ts';
import { BUILDERS } from './calls.ts';
import { oneField } from './expressions.ts';
import { holdsOf, isRoute, servesByBase, typeName } from './parameters.ts';
import { EXPRESSION_ROLES, FIELD, STATEMENT_ROLES } from './roles.ts';

/** Modules whose last part alone would be taken for another. */
const WHOLE_MODULES = new Map([
  ['math/rand', 'mathrand'],
  ['math/rand/v2', 'mathrand'],
  ['text/template', 'texttemplate'],
]);

/** Statements of Go, Java and C#. */
class Typed extends TypedCalls {
  readonly #language: TypedLanguage;
  /** The class that is read answers requests. */
  #serving = false;

  constructor(text: string, language: TypedLanguage) {
    super(text);
    this.#language = language;
  }

  program(root: SyntaxNode): Statement[] {
    for (const { type, children } of root.children) {
      if (type === 'method_declaration') this.methods.add(this.textOf(children.find((child) => child.field === 'name')));
    }
    return this.statement(root);
  }

  #all(nodes: readonly SyntaxNode[]): Statement[] {
    return nodes.flatMap((node) => this.statement(node));
  }

  #body(node: SyntaxNode | undefined): Statement[] {
    return node === undefined ? [] : this.statement(node);
  }

  statement(node: SyntaxNode): Statement[] {
    const place = placeOf(node);
    switch (STATEMENT_ROLES.get(node.type)) {
      case 'block':
        return [{ kind: 'block', body: this.#all(node.children), ...place }];
      case 'several':
        return this.#all(node.children);
      case 'declare':
        return this.#declaration(node);
      case 'assign':
        return this.#results(fields(node, 'left'), fields(node, 'right'), this.textOf(field(node, 'operator')) === '+=', node);
      case 'import':
        return this.#import(node);
      case 'function': {
        const name = this.textOf(field(node, 'name'));
        return [{ kind: 'function', definition: this.functionOf(node, name, this.#serves(node)), ...place }];
      }
      case 'class':
        return [this.#class(node)];
      case 'if':
        return [
          ...this.#body(field(node, 'initializer')),
          {
            kind: 'if',
            condition: this.expression(field(node, 'condition')),
            holds: this.#body(field(node, 'consequence')),
            fails: this.#body(field(node, 'alternative')),
            ...place,
          },
        ];
      case 'loop':
        return this.#loop(node);
      case 'return': {
        const value = node.children[0];
        const [first, ...more] = value?.type === 'expression_list' ? value.children : [value];
        const others = more.flatMap((one) => (one === undefined ? [] : this.#effect(one)));
        return [...others, { kind: 'return', ...(first === undefined ? {} : { value: this.expression(first) }), ...place }];
      }
      case 'leave': {
        const value = node.type.startsWith('throw') ? node.children[0] : undefined;
        return [{ kind: 'leave', ...(value === undefined ? {} : { value: this.expression(value) }), ...place }];
      }
      case 'nothing':
        return [];
      default:
        return this.#effect(node);
    }
  }

  #effect(node: SyntaxNode): Statement[] {
    return [{ kind: 'do', expression: this.expression(node), ...placeOf(node) }];
  }

  #loop(node: SyntaxNode): Statement[] {
    const place = placeOf(node);
    const body = this.#body(field(node, 'body'));
    const range = node.children.find(({ type }) => type === 'range_clause') ?? node;
    const over = field(range, 'right') ?? (node.type === 'enhanced_for_statement' ? field(node, 'value') : undefined);
    if (over !== undefined) {
      const left = oneField(range, FIELD.left);
      // `for key, value := range list`: the value is the element.
      const target = left?.type === 'expression_list' ? left.children.at(-1) : left;
      return [{ kind: 'loop', target: this.expression(target), over: this.expression(over), body, ...place }];
    }
    const head = node.children
      .filter((child) => child.field !== 'body')
      .flatMap((child) => (child.type === 'for_clause' ? this.#all(child.children) : this.statement(child)));
    return [...head, { kind: 'loop', body, ...place }];
  }

  #import(node: SyntaxNode): Statement[] {
    const path = this.textOf(field(node, 'path')).replace(/["`]/g, '');
    const whole = WHOLE_MODULES.get(path);
    const parts = path.replace(/\.v\d+$/, '').split('/');
    const last = /^v\d+$/.test(parts.at(-1) ?? '') ? parts.at(-2) : parts.at(-1);
    const plain = (last ?? path).replace(/^go-|-go$|\.go$/g, '');
    const alias = this.textOf(field(node, 'name'));
    const local = alias === '' ? (whole === undefined ? plain : plain.replace(/^v\d+$/, 'rand')) : alias;
    return [{ kind: 'import', local, source: whole ?? plain, ...placeOf(node) }];
  }

  /** Variables and fields; one without a value is known by its type. */
  #declaration(node: SyntaxNode): Statement[] {
    const own = node.children.flatMap((child) => (child.type === 'variable_declaration' ? child.children : [child]));
    const declarators = own.filter(({ type }) => type === 'variable_declarator');
    const typed = own.find((child) => child.field === 'type');
    const type = typeName(this.textOf(typed), this.#language === 'go');
    const accessors = this.#all(node.children.filter((child) => child.type === 'accessor_list'));
    if (declarators.length === 0) return [...this.#results(fields(node, 'name'), fields(node, 'value'), false, node, type), ...accessors];
    return declarators.flatMap((one) => {
      const [tuple] = one.children;
      if (tuple?.type === 'tuple_pattern') return this.#results(fields(tuple, 'name'), one.children.slice(1), false, one, type);
      const value = field(one, 'value') ?? one.children.find((child) => child.field === '' && child.type !== 'dimensions');
      return this.#results(fields(one, 'name'), value === undefined ? [] : [value], false, one, type);
    });
  }

  /** `a, b := f()`, `a, b = 1, 2`, `String a = x`. */
  #results(left: readonly SyntaxNode[], right: readonly SyntaxNode[], adds: boolean, node: SyntaxNode, type = ''): Statement[] {
    const spread = (nodes: readonly SyntaxNode[]): readonly SyntaxNode[] =>
      nodes.flatMap((one) => (one.type === 'expression_list' ? one.children : [one]));
    const [targets, values] = [spread(left), spread(right)];
    const place = placeOf(node);
    const effect = (expression: Expression): Statement => ({ kind: 'do', expression, ...place });
    const [only] = values;
    if (values.length === 1 && targets.length > 1 && only !== undefined) {
      const value = this.expression(only);
      const all = targets.map((one) => this.expression(one));
      if (value.kind !== 'element' && value.kind !== 'member') return [effect({ kind: 'results', targets: all, value, ...place })];
      const [first, found] = all;
      // `value, ok := allowed[key]` says whether the key is one of them.
      const index: Expression = value.kind === 'element' ? value.index : { kind: 'literal', value: value.property, ...place };
      const has: Expression = { kind: 'member', object: value.object, property: 'has', ...place };
      const asked: Expression = { kind: 'call', callee: has, arguments: [{ value: index }], ...place };
      return [
        ...(first === undefined ? [] : [effect(this.assigned(first, value, false, place))]),
        ...(found === undefined ? [] : [effect(this.assigned(found, asked, false, place))]),
      ];
    }
    return targets.flatMap((one, index) => {
      const name = this.textOf(one);
      if (BUILDERS.test(type)) this.builders.add(name);
      const given = values[index];
      if (given === undefined) {
        const held: Expression = BUILDERS.test(type) ? { kind: 'literal', value: '', ...place } : this.name(`\0${type}`, place);
        return type === '' ? [] : [effect(this.assigned(this.expression(one), held, false, place))];
      }
      const created = /^\s*(?:new\s+|&?)(String(?:Builder|Buffer)|strings\.Builder|bytes\.Buffer)\b/.exec(this.textOf(given).slice(0, 60));
      if (created !== null) this.builders.add(name);
      const value = this.expression(given, type === 'var' ? '' : type);
      if (this.isZeros(value)) this.zeroed.add(name);
      return [effect(this.assigned(this.expression(one), value, adds, place))];
    });
  }

  #class(node: SyntaxNode): Statement {
    const outer = { own: this.ownClass, serving: this.#serving };
    const bases = node.children.filter(({ type }) => type === 'base_list' || type === 'superclass');
    this.ownClass = this.textOf(field(node, 'name'));
    this.#serving = servesByBase(bases.map((one) => this.textOf(one)).join(' ')) || this.marksOf(node).includes('ApiController');
    const body = this.#all(field(node, 'body')?.children ?? []);
    const name = this.ownClass;
    ({ own: this.ownClass, serving: this.#serving } = outer);
    return { kind: 'class', name, body, ...placeOf(node) };
  }

  protected methodsOf(body: SyntaxNode): readonly Statement[] {
    return this.#all(body.children);
  }

  #serves(node: SyntaxNode): boolean {
    if (isRoute(this.marksOf(node))) return true;
    return (
      this.#serving &&
      node.type === 'method_declaration' &&
      node.children.some((child) => child.type === 'modifier' && this.textOf(child) === 'public')
    );
  }

  protected functionOf(node: SyntaxNode, name: string, serves: boolean): FunctionModel {
    const place = placeOf(node);
    const outer = this.self;
    const receiver = field(node, 'receiver')?.children[0];
    if (receiver !== undefined) this.self = this.textOf(field(receiver, 'name'));
    const body = field(node, 'body');
    const isBlock = body !== undefined && STATEMENT_ROLES.has(body.type);
    const statements: Statement[] =
      body === undefined ? [] : isBlock ? this.statement(body) : [{ kind: 'return', value: this.expression(body), ...placeOf(body) }];
    this.self = outer;
    return {
      name,
      parameters: this.#parameters(field(node, 'parameters'), serves, name),
      decorators: serves ? [this.name('\0@request', place)] : [],
      body: statements,
      ...place,
    };
  }

  #parameters(node: SyntaxNode | undefined, serves: boolean, of: string): Parameter[] {
    if (node === undefined) return [];
    if (node.children.length === 0 && EXPRESSION_ROLES.get(node.type) === 'name') return this.#parameter([node], undefined, [], serves, of);
    if (node.type === 'implicit_parameter') return this.#parameter([node], undefined, [], serves, of);
    // `params string[] rest` stands in the list itself.
    const bare = node.children.filter((child) => child.field === 'name');
    const listed = node.children.filter((child) => child.field === '');
    const each = listed.flatMap((one) => {
      const declarator = one.children.find(({ type }) => type === 'variable_declarator');
      const names = declarator === undefined ? fields(one, 'name') : fields(declarator, 'name');
      const type =
        field(one, 'type') ??
        (declarator === undefined ? undefined : one.children.find((child) => child !== declarator && child.type !== 'modifiers'));
      return this.#parameter(names.length === 0 && one.children.length === 0 ? [one] : names, type, this.marksOf(one), serves, of);
    });
    return [...each, ...this.#parameter(bare, field(node, 'type'), [], serves, of)];
  }

  #parameter(
    names: readonly SyntaxNode[],
    typed: SyntaxNode | undefined,
    marks: readonly string[],
    serves: boolean,
    of: string,
  ): Parameter[] {
    const type = typeName(this.textOf(typed), this.#language === 'go');
    return names.map((node): Parameter => {
      const name = this.textOf(node);
      if (BUILDERS.test(type)) this.builders.add(name);
      const holds = holdsOf({ name, type, marks, serves, of });
      return { target: this.name(name, node), type, decorators: [], ...(holds === undefined ? {} : { holds }) };
    });
  }
}

/** Reads Go, Java or C#; names of declared types stand in them after a NUL. */
export function readTyped(root: SyntaxNode, text: string, language: TypedLanguage): Statement[] {
  return new Typed(text, language).program(root);
}
