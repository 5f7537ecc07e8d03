import { writeFile } from 'node:fs/promises';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { AcceptedSuppression } from '../../verifier/protocol/suppressionRoutes.ts';
import type { Verifier } from '../core/client.ts';
import { fileLabel } from '../core/dialogText.ts';
import type { FalseAlarms } from '../core/falseAlarms.ts';
import type { Chooser, ShownFinding, Suppressing, WorkspaceList } from '../core/suppressing.ts';
import { asVerifierError } from '../core/verifierError.ts';
import type { WrongFindings } from '../core/wrongFindings.ts';
import { type Diagnostics, SOURCE } from './diagnostics.ts';
import { findDocument } from './documents.ts';
import { pathOf, uriOf } from './paths.ts';

export interface FalseAlarmDoor {
  readonly alarms: FalseAlarms;
  readonly suppressing: Suppressing;
  readonly wrong: WrongFindings;
  readonly diagnostics: Diagnostics;
  readonly connect: () => Promise<Verifier>;
  /** Has a file looked at again whose findings may be over. */
  readonly lookAgain: (path: string) => Promise<unknown>;
}

/** Quick fixes on the guard's findings, and the same as commands for the finding at the cursor. */
export function registerFalseAlarms(door: FalseAlarmDoor): vscode.Disposable {
  const { alarms, suppressing, wrong } = door;
  const commands: Record<string, (shown: ShownFinding) => Promise<unknown>> = {
    'sentinelai.allowOnce': (shown) => alarms.allowOnce(shown),
    'sentinelai.suppressRule': async (shown) => {
      if (await suppressing.here(shown)) await door.lookAgain(shown.path);
    },
    'sentinelai.reportWrongFinding': (shown) => report(door, shown),
    'sentinelai.openRule': ({ ruleId }) => alarms.openRule(ruleId),
  };
  return vscode.Disposable.from(
    vscode.languages.registerCodeActionsProvider('*', QUICK_FIXES, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(name, async (given: unknown) => {
        const shown = isShown(given) ? given : await atCursor();
        if (shown !== undefined) await run(shown);
      }),
    ),
    vscode.commands.registerCommand('sentinelai.exportWrongFindings', () => wrong.export()),
    vscode.commands.registerCommand('sentinelai.withdrawSuppression', () => withdraw(door)),
  );
}

const titles = () => [
  ['sentinelai.allowOnce', t('Allow once…')] as const,
  ['sentinelai.suppressRule', t('Suppress this rule here…')] as const,
  ['sentinelai.reportWrongFinding', t('This finding is wrong…')] as const,
  ['sentinelai.openRule', t('Open the rule')] as const,
];

const QUICK_FIXES: vscode.CodeActionProvider = {
  provideCodeActions(document, _range, { diagnostics, only }) {
    // A save asks for its own kinds: nothing here may run by itself.
    if (only !== undefined && !vscode.CodeActionKind.QuickFix.contains(only) && !only.contains(vscode.CodeActionKind.QuickFix)) return [];
    return diagnostics.flatMap((diagnostic) => {
      const shown = shownBy(document, diagnostic);
      if (shown === undefined) return [];
      return titles().map(([command, title]) => {
        const action = new vscode.CodeAction(`${title} (${shown.ruleId})`, vscode.CodeActionKind.QuickFix);
        action.diagnostics = [diagnostic];
        action.command = { command, title, arguments: [shown] };
        return action;
      });
    });
  },
};

function shownBy(document: vscode.TextDocument, { source, code, range }: vscode.Diagnostic): ShownFinding | undefined {
  if (source !== SOURCE || typeof code !== 'string') return undefined;
  return { path: pathOf(document.uri), ruleId: code, line: range.start.line + 1 };
}

function isShown(given: unknown): given is ShownFinding {
  if (typeof given !== 'object' || given === null) return false;
  const { path, ruleId, line } = { path: undefined, ruleId: undefined, line: undefined, ...given };
  return typeof path === 'string' && typeof ruleId === 'string' && typeof line === 'number';
}

/** The finding on the cursor's line; else one of the file that the person picks. */
async function atCursor(): Promise<ShownFinding | undefined> {
  const editor = vscode.window.activeTextEditor;
  const all = editor === undefined ? [] : findingsOf(editor.document);
  const here = all.filter(({ line }) => line === (editor?.selection.active.line ?? 0) + 1);
  const choices = here.length > 0 ? here : all;
  if (choices.length < 2) {
    if (choices.length === 0) void vscode.window.showInformationMessage(t('There is no finding of the guard in the active editor.'));
    return choices[0];
  }
  return vscodeChooser.choose(
    t('Which finding?'),
    choices.map((value) => ({ label: t('{0}, line {1}', value.ruleId, value.line), value })),
  );
}

