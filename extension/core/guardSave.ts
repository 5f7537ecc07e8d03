import { randomUUID } from 'node:crypto';
import { t } from '@vscode/l10n';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { MAX_TEXT } from '../../verifier/protocol/subject.ts';
import type { Baselines } from './baselines.ts';
import type { Verifier } from './client.ts';
import { type Desk, type Held, recordOutcome } from './decide.ts';
import { fileLabel } from './dialogText.ts';
import { type HeldSave, type HeldSaveParts, HeldSaves, type Manner } from './heldSaves.ts';
import { PathMap, pathKey } from './pathKey.ts';
import type { Clock, Dialog, Documents, DocumentText, Log, Problems } from './ports.ts';
import { type Said, said } from './said.ts';
import type { SaveAudit } from './saveAudit.ts';
import { isGuarded } from './saveScope.ts';
import type { Settings } from './settings.ts';
import type { Trouble } from './trouble.ts';
import type { UncheckedSaves } from './uncheckedSaves.ts';
import { asVerifierError, VerifierError } from './verifierError.ts';

/** A save waits no longer than this for the gates; then it is held back. */
export const SAVE_DEADLINE_MS = 1_000;
/** And no longer than this for a verifier that is starting. In all less than the 5 s after which VS Code offers to skip the check. */
export const START_DEADLINE_MS = 3_500;
/** A check that takes longer has the text copied to storage first, in case the editor does not live to see its end. */
export const COPY_AFTER_MS = 60;

/** What the save guard and the watch over unassessed writes share. */
export interface SaveParts {
  readonly connect: () => Promise<Verifier>;
  readonly desk: Desk;
  readonly dialog: Dialog;
  readonly documents: Documents;
  readonly baselines: Baselines;
  readonly problems: Problems;
  readonly clock: Clock;
  readonly log: Log;
  readonly trouble: Trouble;
  /** The way round, where no verdict can be had. */
  readonly unchecked: Pick<UncheckedSaves, 'offer' | 'judged' | 'has' | 'permits' | 'used'>;
  readonly settings: () => Settings['save'];
  readonly sessionId: string;
  /** Absent: the gates decide alone. */
  readonly audit?: SaveAudit;
}

/** A text that may be written, and what to write down once it was. */
interface Cleared {
  readonly digest: string;
  readonly text: string;
  readonly held: Pick<Held, 'assessment' | 'verifier'>;
  readonly nonce: string | undefined;
  /** Of a text that passed, for the auditor: what it is measured against, and whether a person asked for the save. */
  readonly passed?: { readonly baseline: string | undefined; readonly explicit: boolean };
}

interface Deadlines {
  readonly start: number;
  readonly answer: number;
}

const PATIENT: Deadlines = { start: START_DEADLINE_MS, answer: SAVE_DEADLINE_MS };
/** For what the editor writes by itself. */
const IMPATIENT: Deadlines = { start: 300, answer: 300 };
const CHANGED_ON_THE_WAY = 'another part of VS Code changed the text between the check and the disk';

/**
 * Whether a text may be written. Asked on every save before anything is: by the code action that can cancel it, and
 * by the listener that can put the disk's text back. Answers at once; a dialog opens outside the save, and an
 * approval saves again, once, with exactly the approved text.
 */
export class SaveGuard {
  readonly #parts: HeldSaveParts;
  readonly held: HeldSaves;
  /** Approved texts that may be written once, and texts that VS Code is about to write. */
  readonly #approved = new PathMap<Cleared>();
  readonly #expected = new PathMap<Cleared>();
  /** Digests of the text on disk that has a verdict; two where its bytes read differently from the editor's text. */
  readonly #assessed = new PathMap<Set<string>>();
  /** Files whose save auto save has tried in vain since the verifier failed: told once. */
  readonly #failing = new PathMap<true>();

  constructor(parts: HeldSaveParts) {
    this.#parts = parts;
    this.held = new HeldSaves(parts, {
      approved: (item, nonce) => this.#saveApproved(item, nonce),
      again: (path) => this.decide(path),
    });
  }

