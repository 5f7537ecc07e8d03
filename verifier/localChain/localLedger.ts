import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { base58, fromBase58 } from '../ledger/base58.ts';
import { type Identity, identityFromKeypair, newIdentity } from '../ledger/identity.ts';
import type { Machine, MachineError, Ran } from './machine.ts';
import { readTransaction, transferMessage, type WireTransaction } from './wire.ts';

export interface LocalLedgerOptions {
  readonly slotMs: number;
  /** After so many slots a transaction is final. */
  readonly finalAfter: number;
  /** Where it is kept; in memory alone where there is none. */
  readonly file?: string;
}

/** A transaction in a block. */
export interface Landed {
  readonly signature: string;
  readonly slot: number;
  readonly time: number;
  readonly bytes: Uint8Array;
  readonly wire: WireTransaction;
  readonly error: MachineError | undefined;
  readonly logs: readonly string[];
  readonly units: number;
}

/** Why a transaction is not taken. */
export interface Refused {
  readonly error: MachineError;
  readonly ran: Ran;
}

export type Level = 'processed' | 'confirmed' | 'finalized';

const Head = z.strictObject({ genesis: z.string(), startedAt: z.number(), slotMs: z.number(), faucet: z.base64() });
const Line = z.strictObject({ slot: z.int(), time: z.number(), transaction: z.base64() });

const BASE_SLOT = 400_000_000;
const BASE_HEIGHT = 1000;
/** Blocks for which a block hash is good. */
export const BLOCKHASH_LIFETIME = 150;
const FAUCET_LAMPORTS = 1_000_000_000_000_000n;
const NOTHING_RAN: Ran = { error: undefined, logs: [], units: 0 };

/** Slots, block hashes and history around a machine. There is no consensus: it proves nothing to anybody else. */
export class LocalLedger {
  readonly #machine: Machine;
  readonly #options: LocalLedgerOptions;
  readonly #head: z.infer<typeof Head>;
  readonly #faucet: Identity;
  readonly #landed = new Map<string, Landed>();
  readonly #byAddress = new Map<string, string[]>();
  readonly #hashes = new Map<string, number>();
  #ahead = 0;
  #drops = 0;

