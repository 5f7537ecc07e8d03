import { sha256Bytes } from '../protocol/digest.ts';
import { type Identity, isSignedBy } from './identity.ts';

/** A C2SP signed note (https://c2sp.org/signed-note): a text that ends in a line feed, and who signed it. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  /** The key's name. */
  readonly name: string;
  /** Four bytes that hint at which key of that name it is; see {@link keyHash}. */
  readonly keyHash: Uint8Array;
  readonly signature: Uint8Array;
}

const ED25519 = 1;
const HINT_BYTES = 4;
const SIGN = '\u2014 ';
const NAME = /^[^\s+]+$/u;
/** What a note may not hold. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/** The hint to a key in its signatures. */
export function keyHash(name: string, publicKey: Uint8Array): Uint8Array {
  return sha256Bytes(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), publicKey])).subarray(0, HINT_BYTES);
}

/** The text, a blank line and one signature under a name. */
export function signNote(text: string, name: string, identity: Identity): string {
  if (!text.endsWith('\n') || CONTROL.test(text) || !NAME.test(name)) throw new TypeError('not a note that can be signed');
  const signed = Buffer.concat([keyHash(name, identity.publicKey), identity.sign(Buffer.from(text))]);
  return `${text}\n${SIGN}${name} ${signed.toString('base64')}\n`;
}

function parseSignature(line: string): NoteSignature | undefined {
  const [name, value, ...more] = line.startsWith(SIGN) ? line.slice(SIGN.length).split(' ') : [];
  if (name === undefined || value === undefined || more.length > 0 || !NAME.test(name)) return undefined;
  const bytes = Buffer.from(value, 'base64');
  // Node reads over what is not base64: only what it writes itself counts.
  if (bytes.length <= HINT_BYTES || bytes.toString('base64') !== value) return undefined;
  return { name, keyHash: bytes.subarray(0, HINT_BYTES), signature: bytes.subarray(HINT_BYTES) };
}

/** Takes a note apart; undefined where it is none. No signature is checked yet. */
export function parseNote(note: string): SignedNote | undefined {
  const blank = note.lastIndexOf('\n\n');
  if (blank === -1 || !note.endsWith('\n') || CONTROL.test(note)) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of note.slice(blank + 2, -1).split('\n')) {
    const signature = parseSignature(line);
    if (signature === undefined) return undefined;
    signatures.push(signature);
  }
  return { text: note.slice(0, blank + 1), signatures };
}

/** Whether the key signed the note under this name. */
export function isNoteSignedBy(note: SignedNote, name: string, publicKey: Uint8Array): boolean {
  const hint = Buffer.from(keyHash(name, publicKey));
  const own = note.signatures.filter((signature) => signature.name === name && hint.equals(signature.keyHash));
  return own.length > 0 && own.every(({ signature }) => isSignedBy(publicKey, Buffer.from(note.text), signature));
}
