import { fileLabel } from './dialogText.ts';
import type { SaveGuard } from './guardSave.ts';
import type { Manner } from './heldSaves.ts';
import type { HeldTexts } from './heldTexts.ts';
import { inListenerTime } from './listenerTime.ts';
import { PathMap } from './pathKey.ts';
import { type Clock, type Dialog, type DocumentText, type Editors, type Log, wait } from './ports.ts';
import { changeBetween, inverse, rebased, type TextChange } from './textChange.ts';

/** In all well within the listeners' time. */
export const VERDICT = { start: 500, answer: 400 };
/** A save that has not ended by now has failed, and its text must come back all the same. */
export const SAVE_ENDS_MS = 8_000;
/** Somebody may type in the moment in which a text is restored. */
const ATTEMPTS = 20;
const RETRY_MS = 50;

export interface PutBackParts {
  readonly guard: SaveGuard;
  readonly texts: HeldTexts;
  readonly editors: Editors;
  readonly clock: Clock;
  readonly log: Log;
  readonly dialog: Pick<Dialog, 'tell'>;
  /** A text could not be restored in the editor: the copy of it is offered. */
  readonly offer: () => unknown;
}

/** How VS Code asks in this save, besides the listener that is being answered. */
export interface Asking {
  readonly manner: Manner;
  /** The code action that cancels has been asked, or will be: there, nothing needs to be put back. */
  readonly byCodeAction: boolean;
}

interface PutBackText {
  readonly text: string;
  readonly disk: string;
  /** What brings the text back, for the document as it is now; and as it is just being made. */
  restore: TextChange;
  restoring: TextChange | undefined;
  /** The disk's text has been put into the document. */
  applied: boolean;
  /** Somebody changed the document since. */
  touched: boolean;
  readonly carets: () => void;
  readonly cancelTimer: () => void;
}

/**
 * The second line of defence, for saves in which VS Code does not ask the code action: the disk's text is put back
 * into the document before it is written, and the developer's text is restored after, unsaved. VS Code has no veto
 * here. Nothing is put back unless a copy of the developer's text is on disk.
 */
export class PutBack {
  readonly #parts: PutBackParts;
  readonly #pending = new PathMap<PutBackText>();
  readonly #restoring = new PathMap<Promise<void>>();

  constructor(parts: PutBackParts) {
    this.#parts = parts;
  }

  /** Whether the document changes by the guard's own hand: such changes are nobody's edit. */
  isBusy(path: string): boolean {
    return this.#pending.has(path) || this.#restoring.has(path);
  }

  /** What must be changed in the document before it is written; undefined where it may be written. Never rejects, never late. */
  async willSave(document: DocumentText, asking: Asking): Promise<TextChange | undefined> {
    if (asking.byCodeAction && !this.#parts.guard.isCleared(document.path)) return undefined;
    return inListenerTime(
      this.#parts.clock,
      (isLate) => this.#holdBack(document, asking.manner, isLate),
      (why) => this.#failed(document, why),
    );
  }

  async #holdBack(document: DocumentText, manner: Manner, isLate: () => boolean): Promise<TextChange | undefined> {
    const { guard, texts, editors, clock } = this.#parts;
    const { path, text } = document;
    if (this.#pending.get(path)?.disk === text) return undefined;
    await this.#restoring.get(path);
    if (await guard.lastLook(document, manner, VERDICT)) return undefined;
    const [disk = ''] = await Promise.all([editors.asEditorReads(path), texts.keep(document)]);
    if (isLate() || disk === text) return undefined;
    const change = changeBetween(text, disk);
    this.#pending.set(path, {
      text,
      disk,
      restore: inverse(text, change),
      restoring: undefined,
      applied: false,
      touched: false,
      carets: editors.carets(path),
      cancelTimer: clock.after(SAVE_ENDS_MS, () => void this.#restore(path)),
    });
    return change;
  }

  #failed({ path }: DocumentText, why: string): void {
    this.#parts.log.error(`${path} could not be held back, and is looked at once it is written: ${why}`);
    void this.#parts.dialog.tell('warning', `${fileLabel(path)} could not be held back (${why}). It is checked once it is on disk.`);
  }

  /** A document has changed: by the guard's hand, or by somebody's while it waits for its text. */
  changed(path: string, now: () => string, changes: readonly TextChange[]): void {
    const pending = this.#pending.get(path);
    if (!pending || changes.length === 0) return;
    if (!pending.applied) {
      pending.applied = now() === pending.disk;
      return;
    }
    if (changes.length === 1 && changes[0] && isSame(changes[0], pending.restoring)) return;
    pending.touched = true;
    for (const change of changes) pending.restore = rebased(pending.restore, change);
  }

  /** VS Code wrote a document. True where it was the disk's own text: then nothing new is on the disk. */
  async saved(path: string, text: string): Promise<boolean> {
    const pending = this.#pending.get(path);
    if (!pending) return false;
    if (!pending.applied) {
      // The text had changed before it could be put back, so VS Code wrote the changed one.
      pending.cancelTimer();
      this.#pending.delete(path);
      return false;
    }
    const same = text === pending.disk;
    await this.#restore(path);
    return same;
  }

  /** Brings the developer's text back into the document, with what was typed meanwhile. */
  #restore(path: string): Promise<void> {
    const pending = this.#pending.get(path);
    if (!pending) return Promise.resolve();
    pending.cancelTimer();
    const underWay = this.#restoring.get(path);
    if (underWay) return underWay;
    if (!pending.applied) {
      this.#pending.delete(path);
      return Promise.resolve();
    }
    const restored = this.#bringBack(path, pending).finally(() => {
      this.#pending.delete(path);
      this.#restoring.delete(path);
    });
    this.#restoring.set(path, restored);
    return restored;
  }

  async #bringBack(path: string, pending: PutBackText): Promise<void> {
    const { editors, clock, guard, log, offer } = this.#parts;
    let why = 'it is changed all the time';
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        pending.restoring = pending.restore;
        if (await editors.change(path, pending.restoring)) {
          if (!pending.touched) pending.carets();
          guard.held.show(path);
          return;
        }
        await wait(clock, RETRY_MS);
      }
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    log.error(`The text of ${path} could not be restored in the editor (${why}); its copy is kept.`);
    offer();
  }
}

function isSame(one: TextChange, other: TextChange | undefined): boolean {
  return one.offset === other?.offset && one.length === other.length && one.text === other.text;
}
