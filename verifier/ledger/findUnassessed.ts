import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import { readEntry } from './entry.ts';
import { readPieces } from './filePort.ts';
import { splitLines } from './lines.ts';

/**
 * The entry that records the unassessed action `id`, in any file of a ledger's folder: the window that sends it
 * may have sent it to another verifier before. Reads everything, which is right for so rare an event; lines are
 * parsed only where they name the id.
 */
export async function findUnassessed(dir: string, id: string): Promise<LedgerEntry | undefined> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.jsonl'));
  for (const name of files) {
    for await (const lines of splitLines(readPieces(join(dir, name)))) {
      for (const line of lines) {
        if (!line.complete || line.tooLong || Buffer.from(line.bytes).indexOf(id) === -1) continue;
        const { entry } = readEntry(line.bytes);
        if (entry?.event?.type === 'unassessed' && entry.event.id === id) return entry;
      }
    }
  }
  return undefined;
}
