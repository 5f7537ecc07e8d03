import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PERMIT_MS } from '../../extension/core/breakGlass.ts';
import { UncheckedSaves } from '../../extension/core/uncheckedSaves.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { breakGlassOver, CONTINUE, FakeSpool } from './breakGlassSetting.ts';
import { FakeClock, FakeDialog, FakeDocuments } from './fakes.ts';

const PATH = '/w/a.sh';
const DOWN = new VerifierError('not_running', 'The verifier is not running.');

function setting() {
  const dialog = new FakeDialog();
  dialog.toldAnswers = [CONTINUE];
  dialog.reasons = ['antivirus'];
  const clock = new FakeClock();
  const spool = new FakeSpool();
  const documents = new FakeDocuments();
  const { breakGlass } = breakGlassOver({ dialog, clock, spool });
  const unchecked = new UncheckedSaves({ breakGlass, documents, dialog, clock });
  documents.edit(PATH, 'one');
  documents.mayWrite = async ({ path, text }) => unchecked.permits(path, sha256(text));
  documents.wasSaved = ({ path }) => unchecked.used(path);
  return { dialog, clock, spool, documents, unchecked };
}

describe('a save that is let through without a check', () => {
  it('is exactly the text that was held back, written down first, once', async () => {
    const { unchecked, documents, spool } = setting();
    await unchecked.offer(documents.document(PATH), DOWN);
    assert.equal(documents.disk.get(PATH), 'one');
    assert.deepEqual(
      spool.lines.map(({ action, subject }) => [action, subject.digest, subject.name]),
      [['save', sha256('one'), PATH]],
    );
    assert.equal(await documents.save(PATH), false, 'the same text again is a new question');
  });

  it('does not happen where a verdict came while it was being written down', async () => {
    const { unchecked, documents, spool, dialog } = setting();
    const append = spool.append.bind(spool);
    spool.append = async (entry) => {
      unchecked.judged(PATH);
      return append(entry);
    };
    await unchecked.offer(documents.document(PATH), DOWN);
    assert.equal(documents.disk.has(PATH), false);
    assert.equal(unchecked.permits(PATH, sha256('one')), false);
    assert.match(dialog.told.at(-1) ?? '', /^Still held back: a\.sh/);
  });

  it('does not happen where the text has changed meanwhile', async () => {
    const { unchecked, documents, dialog } = setting();
    const held = documents.document(PATH);
    documents.edit(PATH, 'two');
    await unchecked.offer(held, DOWN);
    assert.equal(documents.disk.has(PATH), false);
    assert.match(dialog.told.at(-1) ?? '', /its text has changed/);
    assert.equal(await documents.save(PATH), false);
  });

  it('is still possible for a while where VS Code did not save at once, and no longer', async () => {
    for (const [waited, saved] of [
      [PERMIT_MS - 1, true],
      [PERMIT_MS, false],
    ] as const) {
      const { unchecked, documents, clock } = setting();
      const save = documents.save.bind(documents);
      documents.save = async () => false;
      await unchecked.offer(documents.document(PATH), DOWN);
      await clock.pass(waited);
      assert.equal(await save(PATH), saved, `after ${waited} ms`);
    }
  });

  it('takes another text with the permit of the first for what it is', async () => {
    const { unchecked, documents } = setting();
    const save = documents.save.bind(documents);
    documents.save = async () => false;
    await unchecked.offer(documents.document(PATH), DOWN);
    documents.edit(PATH, 'two');
    assert.equal(await save(PATH), false);
    documents.edit(PATH, 'one');
    assert.equal(await save(PATH), false, 'and the permit is gone');
  });

  it('does not happen where it cannot be written down', async () => {
    const { unchecked, documents, spool } = setting();
    spool.failure = new Error('ENOSPC');
    await unchecked.offer(documents.document(PATH), DOWN);
    assert.equal(documents.disk.has(PATH), false);
  });
});
