import * as vscode from 'vscode';
import { type BlindSpot, blindSpots } from '../core/blindSpots.ts';
import { readSettings, type SaveHook, type Settings, saveHook } from '../core/settings.ts';

/** Graver first: one document that escapes the guard is enough to say so. */
const HOOKS: readonly SaveHook[] = ['off', 'explicit-only', 'always'];

/** What changes the guard or what it gets to see. */
const OURS = ['sentinelai', 'editor.codeActionsOnSave', 'files.watcherExclude'];

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
      if (!OURS.some((section) => event.affectsConfiguration(section))) return;
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

  /** What VS Code does not watch, in any folder of the workspace. */
  blindSpots(): BlindSpot[] {
    const scopes = [undefined, ...(vscode.workspace.workspaceFolders ?? [])];
    const all = scopes.flatMap((scope) =>
      blindSpots(vscode.workspace.getConfiguration('files', scope).inspect('watcherExclude') ?? {}, this.settings.save.exclude),
    );
    return [...new Map(all.map((spot) => [spot.pattern, spot])).values()];
  }

  /** Auto save waits while a file has errors, from now on and everywhere. Rejects where VS Code could not write that. */
  async letAutoSaveWait(): Promise<void> {
    await vscode.workspace.getConfiguration('files').update('autoSaveWhenNoErrors', true, vscode.ConfigurationTarget.Global);
  }

  /** Whether the verifier was told something that has changed since. */
  needsRestart(before: Settings): boolean {
    const told = ({ enabled, audit, policies, ledger, suppressions }: Settings) =>
      JSON.stringify({ enabled, audit, policies, ledger, suppressions });
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
