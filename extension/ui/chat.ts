import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { ChatCommands } from '../core/chatCommands.ts';
import type { ChatFeedback } from '../core/chatFeedback.ts';
import type { PromptGuard } from '../core/guardPrompt.ts';
import type { ChatView, Model, ModelMessage } from '../core/ports.ts';
import { plainWords } from '../core/renderSafe.ts';
import { answerCommand, extendParticipant } from './chatCommands.ts';
import { readReferences } from './references.ts';

const PARTICIPANT = 'sentinelai.guard';
/** What is passed on of a long conversation. */
const MAX_TURNS = 20;

export interface ChatParts {
  readonly isOn: () => boolean;
  readonly sessionId: string;
  readonly icon: vscode.Uri;
  readonly commands: ChatCommands;
  readonly feedback: ChatFeedback;
  /** The model itself, where a guarded one is chosen: this door guards it already. */
  readonly modelBehind: (model: vscode.LanguageModelChat) => vscode.LanguageModelChat;
  /** Called when a request has ended with an answer. */
  readonly answered: (model: vscode.LanguageModelChat) => void;
}

/** The chat participant `@sentinelai-guard`. */
export function registerChat(guard: PromptGuard, parts: ChatParts): vscode.Disposable {
  const participant = vscode.chat.createChatParticipant(
    PARTICIPANT,
    async (request, context, stream, token): Promise<vscode.ChatResult> => {
      if (!parts.isOn()) {
        stream.markdown(t('The guard is switched off (setting `sentinelai.enabled`), so nothing was sent to the model.'));
        return {};
      }
      const stop = new AbortController();
      const listening = token.onCancellationRequested(() => stop.abort());
      if (token.isCancellationRequested) stop.abort();
      try {
        if (request.command !== undefined) {
          const end = await answerCommand(parts.commands, request.command, request, stream, { ...parts, signal: stop.signal });
          return { metadata: { ...end, command: request.command } };
        }
        const { read, leftOut } = await readReferences(request.references);
        if (leftOut.length > 0)
          stream.markdown(`*${t('Not passed on (too large or not text): {0}', leftOut.map(plainWords).join(', '))}*\n\n`);
        const end = await guard.run({
          text: request.prompt,
          references: read,
          history: history(context.history),
          model: chatModel(parts.modelBehind(request.model)),
          view: chatView(stream),
          signal: stop.signal,
          sessionId: parts.sessionId,
        });
        if (!end.withheld) parts.answered(request.model);
        return { metadata: { ...end } };
      } finally {
        listening.dispose();
      }
    },
  );
  participant.iconPath = parts.icon;
  const extended = extendParticipant(participant, parts.feedback);
  // Models are looked up lazily: until somebody selects, VS Code answers every request with "Language
  // model unavailable" and never calls the participant.
  void vscode.lm.selectChatModels({});
  return vscode.Disposable.from(participant, extended);
}

function chatView(stream: vscode.ChatResponseStream): ChatView {
  let hasText = false;
  return {
    show(markdown) {
      hasText ||= markdown.trim() !== '';
      stream.markdown(markdown);
    },
    // VS Code folds all text before a progress line away once the answer is complete.
    progress(message) {
      if (!hasText) stream.progress(message);
    },
    offerRecovery() {
      stream.button({ command: 'sentinelai.restartVerifier', title: t('Restart Verifier') });
      stream.button({ command: 'sentinelai.showLog', title: t('Show Log') });
    },
  };
}

function chatModel(model: vscode.LanguageModelChat): Model {
  return {
    id: `${model.vendor}/${model.id}`,
    async send(messages, signal) {
      const source = new vscode.CancellationTokenSource();
      signal.addEventListener('abort', () => source.cancel(), { once: true });
      const sent = messages.map(({ role, text }) =>
        role === 'user' ? vscode.LanguageModelChatMessage.User(text) : vscode.LanguageModelChatMessage.Assistant(text),
      );
      try {
        return (await model.sendRequest(sent, {}, source.token)).text;
      } catch (error) {
        throw new Error(modelProblem(error), { cause: error });
      }
    },
  };
}

function modelProblem(error: unknown): string {
  if (!(error instanceof vscode.LanguageModelError)) return error instanceof Error ? error.message : String(error);
  if (error.code === vscode.LanguageModelError.NotFound.name)
    return t('The model is not available any more. Choose another one in the model picker.');
  if (error.code === vscode.LanguageModelError.NoPermissions.name)
    return t('The model may not be used by this extension. Allow it when VS Code asks, or choose another one.');
  if (error.code === vscode.LanguageModelError.Blocked.name) return t('The model refused the request, or its quota is used up.');
  return error.message;
}

/** The conversation as the model saw it. A prompt that was refused never reached it, and does not now. */
function history(turns: readonly (vscode.ChatRequestTurn | vscode.ChatResponseTurn)[]): ModelMessage[] {
  const messages: ModelMessage[] = [];
  let asked: string | undefined;
  for (const turn of turns.slice(-MAX_TURNS * 2)) {
    if (turn instanceof vscode.ChatRequestTurn) {
      // What a command told is not part of the conversation with the model.
      asked = turn.command === undefined ? turn.prompt : undefined;
      continue;
    }
    if (asked !== undefined && turn.result.metadata?.['withheld'] !== 'prompt') {
      const answer = turn.response.map((part) => (part instanceof vscode.ChatResponseMarkdownPart ? part.value.value : '')).join('');
      messages.push({ role: 'user', text: asked }, { role: 'assistant', text: answer });
    }
    asked = undefined;
  }
  return messages;
}
