import { t } from '@vscode/l10n';
import { AUDIT_PROVIDERS, type AuditProvider, isLoopback } from '../../verifier/protocol/auditProviders.ts';
import type { Question } from './ports.ts';
import type { Settings } from './settings.ts';

/** Who audits, where, and with which model; what the settings leave empty is filled in. */
export interface AuditEndpoint {
  readonly provider: AuditProvider;
  readonly baseUrl: string;
  /** Empty where one must be chosen first. */
  readonly model: string;
}

export function auditEndpoint({ provider, baseUrl, model }: Settings['audit']): AuditEndpoint {
  const defaults = AUDIT_PROVIDERS[provider];
  return { provider, baseUrl: baseUrl || defaults.baseUrl, model: model || defaults.model };
}

/** The host of an address, for people. */
export function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
}

export const doNotSendButton = (): string => t('Do Not Send');
export const agreeButton = (): string => t('Agree');

/** The one question before anything is sent to an auditor. The first button has the focus: nothing is agreed to by a hasty Enter. */
export function consentQuestion({ baseUrl, model }: AuditEndpoint): Question {
  const host = hostOf(baseUrl);
  const where = isLoopback(baseUrl)
    ? t(
        '{0} is this machine: nothing of it leaves the machine, unless that server passes it on. The guard sends nothing else anywhere.',
        host,
      )
    : t('The guard sends nothing else anywhere.');
  return {
    message: t('Send content to the auditor?'),
    detail: t(
      'With the audit on, what you ask AI models through the guard, with its attachments, their answers and tool calls, and the changes to files that are checked on save, are sent with the policies to {0} (model {1}), after the secrets that were recognised in them are replaced. {2} You can withdraw with "Sentinel: Clear API Key".',
      host,
      model,
      where,
    ),
    buttons: [doNotSendButton(), agreeButton()],
  };
}
