import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultLedgerFolder } from '../verifier/protocol/userFolders.ts';

/**
 * VS Code runs this by itself, without a window, after the extension was uninstalled: the record stays, and a
 * note beside it says what it is. A folder that a setting named is not known here.
 */
const folder = defaultLedgerFolder({ platform: process.platform, home: homedir(), environment: process.env });
if (existsSync(folder)) {
  const note = join(dirname(folder), 'ABOUT-THIS-FOLDER.txt');
  writeFileSync(
    note,
    [
      'Sentinel AI Guard was uninstalled. Its ledger was left here, in',
      folder,
      'It is the record of what was assessed and decided on this machine. Nothing else of the extension needs it.',
      'To check it: sentinel ledger verify, or any checker that follows docs/ledger-format.md of the project.',
      'To be rid of it, delete the folder: what it proves can then be proved no more.',
      '',
    ].join('\n'),
  );
}
