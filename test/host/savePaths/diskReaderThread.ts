import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import type { Sightings } from './diskReader.ts';

/** `shared[0]`: asked to stop. `shared[1]`: when the text was first seen. `shared[2]`: when it last was not there yet. */
const Job = z.object({ paths: z.array(z.string()), needle: z.string(), shared: z.instanceof(BigInt64Array) });

const PAUSE_MS = 2;
const TAIL = 64 * 1024;
const buffer = Buffer.alloc(TAIL);

function tailHolds(path: string, needle: string): boolean {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const from = Math.max(0, fstatSync(file).size - TAIL);
    const length = readSync(file, buffer, 0, TAIL, from);
    return buffer.subarray(0, length).includes(needle);
  } catch {
    // Not there (yet), or being replaced.
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function watch({ paths, needle, shared }: z.infer<typeof Job>): Sightings {
  let reads = 0;
  let longestGapMs = 0;
  let firstSeen: number | null = null;
  let stoodMs = 0;
  let standing = false;
  let last = performance.now();
  for (let stopping = false; ; ) {
    const began = Date.now();
    const holds = paths.some((path) => tailHolds(path, needle));
    const now = performance.now();
    if (reads > 0) longestGapMs = Math.max(longestGapMs, now - last);
    if (holds && standing) stoodMs += now - last;
    if (!holds && firstSeen === null) Atomics.store(shared, 2, BigInt(began));
    if (holds && firstSeen === null) {
      firstSeen = Date.now();
      Atomics.store(shared, 1, BigInt(firstSeen));
    }
    standing = holds;
    last = now;
    reads += 1;
    if (stopping) return { reads, longestGapMs: Math.round(longestGapMs), firstSeen, stoodMs: Math.round(stoodMs), standing };
    Atomics.wait(shared, 0, 0n, PAUSE_MS);
    stopping = Atomics.load(shared, 0) === 1n;
  }
}

parentPort?.postMessage(watch(Job.parse(workerData)));
