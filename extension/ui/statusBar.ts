import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { GuardState } from '../core/guardState.ts';

const ICON = { ok: '$(shield)', warning: '$(shield)', error: '$(warning)' } as const;

/** The guard's effective state, always in sight; a click opens the doctor. */
export class StatusBar {
  readonly #item = vscode.window.createStatusBarItem('sentinelai.state', vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.#item.name = 'Sentinel AI';
    this.#item.command = 'sentinelai.doctor';
    this.#item.show();
  }

  show(state: GuardState): void {
    this.#item.text = `${ICON[state.level]} ${t('Sentinel: {0}', state.summary)}`;
    this.#item.tooltip = ['Sentinel AI Guard', ...state.lines.map((line) => `• ${line}`), t('Click for details')].join('\n');
    this.#item.backgroundColor = state.level === 'ok' ? undefined : new vscode.ThemeColor(`statusBarItem.${state.level}Background`);
    this.#item.accessibilityInformation = { label: t('Sentinel AI: {0}. {1}', state.summary, state.lines.join('. ')) };
  }

  dispose(): void {
    this.#item.dispose();
  }
}
