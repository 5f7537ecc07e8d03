import type { z } from 'zod';
import type { KeyRotationRecord } from '../protocol/keyRecord.ts';
import { type Identity, isSignedBy } from './identity.ts';

export type KeyRotation = z.infer<typeof KeyRotationRecord>;

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
