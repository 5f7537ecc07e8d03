import { open, stat } from 'node:fs/promises';
import { SuppressionBook, suppressionLimits } from '../assessment/suppressionBook.ts';
import { SuppressionStore } from '../assessment/suppressionStore.ts';
import { WorkspaceEntries } from '../assessment/workspaceEntries.ts';
import { diskFiles } from '../ledger/filePort.ts';
import { organisationPlace, readOrganisation } from '../protocol/organisation.ts';
import { ownLedgerFolder } from './ledgerFolder.ts';

/** What a person accepted on this machine, as far as its organisation lets it count. The editor's own settings are not known here. */
export async function acceptedHere(ledger: string | undefined): Promise<SuppressionBook> {
  const { inForce } = await readOrganisation(organisationPlace(process.platform), { open, stat });
  return new SuppressionBook({
    store: new SuppressionStore(ledger ?? ownLedgerFolder(), diskFiles, () => undefined),
    entries: new WorkspaceEntries(),
    limits: suppressionLimits({ organisation: inForce }),
    now: Date.now,
  });
}
