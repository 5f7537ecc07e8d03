import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type CodeServer, startCodeServer } from './codeServer.ts';
import { DRIVEN_SETTINGS } from './editorSettings.ts';
import { copySampleWorkspace, EXTENSION_ID, removeFolder, SAMPLE_MODEL, SAMPLE_MODEL_VENDOR, stageExtension } from './extensionFolder.ts';
import { LedgerReader } from './ledgerReader.ts';
import { findVerifier, verifierPid } from './verifierProcess.ts';
import { Workbench } from './workbench.ts';

export interface WindowOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The guard's own settings are of machine scope. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Folder of bundles or a `.vsix`, instead of the built ones. */
  readonly extension?: string;
  /** Folders of further extensions. */
  readonly otherExtensions?: readonly string[];
  /** Changes the copy of the sample workspace before the window opens. */
  readonly prepare?: (workspace: string) => void;
  /** Without the guard, for a comparison. */
  readonly unguarded?: boolean;
}

/** A real VS Code with the guard, the sample model and a copy of the sample workspace. */
export class GuardedWindow implements AsyncDisposable {
  readonly server: CodeServer;
  readonly workbench: Workbench;
  readonly ledger: LedgerReader;
  readonly #folders: readonly string[];

  private constructor(server: CodeServer, workbench: Workbench, folders: readonly string[]) {
    this.server = server;
    this.workbench = workbench;
    this.ledger = new LedgerReader(join(server.profile, 'home/.local/share/sentinelai-guard/ledger'));
    this.#folders = folders;
  }

  /** Opens the window and waits until the guard's verifier has opened its session. */
  static async open(options: WindowOptions = {}): Promise<GuardedWindow> {
    const workspace = copySampleWorkspace(options.prepare);
    const packed = options.extension?.endsWith('.vsix') === true ? options.extension : undefined;
    const staged = packed === undefined && options.unguarded !== true ? stageExtension(options.extension) : undefined;
    const server = await startCodeServer({
      workspace,
      extensions: [
        SAMPLE_MODEL,
        ...(options.otherExtensions ?? []),
        ...(staged === undefined ? [] : [staged]),
        ...(packed === undefined ? [] : [packed]),
      ],
      settings: { ...DRIVEN_SETTINGS, ...options.settings },
      machineSettings: options.machineSettings ?? {},
      modelVendors: [SAMPLE_MODEL_VENDOR],
      withBridge: true,
    });
    const folders = [dirname(workspace), ...(staged === undefined ? [] : [staged])];
    try {
      const window = new GuardedWindow(server, await Workbench.open(server), folders);
      if (options.unguarded !== true) await window.ready();
      return window;
    } catch (error) {
      await server.stop();
      for (const folder of folders) removeFolder(folder);
      throw error;
    }
  }

  /** Waits until the guard is active and a verifier serves it. */
  async ready(): Promise<number> {
    await this.workbench.waitForExtension(EXTENSION_ID);
    return verifierPid(this.server);
  }

  verifier(): number | undefined {
    return findVerifier(this.server);
  }

  read(name: string): string {
    return readFileSync(join(this.server.workspace, name), 'utf8');
  }

  /** Writes a file as another program would. */
  write(name: string, text: string): void {
    writeFileSync(join(this.server.workspace, name), text);
  }

  /** The extension as this window has it installed. */
  extensionFolder(): string {
    const folder = join(this.server.profile, 'extensions');
    const name = readdirSync(folder).find((entry) => entry.startsWith(EXTENSION_ID));
    if (name === undefined) throw new Error(`no ${EXTENSION_ID} in ${folder}`);
    return join(folder, name);
  }

  /** How often the sample model was asked. */
  modelCalls(): Promise<number> {
    return this.server.bridge("return vscode.commands.executeCommand('sentinelSample.calls');", z.int());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workbench.close();
    await this.server.stop();
    for (const folder of this.#folders) removeFolder(folder);
  }
}
