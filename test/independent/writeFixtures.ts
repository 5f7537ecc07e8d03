import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCheckpoint, type ReadCheckpoint } from '../../verifier/ledger/checkpoint.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { type SampleLedger, sampleLedger, sealedAt, writeLedger } from '../ledger/sampleLedger.ts';
import { KEPT_SIZE, TAMPERINGS } from '../ledger/tamperings.ts';

/** What a checker must say of a ledger: of its first chain, where it holds one. */
export interface Expected {
  readonly ok: boolean;
  readonly kind: string | null;
  readonly seq: number | null;
  readonly covered: number;
}

/** A ledger in a folder, and what must be said of it without and with the checkpoint that was kept. */
export interface Fixture {
  readonly name: string;
  readonly dir: string;
  readonly kept: string;
  readonly alone: Expected;
  readonly withKept: Expected;
}

async function expected(dir: string, kept: readonly ReadCheckpoint[]): Promise<Expected> {
  const { ok, chains } = await verifyLedger(dir, { kept });
  const [chain] = chains;
  return { ok, kind: chain?.tampering?.kind ?? null, seq: chain?.tampering?.seq ?? null, covered: chain?.covered ?? 0 };
}

/** Writes the untouched sample ledger and each tampering of it into a folder of its own, with what is to be said of them. */
export async function writeFixtures(root: string): Promise<Fixture[]> {
  const kept = join(root, 'kept.checkpoint');
  const [checkpoint] = sealedAt(sampleLedger().entries, [KEPT_SIZE]);
  const read = parseCheckpoint(checkpoint?.note ?? '');
  if (checkpoint === undefined || read === undefined) throw new Error('the sample has no checkpoint');
  await mkdir(root, { recursive: true });
  await writeFile(kept, checkpoint.note);
  const cases: { name: string; change: (ledger: SampleLedger) => readonly SampleLedger[] }[] = [
    { name: 'nothing is done to it', change: (ledger) => [ledger] },
    ...TAMPERINGS,
  ];
  const fixtures: Fixture[] = [];
  for (const { name, change } of cases) {
    const dir = join(root, name.replace(/[^a-z]+/g, '-'));
    await writeLedger(dir, change(sampleLedger()));
    fixtures.push({ name, dir, kept, alone: await expected(dir, []), withKept: await expected(dir, [read]) });
  }
  const told = fixtures.map(({ name, alone, withKept }) => ({ folder: name.replace(/[^a-z]+/g, '-'), alone, withKept }));
  await writeFile(join(root, 'expected.json'), `${JSON.stringify(told, null, 2)}\n`);
  return fixtures;
}

if (import.meta.main) {
  const [, , root] = process.argv;
  if (root === undefined) throw new Error('usage: node test/independent/writeFixtures.ts FOLDER');
  await writeFixtures(root);
}
