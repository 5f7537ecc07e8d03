import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chainFiles } from '../../verifier/ledger/chainParts.ts';
import { eraseInIdleChains, openLedger } from '../../verifier/ledger/store.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { LedgerEntry, type LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import {
  assessment,
  CHAIN,
  decision,
  fileText,
  genesis,
  outcome,
  SESSION,
  sealChain,
  sessionClose,
  sessionOpen,
  uuid,
} from './sampleChain.ts';

const product = { version: '0.1.0', protocol: 1 };
const OTHER = '7d1b1f0e-9c57-4f6e-8f4b-111111111111';
const BY = { name: 'Ada Example', source: 'os-user' } as const;
/** The sample chain's entries are of 2026-01-02, one a second from 03:04:05.006 on. */
const ALL_OF_IT = new Date('2026-02-01T00:00:00.000Z');

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-erasure-'));
});
after(() => rm(root, { recursive: true, force: true }));
const newDir = () => mkdtemp(join(root, 'd-'));

const erasureOf = (session: string, entries: number, until: Date): LedgerEvent => ({
  ...{ type: 'erasure', session, by: BY, before: until.toISOString(), entries },
});

const REASON = 'only this once, for Grace';
const CLOSED: readonly LedgerEvent[] = [
  genesis,
  sessionOpen(),
  assessment(1, 'block'),
  decision(1, 'approve', { reason: REASON }),
  outcome(1, 'ran'),
  sessionClose(),
];

async function entriesIn(dir: string, chain = CHAIN): Promise<LedgerEntry[]> {
  const texts = await Promise.all((await chainFiles(dir, chain)).map(({ path }) => readFile(path, 'utf8')));
  return texts
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => LedgerEntry.parse(JSON.parse(line)));
}

