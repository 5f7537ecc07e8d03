import type { AnchorSettings, Cluster } from '../protocol/anchor.ts';

/** The genesis blocks of the public clusters: an endpoint of another one is found out before anything is paid there. */
const GENESIS: Readonly<Record<Exclude<Cluster, 'custom'>, string>> = {
  devnet: 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG',
  testnet: '4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY',
  'mainnet-beta': '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d',
};

/** What is wrong with an endpoint that answers with this genesis; undefined where it is the cluster that was meant. */
export function wrongCluster(cluster: Cluster, genesis: string): string | undefined {
  const found = Object.entries(GENESIS).find(([, hash]) => hash === genesis)?.[0];
  // A private chain has a genesis of its own; that of a public one means a mistake, which on mainnet costs money.
  if (cluster === 'custom' ? found === undefined : GENESIS[cluster] === genesis) return undefined;
  return `The endpoint is ${found === undefined ? 'none of the public clusters' : `of ${found}`}, but the settings say ${cluster}. Correct the cluster or the endpoint.`;
}

/** Why nothing may be sent with these settings, in words for a person; undefined where it may. */
export function whyNotAnchored({ rpcUrl, consentedTo }: Pick<AnchorSettings, 'rpcUrl' | 'consentedTo'>): string | undefined {
  if (consentedTo !== rpcUrl) return 'Publishing through this endpoint was not agreed to.';
  if (new URL(rpcUrl).protocol === 'https:' || isOwnMachine(rpcUrl)) return undefined;
  return 'The endpoint must be an https address, or on this machine.';
}

/** Whether an endpoint is on this machine, where nobody asks for few requests. */
export function isOwnMachine(rpcUrl: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(rpcUrl).hostname);
}

/** Where people look at a transaction. */
export function explorerUrl(signature: string, { cluster, rpcUrl }: Pick<AnchorSettings, 'cluster' | 'rpcUrl'>): string {
  const at =
    cluster === 'mainnet-beta'
      ? ''
      : cluster === 'custom'
        ? `?cluster=custom&customUrl=${encodeURIComponent(rpcUrl)}`
        : `?cluster=${cluster}`;
  return `https://explorer.solana.com/tx/${signature}${at}`;
}
