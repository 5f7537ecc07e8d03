/** UTF-16 offsets in the parsed text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A word or string; what is to be expanded in it stands between the literal pieces. */
export interface Text extends Span {
  readonly kind: 'text';
  readonly parts: readonly (string | Expression)[];
  /** Not in quotes: a parameter may be meant, and wildcards are. */
  readonly bare: boolean;
}

export interface Block extends Span {
  readonly kind: 'block';
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
}

export type Expression =
  | Text
  | Block
  | (Span & { readonly kind: 'variable'; readonly name: string; readonly splat: boolean })
  | (Span & { readonly kind: 'list'; readonly items: readonly Expression[] })
  | (Span & { readonly kind: 'group'; readonly body: readonly Statement[] })
  | (Span & { readonly kind: 'table'; readonly entries: readonly { readonly key: Expression; readonly value: readonly Statement[] }[] })
  | (Span & { readonly kind: 'type'; readonly name: string })
  | (Span & { readonly kind: 'cast'; readonly name: string; readonly of: Expression })
  | (Span & { readonly kind: 'unary'; readonly operator: string; readonly of: Expression })
  | (Span & { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression })
  | (Span & {
      readonly kind: 'member';
      readonly of: Expression;
      readonly name: Expression;
      readonly args: readonly Expression[] | undefined;
    })
  | (Span & { readonly kind: 'index'; readonly of: Expression; readonly index: Expression });

export interface Parameter {
  readonly name: string;
  readonly value: Expression | undefined;
}

export interface Redirection {
  readonly operator: string;
  readonly to: Expression;
}

export interface Command extends Span {
  readonly kind: 'command';
  /** `&` and `.` run what the name evaluates to. */
  readonly invoke: '' | '&' | '.';
  readonly name: Expression;
  readonly args: readonly Expression[];
  readonly redirections: readonly Redirection[];
}

export interface Evaluation extends Span {
  readonly kind: 'expression';
  readonly expression: Expression;
  readonly redirections: readonly Redirection[];
}

export type Stage = Command | Evaluation;

export type Statement =
  | (Span & { readonly kind: 'pipeline'; readonly stages: readonly Stage[] })
  | (Span & { readonly kind: 'assign'; readonly target: Expression; readonly operator: string; readonly value: readonly Statement[] })
  /** `if`, `switch`, `try`: any of the bodies may run. */
  | (Span & { readonly kind: 'choice'; readonly before: readonly Statement[]; readonly bodies: readonly (readonly Statement[])[] })
  | (Span & {
      readonly kind: 'loop';
      readonly variable: string | undefined;
      readonly over: readonly Statement[];
      readonly body: readonly Statement[];
      readonly endless: boolean;
    })
  | (Span & { readonly kind: 'function'; readonly name: string; readonly block: Block })
  | (Span & { readonly kind: 'parameters'; readonly parameters: readonly Parameter[] });
