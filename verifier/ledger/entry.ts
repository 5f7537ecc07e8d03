import canonicalize from 'canonicalize';
import { z } from 'zod';
import { sha256 } from '../protocol/digest.ts';
import { LEDGER_FORMAT, LedgerEntry, LedgerEvent } from '../protocol/ledgerEntry.ts';
import { SentinelError } from '../protocol/problem.ts';

/** Hash before the first entry. */
export const NO_ENTRY = '0'.repeat(64);

/** Longest line that is written or read, in bytes without the line feed: a reader's memory stays bounded. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** What an entry says about its place: everything in it but the event, its salt and the digests. */
export type EntryPlace = Pick<LedgerEntry, 'chain' | 'seq' | 'time' | 'prev' | 'key'>;
type Digested = EntryPlace & Pick<LedgerEntry, 'content'>;

/** An entry and the line (without line feed) that stands for it in the file. */
export interface SealedEntry {
  readonly entry: LedgerEntry;
  readonly line: string;
}

/** RFC 8785 JSON of a JSON value. Throws on what JSON cannot say (lone surrogates, NaN). */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

const text = JSON.stringify;

const EVENT_TYPES: ReadonlySet<string> = new Set(LedgerEvent.options.map((option) => option.shape.type.value));

// The members of these three objects are known, so that they are joined here in RFC 8785 order and
// only the event goes through the canonicaliser, once. Tests hold them against the library.
function contentJson(event: string, salt: string | null): string {
  return `{"event":${event},"salt":${text(salt)}}`;
}

function headerJson(e: Digested): string {
  return `{"chain":${text(e.chain)},"content":"${e.content}","key":${text(e.key)},"prev":"${e.prev}","seq":${e.seq},"time":${text(e.time)},"v":${LEDGER_FORMAT}}`;
}

function lineJson(e: Omit<LedgerEntry, 'event'>, event: string): string {
  return `{"chain":${text(e.chain)},"content":"${e.content}","event":${event},"hash":"${e.hash}","key":${text(e.key)},"prev":"${e.prev}","salt":${text(e.salt)},"seq":${e.seq},"time":${text(e.time)},"v":${LEDGER_FORMAT}}`;
}

/** The line of an entry in the file: RFC 8785 JSON of the whole entry. */
export function entryLine(entry: LedgerEntry): string {
  return lineJson(entry, canonicalJson(entry.event));
}

/** The event and its RFC 8785 form. A text cut inside a surrogate pair has no UTF-8 form: the loose half becomes U+FFFD first. */
function canonicalEvent(event: LedgerEvent): { readonly kept: LedgerEvent; readonly json: string } {
  try {
    return { kept: event, json: canonicalJson(event) };
  } catch {
    const mended: unknown = JSON.parse(JSON.stringify(event), (_key, value: unknown) =>
      typeof value === 'string' ? value.toWellFormed() : value,
    );
    const kept = LedgerEvent.parse(mended);
    return { kept, json: canonicalJson(kept) };
  }
}

/**
 * Makes the entry for an event.
 * @param salt 16 random bytes as lower-case hexadecimal.
 * @throws SentinelError `internal` if the event breaks the schema, `too_large` if its line would be
 *   longer than {@link MAX_LINE_BYTES}.
 */
export function sealEntry(place: EntryPlace, event: LedgerEvent, salt: string): SealedEntry {
  const checked = LedgerEvent.safeParse(event);
  if (!checked.success) {
    const where = checked.error.issues.map((issue) => issue.path.join('.') || 'event').join(', ');
    throw new SentinelError(
      'internal',
      `An event of type ${event.type} does not fit the ledger's schema at: ${where}. Please report this.`,
    );
  }
  const { chain, seq, time, prev, key } = place;
  const { kept, json: eventJson } = canonicalEvent(checked.data);
  const content = sha256(contentJson(eventJson, salt));
  const hash = sha256(headerJson({ chain, seq, time, prev, key, content }));
  const entry: LedgerEntry = { v: LEDGER_FORMAT, chain, seq, time, prev, key, content, hash, salt, event: kept };
  const line = lineJson(entry, eventJson);
  if (Buffer.byteLength(line) > MAX_LINE_BYTES) {
    throw new SentinelError('too_large', `An event of type ${event.type} is larger than a ledger entry may be (${MAX_LINE_BYTES} bytes).`);
  }
  return { entry, line };
}

