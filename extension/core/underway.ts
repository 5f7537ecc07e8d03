import { PathMap } from './pathKey.ts';

/** What is being done to documents, so that others can wait for its end. */
export class Underway {
  readonly #ends = new PathMap<PromiseWithResolvers<void>>();

  begin(path: string): void {
    if (!this.#ends.has(path)) this.#ends.set(path, Promise.withResolvers());
  }

  end(path: string): void {
    this.#ends.get(path)?.resolve();
    this.#ends.delete(path);
  }

  async over(path: string): Promise<void> {
    await this.#ends.get(path)?.promise;
  }
}
