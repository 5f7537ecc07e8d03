import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isCheckpointSignedBy, type ReadCheckpoint } from '../../verifier/ledger/checkpoint.ts';
import { checkpointPath, readCheckpoints } from '../../verifier/ledger/checkpointFile.ts';
import { identityFromSeed } from '../../verifier/ledger/identity.ts';
import { isRotation, type KeptIdentity, rotate } from '../../verifier/ledger/keyRotation.ts';
import { MerkleTree } from '../../verifier/ledger/merkle.ts';
import { closeAbandonedChains, type LedgerOptions, openLedger } from '../../verifier/ledger/store.ts';
import { sha256Bytes } from '../../verifier/protocol/digest.ts';
import { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import { assessment, heartbeat, sessionClose, sessionOpen } from './sampleChain.ts';

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-sealing-'));
});
after(() => rm(root, { recursive: true, force: true }));

const keptOf = (fill: number): KeptIdentity => ({ identity: identityFromSeed(new Uint8Array(32).fill(fill)), rotations: [] });
const ADA = keptOf(1);
const GRACE = keptOf(2);
const product = { version: '0.1.0', protocol: 1 };

function open(dir: string, more: Partial<LedgerOptions> = {}) {
  return openLedger({ dir, product, kept: ADA, ...more });
}

async function entries(dir: string, chain: string): Promise<LedgerEntry[]> {
  const names = (await readdir(dir)).filter((name) => name.startsWith(chain) && name.endsWith('.jsonl')).sort();
  const texts = await Promise.all(
    names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).map((name) => readFile(join(dir, name), 'utf8')),
  );
  return texts
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => LedgerEntry.parse(JSON.parse(line)));
}

async function checkpoints(dir: string, chain: string): Promise<ReadCheckpoint[]> {
  const found: ReadCheckpoint[] = [];
  for await (const { checkpoint, text } of readCheckpoints(checkpointPath(dir, chain), Number.POSITIVE_INFINITY)) {
    assert.ok(checkpoint, text);
    found.push(checkpoint);
  }
  return found;
}

function rootOver(all: readonly LedgerEntry[], size: number): Uint8Array {
  const tree = new MerkleTree(sha256Bytes);
  for (const { hash } of all.slice(0, size)) tree.append(Buffer.from(hash, 'hex'));
  return tree.root();
}

/** Each checkpoint is what its tree is, signed by the key. @returns their sizes */
async function sound(dir: string, chain: string, kept = ADA): Promise<number[]> {
  const all = await entries(dir, chain);
  const found = await checkpoints(dir, chain);
  for (const checkpoint of found) {
    assert.equal(checkpoint.chain, chain);
    assert.deepEqual(Buffer.from(checkpoint.root), Buffer.from(rootOver(all, checkpoint.size)), `of size ${checkpoint.size}`);
    assert.ok(isCheckpointSignedBy(checkpoint, kept.identity.publicKey));
  }
  return found.map(({ size }) => size);
}

const fresh = () => mkdtemp(join(root, 'd-'));

describe('a chain that is written with a key', () => {
  it('names it from its first entry on, and says at once that it is this key’s', async () => {
    const dir = await fresh();
    const ledger = await open(dir);
    await ledger.append(sessionOpen());
    await ledger.close();
    const all = await entries(dir, ledger.chain);
    assert.deepEqual(
      all.map(({ key, event }) => [key, event?.type]),
      ['genesis', 'signing-key', 'session-open'].map((type) => [ADA.identity.keyId, type]),
    );
  });

  it('is resumed without saying it again', async () => {
    const dir = await fresh();
    for (let n = 0; n < 2; n++) {
      const ledger = await open(dir);
      await ledger.appendAll([sessionOpen(), sessionClose()]);
      await ledger.close();
    }
    const [chain = ''] = (await readdir(dir)).filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, 36));
    const types = (await entries(dir, chain)).map(({ event }) => event?.type);
    assert.deepEqual(types, ['genesis', 'signing-key', 'session-open', 'session-close', 'session-open', 'session-close']);
  });

  it('that named none before says from where on it does', async () => {
    const dir = await fresh();
    const old = await openLedger({ dir, product });
    await old.appendAll([sessionOpen(), sessionClose()]);
    await old.close();
    const ledger = await open(dir);
    assert.equal(ledger.chain, old.chain);
    await ledger.close();
    const last = (await entries(dir, ledger.chain)).at(-1);
    assert.deepEqual([last?.seq, last?.key, last?.event?.type], [3, ADA.identity.keyId, 'signing-key']);
    assert.deepEqual(await sound(dir, ledger.chain), [4]);
  });

  it('is not gone on with under another key, nor under none', async () => {
    const dir = await fresh();
    const ledger = await open(dir);
    await ledger.appendAll([sessionOpen(), sessionClose()]);
    await ledger.close();
    const chains = new Set([ledger.chain]);
    for (const kept of [GRACE, undefined]) {
      const other = await openLedger({ dir, product, kept });
      chains.add(other.chain);
      await other.close();
    }
    assert.equal(chains.size, 3);
  });

  it('goes on under the key that its own handed over to, and says so with both signatures', async () => {
    const dir = await fresh();
    const ledger = await open(dir);
    await ledger.appendAll([sessionOpen(), sessionClose()]);
    await ledger.close();
    const third = keptOf(3);
    const at = new Date('2026-01-02T03:04:05.006Z');
    const rotations = [rotate(ADA.identity, GRACE.identity, at), rotate(GRACE.identity, third.identity, at)];
    const later = await open(dir, { kept: { identity: third.identity, rotations } });
    assert.equal(later.chain, ledger.chain);
    await later.close();
    const said = (await entries(dir, ledger.chain)).slice(4);
    assert.deepEqual(
      said.map(({ key }) => key),
      [GRACE.identity.keyId, third.identity.keyId],
    );
    for (const { event } of said) {
      assert.ok(event?.type === 'key-rotation');
      const { type: _type, ...rotation } = event;
      assert.ok(isRotation(rotation));
    }
    const [first, second] = await checkpoints(dir, ledger.chain);
    assert.ok(first && isCheckpointSignedBy(first, ADA.identity.publicKey));
    assert.ok(second && isCheckpointSignedBy(second, third.identity.publicKey) && second.size === 6);
  });

  it('left open by another key is closed without one', async () => {
    const dir = await fresh();
    const ledger = await open(dir);
    await ledger.appendAll([sessionOpen(), assessment(1, 'block')]);
    await ledger.close();
    const [closed] = await closeAbandonedChains({ dir, kept: GRACE });
    assert.equal(closed?.closedItems, 1);
    assert.deepEqual(
      (await entries(dir, ledger.chain)).slice(4).map(({ key }) => key),
      [null, null, null],
    );
  });
});

