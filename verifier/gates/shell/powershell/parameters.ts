import { isTrue, type Thing } from './things.ts';

/** An argument as it stands in a command: `name` is set where it is a parameter. */
export interface Argument {
  readonly name?: string;
  /** The value, where one is joined to the name by a colon. */
  readonly value?: Thing;
}

/** Parameters that every cmdlet has (about_CommonParameters). */
const COMMON =
  'ErrorAction ErrorVariable InformationAction InformationVariable WarningAction WarningVariable OutVariable OutBuffer PipelineVariable Verbose! Debug! WhatIf! Confirm!';
const SHORT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ea: 'ErrorAction',
    wa: 'WarningAction',
    ev: 'ErrorVariable',
    ov: 'OutVariable',
    wi: 'WhatIf',
    cf: 'Confirm',
    pspath: 'LiteralPath',
    lp: 'LiteralPath',
    s: 'Recurse',
    cn: 'ComputerName',
  }),
);

interface Declared {
  readonly name: string;
  readonly isSwitch: boolean;
  readonly positional: boolean;
}

const declarations = new Map<string, readonly Declared[]>();

function declared(takes: string): readonly Declared[] {
  let known = declarations.get(takes);
  if (known === undefined) {
    known = `${takes} ${COMMON}`
      .trim()
      .split(/\s+/)
      .map((word) => ({ name: word.replace(/[*!]$/, ''), isSwitch: word.endsWith('!'), positional: word.endsWith('*') }));
    declarations.set(takes, known);
  }
  return known;
}

/**
 * A cmdlet's arguments by parameter, abbreviated ones too.
 * `takes` lists its parameters: `Path*` is positional as well, in the order given; `Force!` is a switch.
 */
export class Parameters {
  readonly #values = new Map<string, Thing>();
  readonly #declared: readonly Declared[];
  /** Positional arguments, those that found no parameter last. */
  readonly positional: readonly Thing[];
  /** Names that the cmdlet does not have, as they stand: the flags of a Unix program under an alias. */
  readonly unknown: readonly string[];

  constructor(takes: string, args: readonly Argument[]) {
    this.#declared = declared(takes);
    const positional: Thing[] = [];
    const unknown: string[] = [];
    for (let index = 0; index < args.length; index++) {
      const { name, value } = args[index] ?? {};
      if (name === undefined) {
        if (value !== undefined) positional.push(value);
        continue;
      }
      const meant = this.#find(name);
      if (meant === undefined) {
        unknown.push(name);
        if (value !== undefined) positional.push(value);
      } else if (meant.isSwitch) this.#values.set(meant.name, value ?? TRUE);
      else if (value !== undefined) this.#values.set(meant.name, value);
      else if (args[index + 1] !== undefined && args[index + 1]?.name === undefined)
        this.#values.set(meant.name, args[++index]?.value ?? TRUE);
    }
    const open = this.#declared.filter(({ name, positional: takesPlace }) => takesPlace && !this.#values.has(name));
    positional.forEach((value, place) => {
      const slot = open[place];
      if (slot !== undefined) this.#values.set(slot.name, value);
    });
    this.positional = positional;
    this.unknown = unknown;
  }

  #find(given: string): Declared | undefined {
    const lower = given.toLowerCase();
    const short = SHORT.get(lower);
    return (
      this.#declared.find(({ name }) => name.toLowerCase() === lower) ??
      this.#declared.find(({ name }) => name === short) ??
      this.#declared.find(({ name }) => name.toLowerCase().startsWith(lower))
    );
  }

  get(...names: readonly string[]): Thing | undefined {
    for (const name of names) {
      const value = this.#values.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Whether a switch is given, and not as `-Name:$false`. */
  has(name: string): boolean {
    const value = this.#values.get(name);
    return value !== undefined && (isTrue(value) || value.items.some(({ text }) => !/^(?:false|0)$/i.test(text)));
  }

  get all(): IterableIterator<[string, Thing]> {
    return this.#values.entries();
  }
}

const TRUE: Thing = { items: [{ text: 'True', taint: 0, glob: false }] };
