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

/** A run of the view and what it stands for: the same characters, or all of it for all of the run. */
interface Run {
  readonly at: number;
  readonly length: number;
  readonly start: number;
  readonly end: number;
  readonly same: boolean;
}

/** Builds a view from left to right. */
export class ViewBuilder {
  readonly #parts: string[] = [];
  readonly #runs: Run[] = [];
  #length = 0;

  /** Appends `shown`, which stands for the original's `[start, end)`. */
  push(shown: string, start: number, end: number): void {
    this.#append(shown, start, end, false);
  }

  /** Appends the original's `[start, end)` unchanged. */
  keep(original: string, start: number, end: number): void {
    if (start < end) this.#append(original.slice(start, end), start, end, true);
  }

  #append(shown: string, start: number, end: number, same: boolean): void {
    if (shown === '') return;
    this.#parts.push(shown);
    this.#runs.push({ at: this.#length, length: shown.length, start, end, same });
    this.#length += shown.length;
  }

  build(): TextView {
    const runs = this.#runs;
    return {
      text: this.#parts.join(''),
      toOriginal: (start, end) => {
        const first = runAt(runs, start);
        const last = runAt(runs, Math.max(start, end - 1));
        if (first === undefined || last === undefined) return { start: 0, end: 0 };
        const from = first.same ? Math.min(first.end, first.start + start - first.at) : first.start;
        if (end <= start) return { start: from, end: from };
        return { start: from, end: last.same ? Math.min(last.end, last.start + end - last.at) : last.end };
      },
    };
  }
}

/** The run that holds an offset of the view; beyond the end: the last. */
function runAt(runs: readonly Run[], offset: number): Run | undefined {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((runs[middle]?.at ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return runs[low];
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
