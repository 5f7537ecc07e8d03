import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeStorage, settle } from './fakes.ts';
import { FILE } from './saveSetting.ts';
import { savingEditor } from './savingEditor.ts';

const LOST = 'lost\r\ntext \ud800';

/** A session that starts on what a session that crashed has left. */
async function afterCrash({ disk = 'old', editor }: { disk?: string; editor?: string } = {}) {
  const copies = new FakeStorage();
  await savingEditor([], { copies }).texts.keep({ path: FILE, language: '', text: LOST });
  const parts = savingEditor([], { copies, disk: new Map([[FILE, disk]]) });
  if (editor !== undefined) parts.documents.edit(FILE, editor);
  const told = async (...actions: (string | undefined)[]) => {
    parts.dialog.toldAnswers = actions;
    await parts.offers.make();
    await settle();
  };
  return { ...parts, told };
}

describe('a held text of a session that crashed', () => {
  it('is offered where it is neither on disk nor in the editor, and kept until somebody decides', async () => {
    const { told, dialog, copies } = await afterCrash();
    await told(undefined);
    assert.match(dialog.told[0] ?? '', /A text of run\.sh that was held back could be restored/);
    assert.equal(copies.files.size, 1);
    await told(undefined);
    assert.equal(dialog.told.length, 2);
  });

  it('is restored into the editor as an unsaved change, and its copy stays until that is saved or thrown away', async () => {
    const { told, documents, copies, guard } = await afterCrash();
    await told('Restore');
    assert.deepEqual(documents.open(FILE), { path: FILE, language: 'shellscript', text: LOST, dirty: true });
    assert.equal(documents.disk.get(FILE), 'old');
    assert.equal(copies.files.size, 1);
    guard.discarded(FILE);
    await settle();
    assert.equal(copies.files.size, 0);
  });

  it('is not asked about twice at once, and that is said', async () => {
    const { offers, dialog } = await afterCrash();
    const [copy] = await offers.lost();
    assert.ok(copy);
    const answers = Promise.all([offers.offer(copy), offers.offer(copy)]);
    await settle();
    assert.deepEqual(await answers, [true, false]);
    assert.equal(dialog.told.length, 1);
    assert.equal(await offers.offer(copy), true);
  });

  it('can be compared first, as often as wanted', async () => {
    const { told, offered, documents } = await afterCrash();
    await told('Compare', 'Compare', 'Restore');
    assert.equal(offered.length, 2);
    assert.equal(documents.open(FILE)?.text, LOST);
  });

  it('is discarded only when that is confirmed', async () => {
    const { told, dialog, copies } = await afterCrash();
    dialog.answers = ['Keep'];
    await told('Discard');
    assert.equal(copies.files.size, 1);
    dialog.answers = ['Discard'];
    await told('Discard');
    assert.equal(copies.files.size, 0);
  });

  it('is not offered where the editor has brought it back by itself, and is still kept', async () => {
    const { told, dialog, copies } = await afterCrash({ editor: LOST });
    await told();
    assert.deepEqual(dialog.told, []);
    assert.equal(copies.files.size, 1);
  });

  it('is no longer kept once it is on disk', async () => {
    const { told, dialog, copies } = await afterCrash({ disk: LOST });
    await told();
    assert.deepEqual(dialog.told, []);
    assert.equal(copies.files.size, 0);
  });

  it('that cannot be put into the editor is kept, and that is said', async () => {
    const { told, documents, dialog, copies } = await afterCrash();
    documents.change = async () => false;
    await told('Restore');
    assert.match(dialog.told.at(-1) ?? '', /could not be restored; it is kept/);
    assert.equal(copies.files.size, 1);
  });

  it('among many is counted rather than stacked', async () => {
    const { told, dialog, texts } = await afterCrash();
    for (let index = 0; index < 6; index += 1) await texts.keep({ path: `/w/${index}`, language: '', text: 'x' });
    await told();
    assert.equal(dialog.told.length, 4);
    assert.match(dialog.told.join(), /4 more held texts could be restored/);
  });
});
