import type { ReadCheckpoint } from '../ledger/checkpoint.ts';
import { readCheckpoints } from '../ledger/checkpointFile.ts';
import { readTrust, type TrustFile, trustPlace } from '../ledger/trustFile.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { reportText } from '../ledger/verifyReport.ts';
import { CommandError, EXIT } from './exitCodes.ts';

export interface LedgerVerifyOptions {
  readonly checkpoint: readonly string[];
  readonly trust?: string;
  readonly json?: boolean;
}

/** The checkpoints in files that somebody kept. */
async function keptCheckpoints(paths: readonly string[]): Promise<ReadCheckpoint[]> {
  const kept: ReadCheckpoint[] = [];
  for (const path of paths) {
    const before = kept.length;
    try {
      for await (const { checkpoint } of readCheckpoints(path, Number.POSITIVE_INFINITY))
        if (checkpoint !== undefined) kept.push(checkpoint);
    } catch (error) {
      throw new CommandError(EXIT.noInput, `The checkpoint ${path} could not be read.`, { cause: error });
    }
    if (kept.length === before) throw new CommandError(EXIT.data, `${path} holds no checkpoint of a ledger.`);
  }
  return kept;
}

/** The trust file that is named, else the machine's own, if it has one. */
export async function trustInForce(named: string | undefined): Promise<TrustFile | undefined> {
  const { path, owner } = trustPlace(process.platform);
  if (named === undefined) return readTrust(path, owner);
  const trust = await readTrust(named);
  if (trust === undefined) throw new CommandError(EXIT.noInput, `There is no trust file ${named}.`);
  return trust;
}

/** `sentinel ledger verify`. @returns 0 if every chain holds, 1 if not. */
export async function ledgerVerify(folder: string, options: LedgerVerifyOptions): Promise<number> {
  const [kept, trust] = await Promise.all([keptCheckpoints(options.checkpoint), trustInForce(options.trust)]);
  const report = await verifyLedger(folder, { kept, trust });
  process.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : reportText(report));
  return report.ok ? 0 : 1;
}
