import { t } from '@vscode/l10n';
import { MAX_ANSWER } from './answerGate.ts';
import type { Model, ModelMessage } from './ports.ts';

/** Stands above everything that a chat shows without a verdict. */
export const notChecked = (): string => t('**⚠ Not checked.** You let this go on without the guard; it will be recorded as unassessed.');
/** Shown while the notification waits for an answer. */
export const waitingNote = (): string =>
  `\n\n${t('A notification asks whether this may go on without a check. This chat waits for at most two minutes.')}\n`;

/** The whole answer of a model that is asked without a check, before anything of it is shown. */
export async function collectUnchecked(
  model: Model,
  messages: readonly ModelMessage[],
  signal: AbortSignal,
): Promise<{ readonly text: string } | { readonly failure: string }> {
  const enough = new AbortController();
  let text = '';
  try {
    for await (const chunk of await model.send(messages, AbortSignal.any([signal, enough.signal]))) {
      if (signal.aborted) break;
      text += chunk;
      if (text.length > MAX_ANSWER) return { failure: t('its answer is longer than {0} million characters', MAX_ANSWER / 1024 / 1024) };
    }
    return { text };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  } finally {
    // Leaving the loop does not stop a model that goes on for ever.
    enough.abort();
  }
}
