import type { GatePool } from '../gates/inProcess.ts';

export type { GateAnswer, PolicyStatus } from '../gates/inProcess.ts';

/**
 * The deterministic layer as the assessment uses it: off the event loop in the verifier, in process
 * on the command line. Rejects with SentinelError `policies_invalid` when no policy set is valid, and
 * with any other error when the layer could not run.
 */
export type GatesPort = Omit<GatePool, 'close' | 'catalogue'>;
