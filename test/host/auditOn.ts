import type { GuardedWindow } from './guardedWindow.ts';

/** Gives a key and the consent, as a person does. `atConsent` sees the dialog that asks for it. */
export async function switchAuditOn({ workbench, ledger }: GuardedWindow, atConsent?: (detail: string) => Promise<void>): Promise<void> {
  const mark = ledger.mark();
  await workbench.startCommand('sentinelai.setApiKey');
  // Assembled here, so that the repository holds nothing that looks like a key.
  await workbench.dialog.typeReason(['stand', 'in', 'key'].join('-'));
  const { detail } = await workbench.dialog.read();
  await atConsent?.(detail);
  await workbench.dialog.press('Agree');
  await mark.find('session-open', (event) => event.audit.state === 'on');
}
