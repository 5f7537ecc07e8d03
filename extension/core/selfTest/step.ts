import type { Verifier } from '../client.ts';
import type { GuardedModel } from '../guardedModel.ts';
import type { PromptGuard } from '../guardPrompt.ts';
import type { LedgerReport } from '../ledgerCheck.ts';
import type { Clock } from '../ports.ts';
import { said, type Words } from '../said.ts';
import type { SaveHook, Settings } from '../settings.ts';
import type { UnassessedWrites } from '../unassessedWrites.ts';
import type { OwnRecord } from './record.ts';
import type { ScratchEditor } from './scratchEditor.ts';
import type { SelfTestScript } from './script.ts';

export type Result = 'ok' | 'failed' | 'not tested';

/** What a step came to, in words for the report. */
export interface Seen {
  readonly result: Result;
  readonly expected: Words;
  readonly seen: Words;
  /** What a person can do about it. */
  readonly advice?: Words;
}

/** A line of the report. */
export interface Row extends Seen {
  readonly id: string;
  readonly what: Words;
}

/** The doors as they are, and what the self-test itself brings. */
export interface SelfTestWorld {
  readonly connect: () => Promise<Verifier>;
  readonly prompts: Pick<PromptGuard, 'run'>;
  readonly guardedModel: Pick<GuardedModel, 'respond'>;
  readonly writes: Pick<UnassessedWrites, 'review'>;
  readonly checkLedger: () => Promise<LedgerReport>;
  readonly settings: () => Settings;
  readonly saveHook: () => SaveHook;
  readonly editor: ScratchEditor;
  readonly clock: Clock;
  readonly script: SelfTestScript;
  readonly record: OwnRecord;
  /** Random, in every text and name that the self-test sends. */
  readonly mark: string;
  /** A fresh folder of the self-test's own. */
  readonly folder: string;
  /** When it began, RFC 3339. */
  readonly began: string;
  /** Writes down that a file outside of `folder` must be removed, before it is made. */
  readonly willMake: (path: string) => Promise<void>;
  /** Aborted when the person has had enough of it. */
  readonly signal: AbortSignal;
}

export interface Step {
  readonly id: string;
  /** As the report names it. */
  readonly what: () => Words;
  /** Nothing after it can say anything where it fails. */
  readonly isEssential?: true;
  readonly deadlineMs: number;
  run(world: SelfTestWorld): Promise<Seen>;
}

export const ok = (expected: Words, seen: Words): Seen => ({ result: 'ok', expected, seen });
export const failed = (expected: Words, seen: Words, advice: Words): Seen => ({ result: 'failed', expected, seen, advice });
export const notTested = (why: Words, expected: Words = ''): Seen => ({ result: 'not tested', expected, seen: why });

export const seeLog = () => said('Run "Sentinel: Show Log", and report this with the copied text of this page.');
