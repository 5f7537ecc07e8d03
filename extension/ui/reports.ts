import * as vscode from 'vscode';

/** Reports are read-only documents in memory: nothing to save when they are closed. */
export class Reports implements vscode.TextDocumentContentProvider {
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #texts = new Map<string, string>();
  readonly #scheme: string;
  readonly #registered: vscode.Disposable;
  readonly onDidChange = this.#changes.event;

  /** @param scheme of the documents' addresses: no two may share one */
  constructor(scheme: string) {
    this.#scheme = scheme;
    this.#registered = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  async show(title: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: this.#scheme, path: `/${title}.md` });
    this.#texts.set(uri.path, text);
    this.#changes.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  dispose(): void {
    this.#registered.dispose();
    this.#changes.dispose();
  }
}
