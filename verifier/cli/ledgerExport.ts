import { open } from 'node:fs/promises';
import { bundleChain, type Wanted } from '../ledger/bundleExport.ts';
import { errorCode } from '../ledger/failure.ts';
import { chainsIn } from '../ledger/store.ts';
import { productVersion } from '../product.ts';
import { BUNDLE_FORMAT, type BundleLine } from '../protocol/bundle.ts';
import { CommandError, EXIT } from './exitCodes.ts';

export interface LedgerExportOptions {
  readonly out: string;
  readonly from?: string;
  readonly to?: string;
  readonly request?: string;
}

/** A time as entries give it; a day alone is its beginning, in UTC. */
function timeOf(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}(T.+Z)?$/.test(text) || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text.slice(0, 10))) {
    throw new CommandError(EXIT.usage, `${option} takes a time in UTC as 2026-01-31 or 2026-01-31T10:00:00Z, not "${text}".`);
  }
  return date.toISOString();
}

/** `sentinel ledger export`. */
export async function ledgerExport(folder: string, { out, from, to, request }: LedgerExportOptions): Promise<number> {
  const [since, until] = [timeOf('--from', from), timeOf('--to', to)];
  const wanted: Wanted = {
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { to: until }),
    ...(request === undefined ? {} : { request }),
  };
  const chains = await chainsIn(folder).catch((error: unknown) => {
    throw new CommandError(EXIT.noInput, `${folder} could not be read (${errorCode(error) ?? 'unknown error'}).`, { cause: error });
  });
  const counted = { chains: 0, entries: 0, checkpoints: 0 };
  await using file = await open(out, 'wx', 0o600).catch((error: unknown) => {
    const why = errorCode(error) === 'EEXIST' ? 'is there already' : `could not be made (${errorCode(error) ?? 'unknown error'})`;
    throw new CommandError(EXIT.usage, `${out} ${why}.`, { cause: error });
  });
  const write = (line: BundleLine) => file.appendFile(`${JSON.stringify(line)}\n`);
  await write({
    kind: 'bundle',
    v: BUNDLE_FORMAT,
    made: new Date().toISOString(),
    product: `Sentinel AI Guard ${productVersion()}`,
    ...wanted,
  });
  for (const chain of chains) {
    counted.chains += 1;
    for await (const line of bundleChain(folder, chain, wanted)) {
      await write(line);
      if (line.kind === 'entry') counted.entries += 1;
      if (line.kind === 'checkpoint') counted.checkpoints += 1;
    }
  }
  await file.sync();
  process.stdout.write(`${out}: ${counted.entries} entries of ${counted.chains} chain(s) and ${counted.checkpoints} checkpoint(s).\n`);
  return EXIT.pass;
}
