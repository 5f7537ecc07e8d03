import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Spool } from '../../extension/core/spool.ts';
import { SpoolDelivery } from '../../extension/core/spoolDelivery.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { FakeClock, FakeDialog, FakeLog, FakeVerifier } from './fakes.ts';
import { spoolEntry, spoolFolder } from './spoolSetting.ts';

async function setting(t: TestContext) {
  const spool = new Spool({ folder: await spoolFolder(t) });
  const verifier = new FakeVerifier();
  const dialog = new FakeDialog();
  const clock = new FakeClock();
  const log = new FakeLog();
  const saves: string[] = [];
  const connect = async () => {
    if (verifier.failure) throw verifier.failure;
    return verifier;
  };
  const delivery = new SpoolDelivery({ spool, connect, dialog, clock, log, noticeSave: (path) => saves.push(path), showLog: () => {} });
  return { spool, verifier, dialog, clock, log, saves, delivery };
}

describe('what went on without the guard', () => {
  it('is put on record when the verifier is back, told with its number, and its saves are looked at', async (t) => {
    const { spool, verifier, dialog, saves, delivery } = await setting(t);
    await spool.append(spoolEntry());
    await spool.append(spoolEntry({ action: 'save', subject: { digest: 'ab'.repeat(32), bytes: 1, name: '/w/a.ts' } }));
    await spool.append(spoolEntry({ action: 'save', subject: { digest: 'cd'.repeat(32), bytes: 1, name: '/w/b.ts' } }));
    await delivery.verifierIs('starting');
    assert.equal(verifier.unassessedActions.length, 0);
    await delivery.verifierIs('healthy');
    assert.deepEqual(
      verifier.unassessedActions.map(({ action }) => action),
      ['prompt', 'save', 'save'],
    );
    assert.deepEqual(saves, ['/w/a.ts', '/w/b.ts']);
    assert.match(dialog.told.join(), /1 prompt, 2 saves went on without the guard and are now on record as unassessed/);
  });

  it('is told once, and nobody hears of it where there is nothing', async (t) => {
    const { spool, dialog, delivery } = await setting(t);
    await delivery.verifierIs('healthy');
    assert.deepEqual(dialog.told, []);
    await delivery.verifierIs('down');
    await spool.append(spoolEntry());
    await delivery.verifierIs('healthy');
    await delivery.verifierIs('down');
    await delivery.verifierIs('healthy');
    assert.equal(dialog.told.length, 1);
  });

  it('waits where the verifier goes again, and is recorded once all the same', async (t) => {
    const { spool, verifier, delivery, log } = await setting(t);
    await spool.append(spoolEntry());
    await spool.append(spoolEntry());
    const record = verifier.unassessed.bind(verifier);
    verifier.unassessed = async (body) => {
      const receipt = await record(body);
      verifier.failure = new VerifierError('unreachable', 'gone');
      return receipt;
    };
    await delivery.run();
    assert.equal(verifier.unassessedActions.length, 1);
    assert.ok(log.lines.some((line) => line.includes('it is kept')));
    verifier.failure = undefined;
    verifier.unassessed = record;
    await delivery.run();
    assert.equal(verifier.unassessedActions.length, 2);
    assert.equal(spool.waiting, false);
  });

  it('is tried again now and then while the verifier seems well, and not at every look', async (t) => {
    const { spool, verifier, delivery, clock } = await setting(t);
    await delivery.verifierIs('healthy');
    await spool.append(spoolEntry());
    await delivery.verifierIs('healthy');
    assert.equal(verifier.unassessedActions.length, 0);
    await clock.pass(60_000);
    await delivery.verifierIs('healthy');
    assert.equal(verifier.unassessedActions.length, 1);
  });

  it('that somebody changed is a gap on record, and shown', async (t) => {
    const { spool, verifier, delivery, dialog } = await setting(t);
    await spool.append(spoolEntry());
    spool.deliver = async () => ({ delivered: [], faults: ['line 1 cannot be read'] });
    await delivery.run();
    assert.deepEqual(
      verifier.notices.map(({ notice, detail }) => [notice, detail]),
      [['coverage-gap', 'the list of what went on without the guard is not as it was written: line 1 cannot be read']],
    );
    assert.match(dialog.told.join(), /not as it was written/);
  });
});
