import { type Identity, keyIdOf } from './identity.ts';
import { isNoteSignedBy, parseNote, type SignedNote, signNote } from './signedNote.ts';

/** A tree's size and root, as a C2SP tlog-checkpoint says them (https://c2sp.org/tlog-checkpoint). */
export interface Checkpoint {
  readonly chain: string;
  /** How many entries of the chain are in the tree: the last one's sequence number is one less. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** A checkpoint as it was read, with its note. */
export interface ReadCheckpoint extends Checkpoint {
  readonly note: SignedNote;
}

/** A checkpoint with the signed note that it is kept and shown as. */
export interface SealedCheckpoint extends Checkpoint {
  readonly keyId: string;
  /** The note's text, ended by a line feed. */
  readonly note: string;
}

const ORIGIN = 'sentinelai-guard/';
const ROOT_BYTES = 32;

/** A checkpoint's first line, and the name under which it is signed. */
export function originOf(chain: string): string {
  return `${ORIGIN}${chain}`;
}

/** Signs a tree's size and root. */
export function sealCheckpoint(checkpoint: Checkpoint, identity: Identity): SealedCheckpoint {
  const { chain, size, root } = checkpoint;
  const origin = originOf(chain);
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  return { ...checkpoint, keyId: keyIdOf(identity.publicKey), note: signNote(text, origin, identity) };
}

/** Reads a checkpoint; undefined where it is none of a chain of ours. Its signature is not checked yet. */
export function parseCheckpoint(text: string): ReadCheckpoint | undefined {
  const note = parseNote(text);
  const [origin = '', size = '', root = ''] = note?.text.split('\n') ?? [];
  if (note === undefined || !origin.startsWith(ORIGIN) || !/^(0|[1-9]\d{0,14})$/.test(size)) return undefined;
  const bytes = Buffer.from(root, 'base64');
  if (bytes.length !== ROOT_BYTES || bytes.toString('base64') !== root) return undefined;
  return { chain: origin.slice(ORIGIN.length), size: Number(size), root: bytes, note };
}

/** Whether the key signed the checkpoint as that of its chain. */
export function isCheckpointSignedBy({ chain, note }: ReadCheckpoint, publicKey: Uint8Array): boolean {
  return isNoteSignedBy(note, originOf(chain), publicKey);
}
