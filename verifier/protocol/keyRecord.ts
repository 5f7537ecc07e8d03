import { z } from 'zod';
import { Timestamp } from './vocabulary.ts';

/** 32 raw bytes of an Ed25519 public key in base64 (RFC 4648 §4, padded). */
export const PublicKeyText = z.string().regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);

/** 64 raw bytes of an Ed25519 signature in base64 (RFC 4648 §4, padded). */
export const SignatureText = z.string().regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/);

/** One key hands over to another; both sign the same statement (docs/ledger-format.md). */
export const KeyRotationRecord = z.strictObject({
  from: PublicKeyText,
  to: PublicKeyText,
  time: Timestamp,
  fromSignature: SignatureText,
  toSignature: SignatureText,
});
