import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a verifier that runs alone keeps its ledger: the place each system has for a user's own data. */
export function defaultLedgerFolder(): string {
  const home = homedir();
  switch (process.platform) {
    case 'win32':
      return join(process.env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Sentinel AI Guard', 'ledger');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Sentinel AI Guard', 'ledger');
    default:
      return join(process.env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'sentinelai-guard', 'ledger');
  }
}
