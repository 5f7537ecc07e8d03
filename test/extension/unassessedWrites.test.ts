import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_BURST } from '../../extension/core/unassessedWrites.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { APPROVE_WITH_REASON, DENY, DENY_ALL } from './buttons.ts';
import { FakeStorage, settle } from './fakes.ts';
import { DOWN, FILE, setting } from './saveSetting.ts';

describe('a text that reached the disk without a verdict', () => {
  it('is assessed at once, recorded as unassessed, and shown', async () => {
    const { slip, verifier, dialog, problems } = setting();
    await slip('BAD');
    const [asked] = verifier.asked;
    assert.ok(asked && 'timing' in asked && asked.timing === 'after' && asked.unassessed === 'slipped past');
    assert.match(dialog.told[0] ?? '', /run\.sh was written without an assessment/);
    assert.equal(problems.shown.get(FILE)?.length, 1);
  });

  it('is still undecided at the next save', async () => {
    const { slip, type, documents, clock, dialog } = setting();
    await slip('BAD');
    assert.equal(await type('BAD\nfine'), false);
    await clock.pass(1000);
    assert.equal(dialog.questions.length, 1);
    assert.equal(documents.disk.get(FILE), 'BAD');
  });

  it('is no longer asked about once a later text of the file was accepted', async () => {
    const { slip, type, writes, verifier, changes } = setting();
    await slip('BAD');
    assert.deepEqual(writes.undecidedPaths, [FILE]);
    assert.equal(changes(), 1);
    assert.equal(await type('fine'), true);
    await settle();
    assert.deepEqual(writes.undecidedPaths, []);
    assert.equal(changes(), 2);
    assert.deepEqual(verifier.story.sort(), ['deny:cancelled', 'saved', 'withheld']);
  });

  it('is no longer asked about once the committed text is back', async () => {
    const set = setting([], { head: new Map([[FILE, 'committed']]) });
    await set.slip('BAD');
    await set.slip('committed');
    assert.deepEqual(set.writes.undecidedPaths, []);
    assert.deepEqual(set.verifier.story, ['deny:cancelled', 'withheld']);
    assert.deepEqual(set.problems.shown.get(FILE), []);
  });

  it('is no longer asked about once the text of the open document is back', async () => {
    const { slip, type, documents, writes } = setting();
    await type('fine');
    // The editor has not reloaded the file yet, so that its text is still the earlier one.
    documents.editors.set(FILE, { text: 'fine', dirty: false });
    await slip('BAD');
    assert.deepEqual(writes.undecidedPaths, [FILE]);
    await slip('BAD');
    assert.deepEqual(writes.undecidedPaths, [FILE], 'told of again, it is still there');
    await slip('fine');
    assert.deepEqual(writes.undecidedPaths, []);
    await slip('BAD');
    assert.deepEqual(writes.undecidedPaths, [FILE], 'written once more, it went unseen');
  });

  it('can be put back from a list, one file by itself, by a denial on record', async () => {
    const { slip, type, documents, writes, verifier } = setting();
    await type('fine');
    documents.editors.set(FILE, { text: 'BAD', dirty: false });
    await slip('BAD');
    assert.equal(writes.waitingWrites[0]?.path, FILE);
    assert.equal(await writes.restore('/elsewhere'), false);
    assert.equal(await writes.review('/elsewhere'), false);
    assert.equal(await writes.restore(FILE), true);
    assert.equal(documents.disk.get(FILE), 'fine');
    assert.deepEqual(verifier.story.slice(-2), ['deny', 'withheld']);
    assert.deepEqual(writes.waitingWrites, []);
    assert.equal(await writes.restore(FILE), false);
  });

  it('is replaced by a later one of the same file, and the earlier is closed on record', async () => {
    const { slip, writes, verifier } = setting();
    await slip('BAD 1');
    await slip('BAD 2');
    assert.deepEqual(writes.undecidedPaths, [FILE]);
    assert.deepEqual(verifier.story, ['deny:cancelled', 'withheld']);
  });

  it('is left alone where it is clean, but recorded', async () => {
    const { slip, dialog, verifier } = setting();
    await slip('fine');
    assert.deepEqual(dialog.told, []);
    assert.deepEqual(verifier.story, ['saved']);
  });

  it('can be put back to the last assessed text', async () => {
    const { slip, type, documents, dialog, verifier, problems } = setting();
    await type('fine');
    dialog.toldAnswers = ['Restore Last Assessed Text'];
    documents.editors.set(FILE, { text: 'BAD', dirty: false });
    await slip('BAD');
    assert.equal(documents.disk.get(FILE), 'fine');
    assert.deepEqual(verifier.story.slice(-2), ['deny', 'withheld']);
    assert.deepEqual(problems.shown.get(FILE), []);
  });

  it('is not overwritten by a restore when it has changed again', async () => {
    const { slip, type, documents, dialog, verifier, writes } = setting([DENY]);
    await type('fine');
    documents.editors.delete(FILE);
    await slip('BAD');
    documents.disk.set(FILE, 'BAD and more');
    await writes.review();
    assert.equal(documents.disk.get(FILE), 'BAD and more');
    assert.equal(verifier.story.at(-1), 'failed');
    assert.match(dialog.told.at(-1) ?? '', /changed since/);
  });

  it('takes nothing away of what is said of another text that is held in the editor', async () => {
    const { slip, type, problems, documents } = setting([DENY]);
    await type('fine');
    assert.equal(await type('BAD'), false);
    assert.equal(problems.held.has(FILE), true);
    // As after a put-back: the disk's own text was written once more.
    await slip('fine');
    await slip('ODD');
    assert.equal(documents.open(FILE)?.text, 'BAD');
    assert.equal(problems.held.has(FILE), true);
  });

  it('becomes the baseline once approved', async () => {
    const { slip, type, writes, dialog, verifier } = setting([APPROVE_WITH_REASON]);
    await slip('BAD');
    assert.equal(await writes.review(), true);
    assert.equal(await writes.review(), false, 'nothing waits any more');
    assert.equal(await type('BAD\nfine'), true);
    assert.equal(dialog.questions.length, 1);
    assert.ok(verifier.story.includes('approve'));
  });

  it('is no news where git HEAD has the same text', async () => {
    const { slip, verifier, dialog } = setting([], { head: new Map([[FILE, 'BAD']]) });
    await slip('BAD');
    assert.deepEqual(verifier.asked, []);
    assert.deepEqual(dialog.told, []);
  });

  it('is what a formatter made of a checked text: only what it added is news', async () => {
    const { type, documents, clock, dialog } = setting([APPROVE_WITH_REASON]);
    documents.format = (text) => `${text}\nfinal line`;
    await type('BAD');
    await clock.pass(2000);
    assert.equal(documents.disk.get(FILE), 'BAD\nfinal line');
    assert.equal(dialog.questions.length, 1, 'the approved part is not asked about again');
    assert.deepEqual(dialog.told, []);
  });

  it('is not the guard’s own save, however often the disk reports it', async () => {
    const { type, writes, clock, verifier } = setting([APPROVE_WITH_REASON]);
    await type('BAD');
    await clock.pass(1000);
    writes.notice(FILE, 'reported by the disk');
    await clock.pass(1000);
    assert.equal(verifier.asked.length, 1);
  });

  it('waits for the verifier where that is down, and is assessed when it is back', async () => {
    const { slip, writes, clock, dialog, verifier } = setting();
    verifier.failure = DOWN;
    await slip('BAD');
    assert.equal(verifier.asked.length, 0);
    verifier.failure = undefined;
    writes.resume();
    await clock.pass(1000);
    assert.equal(verifier.asked.length, 1);
    assert.ok(dialog.told.some((line) => line.includes('without an assessment')));
  });

  it('among very many at once: the first are assessed, and the gap is on record', async () => {
    const { writes, documents, clock, verifier } = setting();
    for (let index = 0; index < MAX_BURST + 30; index += 1) {
      documents.disk.set(`/w/${index}`, 'fine');
      writes.notice(`/w/${index}`, 'many');
    }
    await clock.pass(1000);
    assert.equal(verifier.asked.length, MAX_BURST);
    assert.match(verifier.notices[0]?.detail ?? '', /^30 more files/);
  });

  it('in several files makes one notification and one dialog', async () => {
    const { writes, documents, clock, dialog } = setting([DENY_ALL]);
    dialog.toldAnswers = ['Review'];
    for (const path of ['/w/a', '/w/b']) {
      documents.disk.set(path, 'BAD');
      writes.notice(path, 'agent');
    }
    await clock.pass(1000);
    assert.match(dialog.told[0] ?? '', /^2 files were written without an assessment/);
    assert.equal(dialog.questions.length, 1);
  });

  it('is not forgotten when the very same text is saved past the guard once more', async () => {
    const { slip, writes, guard, verifier, clock } = setting();
    await slip('BAD');
    const wasCleared = guard.wasSaved({ path: FILE, language: '', text: 'BAD' });
    assert.equal(wasCleared, false);
    writes.notice(FILE, 'not asked');
    await clock.pass(1000);
    assert.deepEqual(writes.undecidedPaths, [FILE]);
    assert.deepEqual(verifier.story, []);
  });

  it('is found although the editor still shows, or reads the bytes as, another text', async () => {
    const { slip, type, documents, writes, baselines } = setting();
    await type('fine');
    documents.editors.set(FILE, { text: 'fine', dirty: false });
    await slip('BAD');
    assert.deepEqual(writes.undecidedPaths, [FILE]);
    assert.equal(await baselines.of(FILE), 'fine');
  });

  it('and is harmless, but not what the editor reads, does not become the baseline of the editor’s text', async () => {
    const { slip, type, baselines, verifier } = setting();
    await type('caf\u00e9');
    await slip('caf\ufffd');
    assert.equal(verifier.asked.length, 2);
    assert.equal(await baselines.of(FILE), 'caf\u00e9');
    await slip('caf\ufffd');
    assert.equal(verifier.asked.length, 2, 'both readings are known now');
  });

  it('is found when it comes while an earlier text of the file is looked at', async () => {
    const { documents, writes, verifier, clock } = setting();
    const { judge } = verifier;
    verifier.judge = async (text, asked) => {
      if (text === 'fine') {
        documents.disk.set(FILE, 'BAD');
        writes.notice(FILE, 'agent');
      }
      return judge(text, asked);
    };
    documents.disk.set(FILE, 'fine');
    writes.notice(FILE, 'agent');
    await clock.pass(1000);
    assert.deepEqual(writes.undecidedPaths, [FILE]);
  });

  it('is looked at even if files change without a pause', async () => {
    const { documents, writes, clock, verifier } = setting();
    documents.disk.set(FILE, 'BAD');
    for (let round = 0; round < 20; round += 1) {
      writes.notice(FILE, 'agent');
      await clock.pass(100);
    }
    assert.ok(verifier.asked.length > 0);
  });

  it('is not hidden behind one that the verifier refuses to look at; that one is a gap on record', async () => {
    const { documents, writes, clock, verifier, dialog } = setting();
    const { judge } = verifier;
    verifier.judge = (text, asked) => {
      if (text === 'poison') throw new VerifierError('too_large', 'The request is larger than the verifier accepts.');
      return judge(text, asked);
    };
    documents.disk.set('/w/poison.js', 'poison');
    documents.disk.set(FILE, 'BAD');
    writes.notice('/w/poison.js', 'agent');
    writes.notice(FILE, 'agent');
    await clock.pass(1000);
    assert.deepEqual(writes.undecidedPaths, [FILE]);
    assert.match(verifier.notices[0]?.detail ?? '', /poison\.js \(refused by the verifier\)/);
    assert.ok(dialog.told.some((line) => line.includes('poison.js')));
  });

  it('and that cannot be read as text is a gap on record, once, in the count and, unless it is a program, in sight', async () => {
    const { documents, writes, clock, verifier, dialog } = setting();
    documents.unassessable.set('/w/tool', 'not text');
    documents.unassessable.set('/w/huge.sql', 'too large');
    for (const path of ['/w/tool', '/w/tool']) {
      writes.notice(path, 'agent');
      await clock.pass(1000);
    }
    assert.deepEqual(
      verifier.notices.map(({ notice, detail }) => `${notice}: ${detail}`),
      ['coverage-gap: written, but could not be assessed: tool (not text)'],
    );
    assert.deepEqual(dialog.told, []);
    writes.notice('/w/huge.sql', 'agent');
    await clock.pass(1000);
    assert.equal(verifier.notices.length, 2);
    assert.match(dialog.told[0] ?? '', /huge\.sql \(too large\)/);
    assert.equal(writes.gapCount, 2);
  });

  it('waits for a decision over a reload, and over a commit of it', async () => {
    const storage = new FakeStorage();
    const before = setting([], { storage });
    await before.slip('BAD');
    const after = setting([APPROVE_WITH_REASON], { storage, head: new Map([[FILE, 'BAD']]) });
    after.documents.disk.set(FILE, 'BAD');
    await after.writes.recall();
    await after.clock.pass(1000);
    assert.deepEqual(after.writes.undecidedPaths, [FILE]);
    assert.equal(await after.writes.review(), true);
    const later = setting([], { storage });
    later.documents.disk.set(FILE, 'BAD');
    await later.writes.recall();
    await later.clock.pass(1000);
    assert.deepEqual(later.writes.undecidedPaths, [], 'what was decided no longer waits');
  });

  it('waits over a reload for a verifier that was down', async () => {
    const storage = new FakeStorage();
    const before = setting([], { storage });
    before.verifier.failure = DOWN;
    await before.slip('BAD');
    const after = setting([], { storage });
    after.documents.disk.set(FILE, 'BAD');
    await after.writes.recall();
    await after.clock.pass(1000);
    assert.deepEqual(after.writes.undecidedPaths, [FILE]);
  });

  it('waits over a reload that came while its dialog was open', async () => {
    const storage = new FakeStorage();
    const before = setting([], { storage });
    await before.slip('BAD');
    const review = before.writes.review();
    await before.clock.pass(1000);
    before.desk.shutDown();
    await review;
    assert.deepEqual(before.verifier.story, ['deny:cancelled', 'failed']);
    const after = setting([], { storage });
    after.documents.disk.set(FILE, 'BAD');
    await after.writes.recall();
    await after.clock.pass(1000);
    assert.deepEqual(after.writes.undecidedPaths, [FILE]);
  });

  it('is no news where another window has let it pass', async () => {
    const storage = new FakeStorage();
    const other = setting([APPROVE_WITH_REASON], { storage });
    await other.type('BAD');
    await other.clock.pass(1000);
    assert.equal(other.documents.disk.get(FILE), 'BAD');
    const here = setting([], { storage });
    await here.slip('BAD');
    assert.deepEqual(here.writes.undecidedPaths, []);
    assert.deepEqual(here.verifier.asked, []);
    await here.slip('BAD and worse BAD');
    assert.deepEqual(here.writes.undecidedPaths, [FILE], 'another text is');
  });

  it('waits for a decision whatever else another window has waiting', async () => {
    const storage = new FakeStorage();
    const [one, other] = [setting([], { storage }), setting([DENY], { storage })];
    await one.slip('BAD', '/w/one.sh');
    await other.slip('BAD', '/w/other.sh');
    await other.writes.review();
    await settle();
    const after = setting([], { storage });
    for (const path of ['/w/one.sh', '/w/other.sh']) after.documents.disk.set(path, 'BAD');
    await after.writes.recall();
    await after.clock.pass(1000);
    assert.deepEqual(after.writes.undecidedPaths, ['/w/one.sh']);
  });
});
