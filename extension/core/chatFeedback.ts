import { t } from '@vscode/l10n';
import { z } from 'zod';
import type { CommandEnd } from './chatCommands.ts';
import type { Clock, Dialog, Log, Storage } from './ports.ts';

const NAME = 'chat-feedback';
const MAX_KEPT = 500;
const wrongButton = (): string => t('This Finding Is Wrong…');

const Vote = z.strictObject({
  time: z.string(),
  helpful: z.boolean(),
  assessmentId: z.string().optional(),
  rules: z.array(z.string()),
});
type Vote = z.infer<typeof Vote>;

/** What an answer's metadata says of it; VS Code hands back what it was given, as JSON. */
const Voted = z.object({ assessmentId: z.string().optional(), rules: z.array(z.string()).default([]) });

/**
 * Votes on the participant's answers. They stay in a private file on this machine; nothing of a prompt or an
 * answer is in it.
 */
export class ChatFeedback {
  readonly #parts: FeedbackParts;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: FeedbackParts) {
    this.#parts = parts;
  }

  /** `metadata` is that of the answer that was voted on. Resolves when the vote is kept. */
  async receive(helpful: boolean, metadata: unknown): Promise<void> {
    const { assessmentId, rules } = Voted.safeParse(metadata).data ?? { assessmentId: undefined, rules: [] };
    const time = new Date(this.#parts.clock.now()).toISOString();
    await this.#keep({ time, helpful, rules, ...(assessmentId === undefined ? {} : { assessmentId }) });
    const { findingIsWrong, dialog } = this.#parts;
    const [rule] = rules;
    if (helpful || rule === undefined || findingIsWrong === undefined) return;
    const action = await dialog.tell('info', t('Thank you. Was the finding of {0} wrong?', rule), wrongButton());
    if (action === wrongButton()) await findingIsWrong({ rules, ...(assessmentId === undefined ? {} : { assessmentId }) });
  }

  #keep(vote: Vote): Promise<void> {
    this.#writing = this.#writing
      .then(async () => {
        const kept = [...(await this.#kept()), vote].slice(-MAX_KEPT);
        await this.#parts.storage.write(NAME, JSON.stringify(kept));
      })
      .catch((error: unknown) =>
        this.#parts.log.error(`The feedback could not be kept: ${error instanceof Error ? error.message : error}`),
      );
    return this.#writing;
  }

  /** A file that is not readable is begun anew: votes are not worth an error. */
  async #kept(): Promise<Vote[]> {
    const text = await this.#parts.storage.read(NAME);
    if (text === undefined) return [];
    try {
      return Vote.array().parse(JSON.parse(text));
    } catch {
      return [];
    }
  }
}

interface FeedbackParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly dialog: Dialog;
  readonly log: Log;
  /** Takes note of a finding that its reader takes for wrong. */
  readonly findingIsWrong?: (about: CommandEnd) => Promise<unknown>;
}
