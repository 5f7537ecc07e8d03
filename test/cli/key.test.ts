import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { base58 } from '../../verifier/ledger/base58.ts';
import { identityFromSeed } from '../../verifier/ledger/identity.ts';
import { sentinel } from './sentinel.ts';

/** A user of one's own: keys are kept in the user's data folder, wherever the system has it. */
async function user(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'cli-key-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const env = { HOME: home, XDG_DATA_HOME: home, LOCALAPPDATA: home };
  return { home, key: (...args: string[]) => sentinel(['key', ...args], '', { env }) };
}

const shown = (text: string): Record<string, unknown> => JSON.parse(text);

test('key show: makes the key once, and shows nothing secret', async (t) => {
  const { key, home } = await user(t);
  const [first, again] = [await key('show', '--json'), await key('show', '--json')];
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.stdout, again.stdout);
  const { address, publicKey, keyId, file } = shown(first.stdout);
  assert.equal(address, base58(Buffer.from(String(publicKey), 'base64')));
  const kept: { keypair: string } = JSON.parse(await readFile(String(file), 'utf8'));
  const people = await key('show');
  assert.ok(people.stdout.includes(String(address)) && people.stdout.includes(String(keyId)), people.stdout);
  assert.ok(!`${first.stdout}${people.stdout}`.includes(kept.keypair.slice(0, 40)));
  assert.ok(String(file).startsWith(home) && !String(file).includes('/ledger'));
});

test('key export and import: the Solana command line’s format carries a key to another user', async (t) => {
  const [one, other] = [await user(t), await user(t)];
  const file = join(one.home, 'keypair.json');
  const before = await one.key('show', '--json');
  const exported = await one.key('export', file);
  assert.equal(exported.code, 0, exported.stderr);
  const numbers: unknown = JSON.parse(await readFile(file, 'utf8'));
  assert.ok(Array.isArray(numbers) && numbers.length === 64 && !exported.stdout.includes(String(numbers.slice(0, 4))));
  if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await one.key('export', file)).code, 64, 'a file that is there is not overwritten');
  assert.equal((await other.key('import', file)).code, 0);
  assert.equal(shown((await other.key('show', '--json')).stdout)['keyId'], shown(before.stdout)['keyId']);
});

test('key import: does not take the place of a key unless told to', async (t) => {
  const { key, home } = await user(t);
  const own = shown((await key('show', '--json')).stdout)['keyId'];
  const given = identityFromSeed(new Uint8Array(32).fill(9));
  const file = join(home, 'given.json');
  await writeFile(file, JSON.stringify([...given.keypair()]));
  const refused = await key('import', file);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /would destroy/);
  assert.equal(shown((await key('show', '--json')).stdout)['keyId'], own);
  assert.equal((await key('import', file, '--replace')).code, 0);
  assert.equal(shown((await key('show', '--json')).stdout)['keyId'], given.keyId);
});

for (const [what, text] of [
  ['no JSON', 'secret'],
  ['too few numbers', '[1,2,3]'],
  ['halves that do not fit', JSON.stringify(Array.from({ length: 64 }, () => 1))],
] as const) {
  test(`key import: ${what} is refused, and not repeated`, async (t) => {
    const { key, home } = await user(t);
    const file = join(home, 'bad.json');
    await writeFile(file, text);
    const told = await key('import', file);
    assert.equal(told.code, 65);
    assert.ok(!told.stderr.includes(text));
  });
}

test('key rotate: only with --yes; the new key is another, and says from which it came', async (t) => {
  const { key } = await user(t);
  const before = shown((await key('show', '--json')).stdout);
  assert.equal((await key('rotate')).code, 64);
  assert.equal((await key('rotate', '--yes')).code, 0);
  const after = shown((await key('show', '--json')).stdout);
  assert.notEqual(after['keyId'], before['keyId']);
  assert.deepEqual([before['rotations'], after['rotations']], [0, 1]);
});

test('base58 is that of Solana', () => {
  assert.equal(base58(new Uint8Array(32)), '1'.repeat(32));
  assert.equal(base58(Buffer.from('Hello World!')), '2NEpo7TZRRrLZSi2U');
  assert.equal(base58(Buffer.from('0000287fb4cd', 'hex')), '11233QC4');
});
