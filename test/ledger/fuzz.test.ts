import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { entryLine, readEntry } from '../../verifier/ledger/entry.ts';
import { splitLines } from '../../verifier/ledger/lines.ts';
import { openLedger } from '../../verifier/ledger/store.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { reportText } from '../../verifier/ledger/verifyReport.ts';
import type { LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import {
  assessment,
  CHAIN,
  decision,
  fileText,
  genesis,
  heartbeat,
  outcome,
  sampleEvents,
  sealChain,
  sessionClose,
  sessionOpen,
  uuid,
} from './sampleChain.ts';

const runs = Number(process.env['SENTINEL_SOAK'] ?? 10) * 20;
const sound = sealChain(sampleEvents());
const text = fileText(sound);

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sentinel-fuzz-'));
});
after(() => rm(dir, { recursive: true, force: true }));

describe('reading a line', () => {
  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => assert.ok(readEntry(bytes).fault !== undefined)),
      { numRuns: runs },
    );
    fc.assert(
      fc.property(fc.json(), (json) => assert.ok(readEntry(Buffer.from(json)).fault !== undefined)),
      { numRuns: runs },
    );
  });

  it('finds any change of any byte of an entry', () => {
    const anyChange = fc.tuple(fc.nat(sound.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(anyChange, ([index, offset, flip]) => {
        const entry = sound[index];
        assert.ok(entry);
        const bytes = Buffer.from(entryLine(entry));
        const at = offset % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
        assert.ok(readEntry(bytes).fault !== undefined);
      }),
      { numRuns: runs * 5 },
    );
  });

  it('gives the same lines however the bytes come in pieces', async () => {
    const anyText = fc.array(fc.string({ maxLength: 12, unit: fc.constantFrom('a', '\n', 'é') })).map((parts) => parts.join('\n'));
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 1, max: 7 }), async (whole, size) => {
        const bytes = Buffer.from(whole);
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
        const lines: string[] = [];
        async function* source() {
          yield* pieces;
        }
        for await (const batch of splitLines(source())) {
          for (const line of batch) {
            assert.equal(Buffer.compare(bytes.subarray(line.offset, line.offset + line.bytes.length), line.bytes), 0);
            lines.push(Buffer.from(line.bytes).toString());
          }
        }
        const expected = whole.split('\n');
        if (expected.at(-1) === '') expected.pop();
        assert.deepEqual(lines, expected);
      }),
      { numRuns: runs },
    );
  });
});

describe('checking a file', () => {
  const file = (): string => join(dir, `${CHAIN}.jsonl`);

  it('ends with a verdict and a text for any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2000 }), async (bytes) => {
        await writeFile(file(), Buffer.concat([bytes, Buffer.from('\n')]));
        const report = await verifyLedger(dir);
        assert.equal(report.ok, false);
        assert.ok(reportText(report).includes('NOT VERIFIED'));
      }),
      { numRuns: runs / 4 },
    );
  });

  it('finds any rearrangement that is not a cut of the end', async () => {
    const lines = text.trimEnd().split('\n');
    const anyOrder = fc.array(fc.nat(lines.length - 1), { minLength: 1, maxLength: lines.length + 3 });
    await fc.assert(
      fc.asyncProperty(anyOrder, async (order) => {
        await writeFile(file(), order.map((i) => `${lines[i]}\n`).join(''));
        const isPrefix = order.every((line, i) => line === i);
        const [chain] = (await verifyLedger(dir)).chains;
        assert.equal(chain?.ok, isPrefix);
        const firstWrong = order.findIndex((line, i) => line !== i);
        if (firstWrong >= 0) assert.equal(chain?.tampering?.line, firstWrong + 1, chain?.tampering?.message);
      }),
      { numRuns: runs },
    );
  });
});

describe('any sequence of events a verifier may record', () => {
  const step = fc.constantFrom('pass', 'deny', 'approve', 'after', 'beat', 'undecided', 'unreported');
  function eventsOf(steps: readonly string[]): LedgerEvent[] {
    return steps.flatMap((what, n): LedgerEvent[] => {
      if (what === 'beat') return [heartbeat(n)];
      if (what === 'pass') return [assessment(n, 'pass'), outcome(n, 'shown')];
      if (what === 'undecided') return [assessment(n, 'block')];
      if (what === 'after') return [assessment(n, 'block', { timing: 'after' })];
      const choice = what === 'deny' ? 'deny' : 'approve';
      const decided = [assessment(n, 'block'), decision(n, choice)];
      return what === 'unreported' ? decided : [...decided, outcome(n, choice === 'deny' ? 'withheld' : 'ran')];
    });
  }

  it('cut anywhere, is resumed, closed and verifies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.double({ min: 0, max: 1, noNaN: true }), async (steps, part) => {
        const folder = await mkdtemp(join(dir, 's-'));
        const whole = Buffer.from(fileText(sealChain([genesis, sessionOpen(), ...eventsOf(steps)])));
        await writeFile(join(folder, `${CHAIN}.jsonl`), whole.subarray(0, Math.floor(whole.length * part)));
        const ledger = await openLedger({ dir: folder, product: { version: '0.1.0', protocol: 1 } });
        await ledger.appendAll([sessionOpen(uuid(99)), sessionClose(uuid(99))]);
        await ledger.close();
        const report = await verifyLedger(folder);
        assert.deepEqual([report.ok, report.chains[0]?.unsettled, report.chains[0]?.sessionOpen], [true, 0, false], reportText(report));
      }),
      { numRuns: Math.ceil(runs / 8) },
    );
  });
});
