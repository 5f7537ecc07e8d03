import type { AnchorReport } from '../protocol/anchor.ts';
import type { LayerReport } from '../protocol/assessment.ts';
import { SentinelError } from '../protocol/problem.ts';
import type { Health } from '../protocol/routes.ts';
import { PROTOCOL_VERSION } from '../protocol/vocabulary.ts';
import type { Assessor } from './assessor.ts';
import type { PendingRegister } from './pending.ts';
import type { GatesPort, PolicyStatus } from './ports.ts';
import { NO_POLICIES, type Session } from './session.ts';
import type { SuppressionBook } from './suppressionBook.ts';

export interface HealthOptions {
  readonly session: Session;
  readonly assessor: Pick<Assessor, 'lastSeen'>;
  readonly register: PendingRegister;
  readonly gates: Pick<GatesPort, 'policies'>;
  readonly version: string;
  readonly ledgerDir: string;
  readonly suppressions?: Pick<SuppressionBook, 'counts'>;
  readonly audit: { readonly configured: boolean; readonly offBecause: string };
  readonly anchor?: () => AnchorReport;
  readonly onError: (error: unknown) => void;
}

/**
 * What is known about each layer, at once: nothing is waited for, so that a hung worker can't stop it.
 * Asking also has the policies looked at again in the background, so that the next answer is fresh.
 */
export class SessionHealth {
  readonly #options: HealthOptions;
  #looking = false;
  /** Why the policies could not be read, where they could not. */
  #why: string | undefined;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** The policies in force; undefined, and the reason kept, where none is valid. */
  async look(): Promise<PolicyStatus | undefined> {
    try {
      const status = await this.#options.gates.policies();
      this.#why = undefined;
      return status;
    } catch (error) {
      this.#why = error instanceof SentinelError ? error.message : 'The gates could not be started; see the log.';
      if (!(error instanceof SentinelError)) this.#options.onError(error);
      return undefined;
    }
  }

  report(): Omit<Health, 'proof'> {
    const { session, register, version, ledgerDir, suppressions } = this.#options;
    const anchor = this.#options.anchor?.();
    this.#lookAgain();
    return {
      version,
      protocol: PROTOCOL_VERSION,
      policyDigest: session.policyDigest,
      policyProblems: [...session.problems, ...(this.#why === undefined ? [] : [this.#why])],
      layers: { gates: this.#gates(), audit: this.#audit() },
      ledger: { chain: session.ledger.chain, seq: session.ledger.seq, dir: ledgerDir },
      person: session.person,
      outboxDepth: anchor?.waiting ?? 0,
      ...(anchor === undefined ? {} : { anchor }),
      pending: register.waiting().length,
      ...(suppressions === undefined ? {} : { suppressions: suppressions.counts() }),
    };
  }

  #gates(): LayerReport {
    const { session, assessor } = this.#options;
    if (this.#why !== undefined) return { state: 'failed', why: this.#why.slice(0, 300), ms: 0 };
    if (!session.isOpen) return { state: 'pending', why: 'The gates are being loaded.', ms: 0 };
    if (session.policyDigest === NO_POLICIES) return { state: 'failed', why: 'No policy set is valid.', ms: 0 };
    return assessor.lastSeen.gates ?? { state: 'ran', ms: 0 };
  }

  #audit(): LayerReport {
    const { audit, assessor } = this.#options;
    if (!audit.configured) return { state: 'off', why: audit.offBecause, ms: 0 };
    return assessor.lastSeen.audit ?? { state: 'pending', why: 'No audit has been asked for yet.', ms: 0 };
  }

  #lookAgain(): void {
    const { session, onError } = this.#options;
    if (this.#looking || !session.isOpen) return;
    this.#looking = true;
    this.look()
      .then((status) => (status === undefined ? undefined : session.record([], status)))
      .catch(onError)
      .finally(() => {
        this.#looking = false;
      });
  }
}
