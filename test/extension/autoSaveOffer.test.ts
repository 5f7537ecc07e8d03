import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AutoSaveOffer } from '../../extension/core/autoSaveOffer.ts';
import { FakeDialog, FakeLog, FakeStorage } from './fakes.ts';

function offering(answer: string | undefined, storage = new FakeStorage(), fails = false) {
  const dialog = new FakeDialog();
  dialog.toldAnswers = [answer];
  const done: string[] = [];
  const offer = new AutoSaveOffer({
    dialog,
    storage,
    log: new FakeLog(),
    waitOnErrors: async () => {
      if (fails) throw new Error('the settings have unsaved changes');
      done.push('waits');
    },
    decide: async (path) => void done.push(`decides ${path}`),
  });
  return { offer, dialog, done, storage };
}

describe('the offer to let auto save wait', () => {
  it('is made once, and does what was chosen', async () => {
    const { offer, dialog, done } = offering('Let Auto Save Wait');
    await offer.make('/w/a.sh');
    await offer.make('/w/a.sh');
    assert.deepEqual(done, ['waits']);
    assert.equal(dialog.told.length, 1);
  });

  it('leads to the dialog where that was chosen', async () => {
    const { offer, done } = offering('Decide');
    await offer.make('/w/a.sh');
    assert.deepEqual(done, ['decides /w/a.sh']);
  });

  it('is never made again once it was declined', async () => {
    const { offer, storage } = offering('Not Now');
    await offer.make('/w/a.sh');
    const later = offering(undefined, storage);
    await later.offer.make('/w/a.sh');
    assert.deepEqual(later.dialog.told, []);
  });

  it('says where VS Code could not be told', async () => {
    const { offer, dialog } = offering('Let Auto Save Wait', new FakeStorage(), true);
    await offer.make('/w/a.sh');
    assert.match(dialog.told.at(-1) ?? '', /could not change files\.autoSaveWhenNoErrors/);
  });
});
