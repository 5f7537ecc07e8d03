import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Hello } from '../../verifier/protocol/handshake.ts';
import { anchorEndpoint, anchorHello, anchorQuestion } from '../core/anchoring.ts';
import { agreeButton } from '../core/auditEndpoint.ts';
import type { Settings } from '../core/settings.ts';

const CONSENT = 'sentinelai.anchor.consentedTo';

/** The user's agreement to what becomes public, and through which endpoint. */
export class AnchorConsent {
  readonly #context: vscode.ExtensionContext;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
  }

  hello(anchor: Settings['anchor']): Pick<Hello, 'anchor' | 'anchorOffBecause'> {
    return anchorHello(anchor, this.#context.globalState.get<unknown>(CONSENT));
  }

  /** Asks once; where it was agreed to, offers to withdraw. False where nothing changed. */
  async ask(anchor: Settings['anchor']): Promise<boolean> {
    const endpoint = anchorEndpoint(anchor);
    if (anchor.mode === 'off' || endpoint === '') {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'sentinelai.anchor');
      return false;
    }
    if (this.#context.globalState.get<unknown>(CONSENT) === endpoint) {
      const stop = t('Stop Publishing');
      const chosen = await vscode.window.showInformationMessage(t('The record is being anchored on Solana.'), stop);
      if (chosen !== stop) return false;
      await this.#context.globalState.update(CONSENT, undefined);
      return true;
    }
    const { message, detail, buttons } = anchorQuestion(anchor);
    const chosen = await vscode.window.showInformationMessage(message, { modal: true, detail }, ...buttons);
    if (chosen !== agreeButton()) return false;
    await this.#context.globalState.update(CONSENT, endpoint);
    return true;
  }
}
