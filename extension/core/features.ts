import { t } from '@vscode/l10n';
import type { Log } from './ports.ts';
import { type Said, said } from './said.ts';

interface Disposable {
  dispose(): unknown;
}

/** Whether an object holds a function or value at a dotted path, as in `lm.selectChatModels`. */
export function offers(api: unknown, path: string): boolean {
  let at: unknown = api;
  for (const name of path.split('.')) {
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null) return false;
    at = Reflect.get(at, name);
  }
  return at !== undefined && at !== null;
}

/**
 * What this editor has of VS Code's API. Forks leave parts of it out, and older versions lack them: what needs such a
 * part is left out with it and named, and everything else goes on.
 */
export class Features {
  readonly #api: unknown;
  readonly #log: Log;
  readonly #missing: string[] = [];

  constructor(parts: { api: unknown; log: Log }) {
    this.#api = parts.api;
    this.#log = parts.log;
  }

  /** What is not available in this editor, for people. */
  get missing(): readonly string[] {
    return this.#missing;
  }

  /**
   * Registers a feature where the editor offers all of `needs`; never throws.
   * @param name as in `the chat participant`
   */
  register(name: Said, needs: readonly string[], register: () => Disposable): Disposable {
    const absent = needs.filter((path) => !offers(this.#api, path));
    if (absent.length > 0) return this.#leaveOut(name, said('this editor has no {0}', absent.join(', ')));
    try {
      return register();
    } catch (error) {
      return this.#leaveOut(name, said('this editor refused it: {0}', error instanceof Error ? error.message : String(error)));
    }
  }

  #leaveOut(name: Said, why: Said): Disposable {
    this.#missing.push(t('{0} ({1})', name.shown, why.shown));
    this.#log.warn(`Not available in this editor: ${name.record}; ${why.record}.`);
    return { dispose: () => undefined };
  }
}
