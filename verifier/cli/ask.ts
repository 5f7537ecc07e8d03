import { randomUUID } from 'node:crypto';
import type { AssessmentRequest } from '../assessment/request.ts';
import type { Subject } from '../protocol/subject.ts';
import type { Depth } from '../protocol/vocabulary.ts';

/** The command line as a door: nothing has happened yet, and there is no conversation. */
export function ask(subject: Subject, depth: Depth): AssessmentRequest {
  return {
    purpose: subject.kind === 'prompt' ? 'intent' : 'output',
    requestId: randomUUID(),
    sessionId: 'cli',
    source: 'cli',
    subject,
    references: [],
    depth,
    timing: 'before',
  };
}
