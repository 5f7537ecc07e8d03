import { either, type Value } from './value.ts';

/** Variables by name (`x`, `this.x`), over those of the code around. */
export class Scope {
  readonly #own = new Map<string, Value>();
  readonly #around: Scope | undefined;

  constructor(around?: Scope) {
    this.#around = around;
  }

  get(name: string): Value | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#around) {
      const value = scope.#own.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  set(name: string, value: Value): void {
    this.#own.set(name, value);
  }

  /** Names that were written here, and not in the code around. */
  get written(): readonly string[] {
    return [...this.#own.keys()];
  }

  /** Of the whole file. */
  get outermost(): Scope {
    let scope: Scope = this;
    while (scope.#around !== undefined) scope = scope.#around;
    return scope;
  }

  /** Takes over what branches wrote, each of which may have run or not. */
  merge(branches: readonly Scope[], complete: boolean): void {
    const names = new Set(branches.flatMap((branch) => [...branch.#own.keys()]));
    for (const name of names) {
      const values = branches.flatMap((branch) => branch.#own.get(name) ?? this.get(name) ?? []);
      const before = complete ? undefined : this.get(name);
      this.#own.set(name, either(before === undefined ? values : [...values, before]));
    }
  }
}
