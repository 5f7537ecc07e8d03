import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { diskFiles, type LedgerFile, type LedgerFiles } from '../../verifier/ledger/filePort.ts';
import { openLedger } from '../../verifier/ledger/store.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import type { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import { LedgerEntry as EntrySchema } from '../../verifier/protocol/ledgerEntry.ts';
import { SentinelError } from '../../verifier/protocol/problem.ts';
import { CrashingFiles, PowerCut } from './crashingFiles.ts';
import { killWriters } from './goneWriters.ts';
import { assessment, decision, heartbeat, outcome, sessionClose, sessionOpen } from './sampleChain.ts';

const product = { version: '0.1.0', protocol: 1 };

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-ledger-'));
});
after(() => rm(root, { recursive: true, force: true }));
const newDir = (): Promise<string> => mkdtemp(join(root, 'd-'));

async function entriesIn(dir: string): Promise<LedgerEntry[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').filter(Boolean)).map((line) => EntrySchema.parse(JSON.parse(line)));
}

/** A session's work in waves of concurrent appends. Collects what was acknowledged, until the power is cut. */
async function work(dir: string, files: LedgerFiles, acknowledged: LedgerEntry[]): Promise<void> {
  const ledger = await openLedger({ dir, product, files });
  const take = (entries: LedgerEntry[]): number => acknowledged.push(...entries);
  take(await ledger.appendAll([sessionOpen()]));
  await Promise.all(
    [ledger.append(assessment(1, 'pass')), ledger.append(assessment(2, 'block')), ledger.append(heartbeat(2))].map(async (one) =>
      take([await one]),
    ),
  );
  take(await ledger.appendAll([decision(2, 'approve'), outcome(2, 'ran'), assessment(3, 'block')]));
  take([await ledger.append(decision(3, 'deny'))]);
  take([await ledger.append(outcome(3, 'withheld'))]);
  take([await ledger.append(sessionClose())]);
  await ledger.close();
}

describe('a power cut at any operation loses nothing that was acknowledged', async () => {
  const calm = new CrashingFiles(Number.POSITIVE_INFINITY, 0);
  const calmDir = await mkdtemp(join(tmpdir(), 'sentinel-calm-'));
  const whole: LedgerEntry[] = [];
  await work(calmDir, calm, whole);
  await rm(calmDir, { recursive: true, force: true });
  assert.equal(whole.length, 10);

  for (const survives of [0, 0.4, 0.97, 1]) {
    for (let crashAt = 1; crashAt <= calm.operations; crashAt++) {
      it(`at operation ${crashAt} (${calm.journal[crashAt - 1]}), ${survives * 100} % of the unsynced bytes kept`, async () => {
        const dir = await newDir();
        const acknowledged: LedgerEntry[] = [];
        await assert.rejects(work(dir, new CrashingFiles(crashAt, survives), acknowledged), (error) => {
          assert.ok(error instanceof SentinelError && error.cause instanceof PowerCut, String(error));
          return true;
        });
        await killWriters(dir);
        const next = await openLedger({ dir, product });
        await next.append(sessionOpen('11111111-1111-4111-8111-111111111111'));
        await next.close();
        const found = new Map((await entriesIn(dir)).map((entry) => [entry.hash, entry]));
        for (const entry of acknowledged) assert.deepEqual(found.get(entry.hash), entry);
        const report = await verifyLedger(dir);
        assert.ok(report.ok, JSON.stringify(report.chains.map((chain) => chain.tampering)));
        assert.deepEqual(
          report.chains.map((chain) => chain.unsettled),
          report.chains.map(() => 0),
        );
      });
    }
  }
});

/** Real files of which one operation fails, the n-th of its kind, and all others succeed. */
function failing(method: 'append' | 'sync', code: string, nth: number): LedgerFiles {
  let count = 0;
  return {
    ...diskFiles,
    async open(path, how): Promise<LedgerFile> {
      const file = await diskFiles.open(path, how);
      const refuse = async (): Promise<void> => {
        count += 1;
        if (count === nth) throw Object.assign(new Error(code), { code });
      };
      return {
        ...file,
        append: async (bytes) => {
          if (method === 'append') await refuse();
          await file.append(bytes);
        },
        sync: async () => {
          await file.sync();
          if (method === 'sync') await refuse();
        },
      };
    },
  };
}

