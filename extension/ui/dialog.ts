import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Dialog } from '../core/ports.ts';

/** VS Code's native dialogs and notifications. */
export const vscodeDialog: Dialog = {
  // No isCloseAffordance: Escape must stay distinguishable from a choice.
  ask: async ({ message, detail, buttons }) => vscode.window.showWarningMessage(message, { modal: true, detail }, ...buttons),
  askReason: async (title) =>
    vscode.window.showInputBox({
      title: 'Sentinel AI',
      prompt: `${title} ${t('The reason is recorded. Escape goes back.')}`,
      placeHolder: t('Reason'),
      ignoreFocusOut: true,
      validateInput: (value) => (value.trim() === '' ? t('A reason is required.') : undefined),
    }),
  async tell(level, message, ...actions) {
    // VS Code makes links of `[name](command:…)`, and a file may have such a name.
    const plain = message.replaceAll('](', '] (');
    if (level === 'error') return vscode.window.showErrorMessage(plain, ...actions);
    if (level === 'warning') return vscode.window.showWarningMessage(plain, ...actions);
    return vscode.window.showInformationMessage(plain, ...actions);
  },
};
