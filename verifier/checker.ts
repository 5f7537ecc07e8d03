import { homedir } from 'node:os';
import { subjectDigest } from './assessment/inputs.ts';
import { type Concluded, runLayers } from './assessment/layers.ts';
import type { PolicyStatus } from './assessment/ports.ts';
import type { AssessmentRequest } from './assessment/request.ts';
import { NO_POLICIES } from './assessment/session.ts';
import type { SuppressionBook } from './assessment/suppressionBook.ts';
import { auditSource, loadRedact } from './auditSource.ts';
import { GatesConnection } from './gatesConnection.ts';
import type { AuditSettings, PolicyFolders } from './protocol/handshake.ts';

/** The assessment without a ledger: for the command line, which judges and lets others act. */
export interface Checker {
  check(request: AssessmentRequest, workspaceRoots: readonly string[]): Promise<Concluded>;
  policies(): Promise<PolicyStatus>;
  close(): Promise<void>;
}

export interface CheckerOptions {
  readonly policies: PolicyFolders;
  readonly audit?: AuditSettings | undefined;
  readonly auditOffBecause: string;
  /** Without it no suppression counts. */
  readonly suppressions?: Pick<SuppressionBook, 'asked'>;
  /** Told why a layer could not run. */
  readonly onError?: (error: unknown) => void;
}

/** As `createService`, with the gates in this process and nothing on record. */
export function createChecker({ policies, audit, auditOffBecause, suppressions, onError = () => undefined }: CheckerOptions): Checker {
  const gates = new GatesConnection(async () => {
    const { createInProcessGates } = await import('./gates/inProcess.ts');
    return createInProcessGates(policies);
  }, loadRedact);
  const source = auditSource(audit, auditOffBecause);
  const ending = new AbortController();
  return {
    policies: () => gates.policies(),
    check: async (request, workspaceRoots) => {
      const asked = await suppressions?.asked(request.subject, workspaceRoots);
      const allowed = asked?.context === undefined ? {} : { suppressions: asked.context };
      const { concluded, late } = await runLayers(request, subjectDigest(request.subject), {
        gates,
        audit: source,
        context: { workspaceRoots, home: homedir(), ...allowed },
        lastPolicyDigest: () => NO_POLICIES,
        signal: ending.signal,
        onError,
      });
      const whole = late === undefined ? concluded : await late;
      return { ...whole, problems: [...whole.problems, ...(asked?.problems ?? [])] };
    },
    close: async () => {
      ending.abort();
      await gates.close();
    },
  };
}
