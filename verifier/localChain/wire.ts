/** A transaction's wire form, as far as a chain's index needs it. */
export interface WireTransaction {
  readonly signatures: readonly Uint8Array[];
  readonly keys: readonly Uint8Array[];
  readonly header: readonly [signers: number, readonlySigned: number, readonlyUnsigned: number];
  readonly blockhash: Uint8Array;
  readonly instructions: readonly WireInstruction[];
}

export interface WireInstruction {
  readonly program: number;
  readonly accounts: readonly number[];
  readonly data: Uint8Array;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw new RangeError('the transaction ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** Solana's compact 16-bit length. */
  length(): number {
    let value = 0;
    for (let shift = 0; shift < 21; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a length is too long');
  }

  many<T>(read: () => T): T[] {
    return Array.from({ length: this.length() }, read);
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }
}

/**
 * Reads a transaction of the legacy form, which is what memos are sent in.
 * @throws RangeError for anything else
 */
export function readTransaction(bytes: Uint8Array): WireTransaction {
  const reader = new Reader(bytes);
  const signatures = reader.many(() => reader.take(64));
  const signers = reader.byte();
  if (signers >= 128) throw new RangeError('versioned transactions are not known here');
  const header = [signers, reader.byte(), reader.byte()] as const;
  const keys = reader.many(() => reader.take(32));
  const blockhash = reader.take(32);
  const instructions = reader.many(() => {
    const program = reader.byte();
    return { program, accounts: [...reader.take(reader.length())], data: reader.take(reader.length()) };
  });
  if (!reader.done || signatures.length !== signers || keys.length < signers) throw new RangeError('the transaction does not add up');
  return { signatures, keys, header, blockhash, instructions };
}

const compact = (length: number): Uint8Array => (length < 128 ? Uint8Array.of(length) : Uint8Array.of((length & 127) | 128, length >> 7));

/** The message of a transfer of lamports: what the faucet signs. `mark` keeps two equal ones apart. */
export function transferMessage(from: Uint8Array, to: Uint8Array, lamports: number, blockhash: Uint8Array, mark: number): Uint8Array {
  const transfer = Buffer.alloc(12);
  transfer.writeUInt32LE(2, 0);
  transfer.writeBigUInt64LE(BigInt(lamports), 4);
  const limit = Buffer.alloc(5);
  limit.writeUInt8(2, 0);
  limit.writeUInt32LE(1000 + mark, 1);
  const system = new Uint8Array(32);
  return Buffer.concat([
    Uint8Array.of(1, 0, 2),
    compact(4),
    from,
    to,
    system,
    COMPUTE_BUDGET,
    blockhash,
    compact(2),
    Uint8Array.of(2, 2, 0, 1, transfer.length),
    transfer,
    Uint8Array.of(3, 0, limit.length),
    limit,
  ]);
}

/** Address of the compute budget program. */
const COMPUTE_BUDGET = Buffer.from('0306466fe5211732ffecadba72c39be7bc8ce5bbc5f7126b2c439b3a40000000', 'hex');
