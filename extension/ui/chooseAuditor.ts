import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { AuditTrial } from '../../verifier/protocol/auditTrial.ts';
import { trialRunner } from '../core/auditTrial.ts';
import { type Chosen, chooseAuditor } from '../core/chooseAuditor.ts';
import { isGuarded } from '../core/saveScope.ts';
import type { Settings } from '../core/settings.ts';
import type { AuditKey } from './auditKey.ts';
import { QuickGuide } from './guideView.ts';

/** A preview is to be read, not to be scrolled through. */
const MAX_SAMPLE = 200_000;

export interface ChooseAuditorParts {
  readonly key: AuditKey;
  readonly settings: () => Settings;
  /** The bundled `sentinel` program. */
  readonly cli: string;
  readonly policiesFolder: string;
  readonly restart: () => Promise<void>;
}

/** The command that leads through choosing, trying out and agreeing to an auditor. */
export function registerChooseAuditor({ key, settings, cli, policiesFolder, restart }: ChooseAuditorParts): vscode.Disposable {
  const view = new QuickGuide();
  const trials = trialRunner(cli);
  const policies = (): AuditTrial['policies'] => {
    const { userFolder } = settings().policies;
    return { builtIn: policiesFolder, workspace: [], ...(userFolder === '' ? {} : { user: userFolder }) };
  };
  const sample = (): AuditTrial['sample'] => {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.uri.scheme !== 'file' || !isGuarded(document.uri.fsPath, settings().save)) return undefined;
    const text = document.getText();
    const name = vscode.workspace.asRelativePath(document.uri);
    return text.length > MAX_SAMPLE ? undefined : { name, language: document.languageId, text };
  };
  return vscode.Disposable.from(
    view,
    vscode.commands.registerCommand('sentinelai.chooseAuditor', async () => {
      const known = (endpoint: Parameters<AuditKey['known']>[0]) => key.known(endpoint);
      const chosen = await chooseAuditor({ view, trials, audit: () => settings().audit, policies, known, sample: sample() });
      if (chosen === undefined) return;
      await keep(chosen);
      await key.agree(chosen, chosen.apiKey);
      await restart();
      void vscode.window.showInformationMessage(t('The auditor is on: {0}. The status bar says how it fares.', chosen.model));
    }),
  );
}

/** The settings first: what was agreed to counts only for the endpoint that they name. */
async function keep({ provider, baseUrl, model }: Chosen): Promise<void> {
  const audit = vscode.workspace.getConfiguration('sentinelai.audit');
  const wanted: Record<string, unknown> = { enabled: true, provider, baseUrl, model };
  for (const [name, value] of Object.entries(wanted)) {
    if (audit.get(name) !== value) await audit.update(name, value, vscode.ConfigurationTarget.Global);
  }
}
