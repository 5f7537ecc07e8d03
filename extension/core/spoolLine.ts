import { sha256 } from '../../verifier/protocol/digest.ts';
import { Unassessed } from '../../verifier/protocol/unassessed.ts';

/** One line of the spool: what is sent when a verifier is back, but for how it was found. */
export const SpoolLine = Unassessed.omit({ spoolIntact: true });
export type SpoolLine = Omit<Unassessed, 'spoolIntact'>;
export type SpoolEntry = Omit<SpoolLine, 'spoolPrev' | 'spoolHash'>;

/** Stands for the line before the first. */
export const NO_LINE = '0'.repeat(64);

/** Seals an entry that follows the line with the digest `spoolPrev`. Throws where the entry breaks the schema. */
export function sealLine(entry: SpoolEntry, spoolPrev: string): SpoolLine {
  return SpoolLine.parse({ ...entry, spoolPrev, spoolHash: lineHash({ ...entry, spoolPrev }) });
}

/** Digest of a line: over the JSON array of its fields in this order. */
function lineHash({ id, action, subject, reason, why, happenedAt, spoolPrev }: Omit<SpoolLine, 'spoolHash'>): string {
  const fields = [id, action, subject.digest, subject.bytes, subject.name ?? null, reason, why, happenedAt, spoolPrev];
  return sha256(JSON.stringify(fields));
}

/** `faults`, in plain words: what was not found as it had been written. */
export interface SpoolReading {
  readonly lines: readonly Unassessed[];
  readonly faults: readonly string[];
}

/**
 * Reads one file of the spool. What can be read is told even where it was changed, marked as such.
 * @param written the lines that this window remembers to have written there, in order; undefined for the file of another.
 */
export function readSpool(text: string, written: readonly SpoolLine[] | undefined): SpoolReading {
  const lines: Unassessed[] = [];
  const faults: string[] = [];
  /** Digests of lines whose words are those that were written. */
  const sound = new Set<string>();
  const parts = text.split('\n');
  if (parts.pop() !== '') faults.push('its last line is not complete');
  let before = written?.[0]?.spoolPrev;
  for (const [index, part] of parts.entries()) {
    const parsed = SpoolLine.safeParse(parseJson(part));
    if (!parsed.success) {
      faults.push(`line ${index + 1} cannot be read`);
      before = undefined;
      continue;
    }
    const line = parsed.data;
    const follows = before === undefined ? index === 0 : line.spoolPrev === before;
    if (lineHash(line) === line.spoolHash) sound.add(line.spoolHash);
    const spoolIntact = follows && sound.has(line.spoolHash);
    if (!spoolIntact) faults.push(`line ${index + 1} is not as it was written, or not in its place`);
    lines.push({ ...line, spoolIntact });
    before = line.spoolHash;
  }
  for (const line of written ?? []) {
    if (sound.has(line.spoolHash)) continue;
    const changed = lines.findIndex(({ id }) => id === line.id);
    // What this window remembers is the truth about its own lines.
    if (changed !== -1) {
      lines[changed] = { ...line, spoolIntact: false };
      continue;
    }
    faults.push('a line was taken out');
    lines.push({ ...line, spoolIntact: false });
  }
  return { lines, faults };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
