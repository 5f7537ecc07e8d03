import { createHash } from 'node:crypto';
import type { FailedTransactionMetadata, LiteSvm } from 'litesvm/dist/internal.js';
import { fromBase58 } from '../ledger/base58.ts';

const MEMO_V3 = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
const MEMO_V4 = 'Memo4c2pN8afCj432Lb7RMVKi9PbQnnW7ewFFaV3oAH';
const LOADER = 'BPFLoader2111111111111111111111111111111111';
/** The program that a cluster runs at that address. */
const MEMO_V3_SHA256 = 'f520eaf096361abbb9639ea4dc3e5388a87b9330e121f476607b87c46ef67954';

/** An error as a cluster writes it in JSON, and in words. */
export interface MachineError {
  readonly err: unknown;
  readonly text: string;
}

export interface Ran {
  readonly error: MachineError | undefined;
  readonly logs: readonly string[];
  readonly units: number;
}

/** Runs transactions: real signatures, fees, compute units and program code. */
export interface Machine {
  run(transaction: Uint8Array, simulate: boolean): Ran;
  balance(address: Uint8Array): number;
  fund(address: Uint8Array, lamports: bigint): void;
  rentExempt(bytes: number): number;
}

export class NoMachine extends Error {}

const bytesOf = (address: string): Uint8Array => fromBase58(address) ?? new Uint8Array(32);

/**
 * A Solana runtime in this process, with the real memo program at its address.
 * @throws NoMachine where it is not installed: it is a development dependency with native code
 */
export async function loadMachine(): Promise<Machine> {
  const { current, old } = await load();
  const vm = new current.LiteSvm();
  // Newer releases carry the code of memo v4 at the address of v3, whose limits are narrower; an old one has the true v3.
  const program = new old.LiteSvm().getAccount(bytesOf(MEMO_V3))?.data() ?? new Uint8Array();
  if (createHash('sha256').update(program).digest('hex') !== MEMO_V3_SHA256)
    throw new NoMachine('The memo program in litesvm-memo-v3 is not the one that clusters run.');
  const newer = vm.getAccount(bytesOf(MEMO_V3))?.data();
  if (newer !== undefined) vm.addProgramWithLoader(bytesOf(MEMO_V4), newer, bytesOf(LOADER));
  vm.addProgramWithLoader(bytesOf(MEMO_V3), program, bytesOf(LOADER));
  // History and block hashes are kept by the ledger, as a cluster does it.
  vm.setTransactionHistory(0n);
  vm.setBlockhashCheck(false);
  return {
    run: (transaction, simulate) => (simulate ? simulated(vm, transaction) : sent(vm, transaction)),
    balance: (address) => Number(vm.getBalance(address) ?? 0n),
    fund: (address, lamports) => vm.setAccount(address, new current.Account(lamports, new Uint8Array(), new Uint8Array(32), false, 0n)),
    rentExempt: (bytes) => Number(vm.minimumBalanceForRentExemption(BigInt(bytes))),
  };
}

async function load() {
  try {
    const [current, old] = await Promise.all([import('litesvm/dist/internal.js'), import('litesvm-memo-v3/dist/internal.js')]);
    return { current, old };
  } catch {
    throw new NoMachine(
      'A local chain needs the packages litesvm and litesvm-memo-v3, which are for development and not part of the extension: run "npm run local-chain" in a checkout, on Linux or macOS.',
    );
  }
}

function isFailed(result: object): result is FailedTransactionMetadata {
  return 'err' in result;
}

function sent(vm: LiteSvm, transaction: Uint8Array): Ran {
  const result = vm.sendLegacyTransaction(transaction);
  const meta = isFailed(result) ? result.meta() : result;
  return { error: isFailed(result) ? errorOf(result) : undefined, logs: meta.logs(), units: Number(meta.computeUnitsConsumed()) };
}

function simulated(vm: LiteSvm, transaction: Uint8Array): Ran {
  const result = vm.simulateLegacyTransaction(transaction);
  const meta = result.meta();
  return { error: isFailed(result) ? errorOf(result) : undefined, logs: meta.logs(), units: Number(meta.computeUnitsConsumed()) };
}

/** Those that a memo can meet. */
const TRANSACTION_ERRORS: Readonly<Record<number, readonly [name: string, text: string]>> = {
  2: ['AccountNotFound', 'Attempt to debit an account but found no record of a prior credit.'],
  3: ['ProgramAccountNotFound', 'Attempt to load a program that does not exist'],
  4: ['InsufficientFundsForFee', 'Insufficient funds for fee'],
  5: ['InvalidAccountForFee', 'This account may not be used to pay transaction fees'],
  11: ['SignatureFailure', 'Transaction did not pass signature verification'],
};
const INSTRUCTION_ERRORS: Readonly<Record<number, string>> = {
  2: 'InvalidInstructionData',
  7: 'MissingRequiredSignature',
  36: 'ComputationalBudgetExceeded',
  39: 'ProgramFailedToComplete',
};

function errorOf(failed: FailedTransactionMetadata): MachineError {
  const error = failed.err();
  if (typeof error === 'number') {
    const [name, text] = TRANSACTION_ERRORS[error] ?? [`Error${error}`, `Error${error}`];
    return { err: name, text };
  }
  if ('accountIndex' in error) {
    return {
      err: { InsufficientFundsForRent: { account_index: error.accountIndex } },
      text: `Transaction results in an account (${error.accountIndex}) with insufficient funds for rent`,
    };
  }
  const inner = 'err' in error ? error.err() : undefined;
  const name = typeof inner === 'number' ? (INSTRUCTION_ERRORS[inner] ?? `Error${inner}`) : 'Custom';
  return { err: { InstructionError: [error.index, name] }, text: `Error processing Instruction ${error.index}: ${name}` };
}
