import type { Expression, FunctionModel, Parameter, Place, Statement } from './model.ts';
import { field, placeOf } from './reading.ts';
import { RubyExpressions } from './rubyExpressions.ts';
import type { SyntaxNode } from './syntax.ts';

/** Of a body that is the last, its value is what the body gives. */
const GIVES_NOTHING = new Set(['while', 'until', 'for', 'method', 'class', 'module', 'return', 'heredoc_body']);

class Ruby extends RubyExpressions {
  program(root: SyntaxNode): Statement[] {
    this.gather(root);
    return this.all(root.children);
  }

  all(nodes: readonly SyntaxNode[]): Statement[] {
    return nodes.flatMap((node) => this.statement(node));
  }

  #body(node: SyntaxNode | undefined): Statement[] {
    if (node === undefined) return [];
    return /^(?:then|do|else|body_statement|block_body|ensure|begin)$/.test(node.type) ? this.all(node.children) : this.statement(node);
  }

  statement(node: SyntaxNode): Statement[] {
    const place = placeOf(node);
    switch (node.type) {
      case 'method':
      case 'singleton_method':
        return [{ kind: 'function', definition: this.functionOf(node), ...place }];
      case 'class':
      case 'module':
      case 'singleton_class':
        return [{ kind: 'class', name: this.textOf(field(node, 'name')), body: this.#body(field(node, 'body')), ...place }];
      case 'if':
      case 'elsif':
      case 'unless':
        return [this.#if(node, node.type === 'unless', field(node, 'consequence'), field(node, 'alternative'))];
      case 'if_modifier':
      case 'unless_modifier':
        return [this.#if(node, node.type === 'unless_modifier', field(node, 'body'), undefined)];
      case 'while':
      case 'until':
      case 'while_modifier':
      case 'until_modifier':
        return [...this.#effect(field(node, 'condition')), { kind: 'loop', body: this.#body(field(node, 'body')), ...place }];
      case 'for': {
        const target = this.target(field(node, 'pattern'));
        const over = this.expression(field(node, 'value')?.children[0]);
        return [{ kind: 'loop', target, over, body: this.#body(field(node, 'body')), ...place }];
      }
      case 'case':
      case 'case_match':
        return this.#case(node);
      case 'return': {
        const value = node.children[0]?.children[0];
        return [{ kind: 'return', ...(value === undefined ? {} : { value: this.expression(value) }), ...place }];
      }
      case 'break':
      case 'next':
      case 'redo':
      case 'retry':
        return [...node.children.flatMap((child) => this.#effect(child.children[0])), { kind: 'leave', ...place }];
      case 'begin':
      case 'body_statement':
      case 'rescue':
      case 'ensure':
      case 'else':
      case 'then':
      case 'do':
      case 'block_body':
      case 'begin_block':
      case 'parenthesized_statements':
      case 'ERROR':
        return [{ kind: 'block', body: this.all(node.children), ...place }];
      case 'rescue_modifier':
        return [...this.#effect(field(node, 'body')), ...this.#effect(field(node, 'handler'))];
      case 'exceptions':
      case 'exception_variable':
      case 'heredoc_body':
      case 'uninterpreted':
      case 'empty_statement':
        return [];
      case 'binary':
        return this.#binaryStatement(node);
      case 'call':
      case 'identifier':
        return this.#callStatement(node);
      default:
        return this.#effect(node);
    }
  }

  #effect(node: SyntaxNode | undefined): Statement[] {
    return node === undefined ? [] : [{ kind: 'do', expression: this.expression(node), ...placeOf(node) }];
  }

  /** `raise`, `halt` and the like leave; `private def x` defines. */
  #callStatement(node: SyntaxNode): Statement[] {
    const place = placeOf(node);
    const named = node.type === 'identifier' ? node : field(node, 'method');
    const name = field(node, 'receiver') === undefined ? this.textOf(named) : '';
    const given = field(node, 'arguments')?.children ?? [];
    if (/^(?:raise|halt|throw|exit|abort|fail)$/.test(name)) return [...this.#effect(node), { kind: 'leave', ...place }];
    // A word alone that names no variable is a call.
    if (node.type === 'identifier' && !this.locals.has(name) && !this.isForeign(name))
      return [{ kind: 'do', expression: this.call(name, [], place), ...place }];
    const defined = given.find(({ type }) => type === 'method' || type === 'singleton_method');
    return defined === undefined ? this.#effect(node) : this.statement(defined);
  }

  /** `redirect_to x and return`, `check(x) or raise`. */
  #binaryStatement(node: SyntaxNode): Statement[] {
    const operator = this.textOf(field(node, 'operator'));
    const right = field(node, 'right');
    if (!/^(?:and|or|&&|\|\|)$/.test(operator) || right === undefined) return this.#effect(node);
    const leaves = /^(?:return|break|next)$/.test(right.type) || /^(?:raise|halt|throw|abort|fail|head)\b/.test(this.textOf(right));
    if (!leaves) return this.#effect(node);
    const condition = this.expression(field(node, 'left'));
    // What stands before `and return` answers the request: after it, nothing of this way goes on.
    if (operator === 'and' || operator === '&&') return [{ kind: 'do', expression: condition, ...placeOf(node) }, ...this.statement(right)];
    return [{ kind: 'if', condition, holds: [], fails: this.statement(right), ...placeOf(node) }];
  }

  #if(node: SyntaxNode, negative: boolean, holds: SyntaxNode | undefined, fails: SyntaxNode | undefined): Statement {
    const place = placeOf(node);
    const asked = this.expression(field(node, 'condition'));
    const condition: Expression = negative ? { kind: 'test', operator: '!', operands: [asked], ...place } : asked;
    return { kind: 'if', condition, holds: this.#body(holds), fails: this.#body(fails), ...place };
  }

  /** Where only literals fit, the value is one of them. */
  #case(node: SyntaxNode): Statement[] {
    const value = field(node, 'value');
    const branches = node.children.filter((child) => child !== value);
    const asked = value === undefined ? undefined : this.expression(value);
    const statements: Statement[] = asked === undefined ? [] : [{ kind: 'do', expression: asked, ...placeOf(node) }];
    for (const branch of branches) {
      const body = this.#body(field(branch, 'body') ?? (branch.type === 'else' ? branch : undefined));
      const patterns = branch.children.filter((child) => child.field === 'pattern').map((child) => this.expression(child.children[0]));
      const [first] = patterns;
      const place = placeOf(branch);
      if (asked === undefined || first === undefined || patterns.some(({ kind }) => kind !== 'literal')) {
        statements.push({ kind: 'block', body, ...place });
        continue;
      }
      const condition: Expression = { kind: 'test', operator: '==', operands: [asked, first], ...place };
      statements.push({ kind: 'if', condition, holds: body, fails: [], ...place });
    }
    return statements;
  }

  protected functionOf(node: SyntaxNode, decorators: readonly Expression[] = []): FunctionModel {
    const list = field(node, 'parameters')?.children ?? [];
    const body = field(node, 'body');
    const inner = body?.type === 'block' || body?.type === 'do_block' ? field(body, 'body') : body;
    const outer = this.locals;
    // A block sees what is around it, a method does not.
    this.locals = new Set(node.type === 'method' || node.type === 'singleton_method' ? [] : outer);
    for (const one of list) for (const name of this.namesIn(one)) this.locals.add(name);
    const definition: FunctionModel = {
      name: this.textOf(field(node, 'name')),
      parameters: list.flatMap((one) => this.#parameter(one)),
      decorators,
      body: this.#giving(this.#body(inner), inner),
      ...placeOf(node),
    };
    this.locals = outer;
    return definition;
  }

  /** The last expression of a body is what it returns. */
  #giving(body: Statement[], node: SyntaxNode | undefined): Statement[] {
    const last = body.at(-1);
    if (last === undefined || node === undefined) return body;
    const rest = body.slice(0, -1);
    if (last.kind === 'do' && !GIVES_NOTHING.has(node.type)) return [...rest, returned(last.expression, last)];
    if (last.kind === 'if')
      return [...rest, { ...last, holds: this.#giving([...last.holds], node), fails: this.#giving([...last.fails], node) }];
    if (last.kind === 'block') return [...rest, { ...last, body: this.#giving([...last.body], node) }];
    return body;
  }

  #parameter(node: SyntaxNode): Parameter[] {
    if (node.type === 'block_parameter') return [];
    const named = field(node, 'name') ?? node;
    const fallback = field(node, 'value');
    return [
      {
        target: this.target(named),
        type: '',
        decorators: [],
        ...(fallback === undefined ? {} : { fallback: this.expression(fallback) }),
      },
    ];
  }
}

function returned(value: Expression, { start, end }: Place): Statement {
  return { kind: 'return', value, start, end };
}

/** Reads Ruby. */
export function readRuby(root: SyntaxNode, text: string): Statement[] {
  return new Ruby(text).program(root);
}
