import { JavaScriptExpressions, moduleName } from './javascriptExpressions.ts';
import type { Expression, FunctionModel, Parameter, Statement } from './model.ts';
import { field, fields, placeOf } from './reading.ts';
import type { SyntaxNode } from './syntax.ts';

class JavaScript extends JavaScriptExpressions {
  program(root: SyntaxNode): Statement[] {
    return this.#all(root.children);
  }

  #all(nodes: readonly SyntaxNode[]): Statement[] {
    return nodes.flatMap((node) => this.statement(node));
  }

  #body(node: SyntaxNode | undefined): Statement[] {
    return node === undefined ? [] : this.statement(node);
  }

  statement(node: SyntaxNode): Statement[] {
    const place = placeOf(node);
    switch (node.type) {
      case 'import_statement':
        return this.#imports(node);
      case 'lexical_declaration':
      case 'variable_declaration':
        return node.children.flatMap((child) => this.#declarator(child));
      case 'if_statement':
        return [
          {
            kind: 'if',
            condition: this.expression(field(node, 'condition')),
            holds: this.#body(field(node, 'consequence')),
            fails: this.#body(field(node, 'alternative')),
            ...place,
          },
        ];
      case 'for_in_statement':
        return [
          {
            kind: 'loop',
            target: this.expression(field(node, 'left')),
            over: this.expression(field(node, 'right')),
            body: this.#body(field(node, 'body')),
            ...place,
          },
        ];
      case 'for_statement':
      case 'while_statement':
      case 'do_statement': {
        const head = node.children.filter((child) => child.field !== 'body').flatMap((child) => this.statement(child));
        return [...head, { kind: 'loop', body: this.#body(field(node, 'body')), ...place }];
      }
      case 'return_statement': {
        const value = node.children[0];
        return [{ kind: 'return', ...(value === undefined ? {} : { value: this.expression(value) }), ...place }];
      }
      case 'throw_statement':
      case 'break_statement':
      case 'continue_statement': {
        const value = node.type === 'throw_statement' ? node.children[0] : undefined;
        return [{ kind: 'leave', ...(value === undefined ? {} : { value: this.expression(value) }), ...place }];
      }
      case 'switch_statement': {
        const cases = field(node, 'body')?.children ?? [];
        const bodies = cases.flatMap((one): Statement[] => [{ kind: 'block', body: this.#all(fields(one, 'body')), ...placeOf(one) }]);
        return [{ kind: 'do', expression: this.expression(field(node, 'value')), ...place }, ...bodies];
      }
      case 'class_declaration':
      case 'abstract_class_declaration':
      case 'class':
        return [{ kind: 'class', name: this.textOf(field(node, 'name')), body: this.#class(field(node, 'body')), ...place }];
      case 'function_declaration':
      case 'generator_function_declaration':
        return [{ kind: 'function', definition: this.functionOf(node), ...place }];
      case 'statement_block':
      case 'try_statement':
      case 'catch_clause':
      case 'finally_clause':
      case 'else_clause':
      case 'export_statement':
      case 'labeled_statement':
      case 'internal_module':
      case 'module':
      case 'ERROR':
        return [{ kind: 'block', body: this.#all(node.children), ...place }];
      case 'interface_declaration':
      case 'type_alias_declaration':
      case 'ambient_declaration':
      case 'function_signature':
        return [];
      case 'expression_statement':
        return node.children.flatMap((child) => this.#effect(child));
      default:
        return this.#effect(node);
    }
  }

  #effect(node: SyntaxNode): Statement[] {
    return [{ kind: 'do', expression: this.expression(node), ...placeOf(node) }];
  }

  #declarator(node: SyntaxNode): Statement[] {
    if (node.type !== 'variable_declarator') return [];
    const value = field(node, 'value');
    if (value === undefined) return [];
    const target = this.expression(field(node, 'name'));
    const expression: Expression = {
      kind: 'assign',
      target,
      value: this.expression(value, this.textOf(field(node, 'name'))),
      adds: false,
      ...placeOf(node),
    };
    return [{ kind: 'do', expression, ...placeOf(node) }];
  }

  #imports(node: SyntaxNode): Statement[] {
    const source = moduleName(this.literalText(field(node, 'source')));
    const bind = (local: string, name: string): Statement => ({ kind: 'import', local, source: name, ...placeOf(node) });
    return node.children.flatMap((clause) =>
      clause.type !== 'import_clause'
        ? []
        : clause.children.flatMap((part) => {
            if (part.type === 'identifier') return bind(this.textOf(part), source);
            if (part.type === 'namespace_import') return part.children.map((name) => bind(this.textOf(name), source));
            return part.children.map((one) => {
              const name = this.textOf(field(one, 'name'));
              const imported = name === 'default' ? source : `${source}.${name}`;
              return bind(this.textOf(field(one, 'alias') ?? field(one, 'name')), imported);
            });
          }),
    );
  }

  #class(body: SyntaxNode | undefined): Statement[] {
    let decorators: Expression[] = [];
    const statements: Statement[] = [];
    for (const member of body?.children ?? []) {
      if (member.type === 'decorator') {
        decorators.push(...member.children.map((one) => this.expression(one)));
        continue;
      }
      if (member.type === 'method_definition') {
        const definition = { ...this.functionOf(member), decorators };
        statements.push({ kind: 'function', definition, ...placeOf(member) });
      } else if (member.type === 'public_field_definition' || member.type === 'field_definition') {
        const value = field(member, 'value');
        const name = this.textOf(field(member, 'name') ?? field(member, 'property'));
        if (value !== undefined) {
          const self: Expression = { kind: 'name', name: 'this', ...placeOf(member) };
          const target: Expression = { kind: 'member', object: self, property: name, ...placeOf(member) };
          const expression: Expression = { kind: 'assign', target, value: this.expression(value, name), adds: false, ...placeOf(member) };
          statements.push({ kind: 'do', expression, ...placeOf(member) });
        }
      } else if (member.type === 'class_static_block') statements.push(...this.#all(member.children));
      decorators = [];
    }
    return statements;
  }

  protected functionOf(node: SyntaxNode, name = ''): FunctionModel {
    const parameters = field(node, 'parameters')?.children ?? fields(node, 'parameter');
    const body = field(node, 'body');
    const own = this.textOf(field(node, 'name'));
    const statements: Statement[] =
      body === undefined
        ? []
        : body.type === 'statement_block'
          ? this.#all(body.children)
          : [{ kind: 'return', value: this.expression(body), ...placeOf(body) }];
    return {
      name: own || name,
      parameters: parameters.flatMap((one) => this.#parameter(one)),
      decorators: [],
      body: statements,
      ...placeOf(node),
    };
  }

  #parameter(node: SyntaxNode): Parameter[] {
    const wrapped = node.type === 'required_parameter' || node.type === 'optional_parameter';
    const pattern = wrapped ? field(node, 'pattern') : node;
    if (pattern === undefined) return [];
    const decorators = fields(node, 'decorator').map((one) => this.textOf(one));
    const fallback = wrapped ? field(node, 'value') : node.type === 'assignment_pattern' ? field(node, 'right') : undefined;
    const target = pattern.type === 'assignment_pattern' ? field(pattern, 'left') : pattern;
    return [
      {
        target: this.expression(target),
        type: this.textOf(field(node, 'type')),
        decorators,
        ...(fallback === undefined ? {} : { fallback: this.expression(fallback) }),
      },
    ];
  }
}

/** Reads JavaScript and TypeScript, with JSX where the grammar has it. A module that is required is the name of it after a NUL. */
export function readJavaScript(root: SyntaxNode, text: string): Statement[] {
  return new JavaScript(text).program(root);
}
