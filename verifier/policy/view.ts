/**
 * A text derived from another one (folded, glued together, unescaped) that remembers where each of
 * its UTF-16 units came from, so that what is found in it can be shown in the original.
 */
export interface TextView {
  readonly text: string;
  /** Range `[start, end)` of the view as a range of the original. */
  toOriginal(start: number, end: number): { start: number; end: number };
}

/** The text as it is. */
export function plainView(text: string): TextView {
  return { text, toOriginal: (start, end) => ({ start, end }) };
}

/** Builds a view from left to right. */
export class ViewBuilder {
  readonly #parts: string[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** Appends `shown`, which stands for the original's `[start, end)`. */
  push(shown: string, start: number, end: number): void {
    this.#parts.push(shown);
    for (let unit = 0; unit < shown.length; unit++) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  /** Appends the original's `[start, end)` unchanged. */
  keep(original: string, start: number, end: number): void {
    if (start >= end) return;
    this.#parts.push(original.slice(start, end));
    for (let unit = start; unit < end; unit++) {
      this.#starts.push(unit);
      this.#ends.push(unit + 1);
    }
  }

  build(): TextView {
    const starts = this.#starts;
    const ends = this.#ends;
    return {
      text: this.#parts.join(''),
      toOriginal: (start, end) => {
        const from = starts[start] ?? ends.at(-1) ?? 0;
        return { start: from, end: end > start ? (ends[end - 1] ?? from) : from };
      },
    };
  }
}

/** A view of a view, seen as a view of the first original. */
export function compose(outer: TextView, inner: TextView): TextView {
  return {
    text: inner.text,
    toOriginal: (start, end) => {
      const middle = inner.toOriginal(start, end);
      return outer.toOriginal(middle.start, middle.end);
    },
  };
}
