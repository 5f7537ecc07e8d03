import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { fileLabel } from '../core/dialogText.ts';
import type { HeldOffers } from '../core/heldOffers.ts';
import type { HeldText, HeldTexts } from '../core/heldTexts.ts';
import type { Clock } from '../core/ports.ts';
import { uriOf } from './paths.ts';

const SCHEME = 'sentinelai-held';
/** After VS Code has brought back the unsaved texts that it keeps itself. */
const OFFER_AFTER_MS = 2_500;

/** Shows a copy beside what is on disk. */
export async function compareHeld(copy: HeldText): Promise<void> {
  const held = vscode.Uri.from({ scheme: SCHEME, path: `/${fileLabel(copy.path)}`, query: copy.name });
  await vscode.commands.executeCommand('vscode.diff', uriOf(copy.path), held, t('{0}: on disk ↔ held back', fileLabel(copy.path)));
}

/** Offers held texts that would be lost at the start, and whenever `sentinelai.restoreHeld` asks for them. */
export function registerRestoreHeld(parts: { offers: HeldOffers; texts: HeldTexts; clock: Clock; isOn: () => boolean }): vscode.Disposable {
  const { offers, texts } = parts;
  const cancel = parts.clock.after(OFFER_AFTER_MS, () => {
    if (parts.isOn()) void offers.make();
  });
  const restore = async () => {
    const lost = await offers.lost();
    const items = lost.map((copy) => ({ label: fileLabel(copy.path), description: copy.heldAt, detail: copy.path, copy }));
    const chosen =
      items.length > 1 ? await vscode.window.showQuickPick(items, { title: t('Held texts that could be restored') }) : items[0];
    if (chosen) {
      // An offer that was made before may have gone from the screen without an answer.
      if (!(await offers.offer(chosen.copy))) await vscode.commands.executeCommand('notifications.showList');
    } else if (items.length === 0) void vscode.window.showInformationMessage(t('No held text waits to be restored.'));
  };
  const provider: vscode.TextDocumentContentProvider = {
    provideTextDocumentContent: async ({ query }) => (await texts.all()).find(({ name }) => name === query)?.text ?? '',
  };
  return vscode.Disposable.from(
    new vscode.Disposable(cancel),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, provider),
    vscode.commands.registerCommand('sentinelai.restoreHeld', restore),
  );
}
