import { MAX_QUOTE } from './limits.ts';
import { lineAt, lineStarts, linesOf } from './textLines.ts';

/** Where a quote stands in the text: UTF-16 offsets (end exclusive) and one-based lines. */
export interface QuotePlace {
  readonly start: number;
  readonly end: number;
  readonly startLine: number;
  readonly endLine: number;
}

export type FindQuote = (quote: string, claimedLine?: number) => QuotePlace | undefined;

/** A shorter quote would be found by chance in almost any text. */
const MIN_QUOTE = 3;
const MAX_OCCURRENCES = 200;

/**
 * Prepares `text` for looking up what a model claims to quote from it. Runs of white space count as
 * one space, so that re-indented and re-wrapped quotes are found and everything else must be exact;
 * the line numbers that the frame added may stand in the quote. Of several occurrences the one
 * nearest to `claimedLine` is given.
 */
export function quoteFinder(text: string): FindQuote {
  const { squeezed, offsets } = squeeze(text);
  const starts = lineStarts(text);
  const place = (at: number, length: number): QuotePlace => {
    const start = offsets[at] ?? 0;
    const last = offsets[at + length - 1] ?? start;
    return { start, end: last + 1, startLine: lineAt(starts, start), endLine: lineAt(starts, last) };
  };
  const lookUp = (quote: string, claimedLine: number | undefined): QuotePlace | undefined => {
    if (quote.length < MIN_QUOTE && (quote === '' || quote !== squeezed)) return undefined;
    let best: QuotePlace | undefined;
    let at = squeezed.indexOf(quote);
    for (let n = 0; at >= 0 && n < MAX_OCCURRENCES; n += 1) {
      const found = place(at, quote.length);
      if (best === undefined || distance(found, claimedLine) < distance(best, claimedLine)) best = found;
      if (claimedLine === undefined || distance(best, claimedLine) === 0) break;
      at = squeezed.indexOf(quote, at + 1);
    }
    return best;
  };
  return (quote, claimedLine) => {
    if (quote.length > MAX_QUOTE) return undefined;
    return lookUp(squeeze(quote).squeezed, claimedLine) ?? lookUp(squeeze(withoutNumbers(quote)).squeezed, claimedLine);
  };
}

function distance(place: QuotePlace, claimedLine: number | undefined): number {
  return claimedLine === undefined ? 0 : Math.abs(place.startLine - claimedLine);
}

/** Takes the frame's `12| ` off each line. */
function withoutNumbers(quote: string): string {
  return linesOf(quote)
    .map((line) => {
      const bar = line.indexOf('|');
      const number = line.slice(0, bar).trim();
      return bar > 0 && number.length <= 7 && number !== '' && Number.isInteger(Number(number)) ? line.slice(bar + 1) : line;
    })
    .join('\n');
}

/** The trimmed text with each run of white space as one space, and where each of its units came from. */
function squeeze(text: string): { squeezed: string; offsets: Int32Array } {
  const offsets = new Int32Array(text.length);
  const pieces: string[] = [];
  let length = 0;
  let pieceStart = -1;
  for (let i = 0; i <= text.length; i += 1) {
    const space = i === text.length || isSpace(text.charCodeAt(i));
    if (space && pieceStart >= 0) {
      pieces.push(text.slice(pieceStart, i));
      pieceStart = -1;
    } else if (!space) {
      if (pieceStart < 0) {
        if (pieces.length > 0) {
          offsets[length] = i - 1;
          length += 1;
        }
        pieceStart = i;
      }
      offsets[length] = i;
      length += 1;
    }
  }
  return { squeezed: pieces.join(' '), offsets };
}

/** White space as `String.prototype.trim` sees it, for one UTF-16 unit. */
function isSpace(unit: number): boolean {
  return unit <= 32 ? unit === 32 || (unit >= 9 && unit <= 13) : unit >= 0xa0 && String.fromCharCode(unit).trim() === '';
}
