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
/** Text shows itself by printable characters in a row; noise has hardly ever as many. */
const MIN_PRINTABLE = 10;

/** Kinds of UTF-16 units below 128, for the two scanners. */
const BASE64 = 1;
const HEX = 2;
const SEPARATOR = 4;
const KINDS = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') KINDS[character.charCodeAt(0)] = BASE64;
for (const character of '0123456789abcdefABCDEF') KINDS[character.charCodeAt(0)] = BASE64 | HEX;
for (const character of ' \t\n:,') KINDS[character.charCodeAt(0)] = SEPARATOR;
KINDS[45] = BASE64 | SEPARATOR;

const is = (kind: number, text: string, at: number): boolean => ((KINDS[text.charCodeAt(at)] ?? 0) & kind) !== 0;

function holdsText(bytes: Uint8Array): boolean {
  let run = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    run = byte >= 32 && byte < 127 ? run + 1 : 0;
    if (run >= MIN_PRINTABLE) return true;
  }
  return false;
}

/** Base64 (RFC 4648, both alphabets): each run in its four alignments, for it may begin within another word. */
export function* base64Runs(text: string): Generator<DecodedRun> {
  for (let start = 0; start < text.length; start++) {
    if (!is(BASE64, text, start)) continue;
    let end = start + 1;
    while (end < text.length && is(BASE64, text, end)) end++;
    if (end - start >= MIN_BASE64) {
      const run = text.slice(start, end);
      let padded = end;
      while (padded < end + 2 && text.charCodeAt(padded) === 61) padded++;
      for (let shift = 0; shift < 4; shift++) {
        const bytes = Buffer.from(run.slice(shift), 'base64');
        if (holdsText(bytes)) yield { start, end: padded, text: bytes.toString('latin1') };
      }
    }
    start = end;
  }
}

/** Where the next byte in hexadecimal begins: at once, behind a separator and blanks, behind `0x` or `\x`. */
function nextPair(text: string, at: number): number {
  let place = at;
  while (place < at + 3 && is(SEPARATOR, text, place)) place++;
  const lead = text.charCodeAt(place + 1);
  const prefixed = (lead === 120 || lead === 88) && (text.charCodeAt(place) === 48 || text.charCodeAt(place) === 92);
  return prefixed ? place + 2 : place;
}

/** Hexadecimal bytes, contiguous or separated, in both alignments. */
export function* hexRuns(text: string): Generator<DecodedRun> {
  let start = 0;
  while (start < text.length) {
    if (!is(HEX, text, start)) {
      start++;
      continue;
    }
    let furthest = start + 1;
    for (let shift = 0; shift < 2; shift++) {
      let pairs = 0;
      let at = start + shift;
      let end = at;
      while (is(HEX, text, at) && is(HEX, text, at + 1)) {
        pairs++;
        end = at + 2;
        at = nextPair(text, end);
      }
      furthest = Math.max(furthest, end);
      if (pairs >= MIN_HEX_PAIRS) {
        const bytes = hexBytes(text, start + shift, pairs);
        if (holdsText(bytes)) yield { start, end, text: Buffer.from(bytes).toString('latin1') };
      }
    }
    // A digit that ends one run is no beginning of another.
    start = furthest;
    while (is(HEX, text, start)) start++;
  }
}

function hexBytes(text: string, start: number, pairs: number): Uint8Array {
  const bytes = new Uint8Array(pairs);
  let at = start;
  for (let pair = 0; pair < pairs; pair++) {
    bytes[pair] = Number.parseInt(text.slice(at, at + 2), 16);
    at = nextPair(text, at + 2);
  }
  return bytes;
}
