import type { Unassessed, UncheckedAction } from '../../verifier/protocol/unassessed.ts';
import type { Verifier } from './client.ts';
import type { Clock, Dialog, Log } from './ports.ts';
import type { SidecarState } from './sidecar.ts';
import type { Spool } from './spool.ts';
import { asVerifierError, VerifierError } from './verifierError.ts';

const DELIVERY_DEADLINE_MS = 10_000;
/** A verifier that was late once, and is not down, is tried again after this. */
const RETRY_MS = 30_000;
const NAMES: Record<UncheckedAction, readonly [string, string]> = {
  prompt: ['prompt', 'prompts'],
  answer: ['answer', 'answers'],
  save: ['save', 'saves'],
  tool: ['tool call', 'tool calls'],
};
const SHOW_LOG = 'Show Log';

export interface DeliveryParts {
  readonly spool: Pick<Spool, 'deliver' | 'waiting'>;
  readonly connect: () => Promise<Verifier>;
  readonly dialog: Dialog;
  readonly clock: Clock;
  readonly log: Log;
  /** A file was saved unchecked: it is assessed now. */
  readonly noticeSave: (path: string) => void;
  readonly showLog: () => void;
}

/** Puts on record, once a verifier is back, what went on without it, and tells the user. */
export class SpoolDelivery {
  readonly #parts: DeliveryParts;
  #wasHealthy = false;
  #tried = 0;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Told every state of the verifier: delivers when it is back, and now and then while something waits. */
  async verifierIs(state: SidecarState['name']): Promise<void> {
    const { clock, spool } = this.#parts;
    const isBack = state === 'healthy' && !this.#wasHealthy;
    this.#wasHealthy = state === 'healthy';
    if (!this.#wasHealthy || !(isBack || (spool.waiting && clock.now() >= this.#tried + RETRY_MS))) return;
    this.#tried = clock.now();
    await this.run();
  }

  /** Never rejects: what could not be delivered stays for the next time. */
  async run(): Promise<void> {
    const { spool, connect, log, noticeSave } = this.#parts;
    const recorded: Unassessed[] = [];
    try {
      const verifier = await connect();
      const { faults } = await spool.deliver(async (line) => {
        await verifier.unassessed(line, { deadlineMs: DELIVERY_DEADLINE_MS });
        recorded.push(line);
        if (line.action === 'save' && line.subject.name !== undefined) noticeSave(line.subject.name);
      });
      if (faults.length > 0) await this.#tellFaults(verifier, faults);
    } catch (error) {
      const problem = asVerifierError(error);
      const level = error instanceof VerifierError ? 'warn' : 'error';
      log[level](`What went on without the guard is not all on record yet; it is kept: ${problem.message} (${problem.code})`);
    }
    if (recorded.length > 0) this.#tell(recorded);
  }

  /** Not waited for by anything: a notification may stay. */
  #tell(recorded: readonly Unassessed[]): void {
    const { dialog, log, showLog } = this.#parts;
    for (const { id, action, subject } of recorded) log.warn(`On record as unassessed: ${action} ${subject.name ?? ''} (${id}).`);
    const message = `Sentinel AI: ${counted(recorded)} went on without the guard and ${recorded.length === 1 ? 'is' : 'are'} now on record as unassessed.`;
    void dialog.tell('warning', message, SHOW_LOG).then((action) => action === SHOW_LOG && showLog());
  }

  async #tellFaults(verifier: Verifier, faults: readonly string[]): Promise<void> {
    const { dialog, log } = this.#parts;
    const detail = `the list of what went on without the guard is not as it was written: ${faults.join('; ')}`.slice(0, 300);
    log.error(`${detail}. The file is kept beside it with the ending .damaged.`);
    void dialog.tell('error', `Sentinel AI: ${detail}.`);
    await verifier.notice({ notice: 'coverage-gap', by: verifier.person, detail });
  }
}

function counted(lines: readonly Unassessed[]): string {
  const parts = Object.entries(NAMES).flatMap(([action, [one, many]]) => {
    const count = lines.filter((line) => line.action === action).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return parts.join(', ');
}
