import type { z } from 'zod';
import type { KeyRotationRecord } from '../protocol/keyRecord.ts';
import type { LedgerEvent } from '../protocol/ledgerEntry.ts';
import { type Identity, isSignedBy, keyIdOf } from './identity.ts';

export type KeyRotation = z.infer<typeof KeyRotationRecord>;

/** What is kept of a user's identity: the key in force, and how earlier ones handed over to it. */
export interface KeptIdentity {
  readonly identity: Identity;
  /** Oldest first. */
  readonly rotations: readonly KeyRotation[];
}

/** The bytes that both keys sign: five lines, each ended by a line feed. */
export function rotationStatement({ from, to, time }: Pick<KeyRotation, 'from' | 'to' | 'time'>): Uint8Array {
  return Buffer.from(`sentinelai-guard/key-rotation\n1\n${from}\n${to}\n${time}\n`);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** One key hands over to another, and both say so. */
export function rotate(from: Identity, to: Identity, at: Date): KeyRotation {
  const said = { from: base64(from.publicKey), to: base64(to.publicKey), time: at.toISOString() };
  const statement = rotationStatement(said);
  return { ...said, fromSignature: base64(from.sign(statement)), toSignature: base64(to.sign(statement)) };
}

/** Whether both keys signed it. */
export function isRotation(rotation: KeyRotation): boolean {
  const statement = rotationStatement(rotation);
  const { from, to, fromSignature, toSignature } = rotation;
  const signed = (key: string, signature: string) => isSignedBy(Buffer.from(key, 'base64'), statement, Buffer.from(signature, 'base64'));
  return signed(from, fromSignature) && signed(to, toSignature);
}

/** The bytes that a key signs to take a chain for its own: four lines, each ended by a line feed. */
function signingKeyStatement(chain: string, publicKey: string): Uint8Array {
  return Buffer.from(`sentinelai-guard/signing-key\n1\n${chain}\n${publicKey}\n`);
}

type EventOf<T extends LedgerEvent['type']> = Extract<LedgerEvent, { type: T }>;

/** The event by which a key takes a chain for its own. */
export function signingKeyEvent(chain: string, identity: Identity): EventOf<'signing-key'> {
  const publicKey = base64(identity.publicKey);
  return { type: 'signing-key', publicKey, signature: base64(identity.sign(signingKeyStatement(chain, publicKey))) };
}

/** Whether the key that the event names signed it, for this chain. */
export function isSigningKey(chain: string, { publicKey, signature }: EventOf<'signing-key'>): boolean {
  return isSignedBy(Buffer.from(publicKey, 'base64'), signingKeyStatement(chain, publicKey), Buffer.from(signature, 'base64'));
}

/** An event that brings a chain to a key, with the id of that key. */
export interface KeyStep {
  readonly keyId: string;
  readonly event: EventOf<'signing-key' | 'key-rotation'>;
}

/**
 * What a chain must say before its next entry may name the identity's key: nothing where it names it already.
 * @param last the key id of the chain's last entry, null where it has none
 * @returns undefined where the chain is another key's, which did not hand over to this one
 */
export function stepsToKey(
  chain: string,
  last: { readonly seq: number; readonly key: string | null },
  kept: KeptIdentity,
): KeyStep[] | undefined {
  const { identity, rotations } = kept;
  const introduced: KeyStep = { keyId: identity.keyId, event: signingKeyEvent(chain, identity) };
  if (last.key === null) return [introduced];
  // Genesis names a key that nothing can have introduced before it.
  if (last.key === identity.keyId) return last.seq === 0 ? [introduced] : [];
  const from = rotations.findIndex((rotation) => keyIdOf(Buffer.from(rotation.from, 'base64')) === last.key);
  if (from === -1) return undefined;
  return rotations.slice(from).map((rotation) => ({
    keyId: keyIdOf(Buffer.from(rotation.to, 'base64')),
    event: { type: 'key-rotation', ...rotation },
  }));
}
