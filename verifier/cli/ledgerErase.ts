import { wholeSession } from '../assessment/housekeeping.ts';
import { readIdentity } from '../ledger/identityFile.ts';
import { eraseInIdleChains } from '../ledger/store.ts';
import { findPerson } from '../person.ts';
import { CommandError, EXIT } from './exitCodes.ts';
import { ownIdentityFolder } from './ledgerFolder.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Midnight UTC of a day given as `2026-01-31`. */
function dayOf(text: string): Date {
  const date = new Date(`${text}T00:00:00.000Z`);
  if (!DAY.test(text) || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text)) {
    throw new CommandError(EXIT.usage, `--before takes a day as 2026-01-31, not "${text}".`);
  }
  if (date > new Date()) throw new CommandError(EXIT.usage, '--before takes a day that has passed.');
  return date;
}

/** `sentinel ledger erase`. @returns 0 if everything was done, 1 if a chain is in use and was left as it is. */
export async function ledgerErase(folder: string, options: { readonly before: string; readonly yes?: boolean }): Promise<number> {
  const before = dayOf(options.before);
  if (options.yes !== true) {
    throw new CommandError(
      EXIT.usage,
      `This destroys what entries before ${options.before} say, for good: who asked, decided and why. Their place in the chain stays provable. Add --yes to do it.`,
    );
  }
  const by = await findPerson();
  const kept = await readIdentity(ownIdentityFolder());
  const done = await eraseInIdleChains({ dir: folder, kept }, before, (entries) =>
    wholeSession(by, (session) => ({ type: 'erasure', session, by, before: before.toISOString(), entries })),
  );
  process.stdout.write(`The content of ${done.entries} entries in ${done.chains} chain(s) was erased.\n`);
  if (done.busy === 0) return 0;
  process.stderr.write(
    `${done.busy} chain(s) are in use: erase in them from the window that writes them ("Sentinel: Erase Old Ledger Content…"), or close it and run this again.\n`,
  );
  return 1;
}
