import { type TextView, ViewBuilder } from '../policy/view.ts';

/** Characters between two parts of a string that are put together: white space and operators. */
const MAX_GAP = 200;

const isQuote = (unit: number): boolean => unit === 34 || unit === 39 || unit === 96;

/**
 * Offset behind the glue that begins at `at` with a closing quote (`" +\n  "`, `" . '`, `" "`, also
 * over a line continuation), or undefined where the quote closes the string for good.
 */
function behindQuotes(text: string, at: number, lists: boolean): number | undefined {
  const limit = Math.min(text.length, at + MAX_GAP);
  let operators = 0;
  for (let place = at + 1; place < limit; place++) {
    const unit = text.charCodeAt(place);
    if (isQuote(unit)) return place + 1;
    if (unit <= 32 || unit === 92) continue;
    if (unit === 43 || unit === 46 || unit === 38 || unit === 40 || unit === 41 || (lists && unit === 44)) {
      operators++;
      if (operators > 3) return undefined;
    } else if (!/[bBfFrRuU@$]/.test(text.charAt(place)) || !isQuote(text.charCodeAt(place + 1))) return undefined;
  }
  return undefined;
}

/** Offset behind a backslash at the end of a line and the next line's indentation. */
function behindContinuation(text: string, at: number): number | undefined {
  let place = at + 1;
  if (text.charCodeAt(place) === 13) place++;
  if (text.charCodeAt(place) !== 10) return undefined;
  const limit = Math.min(text.length, at + MAX_GAP);
  place++;
  while (place < limit && (text.charCodeAt(place) === 32 || text.charCodeAt(place) === 9)) place++;
  return place;
}

/**
 * The text with string concatenations and line continuations closed up, so that a credential in
 * pieces is seen whole; undefined where there are none.
 * @param lists also close up the commas of lists, as for `["ab", "cd"].join("")`
 */
export function gluedView(text: string, lists: boolean): TextView | undefined {
  let view: ViewBuilder | undefined;
  let kept = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    let behind: number | undefined;
    if (isQuote(unit)) behind = behindQuotes(text, at, lists);
    else if (unit === 92) behind = behindContinuation(text, at);
    if (behind === undefined) continue;
    view ??= new ViewBuilder();
    view.keep(text, kept, at);
    kept = behind;
    at = behind - 1;
  }
  if (view === undefined) return undefined;
  view.keep(text, kept, text.length);
  return view.build();
}