  constructor(machine: Machine, options: LocalLedgerOptions) {
    this.#machine = machine;
    this.#options = options;
    const { file, slotMs } = options;
    const [head, ...lines] = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    const faucet = newIdentity();
    const made = {
      genesis: base58(randomBytes(32)),
      startedAt: Date.now(),
      slotMs,
      faucet: Buffer.from(faucet.keypair()).toString('base64'),
    };
    this.#head = head === undefined ? made : Head.parse(JSON.parse(head));
    this.#faucet = identityFromKeypair(Buffer.from(this.#head.faucet, 'base64')) ?? faucet;
    machine.fund(this.#faucet.publicKey, FAUCET_LAMPORTS);
    if (head === undefined && file !== undefined) writeFileSync(file, `${JSON.stringify(made)}\n`, { mode: 0o600, flag: 'wx' });
    for (const line of lines) this.#again(line);
  }

  get genesis(): string {
    return this.#head.genesis;
  }

  get count(): number {
    return this.#landed.size;
  }

  /** Lets so many slots pass at once. */
  advance(slots: number): void {
    this.#ahead += slots;
  }

  /** The next transactions are taken and lost, as a cluster does at times. */
  dropNext(count: number): void {
    this.#drops = count;
  }

  /** Forgets a transaction that is not final, as a fork that is given up does. */
  forget(signature: string): void {
    this.#landed.delete(signature);
    for (const list of this.#byAddress.values()) if (list.includes(signature)) list.splice(list.indexOf(signature), 1);
  }

  slot(level: Level = 'processed'): number {
    const now = BASE_SLOT + Math.floor((Date.now() - this.#head.startedAt) / this.#head.slotMs) + this.#ahead;
    return level === 'processed' ? now : now - (level === 'confirmed' ? 1 : this.#options.finalAfter);
  }

  height(level: Level = 'processed'): number {
    return this.slot(level) - BASE_SLOT + BASE_HEIGHT;
  }

  recentBlock(): { readonly blockhash: string; readonly lastValidBlockHeight: number } {
    const slot = this.slot();
    const blockhash = base58(createHash('sha256').update(`${this.#head.genesis}:${slot}`).digest());
    this.#hashes.set(blockhash, slot);
    return { blockhash, lastValidBlockHeight: this.height() + BLOCKHASH_LIFETIME };
  }

  isRecent(blockhash: string): boolean {
    const slot = this.#hashes.get(blockhash);
    return slot !== undefined && this.slot() - slot <= BLOCKHASH_LIFETIME;
  }

  levelOf({ slot }: Landed): Level {
    return slot <= this.slot('finalized') ? 'finalized' : slot <= this.slot('confirmed') ? 'confirmed' : 'processed';
  }

  find(signature: string): Landed | undefined {
    return this.#landed.get(signature);
  }

  /** Signatures of the transactions that an address takes part in, oldest first. */
  of(address: string): readonly string[] {
    return this.#byAddress.get(address) ?? [];
  }

  balance(address: Uint8Array): number {
    return this.#machine.balance(address);
  }

  rentExempt(bytes: number): number {
    return this.#machine.rentExempt(bytes);
  }

  /** What would become of a transaction; undefined where it would do. */
  preflight(bytes: Uint8Array): Refused | undefined {
    const wire = readTransaction(bytes);
    const refuse = (err: string, text: string): Refused => ({ error: { err, text }, ran: NOTHING_RAN });
    if (!this.isRecent(base58(wire.blockhash))) return refuse('BlockhashNotFound', 'Blockhash not found');
    if (this.#landed.has(signatureOf(wire))) return refuse('AlreadyProcessed', 'This transaction has already been processed');
    const ran = this.#machine.run(bytes, true);
    return ran.error === undefined ? undefined : { error: ran.error, ran };
  }

  /** Takes a transaction. What can't land vanishes without a word, as it does on a cluster. @returns its signature */
  send(bytes: Uint8Array): string {
    const wire = readTransaction(bytes);
    const signature = signatureOf(wire);
    const lost = this.#drops > 0;
    if (lost) this.#drops -= 1;
    if (lost || !this.isRecent(base58(wire.blockhash)) || this.#landed.has(signature)) return signature;
    const slot = this.slot();
    const time = Date.now();
    if (this.#run(bytes, slot, time) && this.#options.file !== undefined) {
      appendFileSync(this.#options.file, `${JSON.stringify({ slot, time, transaction: Buffer.from(bytes).toString('base64') })}\n`);
    }
    return signature;
  }

  /** Gives test funds. @returns the transaction's signature */
  airdrop(to: Uint8Array, lamports: number): string {
    const blockhash = fromBase58(this.recentBlock().blockhash) ?? new Uint8Array(32);
    const message = transferMessage(this.#faucet.publicKey, to, lamports, blockhash, this.#landed.size % 100_000);
    return this.send(Buffer.concat([Uint8Array.of(1), this.#faucet.sign(message), message]));
  }

  #run(bytes: Uint8Array, slot: number, time: number): boolean {
    const wire = readTransaction(bytes);
    const ran = this.#machine.run(bytes, false);
    // A refusal of the transaction as a whole never gets into a block.
    if (typeof ran.error?.err === 'string') return false;
    const signature = signatureOf(wire);
    this.#landed.set(signature, { ...ran, signature, slot, time, bytes, wire });
    for (const key of wire.keys) {
      const address = base58(key);
      const list = this.#byAddress.get(address);
      if (list === undefined) this.#byAddress.set(address, [signature]);
      else list.push(signature);
    }
    return true;
  }

  /** Runs a kept transaction again; the last line may be torn. */
  #again(text: string): void {
    const line = readLine(text);
    if (line === undefined) return;
    this.#run(Buffer.from(line.transaction, 'base64'), line.slot, line.time);
    this.#ahead = Math.max(this.#ahead, line.slot - this.slot() + this.#ahead);
  }
}

function readLine(text: string): z.infer<typeof Line> | undefined {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function signatureOf({ signatures }: WireTransaction): string {
  return base58(signatures[0] ?? new Uint8Array(64));
}
