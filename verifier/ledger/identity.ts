import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';

/** Letters of a key's id. */
export const KEY_ID_LENGTH = 11;

/** Who writes and anchors: one Ed25519 key for each user. The secret leaves it only by {@link keypair}. */
export interface Identity {
  /** See {@link keyIdOf}. */
  readonly keyId: string;
  /** The 32 raw bytes. */
  readonly publicKey: Uint8Array;
  /** The 64 bytes of an Ed25519 signature (RFC 8032). */
  sign(bytes: Uint8Array): Uint8Array;
  /** For export alone: seed and public key, as the Solana command line keeps them. */
  keypair(): Uint8Array;
}

const SEED_BYTES = 32;
/** What comes before the 32 raw bytes in PKCS 8 and SPKI (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A key's id: the first 11 letters of the base64url form of SHA-256 over its 32 raw bytes. */
export function keyIdOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('base64url').slice(0, KEY_ID_LENGTH);
}

/** The identity that a seed of 32 bytes stands for. */
export function identityFromSeed(seed: Uint8Array): Identity {
  if (seed.length !== SEED_BYTES) throw new RangeError(`an Ed25519 seed has ${SEED_BYTES} bytes`);
  const secret = Buffer.from(seed);
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_PREFIX.length));
  return {
    keyId: keyIdOf(publicKey),
    publicKey,
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
    keypair: () => new Uint8Array(Buffer.concat([secret, publicKey])),
  };
}

/** A new identity, from the system's random numbers. */
export function newIdentity(): Identity {
  return identityFromSeed(randomBytes(SEED_BYTES));
}

/**
 * The identity in a keypair of 64 bytes (seed, then public key).
 * @returns undefined where the two halves do not belong together.
 */
export function identityFromKeypair(keypair: Uint8Array): Identity | undefined {
  if (keypair.length !== 2 * SEED_BYTES) return undefined;
  const identity = identityFromSeed(keypair.subarray(0, SEED_BYTES));
  return Buffer.from(identity.publicKey).equals(keypair.subarray(SEED_BYTES)) ? identity : undefined;
}

const known = new Map<string, KeyObject>();
const KEYS_KEPT = 64;

/** The key object of 32 raw bytes. A reader meets the same few keys again and again. */
function publicKeyObject(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey).toString('base64');
  const made = known.get(name) ?? createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, publicKey]), format: 'der', type: 'spki' });
  if (known.size >= KEYS_KEPT) known.clear();
  known.set(name, made);
  return made;
}

/** Whether a signature over these bytes was made with the key. False, too, for what is no key or signature. */
export function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    return verify(null, bytes, publicKeyObject(publicKey), signature);
  } catch {
    return false;
  }
}
