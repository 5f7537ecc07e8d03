import type { CheckIntent, Verify } from '../protocol/routes.ts';
import type { Reference, Subject } from '../protocol/subject.ts';
import type { Depth, Source, Timing } from '../protocol/vocabulary.ts';

/** What every door asks, whichever route it came by. */
export interface AssessmentRequest {
  readonly purpose: 'intent' | 'output';
  readonly requestId: string;
  readonly sessionId: string;
  readonly parentSessionId?: string | undefined;
  readonly toolCallId?: string | undefined;
  readonly source: Source;
  readonly agent?: string | undefined;
  readonly model?: string | undefined;
  readonly subject: Subject;
  readonly references: readonly Reference[];
  readonly intent?: string | undefined;
  readonly depth: Depth;
  /** Rather the gates alone, at once, than a wait for an audit whose result is not known yet. */
  readonly orGates?: boolean | undefined;
  readonly timing: Timing;
  readonly unassessed?: string | undefined;
}

/** A prompt is always examined in full, before the model is called. */
export function fromCheckIntent(body: CheckIntent): AssessmentRequest {
  const { prompt, references, ...asked } = body;
  return {
    ...asked,
    purpose: 'intent',
    subject: { kind: 'prompt', text: prompt },
    references: references ?? [],
    depth: 'full',
    timing: 'before',
  };
}

export function fromVerify(body: Verify): AssessmentRequest {
  const { usage: _unused, ...asked } = body;
  return { ...asked, purpose: 'output', references: [], timing: body.timing ?? 'before' };
}
