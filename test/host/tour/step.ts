import type { GeminiStandIn } from '../../audit/geminiStandIn.ts';
import type { GuardedWindow } from '../guardedWindow.ts';

/** What every step works on. */
export interface Tour {
  readonly window: GuardedWindow;
  /** The audit's endpoint; it is not asked before a key is given. */
  readonly gemini: GeminiStandIn;
  /** Takes a further picture of this step. */
  shoot(): Promise<void>;
}

export interface Step {
  /** Part of the picture's file name. */
  readonly name: string;
  readonly title: string;
  /** Throws at the first difference; answers what happened, for the person who reads along. */
  run(tour: Tour): Promise<string[]>;
}
