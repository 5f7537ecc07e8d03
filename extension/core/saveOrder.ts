import { PathMap } from './pathKey.ts';

/**
 * Which of its two doors VS Code opens first in a save: the code action or the listener. That differs from window to
 * window, and while a window is still starting the code action is not asked at all though the settings name it. The
 * listener may leave a text to the code action only where that was seen to come after it.
 */
export class SaveOrder {
  readonly #listenerAsked = new PathMap<true>();
  #comesLater = false;

  /** The code action was seen to be asked after the listener, so it can be counted on. */
  get comesLater(): boolean {
    return this.#comesLater;
  }

  listener(path: string): void {
    this.#listenerAsked.set(path, true);
  }

  /** Returns whether the listener was asked before, in this save. */
  codeAction(path: string): boolean {
    this.#comesLater = this.#listenerAsked.delete(path);
    return this.#comesLater;
  }

  written(path: string): void {
    this.#listenerAsked.delete(path);
  }
}