/** What is wrong with a line taken by itself; `content` and `hash` are the two digests. */
export type EntryFault = 'form' | 'canonical' | 'content' | 'hash';

/**
 * A line that was read. `entry` is there unless the fault is of form; it is sound only without a fault.
 * `newer` names the type of an event that only a newer version knows: its digests were checked, its `event` is null.
 */
export type EntryRead =
  | { readonly entry: LedgerEntry; readonly newer?: string; readonly fault?: never; readonly message?: never }
  | { readonly entry?: LedgerEntry; readonly newer?: never; readonly fault: EntryFault; readonly message: string };

function checkDigests(entry: LedgerEntry, eventJson: string): EntryRead {
  if (entry.salt !== null && sha256(contentJson(eventJson, entry.salt)) !== entry.content) {
    return { entry, fault: 'content', message: 'the content digest does not fit the salt and event' };
  }
  if (sha256(headerJson(entry)) !== entry.hash) return { entry, fault: 'hash', message: "the hash does not fit the entry's header" };
  return { entry };
}

/** Recomputes both digests of an entry. An erased entry (salt and event null) is held to its header's hash alone. */
export function checkEntry(entry: LedgerEntry): EntryRead {
  if ((entry.salt === null) !== (entry.event === null)) {
    return { fault: 'form', message: 'salt and event must be erased together' };
  }
  return checkDigests(entry, canonicalJson(entry.event));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads one line (without its line feed): UTF-8, JSON, schema, canonical form, then both digests. Never throws. */
export function readEntry(bytes: Uint8Array): EntryRead {
  let line: string;
  let json: unknown;
  try {
    line = utf8.decode(bytes);
    json = JSON.parse(line);
  } catch {
    return { fault: 'form', message: 'the line is not JSON in UTF-8' };
  }
  const parsed = LedgerEntry.safeParse(json);
  if (!parsed.success) return readNewer(json, line) ?? { fault: 'form', message: formMessage(json, parsed.error.issues[0]?.path) };
  const entry = parsed.data;
  if ((entry.salt === null) !== (entry.event === null)) {
    return { fault: 'form', message: 'salt and event must be erased together' };
  }
  return checkLine(entry, entry.event, line);
}

function checkLine(entry: LedgerEntry, event: unknown, line: string): EntryRead {
  let eventJson: string;
  try {
    eventJson = canonicalJson(event);
  } catch {
    return { fault: 'form', message: 'a text in the entry is not Unicode' };
  }
  if (lineJson(entry, eventJson) !== line) return { entry, fault: 'canonical', message: 'the line is not in canonical form (RFC 8785)' };
  return checkDigests(entry, eventJson);
}

const NewerEntry = LedgerEntry.extend({
  salt: LedgerEntry.shape.salt.unwrap(),
  event: z.looseObject({ type: z.string().regex(/^[a-z][a-z-]{0,63}$/) }),
});

/** An entry of this format whose event no schema here fits, as a newer version may have written it. */
function readNewer(json: unknown, line: string): EntryRead | undefined {
  const parsed = NewerEntry.safeParse(json);
  if (!parsed.success || EVENT_TYPES.has(parsed.data.event.type)) return undefined;
  const read = checkLine({ ...parsed.data, event: null }, parsed.data.event, line);
  return read.fault === undefined ? { ...read, newer: parsed.data.event.type } : read;
}

function formMessage(json: unknown, path: readonly PropertyKey[] | undefined): string {
  const version = z.looseObject({ v: z.int() }).safeParse(json);
  if (version.success && version.data.v > LEDGER_FORMAT) {
    return `the line is of format ${version.data.v}, written by a newer version: update Sentinel AI to read it`;
  }
  return `the line is not an entry of format ${LEDGER_FORMAT} (at ${path?.join('.') || 'entry'})`;
}

/** The entry without what it says: salt and event are gone for good, header and chain still verify. */
export function eraseContent(entry: LedgerEntry): LedgerEntry {
  return { ...entry, salt: null, event: null };
}
