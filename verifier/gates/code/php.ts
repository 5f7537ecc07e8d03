import type { Expression, FunctionModel, Parameter, Statement } from './model.ts';
import { PhpExpressions } from './phpExpressions.ts';
import { field, placeOf } from './reading.ts';
import type { SyntaxNode } from './syntax.ts';

/** Types whose values are texts or hold some; others are objects and numbers, which nobody writes by hand. */
const OPEN_TYPE = /^\??(?:string|array|mixed|iterable)$|\bstring\b|\barray\b/;

class Php extends PhpExpressions {
  /** `<?=` shows the expression after it. */
  all(nodes: readonly SyntaxNode[]): Statement[] {
    let shows = false;
    return nodes.flatMap((node): Statement[] => {
      const tag = node.type === 'text_interpolation' ? node.children.at(-1) : node;
      if (tag?.type === 'php_tag') {
        shows = this.textOf(tag) === '<?=';
        return [];
      }
      const shown = shows && node.type === 'expression_statement';
      shows = false;
      return shown ? node.children.map((child) => this.#shown(child)) : this.statement(node);
    });
  }

  #body(node: SyntaxNode | undefined): Statement[] {
    if (node === undefined) return [];
    return node.type === 'compound_statement' || node.type === 'colon_block' ? this.all(node.children) : this.statement(node);
  }

