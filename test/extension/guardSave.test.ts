import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SAVE_DEADLINE_MS } from '../../extension/core/guardSave.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { MAX_TEXT } from '../../verifier/protocol/subject.ts';
import { CONTINUE } from './breakGlassSetting.ts';
import { APPROVE, APPROVE_WITH_REASON, DENY, DENY_ALL } from './buttons.ts';
import { finding, settle } from './fakes.ts';
import { DOWN, FILE, SETTINGS, setting } from './saveSetting.ts';

describe('a save', () => {
  it('that is clean goes through without a question and is recorded as saved', async () => {
    const { type, documents, dialog, verifier } = setting();
    assert.equal(await type('echo hello'), true);
    await settle();
    assert.equal(documents.disk.get(FILE), 'echo hello');
    assert.deepEqual(dialog.questions, []);
    assert.deepEqual(verifier.story, ['saved']);
  });

  it('that breaks a rule is held at once, stays unsaved, and shows where', async () => {
    const { type, documents, dialog, problems, clock } = setting();
    assert.equal(await type('BAD'), false);
    assert.deepEqual(dialog.questions, [], 'the dialog opens outside the save');
    await clock.pass(1000);
    assert.equal(dialog.questions.length, 1);
    assert.equal(documents.disk.has(FILE), false);
    assert.equal(documents.open(FILE)?.dirty, true);
    assert.equal(problems.shown.get(FILE)?.length, 1);
  });

  it('that is denied never reaches the disk; the text stays in the editor', async () => {
    const { type, documents, verifier, clock } = setting([undefined, DENY]);
    await type('BAD');
    await clock.pass(1000);
    assert.equal(documents.disk.has(FILE), false);
    assert.deepEqual(documents.open(FILE), { path: FILE, language: 'shellscript', text: 'BAD', dirty: true });
    assert.deepEqual(verifier.story, ['deny', 'withheld']);
  });

  it('that was held leaves no finding behind when its text is discarded', async () => {
    const { type, problems, guard, clock } = setting([DENY]);
    await type('BAD');
    await clock.pass(1000);
    assert.equal(problems.shown.get(FILE)?.length, 1, 'a denied text is still in the editor');
    guard.discarded(FILE);
    assert.deepEqual(problems.shown.get(FILE), []);
  });

  it('that was not held keeps what another line of defence has shown', () => {
    const { problems, guard } = setting();
    const shown = finding('review');
    problems.set(FILE, [shown]);
    guard.discarded(FILE);
    assert.deepEqual(problems.shown.get(FILE), [shown]);
  });

  it('that is approved is written once, after the approval is on record', async () => {
    const { type, documents, verifier, clock, dialog } = setting([APPROVE_WITH_REASON]);
    let storyAtWrite: string[] = [];
    documents.format = (text) => {
      storyAtWrite = verifier.story;
      return text;
    };
    await type('BAD');
    await clock.pass(1000);
    assert.equal(documents.disk.get(FILE), 'BAD');
    assert.deepEqual(storyAtWrite, ['approve']);
    assert.deepEqual(verifier.story, ['approve', 'saved']);
    assert.equal(dialog.questions.length, 1);
  });

  it('uses an approval once: the same dangerous text elsewhere is asked about anew', async () => {
    const { type, documents, clock, dialog } = setting([APPROVE_WITH_REASON]);
    await type('BAD');
    await clock.pass(1000);
    await type('BAD', '/w/other.sh');
    await clock.pass(1000);
    assert.equal(documents.disk.has('/w/other.sh'), false);
    assert.equal(dialog.questions.length, 2);
  });

  it('uses an approval once: the same text comes back later and is asked about anew', async () => {
    const { type, documents, clock, dialog } = setting([APPROVE_WITH_REASON]);
    await type('BAD');
    await clock.pass(1000);
    await type('fine');
    assert.equal(await type('BAD'), false);
    await clock.pass(1000);
    assert.equal(documents.disk.get(FILE), 'fine');
    assert.equal(dialog.questions.length, 2);
  });

  it('whose text changed while the dialog was open is asked about anew', async () => {
    const { type, documents, clock, dialog, verifier } = setting();
    await type('BAD 1');
    await clock.pass(1000);
    documents.edit(FILE, 'BAD 2');
    dialog.press(APPROVE_WITH_REASON);
    await clock.pass(1000);
    assert.equal(documents.disk.has(FILE), false);
    assert.equal(dialog.questions.length, 2);
    assert.deepEqual(verifier.story, ['approve', 'failed']);
    assert.deepEqual(dialog.told, []);
  });

  it('is not asked about twice while its dialog is open', async () => {
    const { type, documents, clock, dialog, verifier } = setting();
    await type('ODD');
    await clock.pass(1000);
    await documents.save(FILE);
    await documents.save(FILE);
    await clock.pass(1000);
    assert.equal(dialog.questions.length, 1);
    assert.equal(verifier.asked.length, 1);
  });

  it('of a text that was denied and has not changed stays held, and is asked about again only when that is wanted', async () => {
    const { type, documents, clock, dialog, guard } = setting([DENY, DENY, DENY]);
    await type('ODD');
    await clock.pass(1000);
    dialog.toldAnswers = [undefined, 'Decide Again'];
    assert.equal(await documents.save(FILE), false);
    await clock.pass(1000);
    assert.equal(dialog.questions.length, 1);
    assert.match(dialog.told[0] ?? '', /still held back/);
    assert.equal(await documents.save(FILE), false);
    await clock.pass(1000);
    assert.equal(dialog.questions.length, 2);
    await type('ODD and more');
    await clock.pass(1000);
    assert.equal(dialog.questions.length, 3, 'a changed text is a new question');
    guard.held.touched(FILE);
    await type('ODD and more');
    await clock.pass(1000);
    assert.equal(dialog.questions.length, 4, 'so is the same text typed again');
    assert.equal(documents.disk.has(FILE), false);
  });

  it('of several files at once makes one dialog; clean ones are saved', async () => {
    const { type, documents, clock, dialog, verifier } = setting([DENY_ALL]);
    await Promise.all([type('BAD', '/w/a'), type('fine', '/w/b'), type('ODD', '/w/c')]);
    await clock.pass(1000);
    assert.equal(dialog.questions.length, 1);
    assert.deepEqual([...documents.disk.keys()], ['/w/b']);
    assert.deepEqual(verifier.story.filter((one) => one === 'deny').length, 2);
  });

  it('that VS Code gives up after the approval leaves no approval behind', async () => {
    const { type, documents, clock, verifier, dialog } = setting([APPROVE, DENY]);
    await type('ODD');
    documents.save = async () => false;
    await clock.pass(1000);
    assert.deepEqual(verifier.story, ['approve', 'failed']);
    assert.equal(dialog.told.length, 1);
    assert.equal(await documents.mayWrite(documents.document(FILE)), false);
  });

  it('counts only what is new since the last accepted text, else since git HEAD', async () => {
    const { type, verifier } = setting([], { head: new Map([[FILE, 'BAD']]) });
    assert.equal(await type('BAD\necho'), true);
    await settle();
    assert.equal(await type('BAD\necho\nmore'), true);
    const baselines = verifier.asked.map((asked) => 'subject' in asked && asked.subject.kind === 'file' && asked.subject.baseline);
    assert.deepEqual(baselines, ['BAD', 'BAD\necho']);
  });

  it('remembers the accepted text over a reload', async () => {
    const first = setting([APPROVE_WITH_REASON]);
    await first.type('BAD');
    await first.clock.pass(1000);
    const second = setting([], { storage: first.storage });
    assert.equal(await second.type('BAD\nfine'), true);
  });

  it('of a lock file is not checked', async () => {
    const { type, verifier } = setting();
    assert.equal(await type('BAD', '/w/package-lock.json'), true);
    assert.equal(verifier.asked.length, 0);
  });
});

