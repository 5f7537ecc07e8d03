import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LISTENER_MS } from '../../extension/core/listenerTime.ts';
import { SAVE_ENDS_MS } from '../../extension/core/putBack.ts';
import { APPROVE, APPROVE_WITH_REASON, DENY } from './buttons.ts';
import { DOWN, FILE, SETTINGS } from './saveSetting.ts';
import { type DoorOrder, type Save, savingEditor } from './savingEditor.ts';

const OLD = 'one\ntwo\nthree\n';
const TYPED = 'one\ntwo\nBAD \ud83d\udd25 caf\u00e9 \ud800\nthree\n';

function opened(answers: (string | undefined)[] = []) {
  return savingEditor(answers, { disk: new Map([[FILE, OLD]]) });
}

describe('a save that VS Code asks no code action about', () => {
  it('of a clean text is written', async () => {
    const { typeAndSave, documents, verifier } = opened();
    await typeAndSave(FILE, 'one\nfine\n', 'auto');
    assert.equal(documents.disk.get(FILE), 'one\nfine\n');
    assert.deepEqual(verifier.story, ['saved']);
    assert.equal(verifier.asked.length, 1);
  });

  for (const how of ['auto', 'asks-not'] satisfies Save[]) {
    it(`leaves the disk as it was and the developer's text unsaved in the editor, where it breaks a rule (${how})`, async () => {
      const { typeAndSave, documents, problems, steps } = opened();
      await typeAndSave(FILE, TYPED, how);
      assert.equal(documents.disk.get(FILE), OLD);
      assert.deepEqual(documents.open(FILE), { path: FILE, language: 'shellscript', text: TYPED, dirty: true });
      assert.equal(problems.held.has(FILE), true);
      assert.ok(steps.indexOf('after keeping the copy') < steps.indexOf('before an edit by the guard'), 'put back before it was kept');
    });
  }

  it('asks nothing of the person in auto save, and asks at the explicit save', async () => {
    const { typeAndSave, saveAgain, dialog, verifier, guard } = opened();
    await typeAndSave(FILE, TYPED, 'auto');
    for (let round = 0; round < 5; round += 1) await saveAgain(FILE, 'auto');
    assert.deepEqual([dialog.questions, dialog.told], [[], []]);
    assert.equal(verifier.asked.length, 1, 'the same text was assessed again');
    assert.deepEqual(guard.held.marks, [{ path: FILE, line: 1 }]);
    await saveAgain(FILE, 'asks');
    assert.equal(dialog.questions.length, 1);
    assert.equal(verifier.asked.length, 1);
  });

  it('asks by a dialog when somebody saved explicitly', async () => {
    const { typeAndSave, dialog, documents } = opened([DENY]);
    await typeAndSave(FILE, TYPED, 'asks-not');
    assert.equal(dialog.questions.length, 1);
    assert.equal(documents.open(FILE)?.text, TYPED);
    assert.equal(documents.disk.get(FILE), OLD);
  });

  it('asks no one before the text is back in the editor, so that an approval at once saves it', async () => {
    const { documents, putBack, clock, dialog, verifier } = opened([APPROVE_WITH_REASON]);
    documents.edit(FILE, TYPED);
    assert.equal(await putBack.willSave(documents.document(FILE), { manner: 'ask', codeActionComes: false }), true);
    // VS Code takes its time for the write.
    await clock.pass(2_000);
    assert.deepEqual(dialog.questions, []);
    assert.equal(await putBack.saved(FILE, OLD), true);
    await clock.pass(1_000);
    assert.equal(documents.disk.get(FILE), TYPED);
    assert.deepEqual(verifier.story, ['approve', 'saved']);
  });

  for (const how of ['auto', 'asks-not'] satisfies Save[]) {
    it(`saves what is approved, once (${how})`, async () => {
      const { typeAndSave, saveAgain, documents, guard, clock, verifier, copies } = opened([APPROVE_WITH_REASON]);
      await typeAndSave(FILE, TYPED, how);
      if (how === 'auto') await guard.decide(FILE);
      await clock.pass(3_000);
      assert.equal(documents.disk.get(FILE), TYPED);
      assert.deepEqual(verifier.story, ['approve', 'saved']);
      assert.deepEqual([...copies.files], [], 'a copy was left behind');
      documents.edit(FILE, `${TYPED}BAD again`);
      await saveAgain(FILE, how);
      assert.equal(documents.disk.get(FILE), TYPED);
    });
  }

  it('stays held when denied, without a word in auto save', async () => {
    const { typeAndSave, saveAgain, guard, clock, documents, dialog } = opened([DENY]);
    await typeAndSave(FILE, TYPED, 'auto');
    await guard.decide(FILE);
    await clock.pass(3_000);
    await saveAgain(FILE, 'auto');
    assert.equal(documents.disk.get(FILE), OLD);
    assert.equal(documents.open(FILE)?.text, TYPED);
    assert.equal(dialog.questions.length, 1);
    assert.deepEqual(dialog.told, []);
  });

  it('is held where the verifier is down, told once, and looked at again when it is back', async () => {
    const { typeAndSave, saveAgain, documents, dialog, verifier, guard, problems } = opened();
    verifier.failure = DOWN;
    await typeAndSave(FILE, 'harmless', 'auto');
    await saveAgain(FILE, 'auto');
    assert.equal(documents.disk.get(FILE), OLD);
    assert.equal(documents.open(FILE)?.text, 'harmless');
    assert.equal(dialog.told.length, 1);
    assert.equal(problems.held.has(FILE), true, 'no error keeps auto save waiting');
    verifier.failure = undefined;
    await guard.resume();
    assert.equal(problems.held.has(FILE), false);
    await saveAgain(FILE, 'auto');
    assert.equal(documents.disk.get(FILE), 'harmless');
  });

  it('is held in time where the verifier hangs', async () => {
    const { documents, putBack, clock, verifier } = opened();
    verifier.judge = () => new Promise(() => {});
    documents.edit(FILE, TYPED);
    let answer: unknown = 'none';
    void putBack.willSave(documents.document(FILE), { manner: 'quiet', codeActionComes: false }).then((change) => {
      answer = change;
    });
    await clock.pass(LISTENER_MS);
    assert.notEqual(answer, 'none', 'later than VS Code waits');
    assert.equal(answer, true, 'a text without a verdict was let through');
  });

  for (const { what, spoil } of [
    { what: 'the copy cannot be kept', spoil: (parts: ReturnType<typeof opened>) => parts.die('before keeping the copy') },
    { what: 'the disk cannot be read', spoil: (parts: ReturnType<typeof opened>) => parts.die('before reading the disk') },
  ]) {
    it(`answers in time and puts nothing back where ${what}; the file is looked at once it is written`, async () => {
      const parts = opened();
      const { documents, putBack, clock, copies } = parts;
      copies.write = () => Promise.reject(new Error('no space left'));
      spoil(parts);
      documents.edit(FILE, TYPED);
      let answer: unknown = 'none';
      void putBack.willSave(documents.document(FILE), { manner: 'quiet', codeActionComes: false }).then((change) => {
        answer = change;
      });
      await clock.pass(LISTENER_MS);
      assert.equal(answer, false);
      assert.equal(documents.open(FILE)?.text, TYPED);
      assert.deepEqual(parts.dialog.told, [], 'the code action may hold it yet');
      await putBack.saved(FILE, TYPED);
      await putBack.saved(FILE, TYPED);
      assert.equal(parts.dialog.told.length, 1);
      assert.match(parts.dialog.told.join(), /run\.sh could not be held back .* It is on disk, and is being checked/);
    });
  }

  it('lets VS Code write its own settings where a busy machine keeps the verdict back, and holds any other file', async () => {
    for (const [path, held] of [
      [FILE, true],
      [SETTINGS, false],
    ] as const) {
      const { documents, putBack, guard, clock } = savingEditor([], { disk: new Map([[path, OLD]]) });
      guard.lastLook = () => new Promise(() => {});
      documents.edit(path, TYPED);
      const answer = putBack.willSave(documents.document(path), { manner: 'quiet', codeActionComes: false });
      await clock.pass(LISTENER_MS - 1);
      assert.equal(await answer, held, path);
    }
  });

  it('says nothing of a save that was missed where the code action held it after all', async () => {
    const { documents, putBack, dialog, copies } = opened();
    const write = copies.write.bind(copies);
    copies.write = () => Promise.reject(new Error('no space left'));
    documents.edit(FILE, TYPED);
    assert.equal(await putBack.willSave(documents.document(FILE), { manner: 'quiet', codeActionComes: false }), false);
    copies.write = write;
    documents.edit(FILE, OLD);
    await putBack.willSave(documents.document(FILE), { manner: 'quiet', codeActionComes: false });
    await putBack.saved(FILE, OLD);
    assert.deepEqual(dialog.told, []);
  });

  it('keeps what somebody types in the moment in which the disk’s text stands in the editor', async () => {
    const { typeAndSave, documents, typing } = opened();
    typing.beforeRestore = { offset: OLD.length, length: 0, text: 'typed meanwhile' };
    await typeAndSave(FILE, TYPED, 'auto');
    assert.equal(documents.open(FILE)?.text, `${TYPED}typed meanwhile`);
    assert.equal(documents.disk.get(FILE), OLD);
  });

  it('that fails on the disk gives the text back all the same', async () => {
    const { documents, putBack, clock } = opened();
    documents.edit(FILE, TYPED);
    assert.equal(await putBack.willSave(documents.document(FILE), { manner: 'quiet', codeActionComes: false }), true);
    assert.equal(documents.open(FILE)?.text, OLD);
    await clock.pass(SAVE_ENDS_MS + 100);
    assert.equal(documents.open(FILE)?.text, TYPED);
  });

  for (const { what, typed, down } of [
    { what: 'breaks a rule', typed: 'BAD again', down: false },
    { what: 'cannot be checked', typed: 'x', down: true },
  ]) {
    it(`that VS Code gives up keeps the text where what was typed meanwhile ${what} and is saved again`, async () => {
      const { documents, putBack, clock, verifier, copies } = opened();
      documents.edit(FILE, TYPED);
      const asking = { manner: 'quiet', codeActionComes: false } as const;
      assert.equal(await putBack.willSave(documents.document(FILE), asking), true);
      documents.edit(FILE, `${OLD}${typed}`);
      putBack.changed(FILE, [{ offset: OLD.length, length: 0, text: typed }]);
      if (down) verifier.failure = DOWN;
      const again = putBack.willSave(documents.document(FILE), asking);
      await clock.pass(1_000);
      assert.equal(await again, true);
      assert.ok(
        [...copies.files.values()].some((copy) => copy.includes('caf\u00e9')),
        'no copy of the text is left',
      );
      assert.equal(await putBack.saved(FILE, OLD), true);
      await clock.pass(SAVE_ENDS_MS + 100);
      assert.equal(documents.open(FILE)?.text, `${TYPED}${typed}`);
    });
  }

  it('holds what somebody types while the text is being checked, too, and keeps a copy of it', async () => {
    const { documents, putBack, verifier, copies, saveAgain } = opened();
    const { judge } = verifier;
    verifier.judge = (text, asked) => {
      documents.edit(FILE, `${TYPED}more`);
      return judge(text, asked);
    };
    documents.edit(FILE, TYPED);
    assert.equal(await putBack.willSave(documents.document(FILE), { manner: 'quiet', codeActionComes: false }), true);
    assert.equal(documents.open(FILE)?.text, OLD);
    assert.match([...copies.files.values()].join(), /more/);
    assert.equal(await putBack.saved(FILE, OLD), true);
    assert.equal(documents.open(FILE)?.text, `${TYPED}more`);
    await saveAgain(FILE, 'auto');
    assert.equal(documents.disk.get(FILE), OLD);
  });

  it('is not let through by the verdict on a text that is no longer the document’s', async () => {
    const { documents, putBack, verifier } = opened();
    const { judge } = verifier;
    verifier.judge = (text, asked) => {
      if (!text.includes('BAD')) documents.edit(FILE, TYPED);
      return judge(text, asked);
    };
    documents.edit(FILE, 'clean so far');
    assert.equal(await putBack.willSave(documents.document(FILE), { manner: 'quiet', codeActionComes: false }), true);
    assert.equal(documents.open(FILE)?.text, OLD);
  });

  it('writes no key that was pressed while the disk’s text stood in the editor for longer than to the next save', async () => {
    const { typeAndSave, saveAgain, documents, putBack } = opened();
    const typed = { offset: OLD.length, length: 0, text: 'x' };
    const { change } = documents;
    let edits = 0;
    documents.change = async (...asked) => {
      const made = await change(...asked);
      edits += 1;
      if (edits !== 1) return made;
      documents.edit(FILE, `${OLD}x`);
      putBack.changed(FILE, [typed]);
      return made;
    };
    await typeAndSave(FILE, TYPED, 'auto');
    assert.equal(documents.disk.get(FILE), `${OLD}x`);
    assert.equal(documents.open(FILE)?.text, `${TYPED}x`);
    await saveAgain(FILE, 'auto');
    assert.equal(documents.disk.get(FILE), OLD);
    assert.equal(documents.open(FILE)?.text, `${TYPED}x`);
  });

  it('tries again where VS Code refuses an edit because somebody has just typed', async () => {
    const { typeAndSave, documents, putBack } = opened();
    const { change } = documents;
    let refusals = 0;
    documents.change = async (...asked) => {
      refusals += 1;
      if (refusals % 2 === 0) return change(...asked);
      const end = documents.open(FILE)?.text.length ?? 0;
      const typed = { offset: end, length: 0, text: `${refusals}` };
      documents.edit(FILE, `${documents.open(FILE)?.text}${refusals}`);
      putBack.changed(FILE, [typed]);
      return false;
    };
    await typeAndSave(FILE, TYPED, 'auto');
    assert.equal(documents.open(FILE)?.text, `${TYPED}13`);
    assert.equal(documents.disk.get(FILE), OLD);
  });

  it('whose text cannot be restored in the editor is offered at once', async () => {
    const { typeAndSave, documents, dialog } = opened();
    const { change } = documents;
    let isPut = false;
    documents.change = async (...asked) => {
      if (isPut) return false;
      isPut = true;
      return change(...asked);
    };
    await typeAndSave(FILE, TYPED, 'auto');
    assert.match(dialog.told.at(-1) ?? '', /run\.sh that was held back could be restored/);
  });
});

