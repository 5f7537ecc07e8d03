import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { entryLine, MAX_LINE_BYTES } from '../../verifier/ledger/entry.ts';
import { diskFiles, type LedgerFiles } from '../../verifier/ledger/filePort.ts';
import { closeAbandonedChains, openLedger } from '../../verifier/ledger/store.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import type { LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import { CrashingFiles } from './crashingFiles.ts';
import { killWriters } from './goneWriters.ts';
import {
  assessment,
  CHAIN,
  decision,
  fileText,
  genesis,
  heartbeat,
  outcome,
  SESSION,
  sampleEvents,
  sealChain,
  sessionOpen,
  uuid,
} from './sampleChain.ts';

const product = { version: '0.1.0', protocol: 1 };

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-recovery-'));
});
after(() => rm(root, { recursive: true, force: true }));

async function dirWith(text: string, chain = CHAIN): Promise<string> {
  const dir = await mkdtemp(join(root, 'd-'));
  await writeFile(join(dir, `${chain}.jsonl`), text);
  return dir;
}

async function eventsOf(dir: string, chain = CHAIN): Promise<LedgerEvent[]> {
  const text = await readFile(join(dir, `${chain}.jsonl`), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => LedgerEntry.parse(JSON.parse(line)).event)
    .filter((event) => event !== null);
}

interface Crash {
  readonly name: string;
  /** What the session had recorded when it crashed. */
  readonly events: readonly LedgerEvent[];
  readonly closedItems: number;
  /** What recovery adds before it closes the session: type and what was concluded. */
  readonly adds: readonly string[];
}

const crashes: Crash[] = [
  { name: 'nothing open', events: [heartbeat()], closedItems: 0, adds: [] },
  { name: 'a pass alone needs no end', events: [assessment(1, 'pass')], closedItems: 0, adds: [] },
  {
    name: 'an undecided block is denied and withheld',
    events: [assessment(2, 'block')],
    closedItems: 1,
    adds: ['decision deny', 'outcome withheld'],
  },
  { name: 'an undecided review likewise', events: [assessment(2, 'review')], closedItems: 1, adds: ['decision deny', 'outcome withheld'] },
  {
    name: 'an approval without outcome is not said to be withheld',
    events: [assessment(2, 'block'), decision(2, 'approve')],
    closedItems: 1,
    adds: ['outcome failed'],
  },
  {
    name: 'a denial without outcome was withheld',
    events: [assessment(2, 'block'), decision(2, 'deny')],
    closedItems: 1,
    adds: ['outcome withheld'],
  },
  {
    name: 'what had already happened is denied, but not said to be withheld',
    events: [assessment(2, 'block', { timing: 'after' })],
    closedItems: 1,
    adds: ['decision deny', 'outcome failed'],
  },
  {
    name: 'several, oldest first',
    events: [
      assessment(1, 'block'),
      assessment(2, 'review'),
      decision(1, 'deny'),
      assessment(3, 'block'),
      decision(3, 'approve'),
      outcome(3, 'ran'),
    ],
    closedItems: 2,
    adds: ['outcome withheld', 'decision deny', 'outcome withheld'],
  },
];

function concluded(event: LedgerEvent): string {
  if (event.type === 'decision') return `decision ${event.choice}`;
  return event.type === 'outcome' ? `outcome ${event.outcome}` : event.type;
}

