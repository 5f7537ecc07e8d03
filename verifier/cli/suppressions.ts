import { SuppressionBook, suppressionLimits } from '../assessment/suppressionBook.ts';
import { SuppressionStore } from '../assessment/suppressionStore.ts';
import { WorkspaceEntries } from '../assessment/workspaceEntries.ts';
import { diskFiles } from '../ledger/filePort.ts';
import { ownLedgerFolder } from './ledgerFolder.ts';
import { ownOrganisation } from './organisation.ts';

/** What a person accepted on this machine, as far as its organisation lets it count. The editor's own settings are not known here. */
export async function acceptedHere(ledger: string | undefined): Promise<SuppressionBook> {
  const { inForce } = await ownOrganisation();
  return new SuppressionBook({
    store: new SuppressionStore(ledger ?? ownLedgerFolder(), diskFiles, () => undefined),
    entries: new WorkspaceEntries(),
    limits: suppressionLimits({ organisation: inForce }),
    now: Date.now,
  });
}
