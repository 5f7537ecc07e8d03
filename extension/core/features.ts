import type { Log } from './ports.ts';

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
  register(name: string, needs: readonly string[], register: () => Disposable): Disposable {
    const absent = needs.filter((path) => !offers(this.#api, path));
    if (absent.length > 0) return this.#leaveOut(name, `this editor has no ${absent.join(', ')}`);
    try {
      return register();
    } catch (error) {
      return this.#leaveOut(name, `this editor refused it: ${error instanceof Error ? error.message : error}`);
    }
  }

  #leaveOut(name: string, why: string): Disposable {
    this.#missing.push(`${name} (${why})`);
    this.#log.warn(`Not available in this editor: ${name}; ${why}.`);
    return { dispose: () => undefined };
  }
}
