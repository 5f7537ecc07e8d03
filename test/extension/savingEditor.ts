import { HeldOffers } from '../../extension/core/heldOffers.ts';
import type { HeldText } from '../../extension/core/heldTexts.ts';
import type { Editors } from '../../extension/core/ports.ts';
import { PutBack } from '../../extension/core/putBack.ts';
import { SaveOrder } from '../../extension/core/saveOrder.ts';
import { applyChange, type TextChange } from '../../extension/core/textChange.ts';
import { type FakeDocuments, FakeStorage } from './fakes.ts';
import { setting } from './saveSetting.ts';

/** Why this editor saves: on request with the code action, or as auto save and switched-off settings do, without it. */
export type Save = 'asks' | 'asks-not' | 'auto';

/** Which door VS Code opens first: in a window whose first load this is the code action, after a reload the listener. */
export type DoorOrder = 'code action first' | 'listener first';

/** A never-ending wait: the process that would go on is gone. */
const GONE = new Promise<never>(() => {});

/**
 * The guard's save lines on an editor that saves as VS Code does: code action, listener with its edits, write,
 * event. It can die at any step; what outlives it is the disk, the copies and its own backup of unsaved texts.
 */
export function savingEditor(answers: (string | undefined)[] = [], { copies = new FakeStorage(), disk = new Map<string, string>() } = {}) {
  const steps: string[] = [];
  let dieAt: string | undefined;
  let dead = false;
  const step = async <T>(name: string, run: () => T | Promise<T>): Promise<T> => {
    await point(`before ${name}`);
    const result = await run();
    await point(`after ${name}`);
    return result;
  };
  const point = async (name: string) => {
    if (dead) return GONE;
    steps.push(name);
    if (name === dieAt) {
      dead = true;
      return GONE;
    }
    return undefined;
  };
  const parts = setting(answers, { copies: stepping(copies, step) });
  const { documents, guard, texts, clock, log, verifier, writes } = parts;
  for (const [path, text] of disk) documents.disk.set(path, text);
  const { judge } = verifier;
  verifier.judge = (text, asked) => step('the assessment', () => judge(text, asked));
  /** What somebody types while the guard brings a text back. */
  const typing: { beforeRestore?: TextChange } = {};
  const editors = Object.assign(documents, {
    asEditorReads: (path: string) => step('reading the disk', () => documents.disk.get(path)),
    change: (path: string, change: TextChange) => step('an edit by the guard', () => makeChange(documents, path, change, onChange)),
    carets: () => ({ restore: () => undefined }),
  }) satisfies Editors;
  const offered: HeldText[] = [];
  const offers = new HeldOffers({ texts, editors, dialog: parts.dialog, log, compare: async (copy) => void offered.push(copy) });
  const putBack = new PutBack({
    guard,
    texts,
    editors,
    clock,
    log,
    dialog: parts.dialog,
    offer: () => offers.make(),
  });
  parts.settling.of = (path) => putBack.settled(path);
  const onChange = (path: string, change: TextChange) => {
    if (putBack.isBusy(path)) putBack.changed(path, [change]);
    else guard.held.touched(path);
  };

  const order = new SaveOrder();
  const doors: { order: DoorOrder; asksCodeAction: boolean } = { order: 'listener first', asksCodeAction: true };
  const save = async (path: string, how: Save): Promise<boolean> => {
    const manner = how === 'auto' ? 'quiet' : 'ask';
    const codeAction = async () => {
      if (how !== 'asks' || !doors.asksCodeAction) return true;
      const isSecond = order.codeAction(path);
      if (await putBack.stands(path)) return true;
      const document = documents.document(path);
      return isSecond ? guard.lastLook(document, manner) : guard.mayWrite(document, manner);
    };
    const listener = async () => {
      order.listener(path);
      await putBack.willSave(documents.document(path), { manner, codeActionComes: order.comesLater && how === 'asks' });
      return true;
    };
    for (const door of doors.order === 'listener first' ? [listener, codeAction] : [codeAction, listener])
      if (!(await door())) return false;
    await step('the write', () => {
      const editor = documents.editors.get(path);
      documents.disk.set(path, editor?.text ?? '');
      if (editor) editor.dirty = false;
    });
    order.written(path);
    if (typing.beforeRestore) await makeChange(documents, path, typing.beforeRestore, onChange);
    const written = { ...documents.document(path), text: documents.disk.get(path) ?? '' };
    if (!(await putBack.saved(path, written.text)) && !guard.wasSaved(written)) writes.notice(path, 'saved without asking the guard');
    return true;
  };
  let asks: Save = 'asks';
  documents.save = (path) => step('the save after a decision', () => save(path, asks));
  return {
    ...parts,
    documents: editors,
    putBack,
    offers,
    offered,
    steps,
    typing,
    doors,
    die: (at: string) => {
      dieAt = at;
    },
    isDead: () => dead,
    /** Types a text over the document's and saves it. */
    async typeAndSave(path: string, text: string, how: Save): Promise<void> {
      asks = how === 'auto' ? 'asks' : how;
      documents.edit(path, text);
      void save(path, how);
      await clock.pass(3_000);
    },
    /** Auto save comes again. */
    async saveAgain(path: string, how: Save): Promise<void> {
      void save(path, how);
      await clock.pass(3_000);
    },
  };
}

async function makeChange(
  documents: FakeDocuments,
  path: string,
  change: TextChange,
  told: (path: string, change: TextChange) => void,
): Promise<boolean> {
  const before = documents.editors.get(path)?.text ?? documents.disk.get(path) ?? '';
  documents.edit(path, applyChange(before, change));
  told(path, change);
  return true;
}

/** A storage whose writes are steps at which the process can die. */
function stepping(storage: FakeStorage, step: <T>(name: string, run: () => T | Promise<T>) => Promise<T>): FakeStorage {
  const { write } = storage;
  return Object.assign(new FakeStorage(), {
    files: storage.files,
    read: storage.read,
    names: storage.names,
    remove: storage.remove,
    write: (name: string, text: string) => step('keeping the copy', () => write(name, text)),
  });
}
