/**
 * Finds many literals in one pass (Aho and Corasick, 1975), ignoring the case of letters. It decides
 * which patterns are worth running, so it must be linear whatever the text is.
 */

/** Positions kept for each literal; more than that tells nothing new. */
export const MAX_HITS = 512;

/** Where the literals of an index occur in a text: start offsets, ascending, by the literal's number. */
export type LiteralHits = ReadonlyMap<number, readonly number[]>;

const lower = (unit: number): number => (unit >= 65 && unit <= 90 ? unit + 32 : unit);

interface Child {
  readonly unitClass: number;
  readonly target: number;
}

export class LiteralIndex {
  /** Class of each UTF-16 unit; 0: occurs in no literal. */
  readonly #classes = new Uint16Array(65_536);
  readonly #width: number;
  /** Next state by state × class, with failure links already resolved. */
  readonly #next: Int32Array | Uint16Array;
  /** 1 for the states in which some literal ends. */
  readonly #ends: Uint8Array;
  /** Literals that end in a state, its own and those of its suffixes. */
  readonly #ending: readonly (readonly number[])[];
  readonly #lengths: readonly number[];

  /** @param literals compared without regard to the case of ASCII letters; empty ones never hit */
  constructor(literals: readonly string[]) {
    this.#lengths = literals.map((literal) => literal.length);
    let classes = 0;
    for (const literal of literals) {
      for (let at = 0; at < literal.length; at++) {
        const unit = lower(literal.charCodeAt(at));
        if (this.#classes[unit] !== 0) continue;
        classes++;
        this.#classes[unit] = classes;
        if (unit >= 97 && unit <= 122) this.#classes[unit - 32] = classes;
      }
    }
    this.#width = classes + 1;
    const states = 1 + literals.reduce((sum, literal) => sum + literal.length, 0);
    // Half the memory for any usual set: the table then stays in the processor's cache.
    this.#next = states <= 65_536 ? new Uint16Array(states * this.#width) : new Int32Array(states * this.#width);
    const ending: number[][] = [[]];
    const children: Child[][] = [[]];
    for (const [number, literal] of literals.entries()) {
      if (literal === '') continue;
      let state = 0;
      for (let at = 0; at < literal.length; at++) {
        const unitClass = this.#classes[literal.charCodeAt(at)] ?? 0;
        const cell = state * this.#width + unitClass;
        let target = this.#next[cell] ?? 0;
        if (target === 0) {
          target = ending.length;
          ending.push([]);
          children.push([]);
          children[state]?.push({ unitClass, target });
          this.#next[cell] = target;
        }
        state = target;
      }
      ending[state]?.push(number);
    }
    this.#resolveFailures(ending, children);
    this.#ending = ending;
    this.#ends = Uint8Array.from(ending, (numbers) => (numbers.length > 0 ? 1 : 0));
  }

  /** Breadth first, so that a state's failure target is complete before it is used. */
  #resolveFailures(ending: number[][], children: readonly (readonly Child[])[]): void {
    const width = this.#width;
    const failure = new Int32Array(ending.length);
    const queue = (children[0] ?? []).map(({ target }) => target);
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head] ?? 0;
      const fallback = failure[state] ?? 0;
      ending[state]?.push(...(ending[fallback] ?? []));
      // A whole row at once: most of it is the fallback's, and building is a part of every start.
      this.#next.copyWithin(state * width, fallback * width, (fallback + 1) * width);
      for (const { unitClass, target } of children[state] ?? []) {
        const cell = state * width + unitClass;
        failure[target] = this.#next[cell] ?? 0;
        this.#next[cell] = target;
        queue.push(target);
      }
    }
  }

  /** Calls `visit` with the number and start of each occurrence, in the order in which they end. */
  each(text: string, visit: (number: number, start: number) => void): void {
    const next = this.#next;
    const classes = this.#classes;
    const width = this.#width;
    const ends = this.#ends;
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      state = next[state * width + (classes[text.charCodeAt(at)] ?? 0)] ?? 0;
      if (ends[state] === 0) continue;
      for (const number of this.#ending[state] ?? []) visit(number, at + 1 - (this.#lengths[number] ?? 0));
    }
  }

  /** All occurrences in `text`, at most {@link MAX_HITS} of each literal. */
  scan(text: string): LiteralHits {
    const hits = new Map<number, number[]>();
    this.each(text, (number, start) => {
      const known = hits.get(number);
      if (known === undefined) hits.set(number, [start]);
      else if (known.length < MAX_HITS) known.push(start);
    });
    return hits;
  }
}
