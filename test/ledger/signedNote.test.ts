import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isCheckpointSignedBy, parseCheckpoint, sealCheckpoint } from '../../verifier/ledger/checkpoint.ts';
import { identityFromSeed } from '../../verifier/ledger/identity.ts';
import { isNoteSignedBy, keyHash, parseNote, signNote } from '../../verifier/ledger/signedNote.ts';
import { CHAIN } from './sampleChain.ts';
import { ADA, GRACE } from './sampleLedger.ts';

/** The example of golang.org/x/mod/sumdb/note and of c2sp.org/signed-note: its keys are published. */
const PETER = {
  name: 'PeterNeumann',
  seed: ['AYEKFALVFGyNhPJEMzD1QI', 'Dr+Y7hfZx09iUvxdXHKDFz'].join(''),
  publicKey: 'ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  keyHash: 'c74f20a3',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signed: 'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
};
/** Without the byte before it that says Ed25519. */
const raw = (text: string): Uint8Array => Buffer.from(text, 'base64').subarray(1);
const note = `${PETER.text}\n\u2014 ${PETER.name} ${PETER.signed}\n`;

describe('a signed note', () => {
  it('is the published one, byte for byte', () => {
    const identity = identityFromSeed(raw(PETER.seed));
    assert.deepEqual(Buffer.from(identity.publicKey), Buffer.from(raw(PETER.publicKey)));
    assert.equal(Buffer.from(keyHash(PETER.name, identity.publicKey)).toString('hex'), PETER.keyHash);
    assert.equal(signNote(PETER.text, PETER.name, identity), note);
  });

  it('is read and checked, beside signatures of others', () => {
    const other = signNote(PETER.text, 'witness.example', GRACE).slice(PETER.text.length + 1);
    for (const text of [note, note + other]) {
      const read = parseNote(text) ?? assert.fail(text);
      assert.equal(read.text, PETER.text);
      assert.ok(isNoteSignedBy(read, PETER.name, raw(PETER.publicKey)));
      assert.ok(!isNoteSignedBy(read, 'Peter', raw(PETER.publicKey)));
      assert.ok(!isNoteSignedBy(read, PETER.name, ADA.publicKey));
    }
  });

  for (const [what, text] of [
    ['no signature', PETER.text],
    ['no blank line', note.replace('\n\n', '\n')],
    ['no line feed at the end', note.slice(0, -1)],
    ['no dash', note.replace('\u2014', '-')],
    ['a signature that is not base64', note.replace('JnAM=', 'JnA!=')],
    ['base64 with loose bits', note.replace('JnAM=', 'JnAN=')],
    ['a signature in three parts', note.replace('\u2014 Peter', '\u2014 Peter ')],
    ['a control character', note.replace('think', 'th\u0007nk')],
    ['a carriage return', note.replaceAll('\n', '\r\n')],
  ] as const) {
    it(`is none with ${what}`, () => assert.equal(parseNote(text), undefined));
  }

  it('does not hold once a letter of its text is another', () => {
    const read = parseNote(note.replace('your', 'yoor')) ?? assert.fail();
    assert.ok(!isNoteSignedBy(read, PETER.name, raw(PETER.publicKey)));
  });

  it('is not made of what a note can not be', () => {
    for (const [text, name] of [
      ['no end', 'a'],
      ['x\u0000\n', 'a'],
      ['x\n', 'a b'],
      ['x\n', 'a+b'],
      ['x\n', ''],
    ] as const) {
      assert.throws(() => signNote(text, name, ADA), TypeError);
    }
  });
});

describe('a checkpoint', () => {
  it('says of any tree what it was given, and holds for its own key alone', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat({ max: 2 ** 40 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (chain, size, root) => {
        const sealed = sealCheckpoint({ chain, size, root }, ADA);
        const read = parseCheckpoint(sealed.note) ?? assert.fail(sealed.note);
        assert.deepEqual([read.chain, read.size, Buffer.from(read.root)], [chain, size, Buffer.from(root)]);
        assert.ok(isCheckpointSignedBy(read, ADA.publicKey));
        assert.ok(!isCheckpointSignedBy(read, GRACE.publicKey));
        assert.ok(!isCheckpointSignedBy({ ...read, chain: CHAIN }, ADA.publicKey));
        assert.equal(sealed.keyId, ADA.keyId);
      }),
    );
  });

  const { note: sound } = sealCheckpoint({ chain: CHAIN, size: 7, root: new Uint8Array(32) }, ADA);
  it('is origin, size and root, a line each, as a log of C2SP has them', () => {
    assert.deepEqual(sound.split('\n').slice(0, 4), [`sentinelai-guard/${CHAIN}`, '7', `${'A'.repeat(43)}=`, '']);
  });

  for (const [what, text] of [
    ['a size with a leading zero', sound.replace('\n7\n', '\n07\n')],
    ['a size that is none', sound.replace('\n7\n', '\n-7\n')],
    ['a root of another length', sound.replace('AAAA', '')],
    ['another origin', sound.replaceAll('sentinelai-guard/', 'elsewhere/')],
  ] as const) {
    it(`is none with ${what}`, () => assert.equal(parseCheckpoint(text), undefined));
  }
});
