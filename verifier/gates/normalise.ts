import { type TextView, ViewBuilder } from '../policy/view.ts';

/**
 * What a text looks like to a reader, as ASCII where it can be: compatibility forms (NFKC, UAX #15),
 * look-alike letters (after UTS #39's confusables, the common ones) and invisible characters undone,
 * so that none of them hides words from the rules.
 */

/** Letters of other scripts that are drawn like Latin ones: each pair is the look-alike, then the letter. */
const LOOK_ALIKES = new Map<string, string>(
  (
    'аaеeоoрpсcхxуyіiјjѕsһhԁdԛqԝwкkмmтtвbнhгrАAВBЕEКKМMНHОOРPСCТTХXУYІIЈJЅSԌGԚQԜWЬb' +
    'αaοoνvρpκkιiτtυuχxΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXɑaɡgıiɩiƖIǀlӏlⅼlօoհhոnսuցgքp' +
    '‐-‑-‒-–-—-−-﹘-⁃-∕/⁄/⧸/＼\\∶:ː:․.‚,‘\'’\'′\'“"”"″"'
  )
    .match(/../gu)
    ?.map((pair): [string, string] => {
      const [from = '', to = ''] = [...pair];
      return [from, to];
    }) ?? [],
);

/** Characters without a glyph of their own: zero-width ones, joiners, variation selectors, bidi controls. */
function isInvisible(point: number): boolean {
  return (
    point === 0xad ||
    point === 0x34f ||
    point === 0x61c ||
    point === 0x115f ||
    point === 0x1160 ||
    point === 0x17b4 ||
    point === 0x17b5 ||
    (point >= 0x180b && point <= 0x180f) ||
    (point >= 0x200b && point <= 0x200f) ||
    (point >= 0x202a && point <= 0x202e) ||
    (point >= 0x2060 && point <= 0x206f) ||
    point === 0x3164 ||
    (point >= 0xfe00 && point <= 0xfe0f) ||
    point === 0xfeff ||
    point === 0xffa0 ||
    (point >= 0xe0100 && point <= 0xe01ef)
  );
}

/** Tag characters (U+E0020 to U+E007E) mirror ASCII without being drawn. */
const isTag = (point: number): boolean => point >= 0xe0020 && point <= 0xe007e;

/** The folded view, or undefined where it would be the text itself. */
export function foldedView(text: string): TextView | undefined {
  let at = nextForeign(text, 0);
  if (at === text.length) return undefined;
  const view = new ViewBuilder();
  let kept = 0;
  let changed = false;
  while (at < text.length) {
    const point = text.codePointAt(at) ?? 0;
    const length = point > 0xffff ? 2 : 1;
    const shown = folded(point, text.slice(at, at + length));
    if (shown !== undefined) {
      changed = true;
      view.keep(text, kept, at);
      view.push(shown, at, at + length);
      kept = at + length;
    }
    at = nextForeign(text, at + length);
  }
  view.keep(text, kept, text.length);
  return changed ? view.build() : undefined;
}

function nextForeign(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) < 128) at++;
  return at;
}

/** What a character is folded to; undefined: it stays. */
function folded(point: number, character: string): string | undefined {
  if (isInvisible(point)) return '';
  if (isTag(point)) return String.fromCharCode(point - 0xe0000);
  const alike = LOOK_ALIKES.get(character);
  if (alike !== undefined) return alike;
  if (point >= 0xd800 && point <= 0xdfff) return undefined;
  const compatible = character.normalize('NFKC');
  return compatible === character ? undefined : (LOOK_ALIKES.get(compatible) ?? compatible);
}

/** Offset of the first character that reorders what is drawn (Trojan Source, CVE-2021-42574), or -1. */
export function bidiControlAt(text: string): number {
  for (let at = nextForeign(text, 0); at < text.length; at = nextForeign(text, at + 1)) {
    const unit = text.charCodeAt(at);
    if ((unit >= 0x202a && unit <= 0x202e) || (unit >= 0x2066 && unit <= 0x2069)) return at;
  }
  return -1;
}

/** Shortest invisible text that counts as one; flags of regions are written with up to six tags. */
const MIN_HIDDEN = 8;

/** What carries a text without being drawn: tags, variation selectors (a byte each), characters without width (a bit each). */
function hides(point: number): boolean {
  return (
    isTag(point) ||
    (point >= 0xfe00 && point <= 0xfe0f) ||
    (point >= 0xe0100 && point <= 0xe01ef) ||
    (point >= 0x200b && point <= 0x200d) ||
    (point >= 0x2060 && point <= 0x2064)
  );
}

/** Offset at which text hidden in a run of characters that are not drawn begins, or -1. One of them alone is ordinary, as is one repeated. */
export function hiddenTextAt(text: string): number {
  let run = 0;
  let start = -1;
  const kinds = new Set<number>();
  for (let at = nextForeign(text, 0); at < text.length; ) {
    const point = text.codePointAt(at) ?? 0;
    if (!hides(point)) run = 0;
    else {
      if (run === 0) {
        start = at;
        kinds.clear();
      }
      run++;
      kinds.add(point);
      if (run >= MIN_HIDDEN && (kinds.size > 1 || isTag(point))) return start;
    }
    const next = at + (point > 0xffff ? 2 : 1);
    at = nextForeign(text, next);
    if (at !== next) run = 0;
  }
  return -1;
}
