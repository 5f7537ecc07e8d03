import { AUDIT_PROVIDERS, type AuditProvider } from '../protocol/auditProviders.ts';
import { AuditSettings } from '../protocol/handshake.ts';
import { CommandError, EXIT } from './exitCodes.ts';

export interface AuditArguments {
  /** False with `--no-audit`. */
  readonly audit: boolean;
  readonly auditConsent?: boolean;
  readonly auditProvider: AuditProvider;
  readonly auditModel?: string;
  readonly auditUrl?: string;
}

const KEY_VARIABLE: Record<AuditProvider, string> = { gemini: 'GEMINI_API_KEY', openai: 'OPENAI_API_KEY' };

/** The auditor's settings, or why there are none. Nothing is sent that was not agreed to with `--audit-consent`. */
export function auditChoice(given: AuditArguments): { audit?: AuditSettings; auditOffBecause: string } {
  if (!given.audit) return { auditOffBecause: '--no-audit was given' };
  const provider = AUDIT_PROVIDERS[given.auditProvider];
  const variable = KEY_VARIABLE[given.auditProvider];
  const apiKey = process.env[variable] ?? '';
  if (apiKey === '' && provider.needsKey) return { auditOffBecause: `${variable} is not set` };
  const model = given.auditModel ?? provider.model;
  if (model === '') return { auditOffBecause: '--audit-model was not given' };
  const baseUrl = given.auditUrl ?? provider.baseUrl;
  if (given.auditConsent !== true) {
    return { auditOffBecause: `--audit-consent was not given; it allows the redacted text to be sent to ${baseUrl}` };
  }
  const audit = AuditSettings.safeParse({
    provider: given.auditProvider,
    model,
    baseUrl,
    ...(apiKey === '' ? {} : { apiKey }),
    deadlineMs: 20_000,
    thinking: 'off',
    dailyRequestCap: 10_000,
    consentedTo: baseUrl,
  });
  if (!audit.success) throw new CommandError(EXIT.usage, '--audit-model or --audit-url is not valid.');
  return { audit: audit.data, auditOffBecause: '' };
}
