import { compose, type TextView, ViewBuilder } from '../policy/view.ts';

/**
 * What a prompt says once its encodings are undone, as a model would do when asked: the rules then read words, not spellings.
 * Each view keeps the rest of the text in place, so that what a rule excuses ("a test that …") still stands beside it.
 */

/** Encodings within encodings that are undone. */
const MAX_LAYERS = 3;
/** Up to this length the whole text is also read turned round and by ROT13. */
const MAX_TURNED = 20_000;

const ENCODED_RUNS: readonly (readonly [RegExp, (run: string) => string | undefined])[] = [
  [/[A-Za-z0-9+/_-]{16,}={0,2}/g, (run) => readable(Buffer.from(run, 'base64'))],
  [/(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[ ,:]?){8,}/g, (run) => readable(Buffer.from(run.replace(/0x|\\x|[ ,:]/g, ''), 'hex'))],
  [
    /[01]{8}(?:[ ,]?[01]{8}){3,}/g,
    (run) => readable(Buffer.from((run.replace(/[ ,]/g, '').match(/[01]{8}/g) ?? []).map((bits) => Number.parseInt(bits, 2)))),
  ],
  [/(?:%[0-9A-Fa-f]{2})+/g, (run) => utf8(Buffer.from(run.replaceAll('%', ''), 'hex'))],
  [/(?:\\u[0-9A-Fa-f]{4})+/g, (run) => points(run, /\\u([0-9A-Fa-f]{4})/g, 16)],
  [/(?:&#[0-9]{2,6};)+/g, (run) => points(run, /&#([0-9]+);/g, 10)],
  [/(?:&#[xX][0-9A-Fa-f]{2,5};)+/g, (run) => points(run, /&#[xX]([0-9A-Fa-f]+);/g, 16)],
  // Letters set apart: `i g n o r e`, `i-g-n-o-r-e`.
  [/(?<![\p{L}\p{N}])\p{L}(?:([ .*_|-])\p{L}(?![\p{L}\p{N}]))(?:\1\p{L}(?![\p{L}\p{N}]))+/gu, (run) => run.replace(/[^\p{L}]/gu, '')],
];

/** All readings of a text that differ from it. */
export function decodedViews(text: string): TextView[] {
  const inPlace = decodedInPlace(text);
  const turned = text.length <= MAX_TURNED ? [rotated(text), mirrored(text)] : [];
  return [inPlace, joined(text), leetView(text), ...turned].filter((view) => view !== undefined);
}

function decodedInPlace(text: string): TextView | undefined {
  let view: TextView | undefined;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const before = view?.text ?? text;
    let next: TextView | undefined;
    for (const [runs, decode] of ENCODED_RUNS) {
      const found = replaced(next?.text ?? before, runs, decode);
      if (found !== undefined) next = next === undefined ? found : compose(next, found);
    }
    if (next === undefined) break;
    view = view === undefined ? next : compose(view, next);
  }
  return view;
}

function replaced(text: string, runs: RegExp, decode: (run: string) => string | undefined): TextView | undefined {
  const view = new ViewBuilder();
  let kept = 0;
  for (const match of text.matchAll(runs)) {
    const shown = decode(match[0]);
    if (shown === undefined || shown === match[0]) continue;
    view.keep(text, kept, match.index);
    kept = match.index + match[0].length;
    view.push(shown, match.index, kept);
  }
  if (kept === 0) return undefined;
  view.keep(text, kept, text.length);
  return view.build();
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Bytes of something else than text.
    return undefined;
  }
}

/** Text, if that is what the bytes are: most of it letters and blanks, nothing that is not drawn. */
function readable(bytes: Buffer): string | undefined {
  const text = utf8(bytes);
  if (text === undefined || text.length < 4 || /[\p{Cc}\p{Cn}]/u.test(text.replace(/[\t\r\n]/g, ' '))) return undefined;
  const words = text.match(/[\p{L}\s]/gu)?.length ?? 0;
  return words >= text.length * 0.7 ? text : undefined;
}

function points(run: string, each: RegExp, radix: number): string | undefined {
  const units = [...run.matchAll(each)].map(([, digits]) => Number.parseInt(digits ?? '', radix));
  return units.every((unit) => unit <= 0x10ffff) ? String.fromCodePoint(...units.slice(0, 10_000)) : undefined;
}

/** `a + b` where the text says what both are, or names them in quotes. */
function joined(text: string): TextView | undefined {
  const named = new Map(
    [...text.matchAll(/\b(\w{1,20}) ?(?:=|:=|:) ?["'“]([^"'“”\n]{1,200})["'”]/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const sum = /(?:["'][^"'\n]{1,200}["']|\b\w{1,20})(?: ?\+ ?(?:["'][^"'\n]{1,200}["']|\w{1,20}\b))+/g;
  return replaced(text, sum, (run) => {
    const parts = run.split(/ ?\+ ?/).map((part) => (/^["']/.test(part) ? part.slice(1, -1) : named.get(part)));
    return parts.includes(undefined) ? undefined : parts.join('');
  });
}

const LEET: ReadonlyMap<string, string> = new Map(
  [...'0o1i3e4a5s7t@a$s!i|l'.matchAll(/(.)(.)/g)].map(([, from = '', to = '']) => [from, to]),
);

/** Words written with digits for letters: `1gn0r3`. */
function leetView(text: string): TextView | undefined {
  return replaced(text, /[A-Za-z0-9@$!|]{2,40}/g, (word) =>
    /[A-Za-z]/.test(word) && /[013457@$|]|!(?=.)/.test(word) ? word.replace(/[013457@$!|]/g, (sign) => LEET.get(sign) ?? sign) : undefined,
  );
}

function rotated(text: string): TextView | undefined {
  return replaced(text, /[A-Za-z]+/g, (word) =>
    word.replace(/[A-Za-z]/g, (letter) => {
      const code = letter.charCodeAt(0);
      return String.fromCharCode((code & 0x1f) <= 13 ? code + 13 : code - 13);
    }),
  );
}

/** Each line from its end. */
function mirrored(text: string): TextView | undefined {
  return replaced(text, /[^\n]{8,}/g, (line) => [...line].reverse().join(''));
}
