/** Systems whose file systems take `A.ts` and `a.ts` for one file, unless somebody formatted them otherwise. */
const FOLDS_CASE: readonly NodeJS.Platform[] = ['win32', 'darwin'];

/**
 * One key for all spellings of a path that the system takes for the same file. For looking up alone: files are
 * opened by the path that was given. On Windows slashes and letters' case do not count, on macOS case and the
 * composition of accents do not.
 */
export function pathKey(path: string, platform: NodeJS.Platform = process.platform): string {
  if (!FOLDS_CASE.includes(platform)) return path;
  const folded = path.normalize('NFC').toLowerCase();
  return platform === 'win32' ? folded.replaceAll('/', '\\') : folded;
}

/** Values by path, whichever spelling is asked for. The path is that of the latest `set`. */
export class PathMap<Value> {
  readonly #platform: NodeJS.Platform;
  readonly #items = new Map<string, { readonly path: string; readonly value: Value }>();

  constructor(platform: NodeJS.Platform = process.platform) {
    this.#platform = platform;
  }

  get size(): number {
    return this.#items.size;
  }

  get(path: string): Value | undefined {
    return this.#items.get(pathKey(path, this.#platform))?.value;
  }

  has(path: string): boolean {
    return this.#items.has(pathKey(path, this.#platform));
  }

  /** A path that is there already keeps its place in the order. */
  set(path: string, value: Value): void {
    this.#items.set(pathKey(path, this.#platform), { path, value });
  }

  /** True where there was one. */
  delete(path: string): boolean {
    return this.#items.delete(pathKey(path, this.#platform));
  }

  paths(): string[] {
    return [...this.#items.values()].map(({ path }) => path);
  }

  values(): Value[] {
    return [...this.#items.values()].map(({ value }) => value);
  }

  entries(): [string, Value][] {
    return [...this.#items.values()].map(({ path, value }) => [path, value]);
  }
}
