import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { ChatPane } from './chatPane.ts';
import type { CodeServer } from './codeServer.ts';
import { DialogBox } from './dialogBox.ts';
import { findChromium } from './installCodeServer.ts';
import { until } from './until.ts';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'];

const ActiveEditor = z.object({ file: z.string(), dirty: z.boolean(), text: z.string() }).nullable();
const Diagnostic = z.object({ message: z.string(), severity: z.int(), source: z.string().nullable(), line: z.int() });

/** The VS Code workbench in a headless Chromium, as a person at the keyboard sees it. */
export class Workbench {
  readonly server: CodeServer;
  readonly page: Page;
  readonly chat: ChatPane;
  readonly dialog: DialogBox;
  readonly #context: BrowserContext;

  private constructor(server: CodeServer, context: BrowserContext, page: Page) {
    this.server = server;
    this.#context = context;
    this.page = page;
    this.dialog = new DialogBox(page);
    this.chat = new ChatPane(page, (id) => this.command(id));
  }

  /** Opens the window and waits until the extension host answers. */
  static async open(server: CodeServer): Promise<Workbench> {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error('no Chromium: set CHROMIUM_PATH');
    const context = await chromium.launchPersistentContext(join(server.profile, 'chromium'), {
      executablePath,
      headless: true,
      viewport: { width: 1400, height: 900 },
      args: FLAGS,
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const workbench = new Workbench(server, context, page);
    page.setDefaultTimeout(20_000);
    await page.goto(server.workbenchUrl());
    await workbench.#ready();
    return workbench;
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    await this.server.bridge('return null', z.null());
  }

  /** Reloads the window: the extension host ends, and a new one starts. */
  async reload(): Promise<void> {
    const before = this.server.extensionHostPid();
    await this.page.reload();
    await until('a new extension host', () => this.server.extensionHostPid() !== before, { timeout: 60_000 });
    await this.#ready();
  }

  /** Opens the same workspace in a second window: this one and that, each with an extension host of its own. */
  async twice(): Promise<readonly [Workbench, Workbench]> {
    const first = new Workbench(this.server.bound(), this.#context, this.page);
    const page = await this.#context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(this.server.workbenchUrl());
    await until('a second extension host', () => this.server.extensionHostPid() !== first.server.extensionHostPid(), { timeout: 60_000 });
    const second = new Workbench(this.server.bound(), this.#context, page);
    await second.#ready();
    return [first, second];
  }

  /** Opens a file that describes a workspace of several folders, in this window. */
  async openWorkspaceFile(path: string): Promise<void> {
    const before = this.server.extensionHostPid();
    await this.page.goto(`${this.server.url}?${new URLSearchParams({ workspace: path })}`);
    await until('a new extension host', () => this.server.extensionHostPid() !== before, { timeout: 60_000 });
    await this.#ready();
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  async screenshot(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }

  /** All text of the page, the editors' drawn lines included. */
  async pageText(): Promise<string> {
    const text = await this.page.locator('body').innerText();
    return text.replaceAll('\u00a0', ' ');
  }

  /** Runs a command by id and waits for its end; its result is dropped. */
  async command(id: string, ...args: unknown[]): Promise<void> {
    await this.server.bridge(
      `await vscode.commands.executeCommand(${JSON.stringify(id)}, ...${JSON.stringify(args)}); return null;`,
      z.null(),
    );
  }

  /** Starts a command that stays in a dialog, without waiting for its end. */
  async startCommand(id: string, ...args: unknown[]): Promise<void> {
    await this.server.bridge(
      `vscode.commands.executeCommand(${JSON.stringify(id)}, ...${JSON.stringify(args)}).then(() => {}, () => {}); return null;`,
      z.null(),
    );
  }

  async waitForExtension(id: string): Promise<void> {
    const active = `const found = vscode.extensions.getExtension(${JSON.stringify(id)}); return found !== undefined && found.isActive;`;
    // An extension that is switched on makes VS Code start its extension host anew, and the bridge with it.
    const ask = () => this.server.bridge(active, z.boolean()).catch(() => false);
    await until(`extension ${id} is active`, ask, { timeout: 60_000 });
  }

  /** Switches the bundled agent on; with a model of its own it needs no sign-in. */
  async enableAgent(): Promise<void> {
    await this.startCommand('workbench.action.chat.manage');
    await this.waitForExtension('GitHub.copilot-chat');
    await this.command('workbench.action.closeAllEditors');
  }

  async setting(name: string, value: unknown): Promise<void> {
    await this.server.bridge(
      `await vscode.workspace.getConfiguration().update(${JSON.stringify(name)}, ${JSON.stringify(value)}, vscode.ConfigurationTarget.Global); return null;`,
      z.null(),
    );
  }

  /** Opens a file of the workspace and puts the keyboard's focus into its editor. */
  async openFile(name: string): Promise<void> {
    await this.showFile(name);
    await this.focusEditor();
  }

  async showFile(name: string): Promise<void> {
    const file = JSON.stringify(resolve(this.server.workspace, name));
    await this.server.bridge(
      `await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(${file}), { preview: false }); return null;`,
      z.null(),
    );
  }

  /** A click, since the API alone does not always move the browser's focus. */
  async focusEditor(): Promise<void> {
    await this.page.locator('.part.editor .editor-instance .monaco-editor .view-lines').first().click();
  }

  async typeAtEnd(text: string): Promise<void> {
    await this.page.keyboard.press('Control+End');
    await this.page.keyboard.type(text);
  }

  /** Replaces the text of a file's document by an edit through the API, as agents do; it stays unsaved. */
  async replaceText(name: string, text: string): Promise<void> {
    const file = JSON.stringify(resolve(this.server.workspace, name));
    await this.server.bridge(
      `const d = await vscode.workspace.openTextDocument(${file});
       const edit = new vscode.WorkspaceEdit();
       edit.replace(d.uri, d.validateRange(new vscode.Range(0, 0, d.lineCount, 0)), ${JSON.stringify(text)});
       await vscode.workspace.applyEdit(edit);
       return null;`,
      z.null(),
    );
  }

  /** Throws all unsaved text away and closes all editors. */
  async revertAll(): Promise<void> {
    await this.server.bridge(
      `for (const d of vscode.workspace.textDocuments.filter((each) => each.isDirty)) {
         await vscode.window.showTextDocument(d);
         await vscode.commands.executeCommand('workbench.action.files.revert');
       }
       await vscode.commands.executeCommand('workbench.action.closeAllEditors');
       return null;`,
      z.null(),
    );
  }

  /** Ctrl+S. Does not wait: a guard may hold the save. */
  async save(): Promise<void> {
    await this.page.keyboard.press('Control+s');
  }

  /** The active editor's document; null where none is open. */
  activeEditor(): Promise<z.infer<typeof ActiveEditor>> {
    return this.server.bridge(
      'const d = vscode.window.activeTextEditor?.document; return d === undefined ? null : { file: d.uri.fsPath, dirty: d.isDirty, text: d.getText() };',
      ActiveEditor,
    );
  }

  /** Whether the document of a workspace file has unsaved text; false where it is not open. */
  isDirty(name: string): Promise<boolean> {
    const file = JSON.stringify(resolve(this.server.workspace, name));
    return this.server.bridge(`return vscode.workspace.textDocuments.some((d) => d.uri.fsPath === ${file} && d.isDirty);`, z.boolean());
  }

  /** Diagnostics of a workspace file; `severity` as in the API (0 is Error). */
  diagnostics(name: string): Promise<z.infer<typeof Diagnostic>[]> {
    const file = JSON.stringify(resolve(this.server.workspace, name));
    return this.server.bridge(
      `return vscode.languages.getDiagnostics(vscode.Uri.file(${file})).map((d) => ({ message: d.message, severity: d.severity, source: d.source ?? null, line: d.range.start.line + 1 }));`,
      z.array(Diagnostic),
    );
  }

  /** Notifications on screen, one text each. */
  async notifications(): Promise<string[]> {
    const texts = await this.page.locator('.notification-toast .notification-list-item').allInnerTexts();
    return texts.map((text) => text.replaceAll('\u00a0', ' '));
  }

  async clickNotification(button: string): Promise<void> {
    await this.page.locator('.notification-toast .monaco-button', { hasText: button }).first().click();
  }

  async statusBar(): Promise<string> {
    return (await this.page.locator('.part.statusbar').innerText()).replaceAll('\u00a0', ' ');
  }
}
