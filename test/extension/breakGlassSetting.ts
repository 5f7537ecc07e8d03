import { type BreakGlassParts, RecordedBreakGlass, type VerifierWatch } from '../../extension/core/breakGlass.ts';
import type { SpoolEntry, SpoolLine } from '../../extension/core/spoolLine.ts';
import { sealLine } from '../../extension/core/spoolLine.ts';
import { Trouble } from '../../extension/core/trouble.ts';
import { FakeClock, FakeDialog, FakeLog } from './fakes.ts';

export const CONTINUE = 'Continue Without the Guard…';

/** A spool in memory. */
export class FakeSpool {
  readonly lines: SpoolLine[] = [];
  failure: Error | undefined;
  async append(entry: SpoolEntry): Promise<SpoolLine> {
    if (this.failure) throw this.failure;
    const line = sealLine(entry, this.lines.at(-1)?.spoolHash ?? '0'.repeat(64));
    this.lines.push(line);
    return line;
  }
}

/** A verifier that is down until it is said to be back. */
export class FakeWatch implements VerifierWatch {
  healthy = false;
  readonly #waiting = new Set<() => void>();
  isHealthy = () => this.healthy;
  onBack(run: () => void): () => void {
    this.#waiting.add(run);
    return () => this.#waiting.delete(run);
  }
  back(): void {
    this.healthy = true;
    for (const run of this.#waiting) run();
  }
}

/** The real way round over stand-ins, with what a test needs to change. */
export function breakGlassOver(more: Partial<BreakGlassParts> = {}) {
  const parts = {
    spool: new FakeSpool(),
    dialog: new FakeDialog(),
    clock: new FakeClock(),
    log: new FakeLog(),
    allowed: () => true,
    organisation: async () => ({ path: '/organisation.json' }),
    verifier: new FakeWatch(),
    ...more,
  };
  const trouble = more.trouble ?? new Trouble({ dialog: parts.dialog, restart: () => {}, showLog: () => {} });
  return { breakGlass: new RecordedBreakGlass({ ...parts, trouble }), trouble };
}
