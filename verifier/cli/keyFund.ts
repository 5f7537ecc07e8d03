import { ChainError } from '../anchor/chainPort.ts';
import { base58 } from '../ledger/base58.ts';
import { loadIdentity } from '../ledger/identityFile.ts';
import { Cluster } from '../protocol/anchor.ts';
import { endpointOf } from './anchorChoice.ts';
import { CommandError, EXIT } from './exitCodes.ts';
import { ownIdentityFolder } from './ledgerFolder.ts';

export interface KeyFundOptions {
  readonly cluster: string;
  readonly rpc?: string;
}

/** One SOL pays for 200,000 memos. */
const LAMPORTS = 1_000_000_000;

/** `sentinel key fund`. */
export async function keyFund({ cluster, rpc }: KeyFundOptions): Promise<number> {
  const named = Cluster.safeParse(rpc === undefined ? cluster : 'custom');
  if (!named.success || named.data === 'mainnet-beta')
    throw new CommandError(EXIT.usage, 'Test funds are on devnet, testnet and chains of your own.');
  const address = base58((await loadIdentity(ownIdentityFolder())).identity.publicKey);
  const { askForFunds } = await import('../anchor/solana.ts');
  try {
    const signature = await askForFunds(endpointOf(named.data, rpc), address, LAMPORTS);
    process.stdout.write(`Asked for 1 SOL of test funds for ${address} (${signature}).\n`);
    return EXIT.pass;
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    throw new CommandError(EXIT.unavailable, `${error.message} Try https://faucet.solana.com with the address ${address}.`);
  }
}
