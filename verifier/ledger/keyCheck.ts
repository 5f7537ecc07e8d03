import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import { keyIdOf } from './identity.ts';
import { isRotation, isSigningKey } from './keyRotation.ts';
import type { Found } from './tallies.ts';
import { enrolmentOf, type TrustFile } from './trustFile.ts';
import type { ChainKey } from './verifyReport.ts';

type Known = { -readonly [K in keyof ChainKey]: ChainKey[K] };

/** An introduction, where the entry is one. */
function introduced(entry: LedgerEntry): { readonly publicKey: string; readonly from?: string } | undefined {
  if (entry.event?.type === 'signing-key') return { publicKey: entry.event.publicKey };
  return entry.event?.type === 'key-rotation' ? { publicKey: entry.event.to, from: entry.event.from } : undefined;
}

const idOf = (publicKey: string): string => keyIdOf(Buffer.from(publicKey, 'base64'));

/** Follows the keys that a chain's entries name. */
export class KeyCheck {
  readonly keys = new Map<string, Known>();
  readonly #trust: TrustFile | undefined;
  readonly #report: (found: Found) => void;
  #last: string | null | undefined;

  /** @param report told of whatever is wrong with the entry that is being taken */
  constructor(trust: TrustFile | undefined, report: (found: Found) => void) {
    this.#trust = trust;
    this.#report = report;
  }

  /** The key id that the last entry names. */
  get current(): string | null {
    return this.#last ?? null;
  }

  take(entry: LedgerEntry): void {
    const { seq, key } = entry;
    const before = this.#last;
    this.#last = key;
    const introduction = introduced(entry);
    if (introduction !== undefined) this.#introduce(entry, introduction.publicKey);
    // The key of genesis is introduced by the entry after it.
    const afterGenesis = seq === 1 && key !== null && before === key;
    if (before !== undefined && (before !== key || afterGenesis)) this.#follow(entry, afterGenesis ? null : before);
    this.#count(entry);
  }

  #introduce(entry: LedgerEntry, publicKey: string): void {
    const { event, key, seq } = entry;
    const sound = event?.type === 'signing-key' ? isSigningKey(entry.chain, event) : event?.type === 'key-rotation' && isRotation(event);
    if (!sound) this.#failed(seq, 'the signatures by which the key is introduced do not fit');
    else if (idOf(publicKey) !== key) this.#failed(seq, `it introduces key ${idOf(publicKey)}, but names ${key}`);
    else if (!this.keys.has(key)) this.keys.set(key, this.#known(key, publicKey, entry));
    else if (this.keys.get(key)?.publicKey === null)
      this.keys.set(key, { ...this.#known(key, publicKey, entry), entries: this.keys.get(key)?.entries ?? 0 });
  }

  #known(keyId: string, publicKey: string | null, { seq, time }: LedgerEntry): Known {
    const enrolled = publicKey === null ? undefined : enrolmentOf(this.#trust, publicKey);
    const who = { person: enrolled?.person ?? null, machine: enrolled?.machine ?? null };
    return { keyId, publicKey, firstSeq: seq, firstTime: time, lastTime: time, entries: 0, ...who };
  }

  /** The entry names another key than the one before it. */
  #follow(entry: LedgerEntry, before: string | null): void {
    const { key, seq, event } = entry;
    if (key === null) {
      this.#note(seq, `entries from here on name no key, those before named ${before}: written where the key was not at hand`);
    } else if (event === null) {
      this.#note(seq, `key ${key} begins with an entry that was erased or is of a newer version`);
    } else if (before === null && event.type !== 'signing-key') {
      this.#failed(seq, `key ${key} is named by an entry that does not introduce it`);
    } else if (before !== null && !(event.type === 'key-rotation' && idOf(event.from) === before)) {
      this.#failed(seq, `a second key: entries up to here name ${before}, which did not hand over to ${key}`);
    }
  }

  #count(entry: LedgerEntry): void {
    const { key, seq, time } = entry;
    if (key === null) {
      if (this.#trust !== undefined)
        this.#report({ check: 'trusted keys', result: 'noted', seq, message: 'it names no key: nobody stands for it' });
      return;
    }
    const known = this.keys.get(key) ?? this.#known(key, null, entry);
    this.keys.set(key, known);
    known.entries += 1;
    known.lastTime = time;
    if (this.#trust === undefined || seq === 0) return;
    const enrolled = known.publicKey === null ? undefined : enrolmentOf(this.#trust, known.publicKey);
    const message =
      enrolled === undefined
        ? `key ${key} is enrolled for nobody`
        : time < enrolled.from || (enrolled.until !== undefined && time > enrolled.until)
          ? `key ${key} was not valid at ${time}`
          : undefined;
    if (message !== undefined) this.#report({ check: 'trusted keys', result: 'failed', seq, message, kind: 'foreign' });
  }

  #failed(seq: number, message: string): void {
    this.#report({ check: 'signing keys', result: 'failed', seq, message, kind: 'foreign' });
  }

  #note(seq: number, message: string): void {
    this.#report({ check: 'signing keys', result: 'noted', seq, message });
  }
}
