import { createMemoInstruction, MEMO_PROGRAM_ID } from '@solana/spl-memo';
import {
  ComputeBudgetProgram,
  Connection,
  PublicKey,
  SendTransactionError,
  Transaction,
  type VersionedTransactionResponse,
} from '@solana/web3.js';
import { base58 } from '../ledger/base58.ts';
import type { Identity } from '../ledger/identity.ts';
import { type AnchorChain, ChainError, type ChainReader, type FoundMemo } from './chainPort.ts';

const CALL_MS = 20_000;

/** Compute units for an ASCII memo with one signer: measured 13,200 and 355 a byte, and some to spare. */
const unitsFor = (bytes: number): number => 22_000 + 400 * bytes;

/** A connection that gives up in time, never repeats by itself and opens no socket. */
function connect(rpcUrl: string): Connection {
  return new Connection(rpcUrl, {
    commitment: 'confirmed',
    disableRetryOnRateLimit: true,
    fetch: async (input, init) => {
      const answer = await fetch(input, { ...init, redirect: 'error', signal: AbortSignal.timeout(CALL_MS) });
      if (answer.status === 429) {
        await answer.body?.cancel();
        throw new ChainError('busy', 'The endpoint asks for fewer requests.', retryAfter(answer.headers.get('retry-after')));
      }
      return answer;
    },
  });
}

function retryAfter(seconds: string | null): number | undefined {
  return seconds !== null && /^\d{1,5}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** A cluster that memos are sent to, signed by an identity. */
export function solanaChain(rpcUrl: string, identity: Identity): AnchorChain {
  const connection = connect(rpcUrl);
  const authority = new PublicKey(identity.publicKey);
  return {
    recentBlock: () => classified(() => connection.getLatestBlockhash('confirmed')),
    sign(memo, { blockhash, lastValidBlockHeight }) {
      const transaction = new Transaction({ feePayer: authority, blockhash, lastValidBlockHeight }).add(
        ComputeBudgetProgram.setComputeUnitLimit({ units: unitsFor(memo.length) }),
        createMemoInstruction(memo, [authority]),
      );
      const signature = identity.sign(transaction.serializeMessage());
      transaction.addSignature(authority, Buffer.from(signature));
      return { signature: base58(signature), transaction: transaction.serialize().toString('base64'), lastValidBlockHeight };
    },
    async send({ transaction }) {
      await classified(() =>
        connection.sendRawTransaction(Buffer.from(transaction, 'base64'), { maxRetries: 0, preflightCommitment: 'confirmed' }),
      );
    },
    async states(signatures) {
      const { value } = await classified(() => connection.getSignatureStatuses([...signatures], { searchTransactionHistory: true }));
      return signatures.map((_signature, n) => {
        const status = value[n];
        if (status === null || status === undefined) return { state: 'unknown' };
        if (status.err !== null) return { state: 'failed', why: JSON.stringify(status.err).slice(0, 200) };
        return status.confirmationStatus === 'finalized' ? { state: 'final', slot: status.slot } : { state: 'seen' };
      });
    },
    finalHeight: () => classified(() => connection.getBlockHeight('finalized')),
    genesis: () => classified(() => connection.getGenesisHash()),
  };
}

/** Asks a cluster's faucet for test funds. @returns the transaction's signature. */
export function askForFunds(rpcUrl: string, address: string, lamports: number): Promise<string> {
  return classified(() => connect(rpcUrl).requestAirdrop(new PublicKey(address), lamports));
}

/** What an address has, in lamports. */
export function balanceOf(rpcUrl: string, address: string): Promise<number> {
  return classified(() => connect(rpcUrl).getBalance(new PublicKey(address), 'confirmed'));
}

/** Whether a text is an address. */
export function isAddress(text: string): boolean {
  try {
    return new PublicKey(text).toBase58() === text;
  } catch {
    return false;
  }
}

const PAGE = 1000;

/** The same cluster for an auditor. */
export function solanaReader(rpcUrl: string): ChainReader {
  const connection = connect(rpcUrl);
  return {
    async list(address, before) {
      const options = { limit: PAGE, ...(before === undefined ? {} : { before }) };
      const found = await patiently(() =>
        classified(() => connection.getSignaturesForAddress(new PublicKey(address), options, 'finalized')),
      );
      const rows = found.filter(({ err }) => err === null).map(({ signature, memo }) => ({ signature, hint: memo ?? '' }));
      return { rows, next: found.length < PAGE ? undefined : found.at(-1)?.signature };
    },
    async memos(signature, address) {
      const found = await patiently(() =>
        classified(() => connection.getTransaction(signature, { commitment: 'finalized', maxSupportedTransactionVersion: 0 })),
      );
      if (found === null) throw new ChainError('unreachable', `The endpoint lists transaction ${signature}, but does not have it.`);
      return memosOf(found, signature, new PublicKey(address));
    },
  };
}

const TRIES = 8;

/** Goes on where the endpoint is busy for a while: an audit asks for thousands of transactions. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      const passing = error instanceof ChainError && (error.failure === 'busy' || error.failure === 'unreachable');
      if (!passing || tries === TRIES) throw error;
      const wait = Math.max(error.retryAfterMs ?? 0, 250 * 2 ** tries * (0.5 + Math.random() / 2));
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** The memos of one transaction, from its instructions: the memo field of a listing can't tell them apart. */
function memosOf(
  { slot, blockTime, transaction: { message } }: VersionedTransactionResponse,
  signature: string,
  authority: PublicKey,
): FoundMemo[] {
  const keys = message.staticAccountKeys;
  return message.compiledInstructions
    .filter(({ programIdIndex }) => keys[programIdIndex]?.equals(MEMO_PROGRAM_ID) === true)
    .map(({ accountKeyIndexes, data }) => ({
      signature,
      slot,
      blockTime: blockTime ?? null,
      signed: [0, ...accountKeyIndexes].some((n) => message.isAccountSigner(n) && keys[n]?.equals(authority) === true),
      text: Buffer.from(data).toString('utf8'),
    }));
}

async function classified<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failureOf(error);
  }
}

/** What a failure of the SDK means. Its errors differ by nothing but their words. */
function failureOf(error: unknown): ChainError {
  if (error instanceof ChainError) return error;
  const message = error instanceof SendTransactionError ? error.transactionError.message : error instanceof Error ? error.message : '';
  if (/already been processed|AlreadyProcessed/i.test(message)) return new ChainError('known', 'The cluster has it already.');
  if (/blockhash not found|BlockhashNotFound|block height exceeded/i.test(message))
    return new ChainError('expired', 'Its block hash is too old.');
  if (/no record of a prior credit|insufficient (funds|lamports)|InsufficientFunds|AccountNotFound/i.test(message))
    return new ChainError('unfunded', 'The key can not pay the fee.');
  if (/\b429\b|too many requests/i.test(message)) return new ChainError('busy', 'The endpoint asks for fewer requests.');
  if (/simulation failed|instruction|signature verification|invalid param|Invalid transaction|too large|\b40[0134]\b/i.test(message))
    return new ChainError('refused', `The cluster refused it: ${message.replace(/\s+/g, ' ').slice(0, 200)}`);
  return new ChainError('unreachable', 'The endpoint does not answer.');
}