describe('the next start closes on record what a crash left open', () => {
  for (const crash of crashes) {
    it(crash.name, async () => {
      const had = [genesis, sessionOpen(), ...crash.events];
      const dir = await dirWith(fileText(sealChain(had)));
      const ledger = await openLedger({ dir, product });
      assert.equal(ledger.chain, CHAIN);
      assert.deepEqual(ledger.recovery, { tornBytes: 0, closedItems: crash.closedItems });
      await ledger.close();
      const added = (await eventsOf(dir)).slice(had.length);
      assert.deepEqual(added.map(concluded), [...crash.adds, 'session-close']);
      assert.deepEqual(added.at(-1), { type: 'session-close', session: SESSION, reason: 'recovered' });
      for (const event of added) {
        assert.equal('session' in event && event.session, SESSION);
        if (event.type === 'decision') assert.deepEqual([event.by, event.cause], [{ name: 'recovery', source: 'verifier' }, 'recovered']);
      }
      const report = await verifyLedger(dir);
      assert.ok(report.ok, JSON.stringify(report.chains[0]?.tampering));
      assert.equal(report.chains[0]?.unsettled, 0);
    });
  }

  it('and a crash at any point of that recovery leaves the rest to the one after', async () => {
    const had = [genesis, sessionOpen(), assessment(1, 'block'), assessment(2, 'review'), decision(1, 'approve')];
    const text = `${fileText(sealChain(had))}{"unfinished`;
    const calm = new CrashingFiles(Number.POSITIVE_INFINITY, 0);
    await (await openLedger({ dir: await dirWith(text), product, files: calm })).close();
    assert.ok(calm.operations >= 5, calm.journal.join(', '));
    for (let crashAt = 1; crashAt <= calm.operations; crashAt++) {
      for (const survives of [0, 0.5, 1]) {
        const dir = await dirWith(text);
        await assert.rejects(openLedger({ dir, product, files: new CrashingFiles(crashAt, survives) }), { code: 'ledger_failed' });
        await killWriters(dir);
        await (await openLedger({ dir, product })).close();
        const report = await verifyLedger(dir);
        assert.deepEqual([report.ok, report.chains.length, report.chains[0]?.unsettled], [true, 1, 0], `operation ${crashAt}`);
        assert.deepEqual((await eventsOf(dir)).filter((event) => event.type === 'session-close').length, 1);
      }
    }
  });

  it('in the other chains of the folder too, but not in one that is being written', async () => {
    const dir = await mkdtemp(join(root, 'd-'));
    const [abandoned, live, damaged] = [uuid(1), uuid(2), uuid(3)].map((chain) => join(dir, `${chain}.jsonl`));
    assert.ok(abandoned && live && damaged);
    const left = [genesis, sessionOpen(), assessment(2, 'block')];
    await writeFile(abandoned, fileText(sealChain(left, uuid(1))));
    await writeFile(live, fileText(sealChain(sampleEvents(), uuid(2))));
    await utimes(abandoned, 1, 1);
    const own = await openLedger({ dir, product });
    assert.equal(own.file, live);
    await own.appendAll([sessionOpen(uuid(50)), assessment(9, 'block', { session: uuid(50) })]);
    const ownLength = (await eventsOf(dir, own.chain)).length;
    await writeFile(damaged, 'garbage\n');
    await writeFile(join(dir, 'notes.jsonl'), 'not a chain\n');
    const closed = await closeAbandonedChains({ dir });
    assert.deepEqual(
      new Map(closed.map(({ file, closedItems }) => [file, closedItems])),
      new Map([
        [abandoned, 1],
        [damaged, 0],
      ]),
    );
    assert.match(closed.find((each) => each.file === damaged)?.problem ?? '', /damaged at line 1/);
    assert.equal((await eventsOf(dir, own.chain)).length, ownLength);
    await own.close();
  });

  it('never by passing over a newer chain that is damaged', async () => {
    const dir = await dirWith(fileText(sealChain(sampleEvents())));
    await utimes(join(dir, `${CHAIN}.jsonl`), 1, 1);
    await writeFile(join(dir, `${uuid(3)}.jsonl`), 'garbage\n');
    await assert.rejects(openLedger({ dir, product }), { code: 'ledger_failed', message: /damaged at line 1/ });
  });

  it('reads only the end of a chain that ended cleanly', async () => {
    const line = sealChain(sampleEvents()).map(entryLine);
    const dir = await dirWith(`${line.with(1, 'x'.repeat(200_000)).join('\n')}\n`);
    let read = 0;
    const counting: LedgerFiles = {
      ...diskFiles,
      async open(path, how) {
        const file = await diskFiles.open(path, how);
        return {
          ...file,
          async *read(start) {
            for await (const piece of file.read(start)) {
              read += piece.length;
              yield piece;
            }
          },
        };
      },
    };
    const ledger = await openLedger({ dir, product, files: counting });
    await ledger.close();
    assert.ok(read <= 64 * 1024, `${read} bytes`);
  });
});

