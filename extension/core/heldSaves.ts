import { t } from '@vscode/l10n';
import { type Decided, type Held, recordOutcome } from './decide.ts';
import { weighty } from './dialogText.ts';
import type { SaveParts } from './guardSave.ts';
import type { HeldTexts } from './heldTexts.ts';
import { PathMap } from './pathKey.ts';
import type { DocumentText } from './ports.ts';

/** Save All holds file after file: what comes within this time shares one dialog. */
const GATHER_MS = 200;
const decideButton = (): string => t('Decide');
const decideAgainButton = (): string => t('Decide Again');
/** What stands beside a held text. */
const heldMark = (): string => t('Held back: not saved until you decide.');

/**
 * How a held save meets the person. `ask`: by a dialog at once, for a save that somebody asked for. `quiet`: by marks
 * beside the text alone, for auto save. `tell`: by a notification, where VS Code does not say which of the two it is.
 */
export type Manner = 'ask' | 'tell' | 'quiet';

export interface HeldSave {
  readonly held: Held;
  readonly document: DocumentText;
}

export interface HeldSaveParts extends SaveParts {
  readonly texts: HeldTexts;
  /**
   * Files that the editor writes by itself and one change after the other, such as its settings: where one cannot be
   * checked it is written and looked at after, since the editor could not change its settings otherwise.
   */
  readonly isEditorsOwn: (path: string) => boolean;
  /** Resolves once the editor shows the developer's text, where another stands in its place for the time of a save. */
  readonly settled: (path: string) => Promise<unknown>;
  /** The list of what is held has changed. */
  readonly heldChanged: () => void;
}

/** Texts that were held back from the disk and are in the editor alone, from the hold to the decision. */
export class HeldSaves {
  readonly #parts: HeldSaveParts;
  readonly #approved: (item: HeldSave, nonce: string | undefined) => Promise<void>;
  readonly #again: (path: string) => Promise<unknown>;
  /** Waiting without a dialog. */
  readonly #quiet = new PathMap<HeldSave>();
  /** In a dialog, or on the way to one. */
  readonly #asking = new PathMap<HeldSave>();
  /** Denied by a person, for as long as nobody touches the text. */
  readonly #denied = new PathMap<HeldSave>();
  /** Whose findings are shown. */
  readonly #shown = new PathMap<HeldSave>();
  readonly #told = new Set<string>();
  #queue: HeldSave[] = [];
  #gathering: (() => void) | undefined;
  #draining = false;

  /** `approved` writes what was approved; `again` asks anew about a document. */
  constructor(
    parts: HeldSaveParts,
    {
      approved,
      again,
    }: { approved: (item: HeldSave, nonce: string | undefined) => Promise<void>; again: (path: string) => Promise<unknown> },
  ) {
    this.#parts = parts;
    this.#approved = approved;
    this.#again = again;
  }

  /** Files whose text in the editor is held back, and the line (from 0) to say so at. */
  get marks(): { path: string; line: number }[] {
    return this.#shown.entries().map(([path, { held }]) => ({ path, line: (weighty(held.assessment)[0]?.location?.startLine ?? 1) - 1 }));
  }

  /** What waits for a decision without a dialog, by the assessment that it is about. */
  get waiting(): { assessmentId: string; path: string }[] {
    return this.#quiet.entries().map(([path, { held }]) => ({ assessmentId: held.assessment.id, path }));
  }

