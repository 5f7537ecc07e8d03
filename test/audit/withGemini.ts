import { after, afterEach } from 'node:test';
import type { Auditor } from '../../verifier/audit/auditor.ts';
import type { Clock } from '../../verifier/audit/breaker.ts';
import { createAuditor } from '../../verifier/audit/create.ts';
import type { AuditSettings } from '../../verifier/protocol/handshake.ts';
import { type GeminiStandIn, startGemini } from './geminiStandIn.ts';
import { KEY, settings, unchanged } from './samples.ts';

interface Given {
  readonly settings?: Partial<AuditSettings>;
  readonly redact?: (text: string) => string;
  readonly clock?: Clock;
}

/** A stand-in for all tests of a file, emptied after each, and auditors that ask it. */
export const gemini: GeminiStandIn = await startGemini({ apiKey: KEY });
afterEach(() => gemini.clear());
after(() => gemini.stop());

export function auditor({ settings: changes = {}, redact = unchanged, clock = Date.now }: Given = {}): Auditor {
  return createAuditor(settings(gemini.url, changes), { redact, clock });
}