describe('an unfinished last line', () => {
  const whole = fileText(sealChain(sampleEvents()));
  for (const torn of ['{"chain":', '\0\0\0\0', '}', 'x'.repeat(70_000)]) {
    it(`of ${torn.length} bytes (${JSON.stringify(torn.slice(0, 4))}…) is cut off, kept beside the chain, and reported`, async () => {
      const dir = await dirWith(whole + torn);
      const ledger = await openLedger({ dir, product });
      assert.deepEqual([ledger.recovery.tornBytes, ledger.seq], [Buffer.byteLength(torn), 11]);
      await ledger.close();
      assert.equal(await readFile(join(dir, `${CHAIN}.torn-12`), 'utf8'), torn);
      assert.equal(await readFile(join(dir, `${CHAIN}.jsonl`), 'utf8'), whole);
    });
  }

  it('twice at the same place keeps both', async () => {
    const dir = await dirWith(`${whole}one`);
    await (await openLedger({ dir, product })).close();
    await appendFile(join(dir, `${CHAIN}.jsonl`), 'two');
    await (await openLedger({ dir, product })).close();
    assert.equal(await readFile(join(dir, `${CHAIN}.torn-12`), 'utf8'), 'onetwo');
  });

  it('that is all there is becomes a new beginning', async () => {
    const dir = await dirWith('{"chain"');
    const ledger = await openLedger({ dir, product });
    await ledger.close();
    assert.deepEqual([ledger.chain, ledger.seq, ledger.recovery.tornBytes], [CHAIN, 0, 8]);
    assert.equal((await eventsOf(dir))[0]?.type, 'genesis');
  });
});

describe('a damaged complete line is never repaired', () => {
  const open = sealChain([genesis, sessionOpen(), heartbeat(1), heartbeat(2)]).map(entryLine);
  const clean = sealChain(sampleEvents()).map(entryLine);
  for (const [name, lines, line] of [
    ['in the middle of a chain that has to be read', open.with(2, '{}'), 3],
    ['an edit in it', open.with(2, (open[2] ?? '').replace('"assessments":1', '"assessments":7')), 3],
    ['a removed line', open.toSpliced(2, 1), 3],
    ['at the end', open.with(3, 'garbage'), 4],
    ['at the end of a chain that had ended cleanly', clean.with(11, (clean[11] ?? '').replace('clean', 'klean')), 12],
    ['an edited digest at the end', clean.with(11, (clean[11] ?? '').replace(/"content":"./, '"content":"g')), 12],
  ] as const) {
    it(name, async () => {
      const text = `${lines.join('\n')}\n`;
      const dir = await dirWith(text);
      const expected = {
        code: 'ledger_failed',
        message: new RegExp(`${CHAIN}\\.jsonl is damaged at line ${line}: .*sentinel ledger verify`),
      };
      await assert.rejects(openLedger({ dir, product }), expected);
      assert.equal(await readFile(join(dir, `${CHAIN}.jsonl`), 'utf8'), text);
      assert.deepEqual(
        (await readdir(dir)).filter((each) => each.includes('.torn-')),
        [],
      );
    });
  }

  for (const [name, end] of [
    ['longer than any entry may be', '\n'],
    ['longer than any entry may be, and without an end', ''],
  ] as const) {
    it(name, async () => {
      const dir = await dirWith(`${open.join('\n')}\n`);
      const path = join(dir, `${CHAIN}.jsonl`);
      await appendFile(path, `${'x'.repeat(5 * MAX_LINE_BYTES)}${end}`);
      const { size } = await stat(path);
      await assert.rejects(openLedger({ dir, product }), { code: 'ledger_failed', message: /does not end like a ledger/ });
      assert.equal((await stat(path)).size, size);
    });
  }
});
