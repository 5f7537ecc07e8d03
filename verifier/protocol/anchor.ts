import { z } from 'zod';

export const Cluster = z.enum(['devnet', 'testnet', 'mainnet-beta', 'custom']);
export type Cluster = z.infer<typeof Cluster>;

/** `events`: a memo for each screened prompt, risk and decision. `checkpoints`: one for each sealed checkpoint. */
export const AnchorMode = z.enum(['off', 'events', 'checkpoints', 'both']);
export type AnchorMode = z.infer<typeof AnchorMode>;

/** The public endpoints, which ask for few requests. */
export const PUBLIC_RPC: Readonly<Record<Exclude<Cluster, 'custom'>, string>> = {
  devnet: 'https://api.devnet.solana.com',
  testnet: 'https://api.testnet.solana.com',
  'mainnet-beta': 'https://api.mainnet-beta.solana.com',
};

/** Where the record is anchored. `consentedTo` names the endpoint that the user agreed to: through another one nothing is published. */
export const AnchorSettings = z.strictObject({
  mode: AnchorMode,
  cluster: Cluster,
  rpcUrl: z.url({ protocol: /^https?$/ }),
  consentedTo: z.url(),
  /** A checkpoint is sealed after so many entries, or so long after the first of them. */
  checkpointEvery: z.int().min(1).max(1_000_000).optional(),
  checkpointMinutes: z.number().positive().max(1440).optional(),
});
export type AnchorSettings = z.infer<typeof AnchorSettings>;

/** How far the record is from the chain. `stopped` waits for a person; `retrying` goes on by itself. */
export const AnchorReport = z.strictObject({
  state: z.enum(['off', 'starting', 'idle', 'sending', 'retrying', 'stopped']),
  /** What is the matter and what to do, in plain words. */
  why: z.string().max(400).optional(),
  mode: AnchorMode,
  cluster: Cluster.optional(),
  /** The address that pays and signs. */
  authority: z.string().max(64).optional(),
  waiting: z.int().nonnegative(),
  anchored: z.int().nonnegative(),
  /** When the last one was confirmed, and where it can be looked at. */
  last: z.strictObject({ time: z.iso.datetime({ precision: 3 }), explorer: z.url() }).optional(),
  /** Since when the oldest one waits. */
  waitingSince: z.iso.datetime({ precision: 3 }).optional(),
});
export type AnchorReport = z.infer<typeof AnchorReport>;
