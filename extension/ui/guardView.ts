import { resolve } from 'node:path';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Verifier } from '../core/client.ts';
import type { GuardState } from '../core/guardState.ts';
import { guardNodes, stateNodes, type ViewNode } from '../core/guardView.ts';
import type { HeldSaves } from '../core/heldSaves.ts';
import type { Clock } from '../core/ports.ts';
import type { UnassessedWrites } from '../core/unassessedWrites.ts';
import { vscodeDialog } from './dialog.ts';
import { timeOfDay } from './moment.ts';

const GUARD = 'sentinelai.guard';
const STATE = 'sentinelai.state';
/** Entries come in bursts; the view is at most this far behind them. */
const REFRESH_MS = 750;
const MAX_ITEMS = 200;
const DEADLINE_MS = 5_000;

export interface GuardViewParts {
  readonly connect: () => Promise<Verifier>;
  readonly writes: Pick<UnassessedWrites, 'waitingWrites' | 'review' | 'restore'>;
  readonly saves: { readonly held: Pick<HeldSaves, 'waiting'>; decide(path: string): Promise<boolean> };
  readonly state: () => GuardState;
  readonly isOn: () => boolean;
  readonly clock: Clock;
}

/**
 * The "Sentinel AI" container: what waits, what was held today, what got past, and the guard's state. Native trees,
 * so that themes, keyboard and screen readers are VS Code's own. Nothing is read while it is out of sight.
 */
export class GuardView {
  readonly #parts: GuardViewParts;
  readonly #guard = new Tree();
  readonly #state = new Tree();
  readonly #guardView: vscode.TreeView<ViewNode>;
  readonly #stateView: vscode.TreeView<ViewNode>;
  readonly #registered: vscode.Disposable;
  #refreshing: (() => void) | undefined;
  #round = 0;

  constructor(parts: GuardViewParts) {
    this.#parts = parts;
    this.#guardView = vscode.window.createTreeView(GUARD, { treeDataProvider: this.#guard });
    this.#stateView = vscode.window.createTreeView(STATE, { treeDataProvider: this.#state });
    const commands: Record<string, (node: ViewNode) => unknown> = {
      'sentinelai.view.review': (node) => this.#review(node),
      'sentinelai.view.restore': (node) => this.#restore(node),
      'sentinelai.view.openFile': (node) => openFile(node),
      'sentinelai.view.explain': (node) => explain(node),
      'sentinelai.view.copy': (node) => vscode.env.clipboard.writeText(node.tooltip),
    };
    this.#registered = vscode.Disposable.from(
      this.#guardView,
      this.#stateView,
      this.#guardView.onDidChangeVisibility(({ visible }) => visible && void this.#load()),
      this.#stateView.onDidChangeVisibility(({ visible }) => visible && this.#showState()),
      vscode.commands.registerCommand('sentinelai.refreshView', () => this.#load()),
      ...Object.entries(commands).map(([name, run]) =>
        // By keyboard, a command comes without a line: then the selected one is meant.
        vscode.commands.registerCommand(name, (node?: ViewNode) => {
          const meant = node ?? this.#guardView.selection[0];
          return meant && run(meant);
        }),
      ),
    );
  }

  /** Something that the view shows has changed. Cheap: it may be told of every ledger entry. */
  changed(): void {
    const waiting = this.#parts.writes.waitingWrites.length + this.#parts.saves.held.waiting.length;
    const badge = waiting === 0 ? undefined : { value: waiting, tooltip: t('{0} waiting for your decision', waiting) };
    if (this.#guardView.badge?.value !== badge?.value) {
      this.#guardView.badge = badge;
      void vscode.commands.executeCommand('setContext', 'sentinelai.waiting', waiting);
    }
    if (!this.#guardView.visible && !this.#stateView.visible) return;
    this.#refreshing ??= this.#parts.clock.after(REFRESH_MS, () => {
      this.#refreshing = undefined;
      if (this.#guardView.visible) void this.#load();
      if (this.#stateView.visible) this.#showState();
    });
  }

  dispose(): void {
    this.#refreshing?.();
    this.#registered.dispose();
  }

  async #load(): Promise<void> {
    const { connect, writes, saves, isOn } = this.#parts;
    this.#round += 1;
    const round = this.#round;
    let nodes: ViewNode[] = [];
    let known: 'known' | 'unavailable' | 'off' = 'off';
    if (isOn()) {
      try {
        const verifier = await connect();
        const midnight = new Date();
        midnight.setHours(0, 0, 0, 0);
        const asked = { since: midnight.toISOString(), limit: MAX_ITEMS, only: 'noteworthy' } as const;
        const [waiting, history] = await Promise.all([
          verifier.pending({ deadlineMs: DEADLINE_MS }),
          verifier.history(asked, { deadlineMs: DEADLINE_MS }),
        ]);
        nodes = guardNodes({ waiting, writes: writes.waitingWrites, held: saves.held.waiting, history }, timeOfDay);
        known = 'known';
      } catch {
        // What failed stands in the state's lines and in the log; the view says that it knows nothing.
        known = 'unavailable';
      }
    }
    // Of two readings the one that was asked for last counts.
    if (round !== this.#round) return;
    await vscode.commands.executeCommand('setContext', 'sentinelai.view', known);
    this.#guard.show(nodes);
  }

  #showState(): void {
    this.#state.show(stateNodes(this.#parts.state()));
  }

