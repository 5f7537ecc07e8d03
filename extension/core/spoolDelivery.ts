import { t } from '@vscode/l10n';
import type { Unassessed, UncheckedAction } from '../../verifier/protocol/unassessed.ts';
import type { Verifier } from './client.ts';
import type { Clock, Dialog, Log } from './ports.ts';
import { said } from './said.ts';
import type { SidecarState } from './sidecar.ts';
import type { Spool } from './spool.ts';
import { asVerifierError, VerifierError } from './verifierError.ts';

const DELIVERY_DEADLINE_MS = 10_000;
/** A verifier that was late once, and is not down, is tried again after this. */
const RETRY_MS = 30_000;
const COUNTED: Record<UncheckedAction, (count: number) => string> = {
  prompt: (count) => (count === 1 ? t('1 prompt') : t('{0} prompts', count)),
  answer: (count) => (count === 1 ? t('1 answer') : t('{0} answers', count)),
  save: (count) => (count === 1 ? t('1 save') : t('{0} saves', count)),
  tool: (count) => (count === 1 ? t('1 tool call') : t('{0} tool calls', count)),
};
const showLogButton = (): string => t('Show Log');

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
    const message =
      recorded.length === 1
        ? t('Sentinel AI: {0} went on without the guard and is now on record as unassessed.', counted(recorded))
        : t('Sentinel AI: {0} went on without the guard and are now on record as unassessed.', counted(recorded));
    void dialog.tell('warning', message, showLogButton()).then((action) => action === showLogButton() && showLog());
  }

  async #tellFaults(verifier: Verifier, faults: readonly string[]): Promise<void> {
    const { dialog, log } = this.#parts;
    const { record, shown } = said('the list of what went on without the guard is not as it was written: {0}', faults.join('; '));
    const detail = record.slice(0, 300);
    log.error(`${detail}. The file is kept beside it with the ending .damaged.`);
    void dialog.tell('error', t('Sentinel AI: {0}.', shown));
    await verifier.notice({ notice: 'coverage-gap', by: verifier.person, detail });
  }
}

function counted(lines: readonly Unassessed[]): string {
  const parts = Object.entries(COUNTED).flatMap(([action, text]) => {
    const count = lines.filter((line) => line.action === action).length;
    return count === 0 ? [] : [text(count)];
  });
  return parts.join(', ');
}
