import { type TextView, ViewBuilder } from '../../policy/view.ts';

/** What an escape at `at` stands for and how long it is; undefined: no escape, or of no ASCII character. */
function escapeAt(text: string, at: number): { unit: number; length: number } | undefined {
  switch (text.charCodeAt(at)) {
    case 37: // %41
      return hex(text, at + 1, 2, 1);
    case 92: {
      const kind = text.charAt(at + 1);
      if (kind === 'x') return hex(text, at + 2, 2, 2); // \x41
      if (kind === 'u') return hex(text, at + 2, 4, 2); // \u0041
      if (kind === '/') return { unit: 47, length: 2 }; // JSON's \/
      return undefined;
    }
    case 38: // &#65; and &#x41;
      return entityAt(text, at);
    default:
      return undefined;
  }
}

function hexDigit(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48;
  const letter = unit | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

function hex(text: string, from: number, digits: number, lead: number): { unit: number; length: number } | undefined {
  let unit = 0;
  for (let at = from; at < from + digits; at++) {
    const digit = hexDigit(text.charCodeAt(at));
    if (digit === -1) return undefined;
    unit = unit * 16 + digit;
  }
  return isAscii(unit) ? { unit, length: lead + digits } : undefined;
}

function entityAt(text: string, at: number): { unit: number; length: number } | undefined {
  const found = /^&#(?:(\d{1,4})|[xX]([0-9a-fA-F]{1,4}));/.exec(text.slice(at, at + 9));
  if (found === null) return undefined;
  const unit = found[1] === undefined ? Number.parseInt(found[2] ?? '', 16) : Number(found[1]);
  return isAscii(unit) ? { unit, length: found[0].length } : undefined;
}

const isAscii = (unit: number): boolean => (unit >= 32 && unit < 127) || unit === 10 || unit === 9;

/** The text with percent, `\x`, `\u` and numeric HTML escapes resolved; undefined where there are none. */
export function unescapedView(text: string): TextView | undefined {
  let view: ViewBuilder | undefined;
  let kept = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 37 && unit !== 92 && unit !== 38) continue;
    const found = escapeAt(text, at);
    if (found === undefined) continue;
    view ??= new ViewBuilder();
    view.keep(text, kept, at);
    view.push(String.fromCharCode(found.unit), at, at + found.length);
    kept = at + found.length;
    at = kept - 1;
  }
  view?.keep(text, kept, text.length);
  return view?.build();
}

const isTokenUnit = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) ||
  (unit >= 65 && unit <= 90) ||
  (unit >= 97 && unit <= 122) ||
  unit === 43 ||
  unit === 47 ||
  unit === 45 ||
  unit === 95 ||
  unit === 61;

/** What stands at the beginning of a continued line: indentation, comment and quotation marks. */
const MAX_LEAD = 80;

/**
 * The text with lines joined where a run of token characters may go on in the next one (wrapped
 * base64, a token broken by a terminal); undefined where no line could be joined.
 */
export function joinedView(text: string): TextView | undefined {
  let view: ViewBuilder | undefined;
  let kept = 0;
  for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', feed + 1)) {
    let end = feed;
    while (end > kept && (text.charCodeAt(end - 1) === 13 || text.charCodeAt(end - 1) === 32)) end--;
    let start = feed + 1;
    const limit = Math.min(text.length, start + MAX_LEAD);
    while (start < limit && ' \t>#*|'.includes(text.charAt(start))) start++;
    if (end === kept || !isTokenUnit(text.charCodeAt(end - 1)) || !isTokenUnit(text.charCodeAt(start))) continue;
    view ??= new ViewBuilder();
    view.keep(text, kept, end);
    kept = start;
  }
  view?.keep(text, kept, text.length);
  return view?.build();
}