describe('checkpoints', () => {
  it('are sealed after so many entries and at the end, while something is new', async () => {
    const dir = await fresh();
    const ledger = await open(dir, { rhythm: { entries: 4, ms: 1e9 } });
    const seen: number[] = [];
    ledger.checkpoints?.onSealed(({ size }) => seen.push(size));
    await ledger.append(sessionOpen());
    await ledger.append(heartbeat());
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await ledger.append(sessionClose());
    await ledger.close();
    assert.deepEqual(await sound(dir, ledger.chain), [4, 5]);
    assert.deepEqual(seen, [4, 5]);
    await (await open(dir)).close();
    assert.deepEqual(await sound(dir, ledger.chain), [4, 5]);
  });

  it('are sealed some time after the first new entry', async () => {
    const dir = await fresh();
    const ledger = await open(dir, { rhythm: { entries: 1000, ms: 20 } });
    await new Promise((resolve) => ledger.checkpoints?.onSealed(resolve));
    await ledger.close();
    assert.deepEqual(await sound(dir, ledger.chain), [2]);
  });

  it('are sealed on demand, and not twice over the same', async () => {
    const dir = await fresh();
    const ledger = await open(dir);
    assert.equal((await ledger.checkpoints?.seal())?.size, 2);
    assert.equal(await ledger.checkpoints?.seal(), undefined);
    await ledger.close();
  });

  for (const lost of ['its tree', 'its tree, wrong', 'its checkpoints', 'half of the last checkpoint', 'half of the only checkpoint']) {
    it(`go on where a chain of several files lost ${lost}`, async () => {
      const dir = await fresh();
      const write = async (count: number) => {
        const ledger = await open(dir, { rotateBytes: 65_536 });
        await ledger.append(sessionOpen());
        await ledger.appendAll(Array.from({ length: count }, (_, n) => assessment(n, 'pass')));
        await ledger.appendAll(Array.from({ length: count }, (_, n) => assessment(n + count, 'pass')));
        await ledger.append(sessionClose());
        await ledger.close();
        return ledger.chain;
      };
      const chain = await write(100);
      const path = checkpointPath(dir, chain);
      if (lost === 'its tree') await rm(join(dir, `${chain}.tree`));
      if (lost === 'its tree, wrong')
        await writeFile(join(dir, `${chain}.tree`), JSON.stringify({ size: 204, peaks: Array.from({ length: 4 }, () => 'ab'.repeat(32)) }));
      if (lost === 'its checkpoints') await rm(path);
      if (lost === 'half of the last checkpoint') {
        await write(1);
        await writeFile(path, (await readFile(path, 'utf8')).slice(0, -60));
      }
      if (lost === 'half of the only checkpoint') await writeFile(path, (await readFile(path, 'utf8')).slice(0, -60));
      assert.equal(await write(10), chain);
      const sizes = await sound(dir, chain);
      assert.equal(sizes.at(-1), (await entries(dir, chain)).length);
    });
  }

  it('are not sealed over a chain that is not what the last one says, and entries are taken all the same', async (t) => {
    const dir = await fresh();
    const ledger = await open(dir);
    await ledger.appendAll([sessionOpen(), sessionClose()]);
    await ledger.close();
    const path = checkpointPath(dir, ledger.chain);
    const before = (await readFile(path, 'utf8')).replace(/^4$/m, '3');
    await writeFile(path, before);
    const warned: string[] = [];
    const listen = (warning: Error) => warned.push(warning.message);
    process.on('warning', listen);
    t.after(() => process.off('warning', listen));
    const later = await open(dir);
    await later.appendAll([sessionOpen(), sessionClose()]);
    await assert.rejects(async () => later.checkpoints?.seal(), /not what the last checkpoint was sealed over/);
    await later.close();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await readFile(path, 'utf8'), before);
    assert.match(warned.join(), /No checkpoint is sealed over chain/);
    assert.equal((await entries(dir, ledger.chain)).length, 6);
  });
});
