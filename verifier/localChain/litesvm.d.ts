/**
 * What is used of LiteSVM 1.5.0. It is not among the dependencies: its native packages are not to be had for every
 * platform that a lock file must name. `npm run local-chain` adds it to a checkout.
 */
declare module 'litesvm/dist/internal.js' {
  export class Account {
    constructor(lamports: bigint, data: Uint8Array, owner: Uint8Array, executable: boolean, rentEpoch: bigint);
    data(): Uint8Array;
  }

  export interface TransactionMetadata {
    logs(): string[];
    computeUnitsConsumed(): bigint;
  }

  export interface InstructionFailure {
    readonly index: number;
    err(): number | object;
  }

  export interface FailedTransactionMetadata {
    err(): number | { readonly accountIndex: number } | InstructionFailure | { readonly index: number };
    meta(): TransactionMetadata;
  }

  export interface SimulatedTransactionInfo {
    meta(): TransactionMetadata;
  }

  export class LiteSvm {
    setTransactionHistory(capacity: bigint): void;
    setBlockhashCheck(check: boolean): void;
    getAccount(address: Uint8Array): Account | null;
    setAccount(address: Uint8Array, account: Account): void;
    getBalance(address: Uint8Array): bigint | null;
    minimumBalanceForRentExemption(bytes: bigint): bigint;
    addProgramWithLoader(program: Uint8Array, code: Uint8Array, loader: Uint8Array): void;
    sendLegacyTransaction(transaction: Uint8Array): TransactionMetadata | FailedTransactionMetadata;
    simulateLegacyTransaction(transaction: Uint8Array): SimulatedTransactionInfo | FailedTransactionMetadata;
  }
}

declare module 'litesvm-memo-v3/dist/internal.js' {
  export { LiteSvm } from 'litesvm/dist/internal.js';
}
