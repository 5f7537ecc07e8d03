import { t } from '@vscode/l10n';
import { type AnchorReport, PUBLIC_RPC } from '../../verifier/protocol/anchor.ts';
import type { Hello } from '../../verifier/protocol/handshake.ts';
import { agreeButton, hostOf } from './auditEndpoint.ts';
import type { Question } from './ports.ts';
import type { Settings } from './settings.ts';

/** The endpoint that memos are sent to; empty where it must be named first. */
export function anchorEndpoint({ cluster, rpcUrl }: Settings['anchor']): string {
  return rpcUrl || (cluster === 'custom' ? '' : PUBLIC_RPC[cluster]);
}

/** What the verifier is told of anchoring. `consentedTo`: the endpoint that the user agreed to. */
export function anchorHello(anchor: Settings['anchor'], consentedTo: unknown): Pick<Hello, 'anchor' | 'anchorOffBecause'> {
  const { mode, cluster } = anchor;
  const rpcUrl = anchorEndpoint(anchor);
  if (mode === 'off') return { anchorOffBecause: 'switched off by sentinelai.anchor.mode' };
  if (rpcUrl === '') return { anchorOffBecause: 'sentinelai.anchor.rpcUrl must name the endpoint of a custom cluster' };
  if (consentedTo !== rpcUrl)
    return { anchorOffBecause: 'nothing is published before you agree; run "Sentinel: Anchor the Record on Solana"' };
  return { anchor: { mode, cluster, rpcUrl, consentedTo: rpcUrl } };
}

export const doNotPublishButton = (): string => t('Do Not Publish');

/** The one question before anything becomes public. The first button has the focus: nothing is agreed to by a hasty Enter. */
export function anchorQuestion(anchor: Settings['anchor']): Question {
  return {
    message: t('Publish proofs of the record on Solana?'),
    detail: t(
      'For each screened prompt, risk and decision, hashes, the time, the verdict, the choice and ids of the product’s own rules become public on {0}, through {1}, for ever, signed with your key; no text, path or name does.',
      anchor.cluster,
      hostOf(anchorEndpoint(anchor)),
    ),
    buttons: [doNotPublishButton(), agreeButton()],
  };
}

/** How far the record is from the chain, in one line of the guard's state. */
export function anchorLine({ state, why, waiting, waitingSince, anchored, cluster, last }: AnchorReport): string {
  if (state === 'off') return t('anchoring: off ({0})', why ?? '');
  const counts =
    waitingSince === undefined
      ? t('anchoring on {0}: {1} confirmed, none waits', cluster ?? '', anchored)
      : t('anchoring on {0}: {1} confirmed, {2} waiting since {3}', cluster ?? '', anchored, waiting, waitingSince);
  return [counts, ...(why === undefined ? [] : [why]), ...(last === undefined ? [] : [last.explorer])].join('; ');
}
