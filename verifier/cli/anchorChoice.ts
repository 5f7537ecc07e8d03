import { type AnchorMode, AnchorSettings, type Cluster, PUBLIC_RPC } from '../protocol/anchor.ts';
import type { Hello } from '../protocol/handshake.ts';
import { CommandError, EXIT } from './exitCodes.ts';

/** Options of a command that may anchor what it records. */
export interface AnchorArguments {
  readonly anchor: AnchorMode;
  readonly anchorCluster: Cluster;
  readonly anchorRpc?: string;
  readonly anchorConsent?: boolean;
}

/** What becomes public, and for how long: nothing is sent before somebody agreed to it. */
const SENTENCE =
  'Anchoring publishes hashes, times, verdicts, choices and ids of rules on Solana for ever, signed with your key. Agree with --anchor-consent.';

/** The endpoint of a cluster. @throws CommandError where it must be named and is not */
export function endpointOf(cluster: Cluster, rpc: string | undefined): string {
  const url = rpc ?? (cluster === 'custom' ? undefined : PUBLIC_RPC[cluster]);
  if (url === undefined || !URL.canParse(url)) throw new CommandError(EXIT.usage, 'A custom cluster needs the address of its endpoint.');
  return url;
}

export function anchorArguments({
  anchor,
  anchorCluster,
  anchorRpc,
  anchorConsent,
}: AnchorArguments): Pick<Hello, 'anchor' | 'anchorOffBecause'> {
  if (anchor === 'off') return { anchorOffBecause: 'Anchoring is switched off.' };
  if (anchorConsent !== true) throw new CommandError(EXIT.usage, SENTENCE);
  const rpcUrl = endpointOf(anchorCluster, anchorRpc);
  const settings = AnchorSettings.safeParse({ mode: anchor, cluster: anchorCluster, rpcUrl, consentedTo: rpcUrl });
  if (!settings.success) throw new CommandError(EXIT.usage, '--anchor-rpc takes an http or https address.');
  return { anchor: settings.data };
}