describe('a save when the verifier fails', () => {
  it('is held back where the verifier is down, with a way out', async () => {
    const { type, documents, dialog, verifier } = setting();
    verifier.failure = DOWN;
    assert.equal(await type('echo'), false);
    assert.equal(documents.disk.has(FILE), false);
    assert.match(dialog.told[0] ?? '', /was not saved.*still in the editor/);
  });

  it('of the editor’s own settings goes through, to be looked at after; what breaks a rule is held as any other', async () => {
    const { type, documents, dialog, verifier } = setting();
    assert.equal(await type('BAD', SETTINGS), false);
    verifier.failure = DOWN;
    assert.equal(await type('fine', SETTINGS), true);
    assert.equal(documents.disk.get(SETTINGS), 'fine');
    assert.deepEqual(dialog.told, []);
  });

  it('of a text too large for any verifier goes through, as it could never be saved otherwise: it is a gap on record', async () => {
    const { documents, type, verifier, writes, clock } = setting();
    documents.unassessable.set('/w/huge.sql', 'too large');
    documents.unassessable.set('/w/large.sql', 'too large');
    assert.equal(await type('x'.repeat(MAX_TEXT + 1), '/w/huge.sql'), true);
    assert.equal(verifier.asked.length, 0);
    const { judge } = verifier;
    verifier.judge = () => {
      throw new VerifierError('too_large', 'The request is larger than the verifier accepts.');
    };
    assert.equal(await type('x', '/w/large.sql'), true);
    verifier.judge = judge;
    await clock.pass(1000);
    assert.equal(writes.gapCount, 2);
  });

  it('is held back where the verifier hangs, after the deadline', async () => {
    const { documents, clock, dialog, verifier } = setting();
    verifier.judge = () => new Promise(() => {});
    documents.edit(FILE, 'echo');
    const saving = documents.save(FILE);
    await clock.pass(SAVE_DEADLINE_MS + 1);
    assert.equal(await saving, false);
    assert.match(dialog.told[0] ?? '', /1000 ms/);
  });

  it('stays held where the decision could not be recorded', async () => {
    const { type, documents, clock, dialog, verifier } = setting();
    await type('ODD');
    await clock.pass(1000);
    verifier.failure = DOWN;
    dialog.press(APPROVE);
    await clock.pass(1000);
    assert.equal(documents.disk.has(FILE), false);
    assert.match(dialog.told[0] ?? '', /could not be recorded/);
  });
});

