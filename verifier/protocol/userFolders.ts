/** What decides where a user's own data are kept. */
export interface UserPlace {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Where the ledger is kept unless a setting says otherwise: the place each system has for a user's own data.
 * Not the editor's storage for extensions: VS Code deletes that when an extension is uninstalled.
 */
export function defaultLedgerFolder({ platform, home, environment }: UserPlace): string {
  switch (platform) {
    case 'win32':
      return `${environment['LOCALAPPDATA'] || `${home}\\AppData\\Local`}\\Sentinel AI Guard\\ledger`;
    case 'darwin':
      return `${home}/Library/Application Support/Sentinel AI Guard/ledger`;
    default:
      return `${environment['XDG_DATA_HOME'] || `${home}/.local/share`}/sentinelai-guard/ledger`;
  }
}

/** Where a user's key is kept, beside the default place of the ledger and never in it: a ledger is handed to auditors. */
export function defaultIdentityFolder(place: UserPlace): string {
  return defaultLedgerFolder(place).replace(/ledger$/, 'identity');
}
