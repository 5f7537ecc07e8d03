import { z } from 'zod';
import { Verdict } from '../../../verifier/protocol/vocabulary.ts';
import { Column } from './columns.ts';
import { Sightings } from './diskReader.ts';

/** Where the violating text was when the cell ended. */
const Kept = z.enum(['unsaved', 'offered', 'saved', 'unreadable', 'changed', 'gone']);

/** What was seen of one save, before anybody says what it means. */
export const Evidence = z.strictObject({
  disk: Sightings,
  /**
   * `offered`: its editor was closed, and the text came back unsaved when the guard's offer was taken.
   * `unreadable`: unsaved by its tab, but VS Code shows the text to no extension (files over 50 MB).
   */
  text: Kept,
  /** The verdict on record, not a pass, that was given before the text was written; null where there was none. */
  heldBy: Verdict.nullable(),
  /** Time since the epoch of the entry that assessed the text after it had been written. */
  foundAt: z.number().nullable(),
  /** A finding in the problems view, or a message that names the file. */
  shown: z.boolean(),
  /** What the ledger says of a file that could not be looked at. */
  gap: z.string().nullable(),
  /** Processes that wanted to run meanwhile, for each core: well over 1 is a machine that is busy with other things. */
  load: z.number().nonnegative(),
});
export type Evidence = z.infer<typeof Evidence>;

/** From best to worst, as far as they say anything of the guard. */
export const Result = z.enum(['held', 'found after', 'not seen', 'text lost', 'not tried', 'does not apply']);
export type Result = z.infer<typeof Result>;

const Judged = z.strictObject({ result: Result, why: z.string() });

/**
 * What the evidence means. The disk has the first word: whatever else was seen, a text that was on the disk
 * was not held.
 */
export function judge({ disk, text, heldBy, foundAt, shown, gap }: Evidence): z.infer<typeof Judged> {
  const wasWritten = disk.firstSeen !== null;
  if (text === 'changed') return { result: 'text lost', why: 'what was typed came out changed' };
  if (!wasWritten && heldBy === null && !shown) return { result: 'not tried', why: 'neither written nor held' };
  if (!wasWritten && gap !== null) return { result: 'not tried', why: 'the guard tells of a write that had not ended' };
  if (!wasWritten && (text === 'gone' || text === 'saved')) return { result: 'text lost', why: 'not written, and no longer in the editor' };
  if (!wasWritten && heldBy === null) return { result: 'held', why: 'without a verdict, which the verifier did not give' };
  if (!wasWritten)
    return { result: 'held', why: text === 'offered' ? 'the editor closed; the guard offered the text, and it came back' : '' };
  if (foundAt !== null && shown)
    return { result: 'found after', why: heldBy === null ? '' : 'a verdict had come before, but it was written all the same' };
  if (gap !== null) return { result: 'not seen', why: 'too large to be assessed; recorded and shown as a gap' };
  if (foundAt !== null) return { result: 'not seen', why: 'recorded, but nothing was shown' };
  return { result: 'not seen', why: 'nothing told of it' };
}

/** One cell of the table. `evidence` is null where there was nothing to see. */
export const Observation = Column.extend({ path: z.string(), evidence: Evidence.nullable(), ...Judged.shape }).refine(
  ({ evidence, result, why }) => {
    if (evidence === null) return result === 'does not apply' || result === 'not tried';
    const judged = judge(evidence);
    return judged.result === result && judged.why === why;
  },
  { error: 'the result is not what the evidence says' },
);
export type Observation = z.infer<typeof Observation>;

/** The file behind `docs/save-paths.md`. */
export const Observations = z.strictObject({
  /** What was observed, and when. */
  editor: z.string(),
  platform: z.string(),
  date: z.iso.date(),
  /** A cell that was tried more than once is there more than once. */
  cells: z.array(Observation),
});
export type Observations = z.infer<typeof Observations>;

/** Higher is worse. */
export function gravity({ result }: Observation): number {
  return Result.options.indexOf(result);
}
