import * as vscode from 'vscode';
import type { Settings } from '../core/settings.ts';

const SECRET = 'sentinelai.audit.key';
const CONSENT = 'sentinelai.audit.consentedTo';

/** What the verifier needs to know: a key together with the endpoint that was agreed to, or why there is no audit. */
export type AuditAccess = { readonly apiKey: string; readonly consentedTo: string } | { readonly offBecause: string };

/** The auditor's key, in VS Code's secret storage, and the user's agreement to where content may be sent. */
export class AuditKey {
  readonly #context: vscode.ExtensionContext;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
  }

  async access({ enabled, baseUrl }: Settings['audit']): Promise<AuditAccess> {
    if (!enabled) return { offBecause: 'switched off by sentinelai.audit.enabled' };
    const apiKey = await this.#context.secrets.get(SECRET);
    if (!apiKey) return { offBecause: 'no API key is set; run "Sentinel: Set API Key"' };
    const consentedTo = this.#context.globalState.get<unknown>(CONSENT);
    if (consentedTo !== baseUrl) return { offBecause: `sending to ${host(baseUrl)} was not agreed to; run "Sentinel: Set API Key"` };
    return { apiKey, consentedTo: baseUrl };
  }

  /** Asks for a key and for consent. False where nothing changed. */
  async set({ baseUrl, model }: Settings['audit']): Promise<boolean> {
    const known = await this.#context.secrets.get(SECRET);
    const entered = await vscode.window.showInputBox({
      title: 'Sentinel AI: API key of the auditor',
      prompt: known ? 'Leave it empty to keep the key that is stored.' : 'It is kept in VS Code’s secret storage.',
      password: true,
      ignoreFocusOut: true,
    });
    const apiKey = entered?.trim() || (entered === undefined ? undefined : known);
    if (!apiKey) return false;
    // The first button has the focus: nothing is agreed to by a hasty Enter.
    const agree = 'Agree';
    const answer = await vscode.window.showInformationMessage(
      'Send content to the auditor?',
      {
        modal: true,
        detail: `With the audit on, your chat prompts with their attachments, and the answers to them, are sent with the policies to ${host(baseUrl)} (model ${model}), after the secrets that were recognised in them are replaced; the guard sends nothing else anywhere. You can withdraw with "Sentinel: Clear API Key".`,
      },
      'Do Not Send',
      agree,
    );
    if (answer !== agree) return false;
    await this.#context.secrets.store(SECRET, apiKey);
    await this.#context.globalState.update(CONSENT, baseUrl);
    return true;
  }

  async clear(): Promise<void> {
    await this.#context.secrets.delete(SECRET);
    await this.#context.globalState.update(CONSENT, undefined);
  }
}

function host(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
}