function findingsOf(document: vscode.TextDocument): ShownFinding[] {
  return vscode.languages.getDiagnostics(document.uri).flatMap((diagnostic) => shownBy(document, diagnostic) ?? []);
}

async function report({ wrong, diagnostics, connect }: FalseAlarmDoor, shown: ShownFinding): Promise<void> {
  const finding = diagnostics.findingAt(shown);
  if (finding === undefined) {
    void vscode.window.showInformationMessage(t('This finding is not shown any more.'));
    return;
  }
  const policyDigest = await connect().then(
    async (verifier) => (await verifier.policies()).policyDigest,
    () => 'unknown',
  );
  await wrong.report(finding, { language: findDocument(shown.path)?.languageId ?? '', policyDigest });
}

async function withdraw({ connect, lookAgain }: FalseAlarmDoor): Promise<void> {
  try {
    const verifier = await connect();
    const accepted = await verifier.suppressions();
    if (accepted.length === 0) return void vscode.window.showInformationMessage(t('No suppression is accepted on this machine.'));
    const chosen = await vscodeChooser.choose(t('Suppressions accepted on this machine: withdraw which?'), accepted.map(described));
    if (chosen === undefined) return;
    await verifier.suppress({ action: 'withdraw', digest: chosen.digest, by: verifier.person });
    void vscode.window.showInformationMessage(
      t('Withdrawn, and recorded. Remove the comment or the entry as well, so that nobody takes it for one that counts.'),
    );
    if (chosen.place.kind === 'comment') await lookAgain(chosen.place.path);
  } catch (error) {
    void vscode.window.showErrorMessage(t('Nothing was withdrawn. {0}', asVerifierError(error).shown));
  }
}

function stateWords(state: AcceptedSuppression['state'], until: string, by: string, reason: string): string {
  if (state === 'active') return t('in force where it stands, until {0}, by {1}: {2}', until, by, reason);
  return state === 'expired'
    ? t('expired, until {0}, by {1}: {2}', until, by, reason)
    : t('forbidden here, until {0}, by {1}: {2}', until, by, reason);
}

function described(value: AcceptedSuppression) {
  const { ruleId, place, until, reason, state, by } = value;
  const where = place.kind === 'comment' ? fileLabel(place.path) : place.path;
  return { label: t('{0} in {1}', ruleId, where), detail: stateWords(state, until, by.name, reason), value };
}

/** VS Code's lists and boxes. */
export const vscodeChooser: Chooser = {
  async choose(title, items) {
    const picked = await vscode.window.showQuickPick(
      items.map((item) => ({ ...item })),
      { title, ignoreFocusOut: true },
    );
    return picked?.value;
  },
  async line(title, prompt, fault) {
    return vscode.window.showInputBox({ title, prompt, ignoreFocusOut: true, validateInput: fault });
  },
};

/** The workspace's list as a document of the editor: the change can be seen, undone and reviewed like any other. */
export const vscodeWorkspaceList: WorkspaceList = {
  rootOf(path) {
    const uri = uriOf(path);
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder === undefined || folder.uri.scheme !== 'file') return undefined;
    return { root: folder.uri.fsPath, inside: uri.path.slice(folder.uri.path.replace(/\/$/, '').length + 1) };
  },
  async append(path, header, text) {
    const uri = uriOf(path);
    const exists = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (!exists) await vscode.workspace.fs.writeFile(uri, Buffer.from(header));
    const document = await vscode.workspace.openTextDocument(uri);
    const end = document.lineAt(document.lineCount - 1).range.end;
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, end, `${end.character === 0 ? '' : '\n'}${text}`);
    return (await vscode.workspace.applyEdit(edit)) && (await document.save());
  },
};

/** A text to a file that the person picks. */
export async function exportText(suggestedName: string, text: string): Promise<boolean> {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: t('Export'),
    ...(root === undefined ? {} : { defaultUri: vscode.Uri.joinPath(root, suggestedName) }),
    filters: { [t('JSON Lines')]: ['jsonl'] },
  });
  if (uri === undefined) return false;
  if (uri.scheme === 'file') await writeFile(uri.fsPath, text, { mode: 0o600 });
  else await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  return true;
}

/** Opens a file beside what is being looked at, at a one-based line, for reading. */
export async function openAt(path: string, line: number): Promise<void> {
  const at = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(uriOf(path), { selection: new vscode.Range(at, at), preview: true });
  // Editors of other makes may not know the command; then the file is open all the same.
  await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession').then(undefined, () => undefined);
}