describe('a save that VS Code asks the code action about', () => {
  for (const order of ['code action first', 'listener first'] satisfies DoorOrder[]) {
    it(`is given up where it breaks a rule, with nothing put back from the second on (${order})`, async () => {
      const { typeAndSave, documents, dialog, steps, doors } = opened([DENY, DENY]);
      doors.order = order;
      await typeAndSave(FILE, 'fine', 'asks');
      for (const text of [TYPED, `${TYPED}BAD again`]) await typeAndSave(FILE, text, 'asks');
      assert.equal(steps.includes('before an edit by the guard'), false);
      assert.equal(documents.disk.get(FILE), 'fine');
      assert.equal(documents.open(FILE)?.dirty, true);
      assert.equal(dialog.questions.length, 2);
    });
  }

  it('and is not yet, because its window is still starting, is held by the listener', async () => {
    const { typeAndSave, documents, dialog, doors, problems } = opened([DENY]);
    doors.asksCodeAction = false;
    await typeAndSave(FILE, TYPED, 'asks');
    assert.equal(documents.disk.get(FILE), OLD);
    assert.deepEqual(documents.open(FILE), { path: FILE, language: 'shellscript', text: TYPED, dirty: true });
    assert.equal(dialog.questions.length, 1);
    assert.equal(problems.held.has(FILE), true);
  });

  it('in the first save of a window is held by the listener, and the code action after it lets the disk’s own text be written', async () => {
    const { typeAndSave, documents, dialog, verifier } = opened([DENY]);
    await typeAndSave(FILE, TYPED, 'asks');
    assert.equal(documents.disk.get(FILE), OLD);
    assert.deepEqual(documents.open(FILE), { path: FILE, language: 'shellscript', text: TYPED, dirty: true });
    assert.deepEqual([dialog.questions.length, verifier.asked.length], [1, 1]);
  });

  it('and came before the listener is checked by that where it was left out', async () => {
    const { typeAndSave, documents, doors } = opened([DENY]);
    doors.order = 'code action first';
    await typeAndSave(FILE, 'fine', 'asks');
    doors.asksCodeAction = false;
    await typeAndSave(FILE, TYPED, 'asks');
    assert.equal(documents.disk.get(FILE), 'fine');
  });

  it('is assessed once', async () => {
    const { typeAndSave, verifier, documents } = opened();
    await typeAndSave(FILE, 'fine', 'asks');
    assert.equal(documents.disk.get(FILE), 'fine');
    assert.equal(verifier.asked.length, 1);
  });

  it('and whose text a formatter spoils after the check is held by the listener that comes after it', async () => {
    const { documents, guard, putBack, verifier } = opened();
    documents.edit(FILE, 'fine');
    assert.equal(await guard.mayWrite(documents.document(FILE)), true);
    documents.edit(FILE, 'fine\nBAD');
    assert.ok(await putBack.willSave(documents.document(FILE), { manner: 'ask', codeActionComes: true }));
    assert.deepEqual(verifier.story, ['failed']);
  });

  it('and whose approved text a formatter changes is not asked about again for what was approved', async () => {
    const { typeAndSave, documents, guard, clock, dialog, putBack } = opened([APPROVE, APPROVE]);
    let formatted = false;
    const { mayWrite } = guard;
    guard.mayWrite = async (...asked) => {
      const may = await mayWrite.apply(guard, asked);
      if (may) {
        documents.edit(FILE, `${documents.open(FILE)?.text}\n`);
        formatted = !(await putBack.willSave(documents.document(FILE), { manner: 'ask', codeActionComes: true }));
      }
      return may;
    };
    await typeAndSave(FILE, 'ODD', 'asks');
    await clock.pass(3_000);
    assert.equal(formatted, true);
    assert.equal(documents.disk.get(FILE), 'ODD\n');
    assert.equal(dialog.questions.length, 1);
  });
});

