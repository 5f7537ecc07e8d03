import { t } from '@vscode/l10n';
import type { Verifier } from './client.ts';
import { fileLabel } from './dialogText.ts';
import type { Dialog, Log } from './ports.ts';
import { type Said, said } from './said.ts';

const MAX_NAMED = 5;
const MAX_NAME = 40;

/**
 * What changed on disk and could not be looked at (law 1): recorded, logged and shown. Each file is told once
 * in a session: a build writes its programs again and again.
 */
export class CoverageGaps {
  readonly #connect: () => Promise<Verifier>;
  readonly #dialog: Dialog;
  readonly #log: Log;
  readonly #told = new Set<string>();
  readonly #files = new Map<string, string>();
  #beyond = 0;

  constructor(parts: { connect: () => Promise<Verifier>; dialog: Dialog; log: Log }) {
    this.#connect = parts.connect;
    this.#dialog = parts.dialog;
    this.#log = parts.log;
  }

  /** How many files of this session were not looked at. */
  get count(): number {
    return this.#told.size;
  }

  /** True while something is not on record yet. */
  get waiting(): boolean {
    return this.#files.size > 0 || this.#beyond > 0;
  }

  /** `why` as in `not text`. */
  add(path: string, why: string): void {
    if (!this.#told.has(path)) this.#files.set(path, why);
  }

  /** One more file changed than are looked at together. */
  addBeyond(): void {
    this.#beyond += 1;
  }

  /** Rejects with a VerifierError where it could not be recorded; then it is still waiting. */
  async tell(limit: number): Promise<void> {
    if (this.#beyond > 0) {
      const count = this.#beyond;
      await this.#record(
        said('{0} more files changed at once than the {1} that are looked at; they were not assessed', count, limit),
        true,
      );
      this.#beyond -= count;
    }
    if (this.#files.size > 0) {
      const files = [...this.#files];
      const named = files.slice(0, MAX_NAMED).map(([path, why]) => `${fileLabel(path).slice(0, MAX_NAME)} (${why})`);
      const more = files.length - MAX_NAMED;
      const detail =
        more > 0
          ? said('written, but could not be assessed: {0} and {1} more', named.join(', '), more)
          : said('written, but could not be assessed: {0}', named.join(', '));
      // Programs and pictures are everyday: they are in the record, the log and the state, not in the way.
      const unusual = files.some(([, why]) => why !== 'not text');
      await this.#record(detail, unusual);
      for (const [path] of files) {
        this.#files.delete(path);
        this.#told.add(path);
      }
    }
  }

  async #record({ record, shown }: Said, show: boolean): Promise<void> {
    const verifier = await this.#connect();
    await verifier.notice({ notice: 'coverage-gap', by: verifier.person, detail: record.slice(0, 300) });
    this.#log.warn(`Coverage gap: ${record}.`);
    if (show) void this.#dialog.tell('warning', t('Sentinel AI: {0}.', shown));
  }
}
