import { z } from 'zod';
import type { LedgerEntry } from './ledgerEntry.ts';
import { Timestamp } from './vocabulary.ts';

export const Cluster = z.enum(['devnet', 'testnet', 'mainnet-beta', 'custom']);
export type Cluster = z.infer<typeof Cluster>;

/** `events`: a memo for each screened prompt, risk and decision. `checkpoints`: one for each sealed checkpoint. */
export const AnchorMode = z.enum(['off', 'events', 'checkpoints', 'both']);
export type AnchorMode = z.infer<typeof AnchorMode>;

/** What a session's opening says of its anchoring, so that a checker knows which memos there must be. */
export const AnchorScope = z.strictObject({ mode: AnchorMode, cluster: Cluster });
export type AnchorScope = z.infer<typeof AnchorScope>;

/** Whether entries get memos of their own in this mode. */
export function hasEntryMemos(mode: AnchorMode): boolean {
  return mode === 'events' || mode === 'both';
}

/** Whether each sealed checkpoint is anchored in this mode. */
export function hasCheckpointMemos(mode: AnchorMode): boolean {
  return mode === 'checkpoints' || mode === 'both';
}

/** Whether an entry gets a memo of its own: screened prompts, detected risks, decisions. The rest is covered by checkpoints. */
export function isAnchoredAlone({ event }: Pick<LedgerEntry, 'event'>): boolean {
  if (event?.type === 'decision') return true;
  return event?.type === 'assessment' && (event.verdict !== 'pass' || event.subject.kind === 'prompt');
}

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
  last: z.strictObject({ time: Timestamp, explorer: z.url() }).optional(),
  /** Since when the oldest one waits. */
  waitingSince: Timestamp.optional(),
});
export type AnchorReport = z.infer<typeof AnchorReport>;