describe('after a failed write nothing more is accepted', () => {
  for (const [method, code, advice] of [
    ['append', 'ENOSPC', /disk is full\. Free some space/],
    ['sync', 'EIO', /Check the disk/],
    ['append', 'EACCES', /permission was refused/],
    ['append', 'EDQUOT', /quota/],
  ] as const) {
    it(`${code} in ${method}: every waiting append is rejected with file, cause and remedy`, async () => {
      const dir = await newDir();
      const ledger = await openLedger({ dir, product, files: failing(method, code, 3) });
      await ledger.append(sessionOpen());
      const seen: number[] = [];
      ledger.onEntry((entry) => seen.push(entry.seq));
      const results = await Promise.allSettled([ledger.append(heartbeat(1)), ledger.append(heartbeat(2))]);
      const later = await Promise.allSettled([ledger.append(heartbeat(3))]);
      for (const result of [...results, ...later]) {
        assert.equal(result.status, 'rejected');
        assert.ok(result.reason instanceof SentinelError);
        assert.equal(result.reason.code, 'ledger_failed');
        assert.match(result.reason.message, advice);
        assert.ok(result.reason.message.includes(ledger.file) && result.reason.message.includes(code));
      }
      assert.deepEqual([seen, ledger.seq], [[], 1]);
      await ledger.close();
      const next = await openLedger({ dir, product });
      assert.equal(next.chain, ledger.chain);
      await next.close();
    });
  }

  it('a failure while opening names the folder and leaves the chain free for the next try', async () => {
    const dir = await newDir();
    await assert.rejects(openLedger({ dir, product, files: failing('append', 'ENOSPC', 1) }), {
      code: 'ledger_failed',
      message: /disk is full/,
    });
    const next = await openLedger({ dir, product });
    assert.equal(next.seq, 0);
    await next.close();
    assert.equal((await readdir(dir)).filter((name) => name.endsWith('.jsonl')).length, 1);
  });
});

describe('group commit', () => {
  it('lets appends that come during a sync share the next one, in the order of the calls', async () => {
    const files = new CrashingFiles(Number.POSITIVE_INFINITY, 0);
    const ledger = await openLedger({ dir: await newDir(), product, files });
    await ledger.append(sessionOpen());
    const before = files.operations;
    const order: number[] = [];
    ledger.onEntry((entry) => order.push(entry.seq));
    const first = ledger.append(heartbeat(1));
    await new Promise(setImmediate);
    const rest = Array.from({ length: 40 }, (_, i) => ledger.append(heartbeat(i)));
    const entries = await Promise.all([first, ...rest]);
    await ledger.close();
    assert.ok(files.operations - before <= 6, files.journal.slice(before).join(', '));
    assert.deepEqual(
      entries.map((entry) => entry.seq),
      order,
    );
    assert.deepEqual(
      order,
      Array.from({ length: 41 }, (_, i) => i + 2),
    );
  });

  it('tells listeners only after the sync, and acknowledges whatever a listener throws', async (t) => {
    const files = new CrashingFiles(Number.POSITIVE_INFINITY, 0);
    const ledger = await openLedger({ dir: await newDir(), product, files });
    const warned = t.mock.method(process, 'emitWarning', () => undefined);
    const journals: string[][] = [];
    const stop = ledger.onEntry(() => {
      journals.push(files.journal.slice(-2));
      throw new Error('listener');
    });
    await ledger.append(sessionOpen());
    stop();
    await ledger.append(heartbeat(1));
    await ledger.close();
    assert.deepEqual(journals, [['append', 'sync']]);
    assert.equal(warned.mock.callCount(), 1);
  });

  it('an event that breaks the schema is rejected alone', async () => {
    const ledger = await openLedger({ dir: await newDir(), product });
    await ledger.append(sessionOpen());
    const bad = ledger.append({ ...heartbeat(1), assessments: -1 });
    const good = ledger.append(heartbeat(2));
    await assert.rejects(bad, { code: 'internal', message: /heartbeat.*assessments/ });
    assert.equal((await good).seq, 2);
    await ledger.close();
    await assert.rejects(ledger.append(heartbeat(3)), { code: 'ledger_failed', message: /closed/ });
  });
});
