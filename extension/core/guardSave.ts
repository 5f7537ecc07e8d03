import { randomUUID } from 'node:crypto';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import type { Baselines } from './baselines.ts';
import type { Verifier } from './client.ts';
import { type Decided, type Desk, type Held, recordOutcome } from './decide.ts';
import { fileLabel } from './dialogText.ts';
import type { Clock, Dialog, Documents, DocumentText, Log, Problems } from './ports.ts';
import type { SaveAudit } from './saveAudit.ts';
import { isGuarded } from './saveScope.ts';
import type { Settings } from './settings.ts';
import type { Trouble } from './trouble.ts';
import { asVerifierError, VerifierError } from './verifierError.ts';

/** A save waits no longer than this for the gates; then it is held back. */
export const SAVE_DEADLINE_MS = 1_000;
/** And no longer than this for a verifier that is starting. In all less than the 5 s after which VS Code offers to skip the check. */
export const START_DEADLINE_MS = 3_500;
/** Save All holds file after file: what comes within this time shares one dialog. */
const GATHER_MS = 200;
const DECIDE_AGAIN = 'Decide Again';

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
  /** Of a text that passed: what it was measured against, so that the auditor can be told. */
  readonly passed?: { readonly baseline: string | undefined };
}

interface HeldSave {
  readonly held: Held;
  readonly document: DocumentText;
}

/**
 * The first line of defence: asked on every save before anything is written. Answers at once; the
 * dialog opens outside the save, and an approval saves again, once, with exactly the approved text.
 */
export class SaveGuard {
  readonly #parts: SaveParts;
  /** By path: approved texts that may be written once, and texts that VS Code is about to write. */
  readonly #approved = new Map<string, Cleared>();
  readonly #expected = new Map<string, Cleared>();
  /** By path: digests of the text on disk that has a verdict; two where its bytes read differently from the editor's text. */
  readonly #assessed = new Map<string, Set<string>>();
  readonly #asking = new Set<string>();
  /** By path: digest of the text that a person denied, for as long as nobody touches it. */
  readonly #denied = new Map<string, string>();
  /** Paths whose shown findings are about a held text that is in the editor alone. */
  readonly #shown = new Set<string>();
  #queue: HeldSave[] = [];
  #gathering: (() => void) | undefined;
  #draining = false;

  constructor(parts: SaveParts) {
    this.#parts = parts;
  }