describe('an approval', () => {
  it('that VS Code saves without asking does not wait for another occasion', async () => {
    const { type, documents, clock, guard, verifier } = setting([APPROVE_WITH_REASON]);
    await type('BAD');
    documents.mayWrite = async () => true;
    await clock.pass(1000);
    assert.equal(await guard.mayWrite({ path: FILE, language: '', text: 'BAD' }), false);
    assert.deepEqual(verifier.story.slice(0, 2), ['approve', 'failed']);
  });
});

describe('a save for which no verdict can be had', () => {
  function downWith(pressed: string | undefined) {
    const set = setting();
    set.verifier.failure = DOWN;
    set.dialog.toldAnswers = [pressed];
    return set;
  }

  it('goes on by a decision: written down before, exactly that text, and looked at when the verifier is back', async () => {
    const { type, documents, spool, problems, verifier, writes, clock } = downWith(CONTINUE);
    let writtenAtSave = 0;
    documents.format = (text) => {
      writtenAtSave = spool.lines.length;
      return text;
    };
    assert.equal(await type('BAD'), false, 'the save itself is held; the decision saves again');
    await settle();
    assert.equal(documents.disk.get(FILE), 'BAD');
    assert.equal(writtenAtSave, 1);
    assert.deepEqual(
      spool.lines.map(({ action, subject }) => [action, subject.digest]),
      [['save', sha256('BAD')]],
    );
    assert.deepEqual(problems.shown.get(FILE), [], 'it is not called unsaved any more');
    verifier.failure = undefined;
    writes.resume();
    await clock.pass(1000);
    assert.deepEqual(writes.undecidedPaths, [FILE]);
  });

  it('stays held where nobody takes the way round', async () => {
    const { type, documents, spool } = downWith(undefined);
    await type('echo hello');
    await settle();
    assert.equal(documents.disk.has(FILE), false);
    assert.deepEqual(spool.lines, []);
  });

  it('stays held where what is about to be written is another text than was let through', async () => {
    const { type, documents, guard, dialog } = downWith(CONTINUE);
    documents.save = async () => false;
    await type('echo one');
    await guard.mayWrite(documents.document(FILE));
    await settle();
    assert.equal(guard.isCleared(FILE), true);
    const formatted = { ...documents.document(FILE), text: 'echo  one' };
    assert.equal(await guard.lastLook(formatted, 'quiet', { start: 10, answer: 10 }), false);
    assert.equal(await guard.mayWrite(documents.document(FILE)), false, 'the permit is gone');
    assert.deepEqual(dialog.questions, []);
  });

  it('has no way round what a person denied before the verifier failed', async () => {
    const { type, documents, dialog, verifier, spool, clock } = setting([DENY]);
    await type('BAD');
    await clock.pass(1000);
    verifier.failure = DOWN;
    dialog.toldAnswers = [CONTINUE];
    await documents.save(FILE);
    await settle();
    assert.equal(documents.disk.has(FILE), false);
    assert.deepEqual(spool.lines, []);
  });

  it('has no way round a verdict that came while the question was open', async () => {
    const { type, documents, dialog, verifier, spool, guard, clock } = setting([DENY]);
    let press = (_action: string) => {};
    dialog.tell = (_level, message) =>
      message.includes('was not saved') ? new Promise((resolve) => (press = resolve)) : Promise.resolve(undefined);
    dialog.reasons = ['antivirus'];
    verifier.failure = DOWN;
    await type('BAD');
    await settle();
    verifier.failure = undefined;
    await guard.resume();
    await settle();
    press(CONTINUE);
    await clock.pass(1000);
    assert.deepEqual(spool.lines, []);
    assert.equal(documents.disk.has(FILE), false);
  });
});
