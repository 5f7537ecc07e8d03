import type { GateAnswer, GatesPort, PolicyStatus } from './assessment/ports.ts';
import type { GateContext } from './gates/gates.ts';
import type { GatePool } from './gates/inProcess.ts';
import type { PolicyCatalogue } from './protocol/policyCatalogue.ts';
import type { Subject } from './protocol/subject.ts';

/** Up to this many UTF-16 units are redacted here: quicker than the way to the worker, and it needs no policies. */
const REDACTED_HERE = 16_384;

/**
 * The gates, started when first needed and started again at the next request where the start failed:
 * policies that are put right count at once.
 */
export class GatesConnection implements GatesPort {
  readonly #start: () => Promise<GatePool>;
  readonly #loadRedact: () => Promise<(text: string) => string>;
  #pool: Promise<GatePool> | undefined;

  constructor(start: () => Promise<GatePool>, loadRedact: () => Promise<(text: string) => string>) {
    this.#start = start;
    this.#loadRedact = loadRedact;
  }

  async policies(): Promise<PolicyStatus> {
    return (await this.#connected()).policies();
  }

  async catalogue(): Promise<PolicyCatalogue> {
    return (await this.#connected()).catalogue();
  }

  async assess(subject: Subject, context: GateContext): Promise<GateAnswer> {
    return (await this.#connected()).assess(subject, context);
  }

  async redact(texts: readonly string[]): Promise<string[]> {
    if (texts.reduce((sum, text) => sum + text.length, 0) <= REDACTED_HERE) {
      const redact = await this.#loadRedact();
      return texts.map(redact);
    }
    return (await this.#connected()).redact(texts);
  }

  #connected(): Promise<GatePool> {
    this.#pool ??= this.#start().catch((error: unknown) => {
      this.#pool = undefined;
      throw error;
    });
    return this.#pool;
  }

  async close(): Promise<void> {
    const pool = await this.#pool?.catch(() => undefined);
    await pool?.close();
  }
}
