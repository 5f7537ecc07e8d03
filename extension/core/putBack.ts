import type { SaveGuard } from './guardSave.ts';
import type { Manner } from './heldSaves.ts';
import type { HeldTexts } from './heldTexts.ts';
import { inListenerTime, VERDICT, verdictInTime } from './listenerTime.ts';
import { MissedSaves } from './missedSaves.ts';
import { PathMap } from './pathKey.ts';
import { type Carets, type Clock, type Dialog, type DocumentText, type Editors, type Log, wait } from './ports.ts';
import { changeBetween, inverse, rebased, type TextChange } from './textChange.ts';
import { Underway } from './underway.ts';

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
  /** The code action that cancels can be counted on to come after this: there, nothing needs to be put back. */
  readonly codeActionComes: boolean;
}

interface PutBackText {
  readonly text: string;
  readonly disk: string;
  /** What brings the text back, for the document as it is now. */
  restore: TextChange;
  /** What the guard itself is just changing. */
  making: TextChange | undefined;
  /** The disk's text has been put into the document. */
  applied: boolean;
  /** Somebody changed the document since. */
  touched: boolean;
  readonly carets: Carets;
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
  /** What the disk had, where keys that were pressed while it stood in the editor were written with it. */
  readonly #mixed = new PathMap<{ readonly disk: string; readonly written: string }>();
  readonly #restoring = new PathMap<Promise<void>>();
  /** From the question of a save until the developer's text is in the document again. */
  readonly #underway = new Underway();
  readonly #missed: MissedSaves;

  constructor(parts: PutBackParts) {
    this.#parts = parts;
    this.#missed = new MissedSaves(parts);
  }

  /** Whether the document changes by the guard's own hand: such changes are nobody's edit. */
  isBusy(path: string): boolean {
    return this.#pending.has(path) || this.#restoring.has(path);
  }

  /** Resolves to whether the disk's text stands in the document now, waiting to be written in place of the held one. */
  async stands(path: string): Promise<boolean> {
    await this.#restoring.get(path);
    return this.#pending.get(path)?.applied === true;
  }

  /**
   * Resolves when VS Code may write the document: as it is (false), or with the disk's text in it (true). The edit is
   * made here, because VS Code drops a listener's edits where somebody has typed meanwhile. Never rejects, never late.
   */
  async willSave(document: DocumentText, asking: Asking): Promise<boolean> {
    if (asking.codeActionComes && !this.#parts.guard.isCleared(document.path)) return false;
    this.#underway.begin(document.path);
    this.#missed.begins(document.path);
    const held = await inListenerTime(
      this.#parts.clock,
      (isLate) => this.#holdBack(document, asking.manner, isLate),
      (why) => this.#missed.missed(document.path, why),
    );
    if (!this.isBusy(document.path)) this.#underway.end(document.path);
    return held === true;
  }

  /** Resolves once the document has the developer's text, whatever was asked about it. */
  settled(path: string): Promise<void> {
    return this.#underway.over(path);
  }

  async #holdBack(document: DocumentText, manner: Manner, isLate: () => boolean): Promise<boolean> {
    const { guard, texts, editors, clock } = this.#parts;
    const { path } = document;
    const earlier = this.#pending.get(path);
    if (earlier?.disk === document.text) return false;
    // An earlier save that VS Code gave up has left the disk's text in the document, and somebody typed on in it.
    if (earlier?.applied) await this.#restore(path);
    await this.#restoring.get(path);
    for (let looked: DocumentText | undefined; ; ) {
      const now = { ...document, text: editors.open(path)?.text ?? document.text };
      // What was restored or typed during the look is looked at in its turn.
      if (now.text === looked?.text || isLate()) return false;
      looked = now;
      if (await verdictInTime(clock, guard.lastLook(now, manner, VERDICT), guard.isEditorsOwn(path))) continue;
      const [disk = ''] = await Promise.all([editors.asEditorReads(path), texts.keep(now)]);
      const mixed = this.#mixed.get(path);
      return this.#put(now, mixed?.written === disk ? mixed.disk : disk, isLate);
    }
  }

  /** Puts the disk's text into the document, whatever somebody types meanwhile: that is kept with the rest. */
  async #put(document: DocumentText, disk: string, isLate: () => boolean): Promise<boolean> {
    const { texts, editors, clock } = this.#parts;
    const { path } = document;
    for (let kept = document.text; !isLate(); ) {
      const text = editors.open(path)?.text ?? kept;
      if (text === disk) return false;
      if (text !== kept) {
        await texts.keep({ ...document, text });
        kept = text;
        continue;
      }
      const change = changeBetween(text, disk);
      const pending: PutBackText = {
        text,
        disk,
        restore: inverse(text, change),
        making: change,
        applied: false,
        touched: false,
        carets: editors.carets(path),
        cancelTimer: clock.after(SAVE_ENDS_MS, () => void this.#restore(path)),
      };
      this.#pending.set(path, pending);
      if (await editors.change(path, change)) {
        pending.applied = true;
        return true;
      }
      pending.cancelTimer();
      this.#pending.delete(path);
    }
    return false;
  }

  /** A document has changed: by the guard's hand, or by somebody's while it waits for its text. */
  changed(path: string, changes: readonly TextChange[]): void {
    const pending = this.#pending.get(path);
    if (!pending || changes.length === 0) return;
    if (changes.length === 1 && changes[0] && isSame(changes[0], pending.making)) {
      pending.applied = true;
      pending.making = undefined;
      return;
    }
    if (!pending.applied) return;
    pending.touched = true;
    for (const change of changes) pending.restore = rebased(pending.restore, change);
  }

  /** VS Code wrote a document. True where it was the disk's own text: then nothing new is on the disk. */
  async saved(path: string, text: string): Promise<boolean> {
    this.#missed.written(path);
    const pending = this.#pending.get(path);
    if (!pending) return false;
    if (!pending.applied) {
      // The text had changed before it could be put back, so VS Code wrote the changed one.
      pending.cancelTimer();
      this.#forget(path);
      return false;
    }
    const same = text === pending.disk;
    if (same) this.#mixed.delete(path);
    else this.#mixed.set(path, { disk: pending.disk, written: text });
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
      this.#forget(path);
      return Promise.resolve();
    }
    const restored = this.#bringBack(path, pending).finally(() => {
      this.#restoring.delete(path);
      this.#forget(path);
    });
    this.#restoring.set(path, restored);
    return restored;
  }

  #forget(path: string): void {
    this.#pending.delete(path);
    this.#underway.end(path);
  }

  async #bringBack(path: string, pending: PutBackText): Promise<void> {
    const { editors, clock, guard, log, offer } = this.#parts;
    let why = 'it is changed all the time';
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        pending.making = pending.restore;
        if (await editors.change(path, pending.restore, pending.touched ? undefined : pending.carets)) {
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
