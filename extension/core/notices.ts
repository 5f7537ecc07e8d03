import type { Notice } from '../../verifier/protocol/routes.ts';
import type { BlindSpot } from './blindSpots.ts';
import type { Verifier } from './client.ts';
import type { Log, Storage } from './ports.ts';
import type { SaveHook } from './settings.ts';
import { asVerifierError } from './verifierError.ts';

const UNRECORDED = 'unrecorded-guard-off';

/** Writes into the ledger what the guard notices about itself. */
export class Notices {
  readonly #connect: () => Promise<Verifier>;
  readonly #storage: Storage;
  readonly #log: Log;
  #hook: SaveHook = 'always';
  #blindSpots = '';

  constructor(parts: { connect: () => Promise<Verifier>; storage: Storage; log: Log }) {
    this.#connect = parts.connect;
    this.#storage = parts.storage;
    this.#log = parts.log;
  }

  /** Before the guard stops. Where it cannot be recorded now, the next `guard-on` says so. */
  async guardOff(): Promise<void> {
    if (!(await this.#send('guard-off', 'sentinelai.enabled was set to false'))) {
      await this.#storage.write(UNRECORDED, new Date().toISOString()).catch(() => undefined);
    }
  }

  async guardOn(): Promise<void> {
    const since = await this.#storage.read(UNRECORDED).catch(() => undefined);
    const detail = since
      ? `switched on again; it was off since ${since}, which could not be recorded then`
      : 'sentinelai.enabled was set to true';
    if (await this.#send('guard-on', detail)) await this.#storage.remove(UNRECORDED);
  }

  /** Tells a change of whether VS Code asks the guard on save. True where it is news. */
  async saveHook(hook: SaveHook): Promise<boolean> {
    if (hook === this.#hook) return false;
    const before = this.#hook;
    this.#hook = hook;
    const sent =
      hook === 'always'
        ? await this.#send('save-guard-active', 'VS Code asks the guard on every save again')
        : await this.#send(
            'save-guard-bypassed',
            `editor.codeActionsOnSave: VS Code asks the guard ${hook === 'off' ? 'on no save' : 'on explicit saves only'}`,
          );
    if (!sent) this.#hook = before;
    return sent;
  }

  /** Tells a change of what the workspace keeps the guard from seeing. True where there is something, and it is news. */
  async blindSpots(all: readonly BlindSpot[]): Promise<boolean> {
    const patterns = all.filter(({ byWorkspace }) => byWorkspace).map(({ pattern }) => pattern);
    const now = patterns.sort().join(', ');
    if (now === this.#blindSpots) return false;
    const before = this.#blindSpots;
    this.#blindSpots = now;
    const detail = now === '' ? 'nothing is left out any more' : `changes by other programs are not seen in ${now}`;
    const sent = await this.#send('coverage-gap', `files.watcherExclude of the workspace: ${detail}`.slice(0, 300));
    if (!sent) this.#blindSpots = before;
    return sent && now !== '';
  }

  async #send(notice: Notice['notice'], detail: string): Promise<boolean> {
    try {
      const verifier = await this.#connect();
      await verifier.notice({ notice, by: verifier.person, detail });
      return true;
    } catch (error) {
      this.#log.warn(`The notice '${notice}' is not on record: ${asVerifierError(error).message}`);
      return false;
    }
  }
}
