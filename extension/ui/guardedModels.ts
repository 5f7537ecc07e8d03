import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { z } from 'zod';
import type { GuardedModel } from '../core/guardedModel.ts';
import type { ChosenModel, ModelInUse } from '../core/modelInUse.ts';
import type { AnswerPart, InnerModel, ModelTurn } from '../core/modelParts.ts';
import type { Log } from '../core/ports.ts';
import { WithheldError } from '../core/withheld.ts';
import { readAnswer, readTurns, writeAnswer, writeTurns } from './messageParts.ts';

/** As package.json contributes it. */
export const GUARDED_VENDOR = 'sentinelai';

/** The API does not tell how long a model's answers may be; VS Code shows this number, and nothing is cut off at it. */
const ANSWER_TOKENS = 16_384;

/** What VS Code tells of a model beyond its stable API. */
const Told = z.object({ capabilities: z.object({ supportsToolCalling: z.boolean(), supportsImageToText: z.boolean() }) });
const ModelOptions = z.object({ _conversationId: z.string().min(1).max(128) });

/** The user's models as the model picker knows them, and each of them once more, guarded. */
export class GuardedModels implements vscode.LanguageModelChatProvider {
  readonly #guard: GuardedModel;
  readonly #inUse: ModelInUse;
  readonly #log: Log;
  readonly #isOn: () => boolean;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly onDidChangeLanguageModelChatInformation = this.#changes.event;
  #inner = new Map<string, vscode.LanguageModelChat>();
  #offered: vscode.LanguageModelChatInformation[] = [];
  #looking: Promise<void> | undefined;
  #lookAgain = false;

  constructor(parts: { guard: GuardedModel; inUse: ModelInUse; log: Log; isOn: () => boolean }) {
    this.#guard = parts.guard;
    this.#inUse = parts.inUse;
    this.#log = parts.log;
    this.#isOn = parts.isOn;
  }

  /** Never asks VS Code for models: it would wait for this very answer. */
  provideLanguageModelChatInformation(): vscode.LanguageModelChatInformation[] {
    return this.#offered;
  }

