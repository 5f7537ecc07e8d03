import type { Argument, Expression, FunctionModel, Place, Property } from './model.ts';
import { climbs, field, placeOf, Reading, unescaped } from './reading.ts';
import type { SyntaxNode } from './syntax.ts';

const SUPERGLOBAL = /^\$_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES|ENV)$/;

/** Names, texts and lists of PHP. */
export abstract class PhpParts extends Reading {
  /** Constants that this file defines. */
  protected readonly constants = new Set<string>();
  /** Of the class that is read. */
  protected methods: ReadonlySet<string> = new Set();
  /** What the page shows is no HTML where the file says so. */
  protected readonly echo: string;

  constructor(text: string) {
    super(text);
    this.echo = /Content-Type:\s*(?:application\/(?:json|csv)|text\/(?:plain|csv))/i.test(text) ? 'echo_plain' : 'echo';
  }

  abstract expression(node: SyntaxNode | undefined): Expression;
  protected abstract functionOf(node: SyntaxNode, decorators?: readonly Expression[]): FunctionModel;

  /** Methods must not hide functions of the same name. */
  protected methodName(name: string): string {
    return `method_${name}`;
  }

  protected ownMember(property: string, place: Place): Expression {
    const { start, end } = place;
    return { kind: 'member', object: { kind: 'name', name: 'this', start, end }, property, start, end };
  }

  protected className(node: SyntaxNode | undefined): string {
    const written = this.textOf(node);
    return written.slice(written.lastIndexOf('\\') + 1);
  }

  protected variable(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const name = this.textOf(node);
    if (name === '$this') return { kind: 'name', name: 'this', ...place };
    if (SUPERGLOBAL.test(name)) return this.foreign(name, place);
    return name === '$argv' ? this.foreign('argv', place) : { kind: 'name', name, ...place };
  }

  protected foreign(property: string, place: Place): Expression {
    const { start, end } = place;
    return { kind: 'member', object: { kind: 'name', name: '\0php', start, end }, property, start, end };
  }

  protected quoted(node: SyntaxNode, raw: boolean): Expression {
    const place = placeOf(node);
    const parts: Expression[] = [];
    let text = '';
    for (const part of node.children) {
      if (part.type === 'string_content' || part.type === 'nowdoc_string') text += this.textOf(part);
      else if (part.type === 'escape_sequence') text += raw ? this.textOf(part).slice(1) : unescaped(this.textOf(part));
      else {
        if (text !== '') parts.push({ kind: 'literal', value: text, ...place });
        text = '';
        parts.push(this.expression(part));
      }
    }
    if (parts.length === 0) return { kind: 'literal', value: text, ...place };
    if (text !== '') parts.push({ kind: 'literal', value: text, ...place });
    return { kind: 'text', parts, ...place };
  }

  protected arguments(node: SyntaxNode | undefined): Argument[] {
    return (node?.children ?? []).flatMap((child): Argument[] => {
      if (child.type !== 'argument') return [];
      const name = field(child, 'name');
      const value = child.children.find((one) => one !== name && one.field !== 'reference_modifier');
      const spread = value?.type === 'variadic_unpacking';
      const called = name === undefined ? (spread ? '...' : undefined) : this.textOf(name);
      return [{ ...(called === undefined ? {} : { name: called }), value: this.expression(value) }];
    });
  }

  protected array(node: SyntaxNode): Expression {
    const place = placeOf(node);
    const elements = node.children.filter((child) => child.type === 'array_element_initializer');
    if (!elements.some((one) => one.children.length > 1)) {
      return { kind: 'list', items: elements.map((one) => this.expression(one.children[0])), ...place };
    }
    const properties = elements.map((one): Property => {
      const [at, held] = one.children;
      if (at === undefined || held === undefined) return { value: this.expression(at) };
      const key = this.expression(at);
      const value = this.expression(held);
      // Constants are options by their names.
      const name = key.kind === 'literal' ? String(key.value) : /^[\w\\:]+$/.test(this.textOf(at)) ? this.className(at) : undefined;
      return name === undefined ? { value } : { name, value };
    });
    return { kind: 'object', properties, ...place };
  }

  /** Whether a text holds another: where that climbs out of a folder, the good answer is no. */
  protected contains(values: readonly Expression[], place: Place): Expression {
    const { start, end } = place;
    const part = values[1];
    const isClimb = part?.kind === 'literal' && climbs(String(part.value));
    if (!isClimb) return this.call('str_contains', values, place);
    return { kind: 'test', operator: '!', operands: [this.call('lacks_climbing', values.slice(0, 1), place)], start, end };
  }
}
