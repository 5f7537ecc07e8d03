import { randomUUID } from 'node:crypto';
import { t } from '@vscode/l10n';
import { AUDIT_WAIT_MS, type AuditAhead, INTERVAL_MS } from './auditAhead.ts';
import type { Verifier } from './client.ts';
import { type Desk, type Held, recordOutcome } from './decide.ts';
import { fileLabel } from './dialogText.ts';
import { fileSubject } from './guardSave.ts';
import { PathMap } from './pathKey.ts';
import type { Clock, Log } from './ports.ts';
import type { SaveAudit, WrittenSave } from './saveAudit.ts';
import type { UnassessedWrites } from './unassessedWrites.ts';
import { asVerifierError } from './verifierError.ts';

export interface AfterParts {
  readonly connect: () => Promise<Verifier>;
  readonly ahead: Pick<AuditAhead, 'depthFor'>;
  readonly writes: () => Pick<UnassessedWrites, 'objected'>;
  readonly desk: Pick<Desk, 'dismiss'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly sessionId: string;
  /** Whether there is an auditor that may read files. */
  readonly isReady: () => boolean;
}

/** What the auditor still has to read of a file: everything since `baseline`, up to the latest text on disk. */
interface Owed extends Pick<WrittenSave, 'document' | 'baseline' | 'explicit'> {
  /** Not read before: auto save can write every second. */
  readonly due: number;
}

const HOW = 'saved before the auditor had read it';
/** Programs can write thousands of files at once (a branch switch): beyond this many that wait, those are left to the gates. */
export const MAX_OWED = 20;
/** What will not become better by repeating it. */
const REFUSED: readonly string[] = ['bad_request', 'too_large'];

/**
 * Has the auditor read, right after a save, what the gates alone let through. A save that comes meanwhile takes
 * over what was owed, so nothing that was written goes unread. One at a time.
 */
export class AuditAfter implements SaveAudit {
  readonly #parts: AfterParts;
  readonly #owed = new PathMap<Owed>();
  readonly #lastAsked = new PathMap<number>();
  #working = false;
  #wake: () => void = () => {};

  constructor(parts: AfterParts) {
    this.#parts = parts;
  }

  depthFor: SaveAudit['depthFor'] = (document, baseline) =>
    this.#parts.isReady() ? this.#parts.ahead.depthFor(document, baseline) : 'gates';

  saved({ document, baseline, assessment, explicit }: WrittenSave): void {
    const owed = this.#owed.get(document.path);
    if (!this.#parts.isReady()) return;
    if (owed === undefined && (assessment.layers.audit.state === 'ran' || document.text === baseline)) return;
    if (owed === undefined && !explicit && this.#owed.size >= MAX_OWED) {
      this.#parts.log.info(`${fileLabel(document.path)} is left to the gates: ${MAX_OWED} files wait for the auditor already.`);
      return;
    }
    this.#owed.set(document.path, {
      document,
      baseline: owed === undefined ? baseline : owed.baseline,
      explicit: explicit || owed?.explicit === true,
      due: explicit
        ? 0
        : Math.min(owed?.due ?? Number.POSITIVE_INFINITY, (this.#lastAsked.get(document.path) ?? Number.NEGATIVE_INFINITY) + INTERVAL_MS),
    });
    void this.#work();
  }

  /** The verifier is back: what it could not read meanwhile is read now. */
  resume(): void {
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (!(await this.#tried(next))) break;
    }
    this.#working = false;
  }

  /** The next that is due. Comes back for one that is not yet. */
  #next(): Owed | undefined {
    this.#wake();
    const now = this.#parts.clock.now();
    const [first] = this.#owed.values().sort((a, b) => a.due - b.due);
    if (first === undefined || first.due <= now) return first;
    this.#wake = this.#parts.clock.after(first.due - now, () => void this.#work());
    return undefined;
  }

  /** False where the verifier can't be had now, so that the others can wait with it. */
  async #tried(owed: Owed): Promise<boolean> {
    try {
      await this.#read(owed);
      return true;
    } catch (error) {
      const { code, message } = asVerifierError(error);
      this.#parts.log.warn(`${fileLabel(owed.document.path)} could not be audited after its save: ${message}`);
      if (!REFUSED.includes(code)) return false;
      this.#settled(owed);
      return true;
    }
  }

  async #read(owed: Owed): Promise<void> {
    const { connect, writes, desk, log, sessionId } = this.#parts;
    const { document, baseline, explicit } = owed;
    const verifier = await connect();
    this.#lastAsked.set(document.path, this.#parts.clock.now());
    const assessment = await verifier.verify(
      {
        requestId: randomUUID(),
        sessionId,
        source: 'save',
        subject: fileSubject(document, baseline),
        depth: 'full',
        timing: 'after',
        unassessed: HOW,
      },
      { deadlineMs: AUDIT_WAIT_MS },
    );
    const consequence = t('If you deny, the text that was accepted before is put back where there is one.');
    const held: Held = { assessment, verifier, subject: fileLabel(document.path), path: document.path, consequence };
    const isLatest = this.#settled(owed);
    if (assessment.verdict === 'pass') {
      await recordOutcome(held, assessment.nonce, 'saved', log, HOW);
    } else if (isLatest) {
      // Not waited for: a dialog may stand for hours, and other files are to be read meanwhile.
      void writes().objected(held, document, baseline, explicit);
    } else {
      await desk.dismiss(held, 'another text has taken its place');
    }
  }

  /** Takes it off the list. False where a later save has taken over what was owed. */
  #settled(owed: Owed): boolean {
    const isLatest = this.#owed.get(owed.document.path) === owed;
    if (isLatest) this.#owed.delete(owed.document.path);
    return isLatest;
  }
}
