/** A replacement in a text. Offsets and lengths in UTF-16 units, as VS Code counts. */
export interface TextChange {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** The smallest single replacement that makes `after` of `before`; never between the halves of a pair or a line end. */
export function changeBetween(before: string, after: string): TextChange {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  while (start > 0 && (isSplit(before, start) || isSplit(after, start))) start -= 1;
  let end = 0;
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end += 1;
  while (end > 0 && (isSplit(before, before.length - end) || isSplit(after, after.length - end))) end -= 1;
  return { offset: start, length: before.length - start - end, text: after.slice(start, after.length - end) };
}

/** The change that takes `change` back, for the text that `change` has made of `before`. */
export function inverse(before: string, { offset, length, text }: TextChange): TextChange {
  return { offset, length: text.length, text: before.slice(offset, offset + length) };
}

export function applyChange(to: string, { offset, length, text }: TextChange): string {
  return to.slice(0, offset) + text + to.slice(offset + length);
}

/**
 * `change` as it must be made once `other` has happened to the text first. What `other` put in is never lost: where
 * both touch the same place, it comes after the text of `change`, as typing at its end does.
 */
export function rebased(change: TextChange, other: TextChange): TextChange {
  const grown = other.text.length - other.length;
  const end = change.offset + change.length;
  const otherEnd = other.offset + other.length;
  if (other.offset >= end) return change;
  if (otherEnd <= change.offset) return { ...change, offset: change.offset + grown };
  const offset = Math.min(change.offset, other.offset);
  return { offset, length: Math.max(end, otherEnd) + grown - offset, text: change.text + other.text };
}

function isSplit(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  return (before === 0x0d && after === 0x0a) || (isHigh(before) && after >= 0xdc00 && after <= 0xdfff);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
