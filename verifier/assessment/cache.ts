import type { Concluded } from './layers.ts';

/** Two bytes a UTF-16 unit, plus what the key and the map's own entry take. */
const ENTRY_OVERHEAD = 512;

/**
 * Verdicts by inputs, least recently used first out, bounded by bytes. A verdict is found only under
 * the policies that gave it. Who calls decides what may be kept (see `isCacheable`).
 */
export class VerdictCache {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, { readonly value: Concluded; readonly bytes: number }>();
  #bytes = 0;

  /** @param maxBytes bound on the memory that kept verdicts take, in bytes */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it is worth asking which policies are in force. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string, policyDigest: string): Concluded | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.value.policyDigest !== policyDigest) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: Concluded): void {
    this.#drop(key);
    const bytes = 2 * JSON.stringify(value).length + ENTRY_OVERHEAD;
    if (bytes > this.#maxBytes) return;
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}

/**
 * A verdict may be given again only if every layer that it asked for really took part: a service that
 * was down, an audit that the content broke and a layer that is still running must be tried again.
 */
export function isCacheable(concluded: Concluded): boolean {
  const { gates, audit } = concluded.layers;
  return gates.state === 'ran' && (audit.state === 'ran' || audit.state === 'off' || audit.state === 'skipped');
}
