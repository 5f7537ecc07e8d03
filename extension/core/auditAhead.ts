import { randomUUID } from 'node:crypto';
import { sha256 } from '../../verifier/protocol/digest.ts';
import type { Depth } from '../../verifier/protocol/vocabulary.ts';
import type { Baselines } from './baselines.ts';
import type { Verifier } from './client.ts';
import { fileSubject } from './guardSave.ts';
import { PathMap, pathKey } from './pathKey.ts';
import type { Clock, Documents, DocumentText, Log } from './ports.ts';
import { isGuarded } from './saveScope.ts';
import type { Settings } from './settings.ts';
import { asVerifierError } from './verifierError.ts';

/** Typing has stopped when nothing came for so long. */
export const PAUSE_MS = 1_500;
/** Requests for one file are at least so far apart: an auditor costs money, or the machine's own time. */
export const INTERVAL_MS = 10_000;
/** In UTF-16 units; more than an auditor takes in one piece is read after the save at most. */
export const MAX_AHEAD = 400_000;
/** Longer than any deadline that the settings allow: the verifier keeps the auditor's own. */
export const AUDIT_WAIT_MS = 130_000;

export interface AheadParts {
  readonly connect: () => Promise<Verifier>;
  readonly documents: Pick<Documents, 'open'>;
  readonly baselines: Pick<Baselines, 'of'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => Settings['save'];
  readonly sessionId: string;
  /** Whether there is an auditor that may read files. Asked on every keystroke, so it only looks. */
  readonly isReady: () => boolean;
}

/**
 * Has the auditor read what changed in a file while it is still being edited, one file at a time, so that
 * its verdict is there when the file is saved. Nothing is shown or held by it: that is the save's business.
 */
export class AuditAhead {
  readonly #parts: AheadParts;
  /** Waiting for a pause in typing, or for the interval to pass. */
  readonly #pauses = new PathMap<() => void>();
  /** Ready to be read, in the order in which they became so. */
  readonly #due = new PathMap<true>();
  readonly #lastAsked = new PathMap<number>();
  /** What a verdict is in for, by path: the latest alone. */
  readonly #known = new PathMap<string>();
  #running: { readonly path: string; readonly stop: AbortController } | undefined;

  constructor(parts: AheadParts) {
    this.#parts = parts;
  }

  /** A document was edited. Does nothing but look where there is no auditor. */
  edited(path: string): void {
    if (!this.#parts.isReady() || !isGuarded(path, this.#parts.settings())) return;
    this.left(path);
    this.#after(path, PAUSE_MS);
  }

  /** A document was saved, reverted or closed: what is not read yet need not be read ahead any more. */
  left(path: string): void {
    this.#pauses.get(path)?.();
    this.#pauses.delete(path);
    this.#due.delete(path);
    if (this.#running && pathKey(this.#running.path) === pathKey(path)) this.#running.stop.abort();
  }

  /** `full` where the verdict on exactly this text against this baseline is in. */
  depthFor(document: DocumentText, baseline: string | undefined): Depth {
    return this.#known.get(document.path) === identity(document, baseline) ? 'full' : 'gates';
  }

  dispose(): void {
    for (const path of [...this.#pauses.paths(), ...this.#due.paths()]) this.left(path);
    this.#running?.stop.abort();
  }

  #after(path: string, ms: number): void {
    this.#pauses.set(
      path,
      this.#parts.clock.after(ms, () => {
        this.#pauses.delete(path);
        const early = (this.#lastAsked.get(path) ?? Number.NEGATIVE_INFINITY) + INTERVAL_MS - this.#parts.clock.now();
        if (early > 0) return this.#after(path, early);
        this.#due.set(path, true);
        void this.#work();
      }),
    );
  }

  async #work(): Promise<void> {
    const [path] = this.#due.paths();
    if (this.#running || path === undefined) return;
    this.#due.delete(path);
    this.#running = { path, stop: new AbortController() };
    try {
      await this.#read(path, this.#running.stop.signal);
    } catch (error) {
      const problem = asVerifierError(error);
      // A background look that failed changes nothing: the save asks for itself.
      if (problem.code !== 'cancelled') this.#parts.log.debug(`A file was not audited ahead of its save: ${problem.message}`);
    } finally {
      this.#running = undefined;
    }
    void this.#work();
  }

  async #read(path: string, signal: AbortSignal): Promise<void> {
    const { documents, baselines, connect, clock, sessionId, isReady } = this.#parts;
    const document = documents.open(path);
    if (!document?.dirty || document.text.length > MAX_AHEAD || !isReady()) return;
    const [verifier, baseline] = await Promise.all([connect(), baselines.of(path)]);
    const about = identity(document, baseline);
    if (signal.aborted || this.#known.get(path) === about || document.text === baseline) return;
    this.#lastAsked.set(path, clock.now());
    const { layers } = await verifier.verify(
      { requestId: randomUUID(), sessionId, source: 'save', subject: fileSubject(document, baseline), depth: 'full', timing: 'ahead' },
      { signal, deadlineMs: AUDIT_WAIT_MS },
    );
    // Anything else (a service that failed, content that it refused) has to be tried again, so it is not a verdict yet.
    if (layers.audit.state === 'ran') this.#known.set(path, about);
  }
}

/** Equal for equal questions alone. */
function identity({ path, language, text }: DocumentText, baseline: string | undefined): string {
  return sha256(JSON.stringify([path, language, sha256(text), baseline === undefined ? null : sha256(baseline)]));
}
