import { homedir } from 'node:os';
import { defaultIdentityFolder, defaultLedgerFolder } from '../protocol/userFolders.ts';

/** Where this user's ledger is, unless told otherwise: the editor keeps it there as well. */
export function ownLedgerFolder(): string {
  return defaultLedgerFolder({ platform: process.platform, home: homedir(), environment: process.env });
}

/** Where this user's key is, whatever ledger it is used for. */
export function ownIdentityFolder(): string {
  return defaultIdentityFolder({ platform: process.platform, home: homedir(), environment: process.env });
}
