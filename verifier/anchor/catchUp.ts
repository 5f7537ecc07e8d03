import { readEntry } from '../ledger/entry.ts';
import { chainLines } from '../ledger/lines.ts';
import { hasEntryMemos } from '../protocol/anchor.ts';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';

/**
 * Gives the entries that became durable while no outbox looked, as after a crash: those after `from` up to `to`, each
 * with whether its session was anchored entry by entry. Earlier ones are given as well, for what they say of later ones.
 */
export async function missedEntries(
  files: readonly string[],
  from: number,
  to: number,
  take: (entry: LedgerEntry, anchored: boolean) => void,
): Promise<void> {
  const anchored = new Set<string>();
  for await (const { lines } of chainLines(files)) {
    for (const line of lines) {
      const read = line.tooLong || !line.complete ? undefined : readEntry(line.bytes);
      // Damage is the ledger's own to report.
      if (read?.entry === undefined) continue;
      const { entry } = read;
      const { event } = entry;
      if (event?.type === 'session-open' && hasEntryMemos(event.anchor?.mode ?? 'off')) anchored.add(event.session);
      const own = event !== null && 'session' in event && anchored.has(event.session);
      if (entry.seq <= to) take(entry, own && entry.seq > from);
    }
  }
}
