import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LISTENER_MS } from '../../extension/core/listenerTime.ts';
import { cellsOfFile, diskTextOf, type NotebookCell, notebookText } from '../../extension/core/notebookCells.ts';
import { PutBackCells } from '../../extension/core/putBackCells.ts';
import { settle } from './fakes.ts';
import { setting } from './saveSetting.ts';

const FILE = '/w/study.ipynb';
const cell = (id: string, text: string): NotebookCell => ({ id, kind: 'code', language: 'python', text });

/** A notebook in an editor that saves as VS Code does. The file has outputs, which the editor's cells do not show here. */
function notebook(before: string[]) {
  const parts = setting();
  const { documents, guard, texts, clock, log, dialog, verifier } = parts;
  // Cells stand as JSON strings in the file; the stand-in reads the file as text.
  verifier.judge = (text) => (text.includes('BAD') ? 'block' : 'pass');
  const write = (cells: readonly NotebookCell[]) => documents.disk.set(FILE, notebookText(cells));
  let cells = before.map((text, index) => cell(`${index}`, text));
  write(cells);
  const putBack = new PutBackCells({
    guard,
    texts,
    clock,
    log,
    dialog,
    documents,
    offer: () => undefined,
    notebooks: {
      cells: () => cells,
      write: async (_path, changed) => {
        cells = cells.map((one) => ({ ...one, text: changed.get(one.id) ?? one.text }));
        return true;
      },
    },
  });
  parts.settling.of = (path) => putBack.settled(path);
  const put = (changed: ReadonlyMap<string, string>) => {
    cells = cells.map((one) => ({ ...one, text: changed.get(one.id) ?? one.text }));
  };
  return {
    ...parts,
    putBack,
    put,
    edit: (next: NotebookCell[]) => {
      cells = next;
    },
    now: () => cells.map(({ text }) => text),
    onDisk: () => cellsOfFile(documents.disk.get(FILE) ?? ''),
    /** `meanwhile`: what happens between the write and the restore. */
    save: async (meanwhile: () => void = () => undefined) => {
      const changed = await putBack.willSave(FILE, 'quiet');
      if (changed) put(changed);
      write(cells);
      meanwhile();
      return putBack.saved(FILE);
    },
  };
}

describe('a notebook', () => {
  it('whose cells are clean is written', async () => {
    const { edit, save, onDisk } = notebook(['one']);
    edit([cell('0', 'one'), cell('1', 'fine')]);
    assert.equal(await save(), false);
    assert.deepEqual(onDisk(), ['one', 'fine']);
  });

  it('is written without what breaks a rule, which stays in its cell', async () => {
    const { edit, save, now, onDisk, problems, copies, dialog } = notebook(['one', 'two', 'three']);
    edit([cell('0', 'one'), cell('n', 'BAD new'), cell('1', 'BAD two'), cell('2', 'three')]);
    assert.equal(await save(), true);
    assert.deepEqual(onDisk(), ['one', 'two', '', 'three'], 'no cell of the disk is lost');
    assert.deepEqual(now(), ['one', 'BAD new', 'BAD two', 'three']);
    assert.equal(problems.held.has(FILE), true);
    assert.equal(copies.files.size, 1);
    assert.deepEqual(dialog.questions, []);
  });

  it('is asked about only once its texts are back in their cells', async () => {
    const { edit, putBack, put, clock, dialog } = notebook(['one']);
    edit([cell('0', 'BAD')]);
    put((await putBack.willSave(FILE, 'ask')) ?? new Map());
    await clock.pass(2_000);
    assert.deepEqual(dialog.questions, []);
    await putBack.saved(FILE);
    await clock.pass(1_000);
    assert.equal(dialog.questions.length, 1);
  });

  it('keeps what is typed into a cell while the disk’s text stands there', async () => {
    const { edit, save, now, put } = notebook(['one']);
    edit([cell('0', 'BAD')]);
    await save(() => put(new Map([['0', 'one typed']])));
    assert.deepEqual(now(), ['BAD typed']);
  });

  it('is left to the look at the disk where its file is of another format, and that is said', async () => {
    const { documents, edit, putBack, dialog } = notebook(['one']);
    documents.disk.set(FILE, '<notebook/>');
    edit([cell('0', 'BAD')]);
    assert.equal(await putBack.willSave(FILE, 'quiet'), undefined);
    await putBack.saved(FILE);
    assert.match(dialog.told.join(), /study\.ipynb could not be held back/);
  });

  it('whose texts could not be put back in time is looked at once it is written', async () => {
    const { edit, putBack, documents } = notebook(['one']);
    edit([cell('0', 'BAD')]);
    assert.ok(await putBack.willSave(FILE, 'quiet'));
    documents.disk.set(FILE, notebookText([cell('0', 'BAD')]));
    assert.equal(await putBack.saved(FILE), false);
  });

  it('is answered for in time where its copy cannot be kept', async () => {
    const { edit, putBack, copies, clock } = notebook(['one']);
    copies.write = () => new Promise(() => {});
    edit([cell('0', 'BAD')]);
    let answer: unknown = 'none';
    void putBack.willSave(FILE, 'quiet').then((changed) => {
      answer = changed;
    });
    await clock.pass(LISTENER_MS);
    await settle();
    assert.equal(answer, undefined);
  });
});

describe('the cells of a notebook and of its file', () => {
  it('read the same as written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (cellTexts) => {
        assert.deepEqual(cellsOfFile(notebookText(cellTexts.map((text, index) => cell(`${index}`, text)))), cellTexts);
      }),
    );
  });

  it('are paired so that an unchanged beginning and end stay, and no text of the editor alone is among them', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 2 }), { maxLength: 6 });
    fc.assert(
      fc.property(texts, texts, (cells, disk) => {
        const paired = diskTextOf(cells, disk);
        assert.equal(paired.length, cells.length);
        assert.ok(paired.every((text) => text === '' || disk.includes(text)));
        if (cells.length >= disk.length)
          assert.deepEqual(
            paired.filter((text) => text !== ''),
            disk,
          );
      }),
    );
  });
});
