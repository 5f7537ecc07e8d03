import * as vscode from 'vscode';
import { readSettings, type SaveHook, type Settings, saveHook } from '../core/settings.ts';

/** Graver first: one document that escapes the guard is enough to say so. */
const HOOKS: readonly SaveHook[] = ['off', 'explicit-only', 'always'];

/** The settings in force: read at the start and after each change. */
export class Configuration {
  readonly #changes = new vscode.EventEmitter<Settings>();
  readonly #listening: vscode.Disposable;
  /** Called with the settings as they were before. */
  readonly onChange = this.#changes.event;
  settings: Settings;
  problems: readonly string[];

  constructor() {
    ({ settings: this.settings, problems: this.problems } = read());
    this.#listening = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('sentinelai') && !event.affectsConfiguration('editor.codeActionsOnSave')) return;
      const before = this.settings;
      ({ settings: this.settings, problems: this.problems } = read());
      this.#changes.fire(before);
    });
  }

  /** Whether VS Code asks on save, for the worst of the open documents and in general. */
  saveHook(): SaveHook {
    const scopes: vscode.ConfigurationScope[] = vscode.workspace.textDocuments.filter((document) => document.uri.scheme === 'file');
    const hooks = [undefined, ...scopes].map((scope) =>
      saveHook(vscode.workspace.getConfiguration('editor', scope).get('codeActionsOnSave')),
    );
    return HOOKS.find((hook) => hooks.includes(hook)) ?? 'off';
  }

  /** Whether the verifier was told something that has changed since. */
  needsRestart(before: Settings): boolean {
    const told = ({ enabled, audit, policies, ledger }: Settings) => JSON.stringify({ enabled, audit, policies, ledger });
    return told(before) !== told(this.settings);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changes.dispose();
  }
}

function read(): { settings: Settings; problems: readonly string[] } {
  // Through JSON, because VS Code hands out a live proxy.
  const raw: unknown = JSON.parse(JSON.stringify(vscode.workspace.getConfiguration('sentinelai')));
  return readSettings(raw);
}
