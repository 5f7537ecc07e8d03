import { homedir } from 'node:os';
import { defaultLedgerFolder } from '../protocol/userFolders.ts';

/** Where this user's ledger is, unless told otherwise: the editor keeps it there as well. */
export function ownLedgerFolder(): string {
  return defaultLedgerFolder({ platform: process.platform, home: homedir(), environment: process.env });
}