  #shown(node: SyntaxNode): Statement {
    const shown = this.call(this.echo, [this.expression(node)], placeOf(node));
    return { kind: 'do', expression: shown, ...placeOf(node) };
  }

  statement(node: SyntaxNode): Statement[] {
    const place = placeOf(node);
    switch (node.type) {
      case 'const_declaration':
        return this.#constants(node);
      case 'text':
      case 'text_interpolation':
      case 'php_end_tag':
      case 'global_declaration':
      case 'empty_statement':
        return [];
      case 'namespace_definition':
        return this.#body(field(node, 'body'));
      case 'namespace_use_declaration':
        return this.#imports(node);
      case 'function_definition':
        return [{ kind: 'function', definition: this.functionOf(node), ...place }];
      case 'class_declaration':
      case 'trait_declaration':
      case 'enum_declaration':
        return [this.#class(node)];
      case 'interface_declaration':
        return [];
      case 'echo_statement': {
        const shown = node.children.flatMap((child) => (child.type === 'sequence_expression' ? child.children : [child]));
        return shown.map((child) => this.#shown(child));
      }
      case 'if_statement':
      case 'else_if_clause':
        return [this.#if(node)];
      case 'foreach_statement':
        return [this.#foreach(node)];
      case 'for_statement':
      case 'while_statement':
      case 'do_statement': {
        const head = node.children.filter((child) => child.field !== 'body').flatMap((child) => this.statement(child));
        return [...head, { kind: 'loop', body: this.#body(field(node, 'body')), ...place }];
      }
      case 'switch_statement': {
        const cases = field(node, 'body')?.children ?? [];
        const bodies = cases.map(
          (one): Statement => ({
            kind: 'block',
            body: this.all(one.children.filter((child) => child.field !== 'value')),
            ...placeOf(one),
          }),
        );
        return [{ kind: 'do', expression: this.expression(field(node, 'condition')), ...place }, ...bodies];
      }
      case 'return_statement': {
        const value = node.children[0];
        return [{ kind: 'return', ...(value === undefined ? {} : { value: this.expression(value) }), ...place }];
      }
      case 'exit_statement':
        return [...node.children.map((child) => this.#shown(child)), { kind: 'leave', ...place }];
      case 'break_statement':
      case 'continue_statement':
        return [{ kind: 'leave', ...place }];
      case 'expression_statement':
        return node.children.flatMap((child) => this.#effect(child));
      case 'compound_statement':
      case 'colon_block':
      case 'try_statement':
      case 'catch_clause':
      case 'finally_clause':
      case 'else_clause':
      case 'program':
      case 'ERROR':
        return [{ kind: 'block', body: this.all(node.children), ...place }];
      default:
        return this.#effect(node);
    }
  }

  #effect(node: SyntaxNode): Statement[] {
    const place = placeOf(node);
    if (node.type === 'throw_expression') {
      return [{ kind: 'leave', value: { kind: 'other', parts: node.children.map((child) => this.expression(child)), ...place }, ...place }];
    }
    const ends = node.type === 'function_call_expression' && /^(?:die|exit)$/i.test(this.textOf(field(node, 'function')));
    if (!ends) return [{ kind: 'do', expression: this.expression(node), ...place }];
    const shown = field(node, 'arguments')?.children ?? [];
    return [...shown.map((child) => this.#shown(child)), { kind: 'leave', ...place }];
  }

  #if(node: SyntaxNode): Statement {
    const [first, ...rest] = node.children.filter((child) => child.field === 'alternative');
    const fails =
      first === undefined
        ? []
        : first.type === 'else_if_clause'
          ? [this.#if({ ...first, children: [...first.children, ...rest] })]
          : this.#body(field(first, 'body'));
    const condition = this.expression(field(node, 'condition'));
    return { kind: 'if', condition, holds: this.#body(field(node, 'body')), fails, ...placeOf(node) };
  }

  #foreach(node: SyntaxNode): Statement {
    const place = placeOf(node);
    const [over, item] = node.children.filter((child) => child.field !== 'body');
    const body = this.#body(field(node, 'body'));
    const [key, value] = item?.type === 'pair' ? item.children : [undefined, item];
    const list = this.expression(over);
    const target = this.expression(value);
    if (key === undefined) return { kind: 'loop', target, over: list, body, ...place };
    // Keys are written by whoever writes the values.
    const named: Expression = { kind: 'element', object: list, index: { kind: 'other', parts: [], ...place }, ...place };
    const keyed: Expression = { kind: 'assign', target: this.expression(key), value: named, adds: false, ...place };
    return { kind: 'loop', target, over: list, body: [{ kind: 'do', expression: keyed, ...place }, ...body], ...place };
  }

  /** `use A\B as C` binds `C`; names are known by their last part. */
  #imports(node: SyntaxNode): Statement[] {
    return node.children.flatMap((clause): Statement[] => {
      const alias = this.textOf(field(clause, 'alias'));
      return alias === '' ? [] : [{ kind: 'import', local: alias, source: this.className(clause.children[0]), ...placeOf(clause) }];
    });
  }

  #constants(node: SyntaxNode, own = false): Statement[] {
    return node.children.flatMap((one): Statement[] => {
      const [named, value] = one.type === 'const_element' ? one.children : [];
      if (value === undefined) return [];
      const place = placeOf(one);
      const name = this.textOf(named);
      this.constants.add(name);
      const target: Expression = own ? this.ownMember(name, place) : { kind: 'name', name, ...place };
      return [{ kind: 'do', expression: { kind: 'assign', target, value: this.expression(value), adds: false, ...place }, ...place }];
    });
  }

  #class(node: SyntaxNode): Statement {
    const outer = this.methods;
    const members = field(node, 'body')?.children ?? [];
    this.methods = new Set(members.flatMap((one) => (one.type === 'method_declaration' ? [this.textOf(field(one, 'name'))] : [])));
    const body = members.flatMap((member): Statement[] => {
      if (member.type === 'method_declaration') return [{ kind: 'function', definition: this.functionOf(member), ...placeOf(member) }];
      if (member.type === 'const_declaration') return this.#constants(member, true);
      if (member.type !== 'property_declaration') return [];
      return member.children.flatMap((one): Statement[] => {
        const value = field(one, 'default_value');
        if (value === undefined) return [];
        const target = this.ownMember(this.textOf(field(one, 'name')).slice(1), placeOf(one));
        const expression: Expression = { kind: 'assign', target, value: this.expression(value), adds: false, ...placeOf(one) };
        return [{ kind: 'do', expression, ...placeOf(one) }];
      });
    });
    this.methods = outer;
    return { kind: 'class', name: this.textOf(field(node, 'name')), body, ...placeOf(node) };
  }

  protected functionOf(node: SyntaxNode, decorators: readonly Expression[] = []): FunctionModel {
    const body = field(node, 'body');
    const own = this.textOf(field(node, 'name'));
    const given = field(node, 'parameters')?.children ?? [];
    const statements: Statement[] =
      body === undefined
        ? []
        : body.type === 'compound_statement'
          ? this.all(body.children)
          : [{ kind: 'return', value: this.expression(body), ...placeOf(body) }];
    const promoted = given.flatMap((one): Statement[] => {
      const name = this.textOf(field(one, 'name'));
      if (one.type !== 'property_promotion_parameter') return [];
      const place = placeOf(one);
      const expression: Expression = {
        kind: 'assign',
        target: this.ownMember(name.slice(1), place),
        value: { kind: 'name', name, ...place },
        adds: false,
        ...place,
      };
      return [{ kind: 'do', expression, ...place }];
    });
    const attributes = this.textOf(field(node, 'attributes'));
    const route: Expression = { kind: 'name', name: '\0php.route', ...placeOf(node) };
    return {
      name: node.type === 'method_declaration' ? this.methodName(own) : own,
      parameters: given.flatMap((one) => this.#parameter(one)),
      decorators: /\bRoute\(/.test(attributes) ? [...decorators, route] : decorators,
      body: [...promoted, ...statements],
      ...placeOf(node),
    };
  }

  #parameter(node: SyntaxNode): Parameter[] {
    const named = field(node, 'name');
    if (named === undefined) return [];
    const written = this.textOf(field(node, 'type'));
    const name = this.textOf(named);
    const isObject = (written !== '' && !OPEN_TYPE.test(written)) || /^\$(?:request|req|response|args?v?)$/i.test(name);
    const fallback = field(node, 'default_value');
    return [
      {
        target: this.expression(named),
        type: isObject ? 'number' : written,
        decorators: [],
        ...(fallback === undefined ? {} : { fallback: this.expression(fallback) }),
      },
    ];
  }
}

/** Reads PHP with HTML around it. Variables keep their `$`; what is outside of PHP's tags is nobody's choice. */
export function readPhp(root: SyntaxNode, text: string): Statement[] {
  return new Php(text).all(root.children);
}
