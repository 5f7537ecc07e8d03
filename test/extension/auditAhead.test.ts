import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_OWED } from '../../extension/core/auditAfter.ts';
import { INTERVAL_MS, MAX_AHEAD, PAUSE_MS } from '../../extension/core/auditAhead.ts';
import { auditSetting, WRONG } from './auditSetting.ts';
import { APPROVE, DENY } from './buttons.ts';
import { settle } from './fakes.ts';
import { DOWN, FILE } from './saveSetting.ts';

const OTHER = '/w/other.sh';

describe('an audit ahead of the save', () => {
  it('waits for a pause in typing, and reads what is there then', async () => {
    const { edit, clock, audits } = auditSetting();
    edit(FILE, 'echo 1');
    await clock.pass(PAUSE_MS - 1);
    edit(FILE, 'echo 12');
    await clock.pass(PAUSE_MS - 1);
    assert.equal(audits.length, 0);
    await clock.pass(1);
    assert.deepEqual(
      audits.map(({ timing, depth, subject }) => [timing, depth, subject.kind === 'file' && subject.text]),
      [['ahead', 'full', 'echo 12']],
    );
  });

  it('gives the save its verdict: what only the auditor sees is held before it reaches the disk', async () => {
    const { edit, clock, audits, documents, dialog } = auditSetting([DENY]);
    edit(FILE, WRONG);
    await clock.pass(PAUSE_MS);
    assert.equal(await documents.save(FILE), false);
    await clock.pass(1000);
    assert.equal(audits.length, 1, 'the save asks the auditor nothing');
    assert.equal(documents.disk.has(FILE), false);
    assert.match(dialog.questions[0]?.message ?? '', /held back/);
  });

  it('that passed is not repeated after the save', async () => {
    const { edit, clock, audits, documents } = auditSetting();
    edit(FILE, 'echo fine');
    await clock.pass(PAUSE_MS);
    assert.equal(await documents.save(FILE), true);
    await clock.pass(60_000);
    assert.equal(audits.length, 1);
  });

  it('ends when the text moves on', async () => {
    const { edit, clock, audits, audit, documents } = auditSetting();
    audit({ gate: new Promise(() => {}) });
    edit(FILE, 'echo 1');
    await clock.pass(PAUSE_MS);
    assert.equal(audits.length, 1);
    audit({ gate: undefined });
    edit(FILE, 'echo 2');
    await clock.pass(INTERVAL_MS);
    assert.equal(audits.length, 2, 'the first no longer stands in the way');
    assert.equal(documents.open(FILE)?.text, 'echo 2');
  });

  it('is asked once in an interval for one file, however often the typing pauses', async () => {
    const { edit, clock, audits } = auditSetting();
    for (let i = 0; i < 8; i += 1) {
      edit(FILE, `echo ${i}`);
      await clock.pass(INTERVAL_MS / 4);
    }
    await clock.pass(INTERVAL_MS);
    assert.ok(audits.length >= 2 && audits.length <= 4, `${audits.length} in three intervals`);
    const last = audits.at(-1)?.subject;
    assert.equal(last?.kind === 'file' && last.text, 'echo 7');
  });

  it('reads one file at a time', async () => {
    const { edit, clock, audits, audit } = auditSetting();
    const slow = Promise.withResolvers<void>();
    audit({ gate: slow.promise });
    edit(FILE, 'echo 1');
    edit(OTHER, 'echo 2');
    await clock.pass(PAUSE_MS);
    assert.equal(audits.length, 1);
    slow.resolve();
    await clock.pass(0);
    assert.equal(audits.length, 2);
  });

  for (const [what, path, text] of [
    ['a file that is not checked on save', '/w/node_modules/a/index.js', 'echo'],
    ['more than an auditor takes', FILE, 'x'.repeat(MAX_AHEAD + 1)],
    ['an empty change', FILE, ''],
  ] as const) {
    it(`does not send ${what}`, async () => {
      const { edit, clock, audits, baselines } = auditSetting();
      baselines.accept(FILE, '');
      edit(path, text);
      await clock.pass(60_000);
      assert.deepEqual(audits, []);
    });
  }

  it('sends nothing without an agreement or an auditor, and sets no timer', async () => {
    const { edit, clock, audits, withdraw, type } = auditSetting();
    withdraw();
    edit(FILE, WRONG);
    assert.equal(clock.waiting, 0);
    await type(WRONG);
    await clock.pass(60_000);
    assert.deepEqual(audits, []);
  });

  it('that failed leaves the save to the gates, and is made up for after it', async () => {
    const { edit, clock, audits, audit, documents } = auditSetting();
    audit({ state: 'unavailable' });
    edit(FILE, 'echo fine');
    await clock.pass(PAUSE_MS);
    audit({ state: 'ran' });
    assert.equal(await documents.save(FILE), true);
    await clock.pass(0);
    assert.deepEqual(
      audits.map(({ timing }) => timing),
      ['ahead', 'after'],
    );
  });

  it('of another text than the one that is saved does not count', async () => {
    const { edit, clock, documents } = auditSetting();
    edit(FILE, 'echo fine');
    await clock.pass(PAUSE_MS);
    documents.edit(FILE, `echo fine\n${WRONG}`);
    assert.equal(await documents.save(FILE), true, 'a save never waits for the auditor');
  });
});

