/** Stretches of a text that may be an encoding of another text, and what they would decode to. */
export interface DecodedRun {
  /** Range of the encoded run. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Shortest run worth decoding: twelve characters of content. */
const MIN_BASE64 = 16;
const MIN_HEX_PAIRS = 12;

const isBase64 = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) ||
  (unit >= 65 && unit <= 90) ||
  (unit >= 97 && unit <= 122) ||
  unit === 43 ||
  unit === 47 ||
  unit === 45 ||
  unit === 95;

const hexValue = (unit: number): number => {
  if (unit >= 48 && unit <= 57) return unit - 48;
  const letter = unit | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
};

/** Base64 (RFC 4648, both alphabets): each run in its four alignments, for it may begin within another word. */
export function* base64Runs(text: string): Generator<DecodedRun> {
  for (let start = 0; start < text.length; start++) {
    if (!isBase64(text.charCodeAt(start))) continue;
    let end = start + 1;
    while (end < text.length && isBase64(text.charCodeAt(end))) end++;
    if (end - start >= MIN_BASE64) {
      const run = text.slice(start, end);
      let padded = end;
      while (padded < end + 2 && text.charCodeAt(padded) === 61) padded++;
      for (let shift = 0; shift < 4; shift++) {
        yield { start, end: padded, text: Buffer.from(run.slice(shift), 'base64').toString('latin1') };
      }
    }
    start = end;
  }
}

/** Skips what may stand between two bytes in hexadecimal: nothing, one separator, `0x` or `\x`. */
function nextPair(text: string, at: number): number {
  let place = at;
  if (' :,-\n'.includes(text.charAt(place))) place++;
  while (place < at + 3 && ' \t\n'.includes(text.charAt(place)) && place < text.length) place++;
  const lead = text.slice(place, place + 2);
  return lead === '0x' || lead === '\\x' ? place + 2 : place;
}

/** Hexadecimal bytes, contiguous or separated, in both alignments. */
export function* hexRuns(text: string): Generator<DecodedRun> {
  for (let start = 0; start < text.length; start++) {
    if (hexValue(text.charCodeAt(start)) === -1) continue;
    let furthest = start;
    for (let shift = 0; shift < 2; shift++) {
      const bytes: number[] = [];
      let at = start + shift;
      let end = at;
      while (at + 1 < text.length) {
        const high = hexValue(text.charCodeAt(at));
        const low = hexValue(text.charCodeAt(at + 1));
        if (high === -1 || low === -1) break;
        bytes.push(high * 16 + low);
        end = at + 2;
        at = nextPair(text, end);
      }
      furthest = Math.max(furthest, end);
      if (bytes.length >= MIN_HEX_PAIRS) yield { start, end: Math.max(end, start), text: Buffer.from(bytes).toString('latin1') };
    }
    start = Math.max(start, furthest - 1);
    // A digit that ends one run is no beginning of another.
    while (hexValue(text.charCodeAt(start + 1)) !== -1) start++;
  }
}