describe('when everything dies', () => {
  for (const how of ['asks', 'asks-not', 'auto'] satisfies Save[]) {
    it(`at any step of a held save, the text is in the editor's backup, on the disk by approval, or offered (${how})`, async () => {
      const run = async (dieAt?: string) => {
        const parts = opened([APPROVE_WITH_REASON]);
        if (dieAt !== undefined) parts.die(dieAt);
        await parts.typeAndSave(FILE, TYPED, how);
        if (how === 'auto' && !parts.isDead()) void parts.guard.decide(FILE);
        await parts.clock.pass(20_000);
        return parts;
      };
      const { steps } = await run();
      assert.ok(steps.length >= 8, steps.join());
      for (const step of new Set(steps)) {
        const { documents, copies, isDead } = await run(step);
        assert.equal(isDead(), true, step);
        // The worst that an editor's own backup can be: the text of the moment, be it the disk's.
        const backup = documents.open(FILE)?.text;
        const next = savingEditor([], { copies, disk: documents.disk });
        if (backup !== undefined && backup !== documents.disk.get(FILE)) next.documents.edit(FILE, backup);
        const found = [
          next.documents.open(FILE)?.text,
          next.documents.disk.get(FILE),
          ...(await next.offers.lost()).map(({ text }) => text),
        ];
        assert.ok(found.includes(TYPED), `lost when it died ${step}: ${JSON.stringify(found)}`);
      }
    });
  }
});
