import type { AuditSource } from './assessment/auditLayer.ts';
import type { Auditor } from './audit/auditor.ts';
import type { Redact } from './log.ts';
import type { AuditSettings } from './protocol/handshake.ts';

/** Redaction, loaded with the first text that needs it. */
export async function loadRedact(): Promise<Redact> {
  const { redact } = await import('./gates/redact.ts');
  return redact;
}

/** The auditor, made with the first request that needs it. */
export function auditSource(settings: AuditSettings | undefined, offBecause: string): AuditSource {
  let auditor: Promise<Auditor> | undefined;
  const create = async (configured: AuditSettings) => {
    const [{ createAuditor }, redact] = await Promise.all([import('./audit/create.ts'), loadRedact()]);
    return createAuditor(configured, { redact });
  };
  return {
    offBecause,
    auditor: async () => {
      if (settings === undefined) return undefined;
      auditor ??= create(settings);
      return auditor;
    },
  };
}
