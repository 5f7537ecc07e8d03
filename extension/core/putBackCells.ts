import { t } from '@vscode/l10n';
import type { SaveGuard } from './guardSave.ts';
import type { Manner } from './heldSaves.ts';
import type { HeldTexts } from './heldTexts.ts';
import { inListenerTime, VERDICT, verdictInTime } from './listenerTime.ts';
import { MissedSaves } from './missedSaves.ts';
import { cellsOfFile, diskTextOf, type NotebookCell, notebookText } from './notebookCells.ts';
import { PathMap } from './pathKey.ts';
import type { Clock, Dialog, Editors, Log } from './ports.ts';
import { SAVE_ENDS_MS } from './putBack.ts';
import { applyChange, changeBetween, rebased } from './textChange.ts';
import { Underway } from './underway.ts';

export interface Notebooks {
  /** The cells of an open notebook. */
  cells(path: string): readonly NotebookCell[] | undefined;
  /** Replaces whole texts of cells, by their ids, and leaves the notebook unsaved. False where VS Code did not. */
  write(path: string, texts: ReadonlyMap<string, string>): Promise<boolean>;
}

export interface PutBackCellsParts {
  readonly guard: SaveGuard;
  readonly texts: HeldTexts;
  readonly notebooks: Notebooks;
  readonly documents: Pick<Editors, 'onDisk'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly dialog: Pick<Dialog, 'tell'>;
  readonly offer: () => unknown;
}

interface HeldCell {
  readonly text: string;
  readonly disk: string;
}

interface HeldNotebook {
  /** By id of the cell. */
  readonly cells: ReadonlyMap<string, HeldCell>;
  readonly cancelTimer: () => void;
}

/**
 * The second line of defence for notebooks, for which VS Code swallows a code action's veto: cell by cell the disk's
 * texts are put back before the write, and the developer's are restored after. Outputs are never touched.
 */
export class PutBackCells {
  readonly #parts: PutBackCellsParts;
  readonly #pending = new PathMap<HeldNotebook>();
  readonly #underway = new Underway();
  readonly #missed: MissedSaves;

  constructor(parts: PutBackCellsParts) {
    this.#parts = parts;
    this.#missed = new MissedSaves(parts);
  }

  /** Whether the notebook changes by the guard's own hand. */
  isBusy(path: string): boolean {
    return this.#pending.has(path);
  }

  /** The texts to put into cells before the write, by id; undefined where it may be written. Never rejects, never late. */
  async willSave(path: string, manner: Manner): Promise<ReadonlyMap<string, string> | undefined> {
    this.#underway.begin(path);
    this.#missed.begins(path);
    const texts = await inListenerTime(
      this.#parts.clock,
      (isLate) => this.#holdBack(path, manner, isLate),
      (why) => this.#missed.missed(path, why),
    );
    if (!this.isBusy(path)) this.#underway.end(path);
    return texts;
  }

  /** Resolves once the cells have the developer's texts, whatever was asked about them. */
  settled(path: string): Promise<void> {
    return this.#underway.over(path);
  }

  async #holdBack(path: string, manner: Manner, isLate: () => boolean): Promise<ReadonlyMap<string, string> | undefined> {
    const { guard, texts, notebooks, documents, clock } = this.#parts;
    const cells = notebooks.cells(path);
    if (!cells || this.isBusy(path)) return undefined;
    const document = { path, language: 'json', text: notebookText(cells) };
    if (await verdictInTime(clock, guard.lastLook(document, manner, VERDICT))) return undefined;
    const [onDisk] = await Promise.all([documents.onDisk(path), texts.keep(document)]);
    const disk = onDisk === undefined ? [] : 'text' in onDisk ? cellsOfFile(onDisk.text) : undefined;
    if (!disk) throw new Error(t('what the disk has of it cannot be read as cells'));
    if (isLate()) return undefined;
    const before = diskTextOf(
      cells.map(({ text }) => text),
      disk,
    );
    const held = new Map<string, HeldCell>();
    for (const [index, { id, text }] of cells.entries()) {
      const was = before[index] ?? '';
      if (was !== text) held.set(id, { text, disk: was });
    }
    this.#pending.set(path, { cells: held, cancelTimer: clock.after(SAVE_ENDS_MS, () => void this.#restore(path)) });
    return new Map([...held].map(([id, cell]) => [id, cell.disk]));
  }

  /** VS Code wrote a notebook. True where none of the held texts was in it. */
  async saved(path: string): Promise<boolean> {
    this.#missed.written(path);
    const pending = this.#pending.get(path);
    if (!pending) return false;
    const now = this.#parts.notebooks.cells(path) ?? [];
    const isPutBack = now.every(({ id, text }) => pending.cells.get(id)?.text !== text);
    await this.#restore(path);
    return isPutBack;
  }

  /** Brings the held texts back into their cells, with what was typed meanwhile. */
  async #restore(path: string): Promise<void> {
    const { notebooks, guard, log, offer } = this.#parts;
    const pending = this.#pending.get(path);
    if (!pending) return;
    pending.cancelTimer();
    try {
      const texts = new Map<string, string>();
      for (const { id, text } of notebooks.cells(path) ?? []) {
        const held = pending.cells.get(id);
        if (!held || text === held.text) continue;
        texts.set(id, applyChange(text, rebased(changeBetween(held.disk, held.text), changeBetween(held.disk, text))));
      }
      if (texts.size > 0 && !(await notebooks.write(path, texts))) throw new Error('VS Code did not change the notebook');
      guard.held.show(path);
    } catch (error) {
      log.error(
        `The cells of ${path} could not be restored in the editor; their copy is kept: ${error instanceof Error ? error.message : error}`,
      );
      offer();
    } finally {
      this.#pending.delete(path);
      this.#underway.end(path);
    }
  }
}