  /** Whether VS Code may write this text now. Never throws. */
  async mayWrite(document: DocumentText): Promise<boolean> {
    const { path, text } = document;
    if (!isGuarded(path, this.#parts.settings())) return true;
    const digest = sha256(text);
    const approved = this.#approved.get(path);
    this.#approved.delete(path);
    if (approved?.digest === digest) {
      this.#expected.set(path, approved);
      return true;
    }
    if (approved)
      void recordOutcome(approved.held, approved.nonce, 'failed', this.#parts.log, 'the text had changed before it could be saved');
    if (this.#asking.has(key(path, digest))) return false;
    if (this.#denied.get(path) === digest) {
      void this.#stillHeld(path);
      return false;
    }
    try {
      const { assessment, verifier, baseline } = await this.#assess(document);
      this.#parts.problems.set(path, assessment.findings);
      if (assessment.verdict === 'pass') {
        this.#expected.set(path, { digest, text, held: { assessment, verifier }, nonce: assessment.nonce, passed: { baseline } });
        return true;
      }
      this.#shown.add(path);
      this.#hold({
        document,
        held: {
          assessment,
          verifier,
          subject: fileLabel(path),
          consequence: 'If you deny, the file on disk stays as it is and your text stays in the editor.',
        },
      });
    } catch (error) {
      const problem = asVerifierError(error);
      this.#parts.log.error(`Saving ${path} was held back: ${problem.message} (${problem.code})`);
      this.#parts.trouble.report(`${fileLabel(path)} was not saved; your text is still in the editor`, problem);
    }
    return false;
  }

  /** The text was edited, or its document closed: what comes next is a new question, even if it is the same text again. */
  touched(path: string): void {
    this.#denied.delete(path);
  }

  /** The editor holds what is on disk again, or holds the document no more: a held text is gone, and so is what was said of it. */
  discarded(path: string): void {
    if (this.#shown.delete(path)) this.#parts.problems.set(path, []);
  }

  /**
   * VS Code wrote a document. True where it is the text that was let through for this save; any other is
   * looked at on the disk.
   */
  wasSaved({ path, text, language }: DocumentText): boolean {
    if (!isGuarded(path, this.#parts.settings())) return true;
    const digest = sha256(text);
    const expected = this.#expected.get(path);
    if (!expected) return false;
    this.#expected.delete(path);
    this.#parts.baselines.accept(path, expected.text);
    const asChecked = expected.digest === digest;
    const detail = asChecked ? undefined : 'another part of VS Code changed the text between the check and the disk';
    void recordOutcome(expected.held, expected.nonce, 'saved', this.#parts.log, detail);
    if (!asChecked) return false;
    this.#assessed.set(path, new Set([digest]));
    this.#parts.problems.set(path, []);
    if (expected.passed) {
      const document = { path, text, language };
      this.#parts.audit?.saved({ document, baseline: expected.passed.baseline, assessment: expected.held.assessment, explicit: true });
    }
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

  async #assess(document: DocumentText): Promise<{ assessment: Assessment; verifier: Verifier; baseline: string | undefined }> {
    const { clock, connect, baselines, sessionId } = this.#parts;
    const [verifier, baseline] = await within(
      clock,
      START_DEADLINE_MS,
      'is still starting',
      Promise.all([connect(), baselines.of(document.path)]),
    );
    const asked = {
      requestId: randomUUID(),
      sessionId,
      source: 'save',
      subject: fileSubject(document, baseline),
      depth: this.#parts.audit?.depthFor(document, baseline) ?? 'gates',
      // What the verifier knows no more must not make the save wait for the auditor.
      orGates: true,
    } as const;
    const answer = verifier.verify(asked, { deadlineMs: SAVE_DEADLINE_MS });
    return {
      assessment: await within(clock, SAVE_DEADLINE_MS, `did not answer within ${SAVE_DEADLINE_MS} ms`, answer),
      verifier,
      baseline,
    };
  }

  /** Auto save, Save All and chat requests save a denied text again and again: a dialog each time would be unbearable. */
  async #stillHeld(path: string): Promise<void> {
    const reminder = `reminder\0${path}`;
    if (this.#asking.has(reminder)) return;
    this.#asking.add(reminder);
    const action = await this.#parts.dialog.tell(
      'warning',
      `${fileLabel(path)} is still held back: its text was denied and has not changed.`,
      DECIDE_AGAIN,
    );
    this.#asking.delete(reminder);
    if (action !== DECIDE_AGAIN) return;
    this.#denied.delete(path);
    await this.#parts.documents.save(path);
  }

  #hold(item: HeldSave): void {
    const { path } = item.document;
    this.#asking.add(key(path, item.held.assessment.subjectDigest));
    this.#queue.push(item);
    this.#gathering?.();
    this.#gathering = this.#parts.clock.after(GATHER_MS, () => void this.#drain());
  }

  async #drain(): Promise<void> {
    this.#gathering = undefined;
    if (this.#draining) return;
    this.#draining = true;
    for (let items = this.#queue.splice(0); items.length > 0; items = this.#queue.splice(0)) {
      const decided = await this.#parts.desk.decideSeveral(items.map((item) => item.held));
      for (const [index, item] of items.entries()) {
        this.#asking.delete(key(item.document.path, item.held.assessment.subjectDigest));
        const decision = decided[index];
        if (decision) await this.#settle(item, decision);
      }
    }
    this.#draining = false;
  }

  async #settle({ held, document }: HeldSave, decided: Decided): Promise<void> {
    const { dialog, documents, log, trouble } = this.#parts;
    const { path } = document;
    if (decided.choice === 'unrecorded') {
      trouble.report(
        `The decision on ${held.subject} could not be recorded, so it was not saved; your text is still in the editor`,
        decided.problem,
      );
      return;
    }
    if (decided.choice === 'deny') {
      if (decided.cause === 'person') this.#denied.set(path, held.assessment.subjectDigest);
      await recordOutcome(held, decided.receipt.nonce, 'withheld', log);
      return;
    }
    const current = documents.open(path);
    if (current?.dirty && current.text !== document.text) {
      await recordOutcome(held, decided.receipt.nonce, 'failed', log, 'the text had changed before it could be saved');
      await documents.save(path);
      return;
    }
    const digest = held.assessment.subjectDigest;
    this.#approved.set(path, { digest, text: document.text, held, nonce: decided.receipt.nonce });
    const saved = await documents.save(path);
    // Where VS Code did not ask, nothing used it up; it must not wait for another occasion.
    const unused = this.#approved.delete(path);
    if (saved && !unused) return;
    this.#expected.delete(path);
    if (saved) {
      await recordOutcome(held, decided.receipt.nonce, 'failed', log, 'VS Code saved without asking the guard');
      return;
    }
    await recordOutcome(held, decided.receipt.nonce, 'failed', log, 'VS Code did not save the file');
    void dialog.tell('warning', `${held.subject} was approved, but VS Code did not save it. Save it again to be asked again.`);
  }
}

/** `promise`, or an error once `ms` have passed. */
async function within<T>(clock: Clock, ms: number, why: string, promise: Promise<T>): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(ms, () => reject(new VerifierError('late', `The verifier ${why}.`)));
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

function key(path: string, digest: string): string {
  return `${path}\0${digest}`;
}
