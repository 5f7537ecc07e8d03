import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { until } from '../until.ts';

/** What a reader saw of a text on the disk. Times are milliseconds; `firstSeen` is a time since the epoch. */
export const Sightings = z.strictObject({
  reads: z.int().positive(),
  /** The longest time between two reads: what was on the disk for less may have been missed. */
  longestGapMs: z.number().nonnegative(),
  firstSeen: z.number().nullable(),
  stoodMs: z.number().nonnegative(),
  /** Whether it was there at the last read. */
  standing: z.boolean(),
});
export type Sightings = z.infer<typeof Sightings>;

/**
 * Reads files again and again in a thread of its own, so that nothing that drives the editor can keep it
 * from looking. Of a large file the last 64 KiB are read: the text looked for is at the end.
 */
export class DiskReader {
  readonly #worker: Worker;
  readonly #shared = new BigInt64Array(new SharedArrayBuffer(24));

  private constructor(paths: readonly string[], needle: string) {
    this.#worker = new Worker(new URL('./diskReaderThread.ts', import.meta.url), { workerData: { paths, needle, shared: this.#shared } });
  }

  /** Resolves once the files have been read for the first time. */
  static async begin(paths: readonly string[], needle: string): Promise<DiskReader> {
    const reader = new DiskReader(paths, needle);
    await until('the disk is read', () => reader.notYetAt !== 0 || reader.seen, { every: 5 });
    return reader;
  }

  /** When the text was first on the disk, in milliseconds since the epoch; 0 where no read has shown it so far. */
  get firstSeen(): number {
    return Number(Atomics.load(this.#shared, 1));
  }

  /** When a read last did not show the text, before it was first seen: it was written after that. */
  get notYetAt(): number {
    return Number(Atomics.load(this.#shared, 2));
  }

  get seen(): boolean {
    return this.firstSeen !== 0;
  }

  /** Reads once more and ends. */
  async stop(): Promise<Sightings> {
    const answer = once(this.#worker, 'message');
    Atomics.store(this.#shared, 0, 1n);
    Atomics.notify(this.#shared, 0);
    const [sightings]: unknown[] = await answer;
    return Sightings.parse(sightings);
  }
}
