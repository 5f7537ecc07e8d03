import { Audit } from '../anchor/audit.ts';
import { auditedChains } from '../anchor/auditedLedger.ts';
import { AUDIT_EXIT, auditText } from '../anchor/auditReport.ts';
import { ChainError } from '../anchor/chainPort.ts';
import { listMemos } from '../anchor/memoListing.ts';
import { errorCode } from '../ledger/failure.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { CommandError, EXIT } from './exitCodes.ts';
import { trustInForce } from './ledgerVerify.ts';

export interface ChainAuditOptions {
  readonly authority?: string;
  readonly rpc?: string;
  readonly state?: string;
  readonly trust?: string;
  readonly json?: boolean;
}

/** `sentinel audit`. @returns 0 clean, 1 incomplete, 2 tampered */
export async function chainAudit(ledger: string | undefined, { authority, rpc, state, trust, json }: ChainAuditOptions): Promise<number> {
  const { isAddress, solanaReader } = await import('../anchor/solana.ts');
  if (authority === undefined || !isAddress(authority))
    throw new CommandError(EXIT.usage, '--authority takes the Solana address of the key.');
  if (rpc === undefined || !URL.canParse(rpc)) throw new CommandError(EXIT.usage, '--rpc takes the address of an endpoint of the cluster.');
  const memos = await listMemos({
    reader: solanaReader(rpc),
    authority,
    ...(state === undefined ? {} : { state }),
    onProgress: progress(),
  }).catch((error: unknown) => {
    throw error instanceof ChainError ? new CommandError(EXIT.unavailable, `${error.message} Run the same again to go on.`) : error;
  });
  const audit = new Audit(authority, memos);
  const holds = ledger === undefined ? null : await compare(audit, ledger, trust);
  const report = audit.report(holds);
  process.stdout.write(json === true ? `${JSON.stringify(report)}\n` : auditText(report));
  return AUDIT_EXIT[report.verdict];
}

async function compare(audit: Audit, ledger: string, trust: string | undefined): Promise<boolean> {
  try {
    const report = await verifyLedger(ledger, { trust: await trustInForce(trust) });
    for await (const chain of auditedChains(ledger)) await audit.chain(chain);
    return report.ok;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined || error instanceof CommandError) throw error;
    throw new CommandError(EXIT.noInput, `${ledger} could not be read (${code}).`, { cause: error });
  }
}

/** To standard error, where a person looks on. */
function progress(): (done: number, all: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  return (done, all) => void process.stderr.write(`\r${done} of ${all} transactions${done === all ? '\n' : ''}`);
}