  async provideLanguageModelChatResponse(
    { id, name }: vscode.LanguageModelChatInformation,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    if (!this.#isOn())
      throw new WithheldError(
        t(
          'The guard is switched off (setting sentinelai.enabled), so nothing was sent to the model. Switch it on, or choose the model itself.',
        ),
      );
    const model = this.#inner.get(id);
    if (!model)
      throw vscode.LanguageModelError.NotFound(t('{0}: the model behind it is not available any more. Choose another one.', name));
    this.#inUse.saw(model.name, true);
    const stop = new AbortController();
    const listening = token.onCancellationRequested(() => stop.abort());
    if (token.isCancellationRequested) stop.abort();
    try {
      await this.#guard.respond({
        model: innerModel(model, options),
        turns: readTurns(messages),
        conversation: ModelOptions.safeParse(options.modelOptions).data?._conversationId,
        isTalk: (options.tools?.length ?? 0) > 0,
        emit: (part) => {
          const passed = writeAnswer(part);
          if (passed) progress.report(passed);
        },
        signal: stop.signal,
      });
    } finally {
      listening.dispose();
    }
  }

  async provideTokenCount(
    { id }: vscode.LanguageModelChatInformation,
    text: string | vscode.LanguageModelChatRequestMessage,
    token: vscode.CancellationToken,
  ): Promise<number> {
    const model = this.#inner.get(id);
    if (!model) return 0;
    const [message] = typeof text === 'string' ? [] : writeTurns(readTurns([text]));
    return model.countTokens(message ?? (typeof text === 'string' ? text : ''), token);
  }

  /** The model behind a guarded one; any other as it is. */
  unwrap(model: vscode.LanguageModelChat): vscode.LanguageModelChat {
    return (model.vendor === GUARDED_VENDOR && this.#inner.get(model.id)) || model;
  }

  has({ vendor, id }: ChosenModel): boolean {
    return vendor !== GUARDED_VENDOR && this.#inner.has(guardedId({ vendor, id }));
  }

  /** Looks which models there are. One look at a time: looking itself makes VS Code ask all providers, this one too. */
  refresh(): Promise<void> {
    this.#lookAgain = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    while (this.#lookAgain) {
      this.#lookAgain = false;
      try {
        const models = (await vscode.lm.selectChatModels({})).filter(isOfChats);
        // Of several with one name the first counts: VS Code would refuse the others.
        this.#inner = new Map(models.toReversed().map((model) => [guardedId(model), model]));
        const offered = models.filter((model) => this.#inner.get(guardedId(model)) === model).map(information);
        if (JSON.stringify(offered) === JSON.stringify(this.#offered)) continue;
        this.#offered = offered;
        this.#changes.fire();
      } catch (error) {
        this.#log.warn(`The models could not be listed: ${error instanceof Error ? error.message : error}`);
      }
    }
  }

  dispose(): void {
    this.#changes.dispose();
  }
}

/** Offers the guarded models; package.json contributes their vendor. */
export function registerGuardedModels(models: GuardedModels): vscode.Disposable {
  const provider = vscode.lm.registerLanguageModelChatProvider(GUARDED_VENDOR, models);
  const changes = vscode.lm.onDidChangeChatModels(() => void models.refresh());
  void models.refresh();
  return vscode.Disposable.from(models, provider, changes);
}

/** Makes every chat view use the guarded twin of a model; where VS Code can't do that, opens its model picker. */
export async function switchToGuarded(model: ChosenModel & { readonly family?: string }): Promise<void> {
  const [guarded] = await vscode.lm.selectChatModels({ vendor: GUARDED_VENDOR, id: guardedId(model) });
  try {
    await vscode.commands.executeCommand('workbench.action.chat.changeModel', {
      vendor: GUARDED_VENDOR,
      id: guardedId(model),
      family: guarded?.family ?? '',
    });
  } catch {
    await vscode.commands.executeCommand('workbench.action.chat.openModelPicker');
  }
}

/** Its own models are never wrapped again, nor those that VS Code keeps for agents outside of its chat. */
function isOfChats({ vendor, maxInputTokens }: vscode.LanguageModelChat): boolean {
  return vendor !== GUARDED_VENDOR && vendor !== 'copilotcli' && maxInputTokens > 0;
}

function guardedId({ vendor, id }: Pick<ChosenModel, 'vendor' | 'id'>): string {
  return `${vendor}/${id}`;
}

function information(model: vscode.LanguageModelChat): vscode.LanguageModelChatInformation {
  const told = Told.safeParse(model).data?.capabilities;
  return {
    id: guardedId(model),
    name: t('{0} (guarded)', model.name),
    family: model.family,
    version: model.version,
    maxInputTokens: model.maxInputTokens,
    maxOutputTokens: ANSWER_TOKENS,
    tooltip: t('{0} of {1}, with every prompt, answer and tool call checked by Sentinel AI', model.name, model.vendor),
    detail: 'Sentinel AI',
    // An older editor does not tell; without tools there would be no agent.
    capabilities: { toolCalling: told?.supportsToolCalling ?? true, imageInput: told?.supportsImageToText ?? false },
  };
}

function innerModel(model: vscode.LanguageModelChat, options: vscode.ProvideLanguageModelChatResponseOptions): InnerModel {
  return {
    id: `${model.vendor}/${model.id}`,
    async send(turns: readonly ModelTurn[], signal: AbortSignal): Promise<AsyncIterable<AnswerPart>> {
      const source = new vscode.CancellationTokenSource();
      if (signal.aborted) source.cancel();
      signal.addEventListener('abort', () => source.cancel(), { once: true });
      const { tools, toolMode, modelOptions } = options;
      const { stream } = await model.sendRequest(
        writeTurns(turns),
        { ...(tools ? { tools: [...tools] } : {}), toolMode, ...(modelOptions ? { modelOptions } : {}) },
        source.token,
      );
      return (async function* () {
        for await (const part of stream) yield readAnswer(part);
      })();
    },
  };
}