describe('an audit after the save', () => {
  it('asks the person who saved where it objects, and puts the accepted text back on a denial', async () => {
    const { type, clock, dialog, documents, verifier, problems } = auditSetting([DENY]);
    await type('echo fine');
    await clock.pass(0);
    assert.equal(await type(`echo fine\n${WRONG}`), true);
    await clock.pass(1000);
    assert.match(dialog.questions[0]?.message ?? '', /was written before the auditor had read it: needs review/);
    assert.equal(documents.disk.get(FILE), 'echo fine');
    assert.deepEqual(problems.shown.get(FILE), []);
    assert.deepEqual(verifier.story.slice(-2), ['deny', 'withheld']);
  });

  it('lets an approved text stand, and does not ask about it again', async () => {
    const { type, clock, dialog, documents, audits } = auditSetting([APPROVE]);
    await type(WRONG);
    await clock.pass(1000);
    await type(`${WRONG}\necho more`);
    await clock.pass(1000);
    assert.equal(dialog.questions.length, 1);
    assert.equal(documents.disk.get(FILE), `${WRONG}\necho more`);
    const last = audits.at(-1)?.subject;
    assert.equal(last?.kind === 'file' && last.baseline, WRONG);
  });

  it('does not ask in mid-typing: after auto save it is a diagnostic, and waits', async () => {
    const { guard, documents, clock, dialog, problems, writes } = auditSetting();
    documents.edit(FILE, WRONG);
    documents.mayWrite = (document) => guard.mayWrite(document, 'quiet');
    await documents.save(FILE);
    await clock.pass(1000);
    assert.deepEqual(dialog.questions, []);
    assert.equal(problems.shown.get(FILE)?.[0]?.layer, 'audit');
    assert.deepEqual(writes.undecidedPaths, [FILE]);
  });

  it('is made once in an interval where VS Code saves by itself all the time, and misses nothing', async () => {
    const { guard, documents, clock, audits } = auditSetting();
    documents.mayWrite = (document) => guard.mayWrite(document, 'quiet');
    for (let second = 1; second <= 15; second += 1) {
      documents.edit(FILE, `echo ${second}`);
      await documents.save(FILE);
      await clock.pass(1000);
    }
    await clock.pass(INTERVAL_MS);
    assert.ok(audits.length >= 2 && audits.length <= 4, `${audits.length} in 25 s`);
    const last = audits.at(-1)?.subject;
    assert.equal(last?.kind === 'file' && last.text, 'echo 15');
  });

  it('is not kept waiting by that where a person saves', async () => {
    const { type, clock, audits } = auditSetting();
    await type('echo 1');
    await clock.pass(100);
    await type('echo 2');
    await clock.pass(100);
    assert.equal(audits.length, 2);
  });

  it('that nobody decided is not forgotten by another save: all since the accepted text is read again', async () => {
    const { guard, documents, clock, audits, writes, baselines } = auditSetting();
    documents.mayWrite = (document) => guard.mayWrite(document, 'quiet');
    for (const text of ['echo fine', `echo fine\n${WRONG}`, `echo fine\n${WRONG}\necho more`]) {
      documents.edit(FILE, text);
      await documents.save(FILE);
      await clock.pass(INTERVAL_MS);
    }
    const last = audits.at(-1)?.subject;
    assert.equal(last?.kind === 'file' && last.baseline, 'echo fine');
    assert.deepEqual(writes.undecidedPaths, [FILE]);
    assert.equal(await baselines.of(FILE), 'echo fine');
  });

  it('that is overtaken by another save reads both together, and the earlier result is closed on record', async () => {
    const { type, clock, audits, audit, verifier, dialog } = auditSetting();
    const slow = Promise.withResolvers<void>();
    audit({ gate: slow.promise });
    await type('echo fine');
    await type(`echo fine\n${WRONG}`);
    await type(`echo fine\n${WRONG}\necho more`);
    audit({ gate: undefined });
    slow.resolve();
    await clock.pass(1000);
    const subjects = audits.map(({ subject }) => (subject.kind === 'file' ? [subject.text, subject.baseline] : []));
    assert.deepEqual(subjects, [
      ['echo fine', undefined],
      [`echo fine\n${WRONG}\necho more`, undefined],
    ]);
    assert.equal(dialog.questions.length, 1);
    await settle();
    assert.ok(verifier.recorded.length > 0);
  });

  it('that objects to a text which is no longer the latest leaves nothing waiting for a decision', async () => {
    const { type, clock, audit, verifier, dialog, writes } = auditSetting();
    const slow = Promise.withResolvers<void>();
    audit({ gate: slow.promise });
    await type(WRONG);
    await type('echo fine');
    audit({ gate: undefined });
    slow.resolve();
    await clock.pass(1000);
    assert.deepEqual([dialog.questions, writes.undecidedPaths], [[], []]);
    assert.deepEqual(
      verifier.story.filter((step) => step !== 'saved'),
      ['deny:cancelled', 'withheld'],
    );
  });

  it('of what another program wrote is made as well, and is a diagnostic', async () => {
    const { slip, audits, clock, problems, dialog } = auditSetting();
    await slip(WRONG);
    await clock.pass(1000);
    assert.equal(audits.length, 1);
    assert.equal(problems.shown.get(FILE)?.[0]?.layer, 'audit');
    assert.deepEqual(dialog.questions, []);
  });

  it('is not made of everything that a branch switch writes', async () => {
    const { documents, writes, clock, audits, audit } = auditSetting();
    const slow = Promise.withResolvers<void>();
    audit({ gate: slow.promise });
    for (let i = 0; i < MAX_OWED + 30; i += 1) {
      documents.disk.set(`/w/${i}.sh`, `echo ${i}`);
      writes.notice(`/w/${i}.sh`, 'written by something other than the editor');
    }
    await clock.pass(10_000);
    assert.equal(audits.length, 1, 'one at a time');
    slow.resolve();
    await clock.pass(10_000);
    assert.equal(audits.length, MAX_OWED);
  });

  it('waits for a verifier that is down, and is made when that is back', async () => {
    const { type, documents, clock, verifier, audits, after, guard } = auditSetting();
    documents.wasSaved = (document) => {
      verifier.failure = DOWN;
      guard.wasSaved(document);
    };
    await type('echo fine');
    await clock.pass(1000);
    assert.deepEqual(audits, []);
    verifier.failure = undefined;
    after.resume();
    await settle();
    assert.equal(audits.length, 1);
  });

  it('whose service fails leaves the save as it is', async () => {
    const { type, clock, audit, dialog, writes } = auditSetting();
    audit({ state: 'unavailable' });
    await type(WRONG);
    await clock.pass(1000);
    assert.deepEqual([dialog.questions, writes.undecidedPaths], [[], []]);
  });
});
