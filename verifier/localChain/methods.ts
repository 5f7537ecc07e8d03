import { z } from 'zod';
import { base58, fromBase58 } from '../ledger/base58.ts';
import type { Landed, Level, LocalLedger, Refused } from './localLedger.ts';

/** An error of the JSON-RPC interface. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

const Commitment = z.enum(['processed', 'confirmed', 'finalized']);
const AtLevel = z.looseObject({ commitment: Commitment.optional() }).optional();
const MEMO = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
const FEE = 5_000;

type Method = (params: readonly unknown[]) => unknown;

/** The methods of a node that the SDK, wallets' balances and an audit need. */
export function rpcMethods(ledger: LocalLedger): ReadonlyMap<string, Method> {
  const inContext = (value: unknown) => ({ context: { apiVersion: '2.0.0-local', slot: ledger.slot() }, value });
  const methods: Record<string, Method> = {
    getHealth: () => 'ok',
    getVersion: () => ({ 'solana-core': '2.0.0-local', 'feature-set': 0 }),
    getGenesisHash: () => ledger.genesis,
    getSlot: ([options]) => ledger.slot(levelIn(options)),
    getBlockHeight: ([options]) => ledger.height(levelIn(options)),
    getTransactionCount: () => ledger.count,
    getMinimumBalanceForRentExemption: ([bytes]) => ledger.rentExempt(read(z.int().nonnegative(), bytes)),
    getLatestBlockhash: () => inContext(ledger.recentBlock()),
    isBlockhashValid: ([hash]) => inContext(ledger.isRecent(read(z.string(), hash))),
    getBalance: ([address]) => inContext(ledger.balance(keyIn(address))),
    getFeeForMessage: () => inContext(FEE),
    requestAirdrop: ([address, lamports]) => ledger.airdrop(keyIn(address), read(z.int().positive(), lamports)),
    simulateTransaction: ([text, options]) => inContext(shown(ledger.preflight(bytesIn(text, options)))),
    sendTransaction: ([text, options]) => {
      const bytes = bytesIn(text, options);
      const { skipPreflight } = read(z.looseObject({ skipPreflight: z.boolean().optional() }), options ?? {});
      const refused = skipPreflight === true ? undefined : ledger.preflight(bytes);
      if (refused?.error.err === 'SignatureFailure') throw new RpcError(-32003, 'Transaction signature verification failure');
      if (refused !== undefined) throw new RpcError(-32002, `Transaction simulation failed: ${refused.error.text}`, shown(refused));
      return ledger.send(bytes);
    },
    getSignatureStatuses: ([signatures]) =>
      inContext(
        read(z.array(z.string()).max(256), signatures).map((signature) => {
          const found = ledger.find(signature);
          if (found === undefined) return null;
          const level = ledger.levelOf(found);
          const confirmations = level === 'finalized' ? null : ledger.slot() - found.slot;
          const err = found.error?.err ?? null;
          return { slot: found.slot, confirmations, err, status: err === null ? { Ok: null } : { Err: err }, confirmationStatus: level };
        }),
      ),
    getTransaction: ([signature, options]) => {
      const found = ledger.find(read(z.string(), signature));
      return found === undefined || !reached(ledger, found, levelIn(options)) ? null : transactionOf(found);
    },
    getSignaturesForAddress: ([address, options]) => {
      const { limit, before, until } = read(
        z.looseObject({ limit: z.int().min(1).max(1000).default(1000), before: z.string().optional(), until: z.string().optional() }),
        options ?? {},
      );
      const all = ledger.of(base58(keyIn(address)));
      const rows: object[] = [];
      for (let n = (before === undefined ? all.length : all.lastIndexOf(before)) - 1; n >= 0 && rows.length < limit; n -= 1) {
        if (all[n] === until) break;
        const found = ledger.find(all[n] ?? '');
        if (found !== undefined && reached(ledger, found, levelIn(options))) rows.push(rowOf(ledger, found));
      }
      return rows;
    },
  };
  return new Map(Object.entries(methods));
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new RpcError(-32602, 'Invalid params');
  return parsed.data;
}

function levelIn(options: unknown): Level {
  return read(AtLevel, options ?? undefined)?.commitment ?? 'finalized';
}

function keyIn(address: unknown): Uint8Array {
  const bytes = fromBase58(read(z.string().max(64), address));
  if (bytes?.length !== 32) throw new RpcError(-32602, 'Invalid param: WrongSize');
  return bytes;
}

const MAX_TRANSACTION = 1232;

function bytesIn(text: unknown, options: unknown): Uint8Array {
  const { encoding } = read(z.looseObject({ encoding: z.string().optional() }), options ?? {});
  const given = read(z.string(), text);
  const bytes = encoding === 'base64' ? Buffer.from(given, 'base64') : fromBase58(given);
  if (bytes === undefined || bytes.length > MAX_TRANSACTION) throw new RpcError(-32602, 'base64 encoded transaction too large');
  return bytes;
}

function shown(refused: Refused | undefined): object {
  const { logs = [], units = 0 } = refused?.ran ?? {};
  return { accounts: null, err: refused?.error.err ?? null, innerInstructions: null, logs, returnData: null, unitsConsumed: units };
}

const ORDER: readonly Level[] = ['processed', 'confirmed', 'finalized'];

function reached(ledger: LocalLedger, landed: Landed, level: Level): boolean {
  return ORDER.indexOf(ledger.levelOf(landed)) >= ORDER.indexOf(level);
}

function memoField({ wire }: Landed): string | null {
  const memos = wire.instructions.filter(({ program }) => base58(wire.keys[program] ?? new Uint8Array()) === MEMO);
  return memos.length === 0 ? null : memos.map(({ data }) => `[${data.length}] ${Buffer.from(data).toString('utf8')}`).join('; ');
}

function rowOf(ledger: LocalLedger, landed: Landed): object {
  const { signature, slot, time, error } = landed;
  const blockTime = Math.floor(time / 1000);
  return { signature, slot, err: error?.err ?? null, memo: memoField(landed), blockTime, confirmationStatus: ledger.levelOf(landed) };
}

function transactionOf({ slot, time, wire, error, logs, units }: Landed): object {
  const [numRequiredSignatures, numReadonlySignedAccounts, numReadonlyUnsignedAccounts] = wire.header;
  const err = error?.err ?? null;
  return {
    slot,
    blockTime: Math.floor(time / 1000),
    version: 'legacy',
    transaction: {
      signatures: wire.signatures.map(base58),
      message: {
        header: { numRequiredSignatures, numReadonlySignedAccounts, numReadonlyUnsignedAccounts },
        accountKeys: wire.keys.map(base58),
        recentBlockhash: base58(wire.blockhash),
        instructions: wire.instructions.map(({ program, accounts, data }) => ({
          programIdIndex: program,
          accounts,
          data: base58(data),
          stackHeight: 1,
        })),
      },
    },
    meta: {
      err,
      status: err === null ? { Ok: null } : { Err: err },
      fee: FEE * numRequiredSignatures,
      preBalances: [],
      postBalances: [],
      innerInstructions: [],
      logMessages: logs,
      preTokenBalances: [],
      postTokenBalances: [],
      rewards: [],
      loadedAddresses: { writable: [], readonly: [] },
      computeUnitsConsumed: units,
    },
  };
}
