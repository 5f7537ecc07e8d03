import * as vscode from 'vscode';
import { ChatCommands } from './core/chatCommands.ts';
import { ChatFeedback } from './core/chatFeedback.ts';
import type { Desk } from './core/decide.ts';
import { fileDigest } from './core/fileDigest.ts';
import { GuardedModel } from './core/guardedModel.ts';
import { PromptGuard } from './core/guardPrompt.ts';
import { ModelInUse } from './core/modelInUse.ts';
import { said } from './core/said.ts';
import type { WrongFindings } from './core/wrongFindings.ts';
import type { Ground } from './ground.ts';
import { registerChat } from './ui/chat.ts';
import { commandSurroundings } from './ui/chatCommands.ts';
import { GUARDED_VENDOR, GuardedModels, registerGuardedModels, switchToGuarded } from './ui/guardedModels.ts';

/** The doors over what is asked of models and what they answer: the chat participant, and every model once more, guarded. */
export function composeChats(ground: Ground, desk: Desk, wrong: WrongFindings, changed: () => void) {
  const { context, windowId, clock, log, dialog, features, isOn, storage, connect, trouble, breakGlass, key, settings, sidecar } = ground;
  /** Without any auditor there is nobody that files could be sent to, and the answer says why there is none. */
  const auditsFiles = () =>
    key.coversFiles(settings().audit) || (sidecar.state.name === 'healthy' && sidecar.state.health.layers.audit.state === 'off');
  const prompts = new PromptGuard({ connect, desk, log, trouble, breakGlass });
  const modelInUse = new ModelInUse({
    dialog,
    storage,
    log,
    hasGuarded: (model) => models.has(model),
    switchTo: switchToGuarded,
    changed,
  });
  const guardedModel = new GuardedModel({
    connect,
    desk,
    log,
    trouble,
    breakGlass,
    cwd: () => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
    fileDigest,
    sessionId: windowId,
  });
  const models = new GuardedModels({ guard: guardedModel, inUse: modelInUse, log, isOn });
  const register = () =>
    vscode.Disposable.from(
      features.register(said('the chat participant'), ['chat.createChatParticipant', 'lm.selectChatModels'], () =>
        registerChat(prompts, {
          isOn,
          sessionId: windowId,
          icon: vscode.Uri.file(context.asAbsolutePath('media/icon.svg')),
          commands: new ChatCommands({ connect, log, auditsFiles, ...commandSurroundings }),
          feedback: new ChatFeedback({
            storage,
            clock,
            dialog,
            log,
            findingIsWrong: async ({ rules: [rule] }) => rule && wrong.reportRule(rule),
          }),
          modelBehind: (model) => models.unwrap(model),
          answered: (model) => {
            modelInUse.saw(models.unwrap(model).name, model.vendor === GUARDED_VENDOR);
            void modelInUse.offer(model);
          },
        }),
      ),
      features.register(said('the guarded models'), ['lm.registerLanguageModelChatProvider', 'lm.selectChatModels'], () =>
        registerGuardedModels(models),
      ),
    );
  return { prompts, guardedModel, modelInUse, register };
}
