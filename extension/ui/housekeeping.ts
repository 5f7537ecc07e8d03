import { mkdir } from 'node:fs/promises';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Verifier } from '../core/client.ts';
import { erasureDate } from '../core/erasureDate.ts';
import type { Log } from '../core/ports.ts';
import { asVerifierError } from '../core/verifierError.ts';

const CONFIRMATION = 'erase';

interface HousekeepingParts {
  readonly connect: () => Promise<Verifier>;
  readonly ledgerFolder: () => string;
  readonly log: Log;
}

/** Commands that look after the ledger's files. */
export function registerHousekeeping(parts: HousekeepingParts): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('sentinelai.openLedgerFolder', () => openFolder(parts.ledgerFolder())),
    vscode.commands.registerCommand('sentinelai.eraseOldContent', () => eraseOldContent(parts)),
  );
}

async function openFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // In a remote window the folder is on the other machine, where no file manager can be opened.
  if (vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop) {
    await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
    return;
  }
  const action = await vscode.window.showInformationMessage(t('The ledger is in {0}.', folder), t('Copy Path'), t('Open Folder'));
  if (action === t('Copy Path')) await vscode.env.clipboard.writeText(folder);
  if (action === t('Open Folder'))
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), { forceNewWindow: true });
}

async function eraseOldContent({ connect, log }: HousekeepingParts): Promise<void> {
  const given = await vscode.window.showInputBox({
    title: t('Sentinel AI: Erase Old Ledger Content (1 of 2)'),
    prompt: t('Erase what entries before this day say. A day in UTC, as 2026-01-31, or an age in days.'),
    placeHolder: t('2026-01-31, or 90'),
    ignoreFocusOut: true,
    validateInput: (value) =>
      erasureDate(value, Date.now()) ? undefined : t('Give a day that has passed, as 2026-01-31, or a number of days.'),
  });
  const before = given === undefined ? undefined : erasureDate(given, Date.now());
  if (!before) return;
  const confirmed = await vscode.window.showInputBox({
    title: t('Sentinel AI: Erase Old Ledger Content (2 of 2)'),
    prompt: t(
      'What entries before {0} say is destroyed for good: who asked, what was found, who decided and why. Their place in the chain stays provable. Type "{1}" to go on.',
      before.toISOString().slice(0, 10),
      CONFIRMATION,
    ),
    ignoreFocusOut: true,
    validateInput: (value) =>
      value.trim() === CONFIRMATION ? undefined : t('Type "{0}", or press Escape to leave everything as it is.', CONFIRMATION),
  });
  if (confirmed?.trim() !== CONFIRMATION) return;
  try {
    const verifier = await connect();
    const { entries, chains, busy } = await verifier.erase({ before: before.toISOString(), by: verifier.person }, { deadlineMs: 600_000 });
    const erased = t('The content of {0} entries was erased; the chain still verifies.', entries);
    const others = t('Chains of other windows that were left as they are: {0}. Run this there as well.', busy);
    log.info(`Old content was erased: ${entries} entries in ${chains} chain(s), ${busy} busy.`);
    void vscode.window.showInformationMessage(busy > 0 ? `${erased} ${others}` : erased);
  } catch (error) {
    void vscode.window.showErrorMessage(t('Nothing more was erased: {0}', asVerifierError(error).shown));
  }
}
