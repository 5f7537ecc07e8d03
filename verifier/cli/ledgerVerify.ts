import { verifyLedger } from '../ledger/verify.ts';
import { reportText } from '../ledger/verifyReport.ts';

/** `sentinel ledger verify`. @returns 0 if every chain holds, 1 if not. */
export async function ledgerVerify(folder: string, options: { readonly json?: boolean }): Promise<number> {
  const report = await verifyLedger(folder);
  process.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : reportText(report));
  return report.ok ? 0 : 1;
}
