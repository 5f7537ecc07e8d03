import { randomUUID } from 'node:crypto';
import { t } from '@vscode/l10n';
import type { Finding } from '../../verifier/protocol/assessment.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { CoverageGaps } from './coverageGaps.ts';
import { type Decided, type Held, recordOutcome } from './decide.ts';
import { fileLabel, visibleLine, weighty } from './dialogText.ts';
import { fileSubject, type SaveGuard, type SaveParts } from './guardSave.ts';
import { PathMap, pathKey } from './pathKey.ts';
import type { DocumentText } from './ports.ts';
import { type Said, said } from './said.ts';
import { isGuarded } from './saveScope.ts';
import { asVerifierError, VerifierError } from './verifierError.ts';
import type { WaitingList } from './waitingList.ts';

/** Changes that come within this time after the first are looked at together. */
const GATHER_MS = 250;
/** A branch switch can change thousands of files: beyond this many at once a notice says what was left out. */
export const MAX_BURST = 200;

/** What the verifier says of a request that will not become better by repeating it. */
const REFUSED: readonly string[] = ['bad_request', 'too_large'];
const reviewButton = (): string => t('Review');
const restoreButton = (): string => t('Restore Last Assessed Text');

export interface WriteParts extends SaveParts {
  readonly guard: SaveGuard;
  readonly waiting: WaitingList;
  /** The list of what waits for a decision has changed. */
  readonly changed: () => void;
}

interface Undecided {
  readonly held: Held;
  readonly document: DocumentText;
}

/**
 * The last line of defence: looks at texts that reached the disk without a verdict (agents, Save
 * without Formatting, formatters, other programs). They are assessed at once, shown, recorded as
 * unassessed, and can be put back. Until a person decides, the baseline stays what it was, so the
 * next save is held.
 */
export class UnassessedWrites {
  readonly #parts: WriteParts;
  readonly #noticed = new PathMap<string>();
  readonly #undecided = new PathMap<Undecided>();
  /** Those in a dialog: what happens to them is the dialog's. */
  readonly #reviewing = new Set<Undecided>();
  readonly #gaps: CoverageGaps;
  #gathering = false;
  #working = false;

  constructor(parts: WriteParts) {
    this.#parts = parts;
    this.#gaps = new CoverageGaps(parts);
  }

  get undecidedPaths(): string[] {
    return this.#undecided.paths();
  }

  /** What waits for a decision, by the assessment that it is about. */
  get waitingWrites(): { assessmentId: string; path: string }[] {
    return this.#undecided.entries().map(([path, { held }]) => ({ assessmentId: held.assessment.id, path }));
  }

  /** How many files of this session could not be looked at. */
  get gapCount(): number {
    return this.#gaps.count;
  }

