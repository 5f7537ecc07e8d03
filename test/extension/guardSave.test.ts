import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Baselines } from '../../extension/core/baselines.ts';
import { Desk } from '../../extension/core/decide.ts';
import { APPROVE, APPROVE_WITH_REASON, DENY, DENY_ALL } from '../../extension/core/dialogText.ts';
import { SAVE_DEADLINE_MS, SaveGuard } from '../../extension/core/guardSave.ts';
import { Settings } from '../../extension/core/settings.ts';
import { Trouble } from '../../extension/core/trouble.ts';
import { MAX_BURST, UnassessedWrites } from '../../extension/core/unassessedWrites.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { FakeClock, FakeDialog, FakeDocuments, FakeLog, FakeProblems, FakeStorage, FakeVerifier, settle } from './fakes.ts';

const FILE = '/w/run.sh';
const DOWN = new VerifierError('unreachable', 'The verifier is not reachable.');

function setting(answers: (string | undefined)[] = [], { head = new Map<string, string>(), storage = new FakeStorage() } = {}) {
  const dialog = new FakeDialog();
  dialog.answers = answers;
  dialog.reasons = ['checked'];
  const clock = new FakeClock();
  const log = new FakeLog();
  const verifier = new FakeVerifier();
  // Only what is new counts: what the baseline had is not looked at again.
  verifier.judge = (text, asked) => {
    const known = 'subject' in asked && asked.subject.kind === 'file' ? (asked.subject.baseline ?? '') : '';
    const fresh = text.split('\n').filter((line) => !known.split('\n').includes(line));
    return fresh.some((line) => line.includes('BAD')) ? 'block' : fresh.some((line) => line.includes('ODD')) ? 'review' : 'pass';
  };
  const documents = new FakeDocuments();
  const problems = new FakeProblems();
  const desk = new Desk({ dialog, clock, log, windowId: 'w' });
  const trouble = new Trouble({ dialog, restart: () => {}, showLog: () => {} });
  const baselines = new Baselines({ storage, log, atHead: async (path) => head.get(path) });
  const connect = async () => {
    if (verifier.failure) throw verifier.failure;
    return verifier;
  };
  const save = Settings.parse({}).save;
  const parts = { connect, desk, dialog, documents, baselines, problems, clock, log, trouble, settings: () => save, sessionId: 's' };
  const guard = new SaveGuard(parts);
  let changes = 0;
  const writes = new UnassessedWrites({
    ...parts,
    guard,
    changed: () => {
      changes += 1;
    },
  });
  documents.mayWrite = (document) => guard.mayWrite(document);
  documents.wasSaved = (document) => {
    if (guard.wasSaved(document)) writes.superseded(document.path);
    else writes.notice(document.path, 'not asked');
  };
  const type = async (text: string, path = FILE) => {
    documents.edit(path, text);
    return documents.save(path);
  };
  /** Text that another program, or Save without Formatting, puts on the disk. */
  const slip = async (text: string, path = FILE) => {
    documents.disk.set(path, text);
    writes.notice(path, 'slipped past');
    await clock.pass(1000);
  };
  return { dialog, clock, log, verifier, documents, problems, guard, writes, baselines, type, slip, storage, changes: () => changes };
}

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
    guard.touched(FILE);
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
});