/** Every byte in a folder. */
async function bytesOf(dir: string): Promise<string> {
  const texts = await Promise.all((await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8')));
  return texts.join('\n');
}

function wholeSession(entries: number, until = ALL_OF_IT): readonly LedgerEvent[] {
  return [sessionOpen(OTHER), erasureOf(OTHER, entries, until), sessionClose(OTHER)];
}

describe('erasing the content of old entries', () => {
  it('leaves no word of them in the folder, and a chain that verifies', async () => {
    const dir = await newDir();
    await writeFile(join(dir, `${CHAIN}.jsonl`), fileText(sealChain(CLOSED)));
    const torn = join(dir, `${CHAIN}.torn-6`);
    await writeFile(torn, REASON);
    await utimes(torn, 1, 1);
    const hashes = sealChain(CLOSED).map(({ hash }) => hash);
    const done = await eraseInIdleChains({ dir }, ALL_OF_IT, wholeSession);
    assert.deepEqual(done, { entries: 5, chains: 1, busy: 0 });
    const entries = await entriesIn(dir);
    assert.deepEqual(
      entries.slice(0, 6).map(({ hash }) => hash),
      hashes,
    );
    assert.deepEqual(
      entries.map(({ event }) => event?.type ?? 'erased'),
      ['genesis', ...Array.from({ length: 5 }, () => 'erased'), 'session-open', 'erasure', 'session-close'],
    );
    assert.ok(!(await bytesOf(dir)).includes(REASON));
    const report = await verifyLedger(dir);
    assert.equal(report.ok, true);
    assert.equal(report.chains[0]?.erased, 5);
  });

  it('takes what is older and leaves what is not', async () => {
    const dir = await newDir();
    await writeFile(join(dir, `${CHAIN}.jsonl`), fileText(sealChain(CLOSED)));
    const until = new Date('2026-01-02T03:04:08.006Z');
    await eraseInIdleChains({ dir }, until, (entries) => wholeSession(entries, until));
    assert.deepEqual(
      (await entriesIn(dir)).slice(0, 6).map(({ event }) => event?.type ?? 'erased'),
      ['genesis', 'erased', 'erased', 'decision', 'outcome', 'session-close'],
    );
    assert.equal((await verifyLedger(dir)).ok, true);
  });

  it('finds nothing the second time, and then writes nothing', async () => {
    const dir = await newDir();
    await writeFile(join(dir, `${CHAIN}.jsonl`), fileText(sealChain(CLOSED)));
    await eraseInIdleChains({ dir }, ALL_OF_IT, wholeSession);
    const once = await bytesOf(dir);
    assert.deepEqual(await eraseInIdleChains({ dir }, ALL_OF_IT, wholeSession), { entries: 0, chains: 0, busy: 0 });
    assert.equal(
      (await bytesOf(dir)).replace(/"nonce":"[^"]*"|"started":"[^"]*"/g, ''),
      once.replace(/"nonce":"[^"]*"|"started":"[^"]*"/g, ''),
    );
  });

  it('leaves a chain alone that somebody writes, and says so', async () => {
    const dir = await newDir();
    const live = await openLedger({ dir, product });
    await live.append(sessionOpen());
    const future = new Date(Date.now() + 60_000);
    assert.deepEqual(await eraseInIdleChains({ dir }, future, wholeSession), { entries: 0, chains: 0, busy: 1 });
    await live.close();
  });

  it('does not touch a chain that is damaged', async () => {
    const dir = await newDir();
    const file = join(dir, `${CHAIN}.jsonl`);
    const entries = sealChain(CLOSED);
    await writeFile(file, fileText(entries.filter(({ seq }) => seq !== 2)));
    const had = await readFile(file, 'utf8');
    await assert.rejects(eraseInIdleChains({ dir }, ALL_OF_IT, wholeSession), { code: 'ledger_failed', message: /damaged at line 3/ });
    assert.equal(await readFile(file, 'utf8'), had);
  });
});

describe('erasing in the chain that is being written', () => {
  it('keeps what the open session still needs, goes on, and is closed in order after a crash', async () => {
    const dir = await newDir();
    const ledger = await openLedger({ dir, product });
    await ledger.appendAll([sessionOpen(), assessment(1, 'block'), decision(1, 'deny'), outcome(1, 'withheld'), assessment(2, 'block')]);
    const until = new Date(Date.now() + 1_000);
    const told: number[] = [];
    const erased = await ledger.erase(until, (entries) => {
      told.push(entries);
      return [erasureOf(SESSION, entries, until)];
    });
    assert.deepEqual({ erased, told }, { erased: 3, told: [3] });
    await ledger.append(assessment(3, 'pass'));
    assert.deepEqual(
      (await entriesIn(dir, ledger.chain)).map(({ event }) =>
        event === null ? 'erased' : 'assessmentId' in event ? event.assessmentId : event.type,
      ),
      ['genesis', 'session-open', 'erased', 'erased', 'erased', uuid(2), 'erasure', uuid(3)],
    );
    await ledger.close();
    const again = await openLedger({ dir, product });
    assert.equal(again.recovery.closedItems, 1);
    await again.close();
    const report = await verifyLedger(dir);
    assert.equal(report.ok, true);
    assert.equal(report.chains[0]?.sessionOpen, false);
  });

  it('says so before it does it: entries that could not be announced keep their content', async () => {
    const dir = await newDir();
    const ledger = await openLedger({ dir, product });
    await ledger.appendAll([sessionOpen(), assessment(1, 'block'), decision(1, 'deny', { reason: REASON }), outcome(1, 'withheld')]);
    const refused = ledger.erase(new Date(Date.now() + 1_000), () => [{ ...genesis, version: 'x'.repeat(5 * 1024 * 1024) }]);
    await assert.rejects(refused, { code: 'too_large' });
    assert.ok((await bytesOf(dir)).includes(REASON));
    await ledger.close();
  });
});

describe('an erasure that was broken off', () => {
  it('has left the old file, and what it had written goes at the next', async () => {
    const dir = await newDir();
    await writeFile(join(dir, `${CHAIN}.jsonl`), fileText(sealChain(CLOSED)));
    await writeFile(join(dir, `${CHAIN}.jsonl.erasing`), fileText(sealChain(CLOSED)).slice(0, 700));
    assert.equal((await verifyLedger(dir)).ok, true);
    await eraseInIdleChains({ dir }, ALL_OF_IT, wholeSession);
    assert.deepEqual(
      (await readdir(dir)).filter((name) => name.endsWith('.erasing')),
      [],
    );
    assert.equal((await verifyLedger(dir)).ok, true);
  });
});