  /** Looks again at what waited when the window was last closed. */
  async recall(): Promise<void> {
    for (const { path, how } of await this.#parts.waiting.recall()) this.notice(path, how);
  }

  /** A file changed on disk. `how` says, for the record, how it came past the guard. */
  notice(path: string, how: string): void {
    if (!isGuarded(path, this.#parts.settings())) return;
    if (this.#noticed.size >= MAX_BURST && !this.#noticed.has(path)) {
      this.#gaps.addBeyond();
    } else {
      this.#noticed.set(path, how);
      this.#parts.waiting.add(path, how);
    }
    this.#gather();
  }

  /** The verifier is back: looks at what could not be assessed meanwhile. */
  resume(): void {
    if (this.#noticed.size > 0 || this.#gaps.waiting) this.#gather();
  }

  /** Asks about everything that waits, or about one file. False where nothing does. */
  async review(only?: string): Promise<boolean> {
    const items = this.#undecided.values().filter((item) => only === undefined || pathKey(item.document.path) === pathKey(only));
    if (items.length === 0) return false;
    for (const item of items) this.#reviewing.add(item);
    const decided = await this.#parts.desk.decideSeveral(items.map((item) => item.held));
    for (const [index, item] of items.entries()) {
      const decision = decided[index];
      if (decision) await this.#settle(item, decision);
      this.#reviewing.delete(item);
    }
    return true;
  }

  /**
   * The auditor objects to a text that reached the disk before it had read it. What was accepted before counts again,
   * so that the next save is measured against that. `ask`: by a dialog now, as a person has just saved it.
   */
  async objected(held: Held, document: DocumentText, baseline: string | undefined, ask: boolean): Promise<void> {
    const { path } = document;
    this.superseded(path);
    await this.#parts.baselines.takeBack(path, baseline);
    this.#show(path, held.assessment.findings);
    this.#undecided.set(path, { held, document });
    this.#parts.waiting.add(path, 'the auditor objects to it, and nobody has decided yet');
    this.#parts.changed();
    if (ask) await this.review(path);
  }

  /** Another text of this file was accepted or found since: the earlier one no longer waits. */
  superseded(path: string): void {
    const item = this.#undecided.get(path);
    if (!item) return;
    this.#forget(item);
    if (!this.#reviewing.has(item)) void this.#parts.desk.dismiss(item.held, 'another text has taken its place');
  }

  /** What is on the disk now has its verdict: what was said of the text before is said no more. */
  #supersededByKnown(path: string): void {
    this.superseded(path);
    this.#show(path, []);
  }

  /** Not over what is said of a text that is held in the editor: that is another text than the one on the disk. */
  #show(path: string, findings: readonly Finding[]): void {
    if (!this.#parts.guard.isMarked(path)) this.#parts.problems.set(path, findings);
  }

  /** `untilNext`: nobody decided, so the next session asks again. */
  #forget({ document: { path } }: Undecided, untilNext = false): void {
    if (!this.#undecided.delete(path)) return;
    if (!untilNext) this.#waitsNoMore(path);
    this.#parts.changed();
  }

  #waitsNoMore(path: string): void {
    if (!this.#noticed.has(path) && !this.#undecided.has(path)) this.#parts.waiting.remove(path);
  }

  /** Not put off by what comes later: a file that changes all the time would never be looked at. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#parts.clock.after(GATHER_MS, () => {
      this.#gathering = false;
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#working) return this.#gather();
    this.#working = true;
    const found: Undecided[] = [];
    try {
      for (const [path, how] of this.#noticed.entries()) {
        const undecided = await this.#lookOnce(path, how);
        if (undecided) found.push(undecided);
      }
      if (this.#gaps.waiting) {
        await this.#gaps.tell(MAX_BURST);
        this.#parts.changed();
      }
    } catch (error) {
      const problem = asVerifierError(error);
      this.#parts.log.error(`Changed files could not be assessed yet: ${problem.message} (${problem.code})`);
      this.#parts.trouble.report(t('A file changed on disk and could not be assessed; it will be when the verifier is back'), problem);
    } finally {
      this.#working = false;
    }
    if (found.length > 0) void this.#tell(found);
  }

  /** A change that comes while the file is looked at is a new one, so it is taken off the list before. */
  async #lookOnce(path: string, how: string): Promise<Undecided | undefined> {
    this.#noticed.delete(path);
    try {
      const undecided = await this.#look(path, how);
      this.#waitsNoMore(path);
      return undecided;
    } catch (error) {
      // A text that the verifier will never take must not keep it from the others.
      if (error instanceof VerifierError && REFUSED.includes(error.code)) {
        this.#gaps.add(path, 'refused by the verifier');
        this.#waitsNoMore(path);
        return undefined;
      }
      if (!this.#noticed.has(path)) this.#noticed.set(path, how);
      throw error;
    }
  }

  async #look(path: string, how: string): Promise<Undecided | undefined> {
    const { documents, baselines, guard, connect, sessionId } = this.#parts;
    // The bytes, not the editor's text: that may be older, or come from another reading of the bytes.
    const document = await documents.onDisk(path);
    if (!document) return undefined;
    if ('unassessable' in document) {
      this.#gaps.add(path, document.unassessable);
      return undefined;
    }
    const digest = sha256(document.text);
    if (guard.knows(path, digest)) {
      const waiting = this.#undecided.get(path)?.held.assessment;
      if (waiting !== undefined && waiting.subjectDigest !== digest) this.#supersededByKnown(path);
      // Only what is there now is known: the other reading, written once more, is news.
      guard.remember(path, digest);
      return undefined;
    }
    if (await baselines.isAccepted(path, document.text)) {
      // Another window has decided, or somebody put an accepted text back.
      guard.remember(path, digest);
      this.#supersededByKnown(path);
      return undefined;
    }
    if (await baselines.isAtHead(path, document.text)) {
      guard.remember(path, digest);
      baselines.accept(path, document.text);
      this.#supersededByKnown(path);
      return undefined;
    }
    const editor = documents.open(path);
    const secondReading = editor?.dirty === false && guard.knows(path, sha256(editor.text));
    await baselines.pin(path);
    const verifier = await connect();
    const assessment = await verifier.verify({
      requestId: randomUUID(),
      sessionId,
      source: 'save',
      subject: fileSubject(document, await baselines.of(path)),
      depth: 'gates',
      timing: 'after',
      unassessed: how,
    });
    guard.remember(path, digest, secondReading);
    this.superseded(path);
    this.#show(path, assessment.findings);
    const held: Held = {
      assessment,
      verifier,
      subject: fileLabel(path),
      path,
      consequence: t('If you deny, the last assessed text is put back where there is one.'),
    };
    if (assessment.verdict !== 'pass') {
      const undecided = { held, document };
      this.#undecided.set(path, undecided);
      this.#parts.changed();
      return undecided;
    }
    const before = await baselines.of(path);
    if (!secondReading) baselines.accept(path, document.text);
    await recordOutcome(held, assessment.nonce, 'saved', this.#parts.log, how);
    this.#parts.audit?.saved({ document, baseline: before, assessment, explicit: false });
    return undefined;
  }

  async #tell(found: readonly Undecided[]): Promise<void> {
    const [first] = found;
    if (!first) return;
    const reason = visibleLine(weighty(first.held.assessment)[0]?.message ?? t('it needs a decision'));
    const what =
      found.length === 1
        ? t('{0} was written without an assessment: {1}', first.held.subject, reason)
        : t('{0} files were written without an assessment and need a decision.', found.length);
    const action = await this.#parts.dialog.tell('warning', what, reviewButton(), ...(found.length === 1 ? [restoreButton()] : []));
    if (action === reviewButton()) await this.review();
    if (action === restoreButton() && this.#undecided.get(first.document.path) === first) await this.#deny(first);
  }

  /** Denies what waits under this path by a button outside the dialog, which puts the last assessed text back. False where nothing waits. */
  async restore(path: string): Promise<boolean> {
    const item = this.#undecided.get(path);
    if (!item || this.#reviewing.has(item)) return false;
    await this.#deny(item);
    return true;
  }

  async #deny(item: Undecided): Promise<void> {
    await this.#settle(item, await this.#parts.desk.deny(item.held));
  }

  async #settle(item: Undecided, decided: Decided): Promise<void> {
    const { held, document } = item;
    const { path, text } = document;
    const { log, trouble, baselines } = this.#parts;
    if (decided.choice === 'unrecorded') {
      trouble.report(t('The decision on {0} could not be recorded; it stays undecided', held.subject), decided.problem);
      return;
    }
    if (this.#undecided.get(path) === item) this.#forget(item, decided.choice === 'deny' && decided.cause === 'cancelled');
    if (decided.choice === 'approve') {
      baselines.accept(path, text);
      this.#show(path, []);
      await recordOutcome(held, decided.receipt.nonce, 'saved', log, 'it was on disk before the decision');
      return;
    }
    if (decided.replaced) {
      await recordOutcome(held, decided.receipt.nonce, 'failed', log, 'the text stays on disk: a suppression was accepted');
      this.#show(path, []);
      await this.#parts.guard.decide(path);
      return;
    }
    const obstacle = decided.cause === 'cancelled' ? said('nobody decided; the text stays on disk') : await this.#restore(document, held);
    await recordOutcome(
      held,
      decided.receipt.nonce,
      obstacle ? 'failed' : 'withheld',
      log,
      obstacle?.record ?? 'the last assessed text was put back',
    );
    if (obstacle) void this.#parts.dialog.tell('warning', t('{0} was denied, but {1}.', held.subject, obstacle.shown));
    else this.#show(path, []);
  }

  /** Puts the last assessed text back; otherwise says what stood in the way. */
  async #restore({ path, text }: DocumentText, held: Held): Promise<Said | undefined> {
    const { documents, baselines, guard } = this.#parts;
    const baseline = await baselines.of(path);
    if (baseline === undefined) return said('there is no assessed text to put back; the text stays on disk');
    const editor = documents.open(path);
    const disk = await documents.onDisk(path);
    if (editor?.dirty || !disk || 'unassessable' in disk || disk.text !== text)
      return said('the text has changed since; nothing was put back');
    guard.expect(path, baseline, held);
    return (await documents.replaceAndSave(path, baseline)) ? undefined : said('VS Code could not write the last assessed text');
  }
}
