import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ChosenModel, ModelInUse } from '../../extension/core/modelInUse.ts';
import { FakeDialog, FakeLog, FakeStorage } from './fakes.ts';

const MODEL: ChosenModel = { vendor: 'some', id: 'one', name: 'One' };

function setting({ storage = new FakeStorage(), answer, has = true }: { storage?: FakeStorage; answer?: string; has?: boolean } = {}) {
  const dialog = new FakeDialog();
  dialog.toldAnswers = [answer];
  const switched: ChosenModel[] = [];
  const inUse = new ModelInUse({
    dialog,
    storage,
    log: new FakeLog(),
    hasGuarded: () => has,
    switchTo: async (model) => void switched.push(model),
    changed: () => {},
  });
  return { inUse, dialog, storage, switched };
}

describe('the guarded twin of a model that is in use', () => {
  it('is offered once on a machine, whatever is answered', async () => {
    const { inUse, dialog, storage } = setting({ answer: 'Not Now' });
    await inUse.offer(MODEL);
    await inUse.offer(MODEL);
    const later = setting({ storage });
    await later.inUse.offer(MODEL);
    assert.equal(dialog.told.length, 1);
    assert.match(dialog.told[0] ?? '', /One \(guarded\)/);
    assert.deepEqual(later.dialog.told, []);
  });

  it('is switched to where the person wants it, and only then', async () => {
    const wanted = setting({ answer: 'Switch to It' });
    await wanted.inUse.offer(MODEL);
    assert.deepEqual(wanted.switched, [MODEL]);
    const declined = setting();
    await declined.inUse.offer(MODEL);
    assert.deepEqual(declined.switched, []);
  });

  it('is not offered where there is none', async () => {
    const { inUse, dialog } = setting({ has: false });
    await inUse.offer(MODEL);
    assert.deepEqual(dialog.told, []);
  });
});
