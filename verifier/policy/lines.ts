/** Line starts of a text, computed once, so that each offset is placed in logarithmic time. */
export class LineMap {
  readonly #starts: number[] = [0];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  get count(): number {
    return this.#starts.length;
  }

  /** One-based line that holds `offset`; beyond the end: the last. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** Offset at which a one-based line begins; clamped to the text. */
  startOf(line: number): number {
    if (line < 1) return 0;
    return this.#starts[line - 1] ?? this.#text.length;
  }

  /** Offset of the line's end, without its line feed. */
  endOf(line: number): number {
    return line >= this.#starts.length ? this.#text.length : this.startOf(line + 1) - 1;
  }

  /** Text of lines `first` to `last`, both included. */
  slice(first: number, last: number): string {
    return this.#text.slice(this.startOf(first), this.endOf(last));
  }
}
