import { AuditSettings } from '../protocol/handshake.ts';
import { CommandError, EXIT } from './exitCodes.ts';

export interface AuditArguments {
  /** False with `--no-audit`. */
  readonly audit: boolean;
  readonly auditConsent?: boolean;
  readonly auditModel: string;
  readonly auditUrl: string;
}

export const AUDIT_MODEL = 'gemini-3.5-flash-lite';
export const AUDIT_URL = 'https://generativelanguage.googleapis.com';

const KEY_VARIABLE = 'GEMINI_API_KEY';

/** The auditor's settings, or why there are none. Nothing is sent that was not agreed to with `--audit-consent`. */
export function auditChoice(given: AuditArguments): { audit?: AuditSettings; auditOffBecause: string } {
  if (!given.audit) return { auditOffBecause: '--no-audit was given' };
  const apiKey = process.env[KEY_VARIABLE];
  if (apiKey === undefined || apiKey === '') return { auditOffBecause: `${KEY_VARIABLE} is not set` };
  if (given.auditConsent !== true) {
    return { auditOffBecause: `--audit-consent was not given; it allows the redacted text to be sent to ${given.auditUrl}` };
  }
  const audit = AuditSettings.safeParse({
    provider: 'gemini',
    model: given.auditModel,
    baseUrl: given.auditUrl,
    apiKey,
    deadlineMs: 20_000,
    thinking: 'off',
    dailyRequestCap: 10_000,
    consentedTo: given.auditUrl,
  });
  if (!audit.success) throw new CommandError(EXIT.usage, '--audit-model or --audit-url is not valid.');
  return { audit: audit.data, auditOffBecause: '' };
}