  async #review(node: ViewNode): Promise<void> {
    const { file } = node.about ?? {};
    const { writes, saves } = this.#parts;
    if (file !== undefined && (node.kind === 'write' ? await writes.review(file) : await saves.decide(file))) return;
    void vscodeDialog.tell('info', t('{0}: its dialog is open, or it has been decided meanwhile.', node.label));
  }

  async #restore(node: ViewNode): Promise<void> {
    const { file } = node.about ?? {};
    if (file !== undefined && (await this.#parts.writes.restore(file))) return;
    void vscodeDialog.tell('info', t('{0} does not wait any more.', node.label));
  }
}

/** One tree: it holds its lines and tells VS Code when they are others. */
class Tree implements vscode.TreeDataProvider<ViewNode> {
  readonly #changes = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changes.event;
  #nodes: readonly ViewNode[] = [];

  show(nodes: readonly ViewNode[]): void {
    this.#nodes = nodes;
    this.#changes.fire(undefined);
  }

  getChildren(node?: ViewNode): ViewNode[] {
    return [...(node === undefined ? this.#nodes : (node.children ?? []))];
  }

  getTreeItem(node: ViewNode): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children === undefined ? None : node.folded ? Collapsed : Expanded);
    item.id = node.id;
    if (node.description !== undefined) item.description = node.description;
    item.tooltip = node.tooltip;
    item.contextValue = node.about?.ruleId === undefined ? node.kind : `${node.kind}+rule`;
    item.accessibilityInformation = { label: node.spoken };
    const { id, color } = node.icon;
    item.iconPath = color === undefined ? new vscode.ThemeIcon(id) : new vscode.ThemeIcon(id, new vscode.ThemeColor(COLORS[color]));
    const command = commandOf(node);
    if (command !== undefined) item.command = { ...command, arguments: [node] };
    return item;
  }
}

const COLORS = { error: 'list.errorForeground', warning: 'list.warningForeground', ok: 'testing.iconPassed' } as const;

/** What Enter and a click do. */
function commandOf(node: ViewNode): { command: string; title: string } | undefined {
  if (node.kind === 'waiting' || node.kind === 'write') return { command: 'sentinelai.view.review', title: t('Review') };
  if (node.kind === 'file') return { command: 'sentinelai.view.openFile', title: t('Open File') };
  if (node.kind === 'state') return { command: 'sentinelai.doctor', title: t('Open the Doctor') };
  return node.about?.ruleId === undefined ? undefined : { command: 'sentinelai.view.explain', title: t('Explain the Rule') };
}

async function openFile(node: ViewNode): Promise<void> {
  const { file } = node.about ?? {};
  if (file === undefined) return;
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
  for (const path of roots.length === 0 ? [file] : roots.map((root) => resolve(root, file))) {
    try {
      await vscode.window.showTextDocument(vscode.Uri.file(path));
      return;
    } catch {
      // Not in this root of the workspace, or gone.
    }
  }
  void vscodeDialog.tell('info', t('{0} is not there any more, or not a text.', node.label));
}

function explain(node: ViewNode): Thenable<unknown> {
  const query = `@sentinelai-guard /explain ${node.about?.ruleId ?? ''}`.trim();
  return vscode.commands.executeCommand('workbench.action.chat.open', { query });
}
