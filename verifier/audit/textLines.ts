const LF = 10;
const CR = 13;

/**
 * UTF-16 offsets at which lines begin; LF, CRLF and CR end a line, as in an editor. Always holds at
 * least the 0 of the first line.
 */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit === LF || (unit === CR && text.charCodeAt(i + 1) !== LF)) starts.push(i + 1);
  }
  return starts;
}

/** The lines without their terminators. */
export function linesOf(text: string): string[] {
  const starts = lineStarts(text);
  return starts.map((start, i) => {
    let end = starts[i + 1] ?? text.length;
    if (i + 1 < starts.length) end -= text.charCodeAt(end - 1) === LF && text.charCodeAt(end - 2) === CR && end - 2 >= start ? 2 : 1;
    return text.slice(start, end);
  });
}

/** One-based number of the line that holds `offset`, by binary search. */
export function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
