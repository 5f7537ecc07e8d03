import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { identityFromKeypair, identityFromSeed, isSignedBy, keyIdOf } from '../../verifier/ledger/identity.ts';
import { identityPath, importIdentity, loadIdentity, readIdentity, rotateIdentity } from '../../verifier/ledger/identityFile.ts';
import { isRotation } from '../../verifier/ledger/keyRotation.ts';

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-identity-'));
});
after(() => rm(root, { recursive: true, force: true }));

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const NOW = new Date('2026-01-02T03:04:05.006Z');

/** RFC 8032 §7.1. Seeds that everybody knows; put together here, as what looks like a secret is never written out. */
const VECTORS = [
  {
    seed: ['9d61b19deffd5a60ba844af492ec2cc4', '4449c5697b326919703bac031cae7f60'],
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: ['4ccd089b28ff96da9db6c346ec114e0f', '5b8a319f35aba624da8cf6ed4fb8a6fb'],
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
];

describe('a key', () => {
  for (const { seed, publicKey, message, signature } of VECTORS) {
    it(`signs as RFC 8032 says: "${message}"`, () => {
      const identity = identityFromSeed(hex(seed.join('')));
      assert.deepEqual(identity.publicKey, hex(publicKey));
      assert.deepEqual(identity.sign(hex(message)), hex(signature));
      assert.ok(isSignedBy(identity.publicKey, hex(message), hex(signature)));
      assert.ok(!isSignedBy(identity.publicKey, hex(`${message}00`), hex(signature)));
    });
  }

  it('has an id of eleven letters that its bytes alone decide', () => {
    assert.equal(keyIdOf(hex(VECTORS[0]?.publicKey ?? '')), 'If4x36FUomF');
    assert.equal(identityFromSeed(new Uint8Array(32)).keyId.length, 11);
  });

  it('whose two halves do not fit is none', () => {
    const [one, other] = [identityFromSeed(new Uint8Array(32)), identityFromSeed(new Uint8Array(32).fill(1))];
    assert.equal(identityFromKeypair(one.keypair())?.keyId, one.keyId);
    assert.equal(identityFromKeypair(Buffer.concat([one.keypair().subarray(0, 32), other.publicKey])), undefined);
  });

  it('is no key, and no signature fits it, where its bytes are of another length', () => {
    assert.ok(!isSignedBy(new Uint8Array(31), new Uint8Array(1), new Uint8Array(64)));
    assert.ok(!isSignedBy(new Uint8Array(32), new Uint8Array(1), new Uint8Array(63)));
  });
});

describe('the key file', () => {
  it('is made on first use for the user alone, and is the same from then on', async () => {
    const dir = join(root, 'first', 'identity');
    assert.equal(await readIdentity(dir), undefined);
    const made = await loadIdentity(dir);
    assert.equal((await loadIdentity(dir)).identity.keyId, made.identity.keyId);
    assert.deepEqual(await readdir(dir), ['key.json']);
    if (process.platform === 'win32') return;
    assert.deepEqual([(await stat(dir)).mode & 0o777, (await stat(identityPath(dir))).mode & 0o777], [0o700, 0o600]);
  });

  it('is one where several processes make it at once', async () => {
    const dir = join(root, 'race', 'identity');
    const script = `const { loadIdentity } = await import(${JSON.stringify(join(import.meta.dirname, '../../verifier/ledger/identityFile.ts'))});
      console.log((await loadIdentity(process.argv[1])).identity.keyId);`;
    const ids = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
        let said = '';
        child.stdout.on('data', (piece) => {
          said += piece;
        });
        await once(child, 'close');
        return said.trim();
      }),
    );
    assert.equal(ids[0]?.length, 11);
    assert.equal(new Set(ids).size, 1, ids.join());
    assert.deepEqual(await readdir(dir), ['key.json']);
  });

  it('that others can read is not used', { skip: process.platform === 'win32' }, async () => {
    const dir = join(root, 'open');
    await loadIdentity(dir);
    await chmod(identityPath(dir), 0o640);
    await assert.rejects(loadIdentity(dir), /can be read or written by others.*chmod 600/);
  });

  for (const damage of ['', '{', '{"v":1,"keypair":"AAAA","rotations":[]}']) {
    it(`that holds ${damage || 'nothing'} is neither used nor replaced`, async () => {
      const dir = await mkdtemp(join(root, 'damaged-'));
      await writeFile(identityPath(dir), damage, { mode: 0o600 });
      await assert.rejects(loadIdentity(dir), /is damaged/);
      assert.equal(await readFile(identityPath(dir), 'utf8'), damage);
    });
  }

  it('is not overwritten by an import unless that is asked for', async () => {
    const dir = join(root, 'import');
    const given = identityFromSeed(new Uint8Array(32).fill(7));
    const { identity } = await loadIdentity(dir);
    await assert.rejects(importIdentity(dir, given, false), /would destroy/);
    assert.equal((await loadIdentity(dir)).identity.keyId, identity.keyId);
    assert.equal((await importIdentity(dir, given, true)).identity.keyId, given.keyId);
    assert.equal((await loadIdentity(dir)).identity.keyId, given.keyId);
  });

  it('keeps how each key handed over to the next, signed by both', async () => {
    const dir = join(root, 'rotate');
    const first = await loadIdentity(dir);
    const second = await rotateIdentity(dir, NOW);
    const { identity, rotations } = await rotateIdentity(dir, NOW);
    assert.deepEqual(await loadIdentity(dir).then((kept) => kept.rotations), rotations);
    const ids = rotations.flatMap(({ from, to }) => [from, to].map((key) => keyIdOf(Buffer.from(key, 'base64'))));
    assert.deepEqual(ids, [first.identity.keyId, second.identity.keyId, second.identity.keyId, identity.keyId]);
    assert.deepEqual(rotations.map(isRotation), [true, true]);
    const [one, two] = rotations;
    assert.ok(
      one &&
        two &&
        !isRotation({ ...one, toSignature: two.toSignature }) &&
        !isRotation({ ...one, time: two.time.replace('2026', '2027') }),
    );
    assert.ok(!(await readFile(identityPath(dir), 'utf8')).includes(Buffer.from(first.identity.keypair()).toString('base64')));
  });
});
