import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { AUDIT_PROVIDERS } from '../../verifier/protocol/auditProviders.ts';
import { type AuditEndpoint, agreeButton, auditEndpoint, consentQuestion, hostOf } from '../core/auditEndpoint.ts';
import type { Settings } from '../core/settings.ts';

const KEYS = { gemini: 'sentinelai.audit.key', openai: 'sentinelai.audit.key.openai' } as const;
/** The endpoint that was agreed to for what is asked of models, and the one for what is changed in files. */
const CONSENT = 'sentinelai.audit.consentedTo';
const CONSENT_FILES = 'sentinelai.audit.consentedTo.files';

/** What the verifier needs to know: the endpoint that was agreed to with its key, or why there is no audit. */
export type AuditAccess = { readonly apiKey?: string; readonly consentedTo: string } | { readonly offBecause: string };

/** Whether the user agrees that content is sent to this endpoint. */
export async function askConsent(endpoint: AuditEndpoint): Promise<boolean> {
  const { message, detail, buttons } = consentQuestion(endpoint);
  return (await vscode.window.showInformationMessage(message, { modal: true, detail }, ...buttons)) === agreeButton();
}

/** The auditor's key, in VS Code's secret storage, and the user's agreement to where content may be sent. */
export class AuditKey {
  readonly #context: vscode.ExtensionContext;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
  }

  async access(audit: Settings['audit']): Promise<AuditAccess> {
    if (!audit.enabled) return { offBecause: 'switched off by sentinelai.audit.enabled' };
    const endpoint = auditEndpoint(audit);
    const { baseUrl, provider, model } = endpoint;
    const apiKey = await this.known(endpoint);
    if (apiKey === undefined && AUDIT_PROVIDERS[provider].needsKey) {
      return { offBecause: 'no API key is set; run "Sentinel: Choose and Test an Auditor"' };
    }
    if (model === '') return { offBecause: 'no model is chosen; run "Sentinel: Choose and Test an Auditor"' };
    if (this.#context.globalState.get<unknown>(CONSENT) !== baseUrl) {
      return { offBecause: `sending to ${hostOf(baseUrl)} was not agreed to; run "Sentinel: Choose and Test an Auditor"` };
    }
    return { consentedTo: baseUrl, ...(apiKey === undefined ? {} : { apiKey }) };
  }

  /** Whether changes to files may be sent as well: an earlier agreement was about chats alone. */
  coversFiles(audit: Settings['audit']): boolean {
    return audit.enabled && audit.files && this.#context.globalState.get<unknown>(CONSENT_FILES) === auditEndpoint(audit).baseUrl;
  }

  /** The key that is stored for this endpoint. */
  async known({ provider, baseUrl }: Pick<AuditEndpoint, 'provider' | 'baseUrl'>): Promise<string | undefined> {
    const stored = await this.#context.secrets.get(KEYS[provider]);
    if (stored === undefined || provider === 'gemini') return stored;
    // One server's key is not for another's eyes.
    const at = stored.indexOf('\n');
    return stored.slice(0, at) === baseUrl ? stored.slice(at + 1) : undefined;
  }

  /** Keeps what was agreed to: from now on content is sent there. */
  async agree(endpoint: AuditEndpoint, apiKey: string | undefined): Promise<void> {
    const { provider, baseUrl } = endpoint;
    if (apiKey !== undefined) await this.#context.secrets.store(KEYS[provider], provider === 'gemini' ? apiKey : `${baseUrl}\n${apiKey}`);
    await this.#context.globalState.update(CONSENT, baseUrl);
    await this.#context.globalState.update(CONSENT_FILES, baseUrl);
  }

  /** Asks for a key and for consent. False where nothing changed. */
  async set(audit: Settings['audit']): Promise<boolean> {
    const endpoint = auditEndpoint(audit);
    const { needsKey, title } = AUDIT_PROVIDERS[endpoint.provider];
    if (endpoint.model === '') {
      await vscode.commands.executeCommand('sentinelai.chooseAuditor');
      return false;
    }
    const known = await this.known(endpoint);
    const kept = needsKey
      ? t('It is kept in VS Code’s secret storage.')
      : t('It is kept in VS Code’s secret storage. Leave it empty where the server wants none.');
    const entered = await vscode.window.showInputBox({
      title: t('Sentinel AI: API key of the auditor ({0})', title),
      prompt: known ? t('Leave it empty to keep the key that is stored.') : kept,
      password: true,
      ignoreFocusOut: true,
    });
    if (entered === undefined) return false;
    const apiKey = entered.trim() || known;
    if (!apiKey && needsKey) return false;
    if (!(await askConsent(endpoint))) return false;
    await this.agree(endpoint, apiKey);
    return true;
  }

  /** Withdraws every key and every agreement. */
  async clear(): Promise<void> {
    for (const secret of Object.values(KEYS)) await this.#context.secrets.delete(secret);
    for (const consent of [CONSENT, CONSENT_FILES]) await this.#context.globalState.update(consent, undefined);
  }
}
