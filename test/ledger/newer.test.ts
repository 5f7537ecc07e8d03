import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import canonicalize from 'canonicalize';
import { NO_ENTRY } from '../../verifier/ledger/entry.ts';
import { openLedger } from '../../verifier/ledger/store.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { assessment, CHAIN, genesis, sessionClose, sessionOpen } from './sampleChain.ts';

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-newer-'));
});
after(() => rm(root, { recursive: true, force: true }));

/** A chain as the format's page describes it, made without the product's code: events may be of any type. */
function chainOf(events: readonly object[], v = 1): string {
  let prev = NO_ENTRY;
  const lines = events.map((event, seq) => {
    const salt = seq.toString(16).padStart(32, '0');
    const content = sha256(canonicalize({ salt, event }) ?? '');
    const header = { v, chain: CHAIN, seq, time: new Date(Date.UTC(2026, 0, 2) + seq).toISOString(), prev, key: null, content };
    const hash = sha256(canonicalize(header) ?? '');
    prev = hash;
    return `${canonicalize({ ...header, hash, salt, event })}\n`;
  });
  return lines.join('');
}

async function dirWith(text: string): Promise<string> {
  const dir = await mkdtemp(join(root, 'd-'));
  await writeFile(join(dir, `${CHAIN}.jsonl`), text);
  return dir;
}

const NEWER = { type: 'weather', session: sessionOpen().session, sky: 'clear', nested: { list: [1, 2] } };

describe('a chain that a newer version wrote', () => {
  it('verifies, and the events that are not known here are counted', async () => {
    const dir = await dirWith(chainOf([genesis, sessionOpen(), NEWER, assessment(1, 'pass'), sessionClose()]));
    const { ok, chains } = await verifyLedger(dir);
    assert.equal(ok, true);
    const known = chains[0]?.checks.find(({ check }) => check === 'known events');
    assert.equal(known?.result, 'noted');
    assert.match(known?.first?.message ?? '', /"weather" are of a newer version/);
    assert.equal(chains[0]?.erased, 0);
  });

  it('is still held to the digests of what is not known', async () => {
    const text = chainOf([genesis, sessionOpen(), NEWER, sessionClose()]).replace('"sky":"clear"', '"sky":"cloud"');
    assert.equal((await verifyLedger(await dirWith(text))).chains[0]?.tampering?.kind, 'edited');
  });

  it('is not excused for a known event that does not fit its schema', async () => {
    const text = chainOf([genesis, { ...sessionOpen(), person: 'nobody' }, sessionClose()]);
    assert.equal((await verifyLedger(await dirWith(text))).ok, false);
  });

  it('is gone on with, also after a crash', async () => {
    const dir = await dirWith(chainOf([genesis, sessionOpen(), NEWER]));
    const ledger = await openLedger({ dir, product: { version: '0.1.0', protocol: 1 } });
    assert.equal(ledger.chain, CHAIN);
    await ledger.close();
    assert.match(await readFile(join(dir, `${CHAIN}.jsonl`), 'utf8'), /"reason":"recovered"/);
    assert.equal((await verifyLedger(dir)).ok, true);
  });

  it('in another format, is said to be of a newer version and not to be damaged', async () => {
    const dir = await dirWith(chainOf([genesis], 2));
    const found = (await verifyLedger(dir)).chains[0]?.tampering;
    assert.match(found?.message ?? '', /format 2, written by a newer version: update/);
  });
});
