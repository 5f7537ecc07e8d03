/**
 * Code of any language in the few shapes that data flow is about. Each language's adapter fills it from its syntax
 * tree; comments, types and whatever decides nothing are left out.
 */

/** UTF-16 offsets in the code. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export type Expression = Place &
  (
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'member'; readonly object: Expression; readonly property: string }
    /** `object[index]` with an index that is no literal. */
    | { readonly kind: 'element'; readonly object: Expression; readonly index: Expression }
    /** What a call `creates` holds what was given to it. */
    | { readonly kind: 'call'; readonly callee: Expression; readonly arguments: readonly Argument[]; readonly creates?: boolean }
    /** One text made of parts: a concatenation, a template, a format. */
    | { readonly kind: 'text'; readonly parts: readonly Expression[] }
    /** A tagged template. */
    | { readonly kind: 'tagged'; readonly tag: Expression; readonly parts: readonly Expression[] }
    | { readonly kind: 'object'; readonly properties: readonly Property[] }
    | { readonly kind: 'list'; readonly items: readonly Expression[] }
    /** One of these: a ternary, `a || b`. */
    | { readonly kind: 'choice'; readonly condition?: Expression; readonly options: readonly Expression[] }
    /** A truth value: a comparison, a negation, a conjunction. */
    | { readonly kind: 'test'; readonly operator: string; readonly operands: readonly Expression[] }
    | { readonly kind: 'function'; readonly definition: FunctionModel }
    | { readonly kind: 'assign'; readonly target: Expression; readonly value: Expression; readonly adds: boolean }
    /** Several results of one call: the value, and what tells whether there is one. */
    | { readonly kind: 'results'; readonly targets: readonly Expression[]; readonly value: Expression }
    /** Whatever else: its parts are looked at, its value is a number or unknown. */
    | { readonly kind: 'other'; readonly parts: readonly Expression[] }
  );

export interface Argument {
  /** Keyword arguments have a name; a spread is `...`. */
  readonly name?: string;
  readonly value: Expression;
}

/** A property of an object literal or pattern; without a name: a spread, or a computed key. */
export interface Property {
  readonly name?: string;
  readonly value: Expression;
}

/** What a declared type or mark tells of a parameter: who chose it, or as what it is known. */
export type Holds = 'request' | 'argument' | 'parameter' | { readonly type: string };

export interface Parameter {
  /** A name, or an object or list pattern. */
  readonly target: Expression;
  readonly type: string;
  readonly decorators: readonly string[];
  readonly fallback?: Expression;
  readonly holds?: Holds;
}

export interface FunctionModel extends Place {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Decorator calls or names. */
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
}

export type Statement = Place &
  (
    | { readonly kind: 'do'; readonly expression: Expression }
    | { readonly kind: 'if'; readonly condition: Expression; readonly holds: readonly Statement[]; readonly fails: readonly Statement[] }
    | { readonly kind: 'loop'; readonly target?: Expression; readonly over?: Expression; readonly body: readonly Statement[] }
    | { readonly kind: 'return'; readonly value?: Expression }
    /** Leaves without a value: throw, raise, break, continue. */
    | { readonly kind: 'leave'; readonly value?: Expression }
    | { readonly kind: 'block'; readonly body: readonly Statement[] }
    | { readonly kind: 'function'; readonly definition: FunctionModel }
    | { readonly kind: 'class'; readonly name: string; readonly body: readonly Statement[] }
    /** `local` stands for the dotted `source`. */
    | { readonly kind: 'import'; readonly local: string; readonly source: string }
  );
