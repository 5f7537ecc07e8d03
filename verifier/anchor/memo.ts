import { createHash } from 'node:crypto';

/** Longest memo, in bytes: more does not pass the memo program with the compute units that a transaction gets by itself. */
export const MEMO_LIMIT = 566;

/** First letters of a memo of this version. */
export const MEMO_VERSION = 'SAI1';

/** Stands where a memo has nothing to say. */
export const NOTHING = '-';

/** Stands in a summary for rules that are not the product's own: their names could say something. */
export const OTHER_RULES = 'other';

/** What is published of one entry, or of a checkpoint (then `seq` is the tree's size, `hash` its root, `prev` the root anchored before). */
export interface Memo {
  readonly chain: string;
  readonly seq: number;
  /** SHA-256, lower-case hexadecimal, as the ledger writes it. */
  readonly hash: string;
  readonly prev: string;
  readonly keyId: string;
  readonly time: string;
  readonly event: 'assessment' | 'decision' | 'checkpoint';
  readonly risk: string;
  readonly decision: string;
  /** A UUID, a digest ({@link requestLabel}) or {@link NOTHING}. */
  readonly request: string;
  /** Ids of rules; the only field that is cut. */
  readonly rules: readonly string[];
  /** Whether `rules` was cut. */
  readonly cut: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CUT = '~';

/** The fields between version and summary, in order. Each is of a closed form, so that none can carry anything else. */
const FIXED = {
  chain: UUID,
  seq: /^(0|[1-9]\d{0,14})$/,
  hash: /^[A-Za-z0-9_-]{43}$/,
  prev: /^[A-Za-z0-9_-]{43}$/,
  keyId: /^[A-Za-z0-9_-]{11}$/,
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  event: /^(assessment|decision|checkpoint)$/,
  risk: /^(-|pass|review|block)$/,
  decision: /^(-|approve|deny)$/,
  request: /^(-|#[A-Za-z0-9_-]{22}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
} as const;
const RULE = /^[a-z][a-z0-9-]{0,60}(\.[a-z][a-z0-9-]{0,60})?$/;

const toLetters = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');
const toHex = (letters: string): string => Buffer.from(letters, 'base64url').toString('hex');

/** How a door's request id is published: as it is where it is a UUID, else as a digest, for a door may have put anything into it. */
export function requestLabel(requestId: string): string {
  return UUID.test(requestId) ? requestId : `#${createHash('sha256').update(requestId).digest('base64url').slice(0, 22)}`;
}

/**
 * A memo's text: ASCII, at most {@link MEMO_LIMIT} bytes, fields in a fixed order between bars.
 * @throws RangeError for a field that is not of its form
 */
export function encodeMemo(memo: Memo): string {
  const texts = { ...memo, seq: String(memo.seq), hash: toLetters(memo.hash), prev: toLetters(memo.prev) };
  let head = MEMO_VERSION;
  for (const name of fieldNames()) {
    if (!FIXED[name].test(texts[name])) throw new RangeError(`a memo can not say this as its ${name}`);
    head += `|${texts[name]}`;
  }
  if (memo.rules.some((rule) => !RULE.test(rule))) throw new RangeError('a memo can not say this in its summary');
  return `${head}|${summaryOf(memo, MEMO_LIMIT - head.length - 1)}`;
}

function fieldNames(): readonly (keyof typeof FIXED)[] {
  return ['chain', 'seq', 'hash', 'prev', 'keyId', 'time', 'event', 'risk', 'decision', 'request'];
}

/** As many whole ids as there is room for. */
function summaryOf({ rules, cut }: Memo, room: number): string {
  const whole = rules.join(',');
  if (!cut && whole.length <= room) return whole;
  const kept: string[] = [];
  let length = CUT.length;
  for (const rule of rules) {
    length += rule.length + (kept.length > 0 ? 1 : 0);
    if (length > room) break;
    kept.push(rule);
  }
  return kept.join(',') + CUT;
}

export type ReadMemo = { readonly memo: Memo } | { readonly problem: 'not ours' | 'unknown version' | 'malformed' };

/** Reads a memo's text: the exact inverse of {@link encodeMemo}. */
export function decodeMemo(text: string): ReadMemo {
  if (!/^SAI\d+\|/.test(text)) return { problem: 'not ours' };
  const [version, chain, seq, hash, prev, keyId, time, event, risk, decision, request, summary, ...rest] = text.split('|');
  if (version !== MEMO_VERSION) return { problem: 'unknown version' };
  if (
    request === undefined ||
    summary === undefined ||
    rest.length > 0 ||
    (event !== 'assessment' && event !== 'decision' && event !== 'checkpoint')
  )
    return { problem: 'malformed' };
  const cut = summary.endsWith(CUT);
  const listed = cut ? summary.slice(0, -CUT.length) : summary;
  const memo: Memo = {
    chain: chain ?? '',
    seq: Number(seq),
    hash: toHex(hash ?? ''),
    prev: toHex(prev ?? ''),
    keyId: keyId ?? '',
    time: time ?? '',
    event,
    risk: risk ?? '',
    decision: decision ?? '',
    request,
    rules: listed === '' ? [] : listed.split(','),
    cut,
  };
  try {
    // Whatever would not be written like this was not written by us.
    return encodeMemo(memo) === text ? { memo } : { problem: 'malformed' };
  } catch {
    return { problem: 'malformed' };
  }
}