  /** Whether exactly this text is held already. Meets the person in the given manner, where that is more than before. */
  stands(path: string, digest: string, manner: Manner): boolean {
    if (isAbout(this.#asking.get(path), digest)) return true;
    const quiet = this.#quiet.get(path);
    if (quiet && isAbout(quiet, digest)) {
      if (manner === 'ask') this.#ask(quiet);
      if (manner === 'tell') void this.#tell(quiet);
      return true;
    }
    if (!isAbout(this.#denied.get(path), digest)) return false;
    if (manner !== 'quiet') void this.#stillHeld(path);
    return true;
  }

  /** What a quiet hold of this text waits for, to be decided without another assessment. */
  quietly(path: string): HeldSave | undefined {
    return this.#quiet.get(path);
  }

  hold(item: HeldSave, manner: Manner): void {
    const { path } = item.document;
    this.#replaced(path);
    this.#shown.set(path, item);
    this.show(path);
    this.#parts.texts
      .keep(item.document)
      .catch((error: unknown) => this.#parts.log.error(`No copy of a held text could be kept: ${error}`));
    if (manner === 'ask') {
      this.#ask(item);
    } else {
      this.#quiet.set(path, item);
      if (manner === 'tell') void this.#tell(item);
    }
    this.#parts.heldChanged();
  }

  /** Shows what is known of a held text, again where the editor has lost it. */
  show(path: string): void {
    const item = this.#shown.get(path);
    if (item) this.#parts.problems.setHeld(path, item.held.assessment.findings, heldMark());
  }

  /** The text was edited, or its document closed: what comes next is a new question, even if it is the same text again. */
  touched(path: string): void {
    this.#denied.delete(path);
  }

  /** No text of this file is held any more: it was written, or thrown away. */
  over(path: string): boolean {
    this.#replaced(path);
    this.#parts.texts.drop(path);
    if (!this.#shown.delete(path)) return false;
    this.#parts.problems.set(path, []);
    this.#parts.heldChanged();
    return true;
  }

  /** Another text of the file has been assessed: nobody needs to decide about the earlier one. */
  #replaced(path: string): void {
    const earlier = this.#quiet.get(path);
    if (!earlier) return;
    this.#quiet.delete(path);
    void this.#parts.desk.dismiss(earlier.held, 'another text has taken its place');
  }

  #ask(item: HeldSave): void {
    const { path } = item.document;
    this.#quiet.delete(path);
    this.#asking.set(path, item);
    this.#queue.push(item);
    this.#gathering?.();
    this.#gathering = this.#parts.clock.after(GATHER_MS, () => void this.#drain());
  }

  /** Once for each text: auto save comes back again and again. */
  async #tell({ held, document }: HeldSave): Promise<void> {
    const told = `${document.path}\0${held.assessment.subjectDigest}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    const message = t('{0} was held back; its text stays in the editor.', held.subject);
    if ((await this.#parts.dialog.tell('warning', message, decideButton())) === decideButton()) await this.#again(document.path);
  }

  /** Save All and chat requests save a denied text again and again: a dialog each time would be unbearable. */
  async #stillHeld(path: string): Promise<void> {
    const item = this.#denied.get(path);
    const reminder = `reminder\0${path}`;
    if (!item || this.#told.has(reminder)) return;
    this.#told.add(reminder);
    const action = await this.#parts.dialog.tell(
      'warning',
      t('{0} is still held back: its text was denied and has not changed.', item.held.subject),
      decideAgainButton(),
    );
    this.#told.delete(reminder);
    if (action === decideAgainButton()) await this.#again(path);
  }

  async #drain(): Promise<void> {
    this.#gathering = undefined;
    if (this.#draining) return;
    this.#draining = true;
    for (let items = this.#queue.splice(0); items.length > 0; items = this.#queue.splice(0)) {
      // Nobody is asked about a text that is not there to be seen, or that an approval could not save yet.
      for (const { document } of items) await this.#parts.settled(document.path);
      const decided = await this.#parts.desk.decideSeveral(items.map((item) => item.held));
      for (const [index, item] of items.entries()) {
        if (this.#asking.get(item.document.path) === item) this.#asking.delete(item.document.path);
        const decision = decided[index];
        if (decision) await this.#settle(item, decision);
      }
    }
    this.#draining = false;
  }

  async #settle(item: HeldSave, decided: Decided): Promise<void> {
    const { log, trouble } = this.#parts;
    const { held, document } = item;
    if (decided.choice === 'unrecorded') {
      trouble.report(
        t('The decision on {0} could not be recorded, so it was not saved; your text is still in the editor', held.subject),
        decided.problem,
      );
      return;
    }
    if (decided.choice === 'approve') return this.#approved(item, decided.receipt.nonce);
    if (decided.cause === 'person') this.#denied.set(document.path, item);
    await recordOutcome(held, decided.receipt.nonce, 'withheld', log);
    if (decided.replaced) await this.#again(document.path);
  }
}

function isAbout(item: HeldSave | undefined, digest: string): boolean {
  return item?.held.assessment.subjectDigest === digest;
}
