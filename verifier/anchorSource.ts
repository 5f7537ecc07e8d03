import type { FastifyBaseLogger } from 'fastify';
import type { Anchoring } from './anchor/anchoring.ts';
import { whyNotAnchored } from './anchor/clusters.ts';
import type { Identity } from './ledger/identity.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { AnchorReport, AnchorSettings } from './protocol/anchor.ts';
import type { Hello } from './protocol/handshake.ts';
import type { PolicyCatalogue } from './protocol/policyCatalogue.ts';

/** Settings under which something may be published, or why nothing is. */
export type AnchorChoice = { readonly settings: AnchorSettings; readonly identity: Identity } | { readonly offBecause: string };

/** What the hello and the key come to. */
export function anchorChoice(
  { anchor, anchorOffBecause }: Pick<Hello, 'anchor' | 'anchorOffBecause'>,
  identity: Identity | undefined,
): AnchorChoice {
  if (anchor === undefined || anchor.mode === 'off') return { offBecause: anchorOffBecause ?? 'Anchoring is switched off.' };
  if (identity === undefined) return { offBecause: 'There is no key to anchor with; the log says why.' };
  const why = whyNotAnchored(anchor);
  return why === undefined ? { settings: anchor, identity } : { offBecause: why };
}

export interface AnchorParts {
  readonly dir: string;
  readonly ledger: Ledger;
  readonly catalogue: () => Promise<PolicyCatalogue>;
  readonly log: FastifyBaseLogger;
}

/** Joins a ledger to the chain, where that was chosen. What it needs is loaded then alone. */
export async function createAnchoring(choice: AnchorChoice, { dir, ledger, catalogue, log }: AnchorParts): Promise<Anchoring | undefined> {
  if ('offBecause' in choice) return undefined;
  const { Anchoring } = await import('./anchor/anchoring.ts');
  // Without a valid policy set no rule can be told from a private one: then none is named.
  const publicRules = () => catalogue().then(rulesOfTheProduct, () => new Set(OWN));
  return new Anchoring({ ...choice, dir, ledger, publicRules, onError: (error) => log.error({ err: error }, 'anchoring failed') });
}

export function anchorReport(choice: AnchorChoice, anchoring: Anchoring | undefined): AnchorReport {
  if (anchoring !== undefined) return anchoring.report();
  return { state: 'off', mode: 'off', waiting: 0, anchored: 0, ...('offBecause' in choice ? { why: choice.offBecause } : {}) };
}

/** Ids that say nothing about anybody: of the rules that every installation has, and of the verifier itself. */
const OWN = ['bidi', 'failed', 'hidden-text', 'limit', 'not-run', 'rule-failed', 'steps'].map((name) => `gate.${name}`);

function rulesOfTheProduct({ policies }: PolicyCatalogue): ReadonlySet<string> {
  const builtIn = policies.filter(({ origin }) => origin === 'built-in');
  const rules = builtIn.flatMap(({ name, rules: own }) => [`${name}.audit`, ...own.map(({ id }) => id)]);
  return new Set([...rules, ...OWN, 'guard.suppression-added']);
}