  /** Whether VS Code may write this text now. Never throws. */
  async mayWrite(document: DocumentText, manner: Manner = 'ask', deadlines = PATIENT): Promise<boolean> {
    const { path, text } = document;
    if (!isGuarded(path, this.#parts.settings())) return true;
    const digest = sha256(text);
    if (this.#parts.unchecked.permits(path, digest)) return true;
    const approved = this.#approved.get(path);
    this.#approved.delete(path);
    if (approved?.digest === digest) {
      this.#expected.set(path, approved);
      return true;
    }
    if (approved)
      void recordOutcome(approved.held, approved.nonce, 'failed', this.#parts.log, 'the text had changed before it could be saved');
    if (this.held.stands(path, digest, manner)) return false;
    return this.#judge(document, this.#parts.baselines.of(path), manner, deadlines);
  }

  /**
   * The last look before the write, where VS Code has asked already, or does not ask at all. What was let through
   * for this save passes; what another part of VS Code has made of it since is assessed against it.
   */
  async lastLook(document: DocumentText, manner: Manner, deadlines = PATIENT): Promise<boolean> {
    const expected = this.#expected.get(document.path);
    if (!expected || !isGuarded(document.path, this.#parts.settings())) return this.mayWrite(document, manner, deadlines);
    const digest = sha256(document.text);
    if (expected.digest === digest) return true;
    if (this.held.stands(document.path, digest, manner)) return false;
    this.#expected.delete(document.path);
    void recordOutcome(
      expected.held,
      expected.nonce,
      'failed',
      this.#parts.log,
      `${CHANGED_ON_THE_WAY}; that text was assessed in its turn`,
    );
    return this.#judge(document, Promise.resolve(expected.text), manner, deadlines, expected.passed?.baseline);
  }

  /** Whether a text of this file was let through and is about to be written. */
  isCleared(path: string): boolean {
    return this.#expected.has(path) || this.#parts.unchecked.has(path);
  }

  /** Whether the editor writes this file by itself: without a verdict in time it is written, and looked at after. */
  isEditorsOwn(path: string): boolean {
    return this.#parts.isEditorsOwn(path);
  }

  /** Asks about the text that a document has now, by a dialog, and saves what passes. False where it has nothing unsaved. */
  async decide(path: string): Promise<boolean> {
    const document = this.#parts.documents.open(path);
    if (!document?.dirty) return false;
    this.held.touched(path);
    if (await this.mayWrite(document)) await this.#parts.documents.save(path);
    return true;
  }

  /** The verifier is back: looks again at what could not be checked, so that auto save need not wait any longer. */
  async resume(): Promise<void> {
    for (const path of this.#failing.paths()) await this.recheck(path);
  }

  /** Whether something is shown of this file that a later text may have put right. */
  isMarked(path: string): boolean {
    return this.#failing.has(path) || this.held.marks.some((mark) => pathKey(mark.path) === pathKey(path));
  }

  /** Looks ahead of the next save at a text that was edited since it was held: auto save waits while an error stands. */
  async recheck(path: string): Promise<void> {
    const document = this.#parts.documents.open(path);
    if (!document?.dirty || this.held.stands(path, sha256(document.text), 'quiet')) return;
    if (await this.#judge(document, this.#parts.baselines.of(path), 'quiet', PATIENT)) {
      const cleared = this.#expected.get(path);
      this.#expected.delete(path);
      if (cleared) void recordOutcome(cleared.held, cleared.nonce, 'withheld', this.#parts.log, 'it was checked ahead of a save');
      if (!this.held.over(path)) this.#parts.problems.set(path, []);
    }
  }

  /** The editor holds what is on disk again, or holds the document no more: a held text is gone, and so is what was said of it. */
  discarded(path: string): void {
    const failing = this.#failing.delete(path);
    if (!this.held.over(path) && failing) this.#parts.problems.set(path, []);
  }

  /**
   * VS Code wrote a document. True where it is the text that was let through for this save; any other is
   * looked at on the disk.
   */
  wasSaved(document: DocumentText): boolean {
    const { path, text } = document;
    if (!isGuarded(path, this.#parts.settings())) return true;
    const digest = sha256(text);
    const expected = this.#expected.get(path);
    if (this.#parts.unchecked.used(path)) this.discarded(path);
    if (!expected) return false;
    this.#expected.delete(path);
    this.#parts.baselines.accept(path, expected.text);
    const asChecked = expected.digest === digest;
    const detail = asChecked ? undefined : CHANGED_ON_THE_WAY;
    void recordOutcome(expected.held, expected.nonce, 'saved', this.#parts.log, detail);
    if (!this.held.over(path)) this.#parts.problems.set(path, []);
    if (!asChecked) return false;
    this.#assessed.set(path, new Set([digest]));
    if (expected.passed) this.#parts.audit?.saved({ document, assessment: expected.held.assessment, ...expected.passed });
    return true;
  }

  /** Whether the text on disk with this digest has, or is about to have, a verdict. */
  knows(path: string, digest: string): boolean {
    return this.#assessed.get(path)?.has(digest) === true || this.#expected.get(path)?.digest === digest;
  }

  /** The text on disk with this digest has a verdict. `besides`: as a second reading of the text that has one already. */
  remember(path: string, digest: string, besides = false): void {
    const known = besides ? this.#assessed.get(path) : undefined;
    this.#assessed.set(path, new Set([...(known ?? []), digest]));
  }

  /** `text` is about to be written by the guard itself (a restore): it passes once without a question. */
  expect(path: string, text: string, held: Pick<Held, 'assessment' | 'verifier'>): void {
    this.#approved.set(path, { digest: sha256(text), text, held, nonce: undefined });
  }

  /** The verdict on a text that has none yet. Held where it is not `pass`, or cannot be had. */
  async #judge(
    document: DocumentText,
    before: Promise<string | undefined>,
    manner: Manner,
    deadlines: Deadlines,
    audited?: string,
  ): Promise<boolean> {
    const { path, text } = document;
    // No verifier takes it, so it could never be saved: the look at the disk counts it as a gap, and says so.
    if (text.length > MAX_TEXT) return true;
    const { clock, texts, log } = this.#parts;
    const keep = () => {
      texts.keep(document).catch((error: unknown) => log.error(`No copy of a text that is being checked could be kept: ${error}`));
    };
    const keepSoon = clock.after(COPY_AFTER_MS, keep);
    try {
      const { assessment, verifier, baseline } = await this.#assess(
        document,
        before,
        this.#parts.isEditorsOwn(path) ? IMPATIENT : deadlines,
      );
      this.#failing.delete(path);
      this.#parts.unchecked.judged(path);
      if (assessment.verdict === 'pass') {
        const passed = { baseline: audited ?? baseline, explicit: manner === 'ask' };
        this.#expected.set(path, { digest: sha256(text), text, held: { assessment, verifier }, nonce: assessment.nonce, passed });
        return true;
      }
      const consequence = t('If you deny, the file on disk stays as it is and your text stays in the editor.');
      this.held.hold({ document, held: { assessment, verifier, subject: fileLabel(path), path, consequence } }, manner);
    } catch (error) {
      const problem = asVerifierError(error);
      if (this.#parts.isEditorsOwn(path) || problem.code === 'too_large') {
        keepSoon();
        texts.drop(path);
        log.warn(`${path} is written without a check, and looked at after: ${problem.message} (${problem.code})`);
        return true;
      }
      log.error(`Saving ${path} was held back: ${problem.message} (${problem.code})`);
      this.#parts.problems.setHeld(path, [], t('Not saved: it could not be checked. {0}', problem.shown));
      // What came too late for auto save is no news: it tries again in a moment.
      const isNews = manner === 'ask' || (problem.code !== 'late' && !this.#failing.has(path));
      if (isNews) void this.#parts.unchecked.offer(document, problem);
      this.#failing.set(path, true);
      keep();
    } finally {
      keepSoon();
    }
    return false;
  }

  async #assess(
    document: DocumentText,
    before: Promise<string | undefined>,
    { start, answer }: Deadlines,
  ): Promise<{ assessment: Assessment; verifier: Verifier; baseline: string | undefined }> {
    const { clock, connect, sessionId, audit } = this.#parts;
    const [verifier, baseline] = await within(clock, start, said('The verifier is still starting.'), Promise.all([connect(), before]));
    const asked = {
      requestId: randomUUID(),
      sessionId,
      source: 'save',
      subject: fileSubject(document, baseline),
      depth: audit?.depthFor(document, baseline) ?? 'gates',
      // What the verifier knows no more must not make the save wait for the auditor.
      orGates: true,
    } as const;
    const reply = verifier.verify(asked, { deadlineMs: answer });
    return {
      assessment: await within(clock, answer, said('The verifier did not answer within {0} ms.', answer), reply),
      verifier,
      baseline,
    };
  }

  async #saveApproved({ held, document }: HeldSave, nonce: string | undefined): Promise<void> {
    const { dialog, documents, log } = this.#parts;
    const { path } = document;
    const current = documents.open(path);
    if (current?.dirty && current.text !== document.text) {
      await recordOutcome(held, nonce, 'failed', log, 'the text had changed before it could be saved');
      await documents.save(path);
      return;
    }
    const digest = held.assessment.subjectDigest;
    this.#approved.set(path, { digest, text: document.text, held, nonce });
    if (!current) {
      // "Save As" of a text whose own document is another one: VS Code alone knows which. It asks again for the same text.
      void dialog.tell('warning', t('{0} was approved. Save it again under the same name: exactly this text passes once.', held.subject));
      return;
    }
    const saved = await documents.save(path);
    // Where VS Code did not ask, nothing used it up; it must not wait for another occasion.
    const unused = this.#approved.delete(path);
    if (saved && !unused) return;
    this.#expected.delete(path);
    if (saved) {
      await recordOutcome(held, nonce, 'failed', log, 'VS Code saved without asking the guard');
      return;
    }
    await recordOutcome(held, nonce, 'failed', log, 'VS Code did not save the file');
    void dialog.tell('warning', t('{0} was approved, but VS Code did not save it. Save it again to be asked again.', held.subject));
  }
}

/** `promise`, or an error once `ms` have passed. */
async function within<T>(clock: Clock, ms: number, why: Said, promise: Promise<T>): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(ms, () => reject(new VerifierError('late', why)));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}

/** The subject of a file's check. */
export function fileSubject({ path, language, text }: DocumentText, baseline: string | undefined) {
  return {
    kind: 'file' as const,
    path,
    text,
    ...(language === '' ? {} : { language: language.slice(0, 64) }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}
