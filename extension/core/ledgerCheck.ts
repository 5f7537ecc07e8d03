import { execFile } from 'node:child_process';
import { t } from '@vscode/l10n';
import { sidecarEnvironment } from './sidecarProcess.ts';

export interface LedgerReport {
  readonly ok: boolean;
  /** What the check printed, for people. */
  readonly text: string;
}

const LIMIT_MS = 120_000;

/** Runs `sentinel ledger verify` over a folder: a check that shares no state with the running verifier. */
export function checkLedger(cli: string, folder: string): Promise<LedgerReport> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [cli, 'ledger', 'verify', folder],
      { env: sidecarEnvironment(process.env), timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024, windowsHide: true },
      (error, stdout, stderr) => {
        const text = `${stdout}${stderr}`.trim();
        resolve({ ok: error === null, text: text || (error === null ? t('The ledger verifies.') : t('The check did not run.')) });
      },
    );
  });
}
