import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Answer, Choice, GuideView, Place } from '../core/chooseAuditor.ts';
import { askConsent } from './auditKey.ts';

/** What VS Code shows in the box of a quick pick before it cuts it off. */
const PROMPT_LENGTH = 72;
const SHOWN = 'sentinelai-shown';

/** The screens of a guided command: quick picks and input boxes with a way back, and a read-only text beside them. */
export class QuickGuide implements GuideView, vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SHOWN, this);
  readonly onDidChange = this.#changes.event;
  readonly consent = askConsent;

  dispose(): void {
    this.#registration.dispose();
    this.#changes.dispose();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  pick<T>(place: Place, prompt: string, choices: readonly Choice<T>[]): Promise<Answer<T>> {
    type Row = vscode.QuickPickItem & { choice?: Choice<T> };
    const fits = prompt.length <= PROMPT_LENGTH;
    const told: Row[] = fits ? [] : lines(prompt).map((label) => ({ label, alwaysShow: true }));
    const rows: Row[] = [
      ...choices.map((choice) => ({ label: choice.label, ...(choice.detail === undefined ? {} : { detail: choice.detail }), choice })),
      ...(fits ? [] : [{ label: t('What came back'), kind: vscode.QuickPickItemKind.Separator }]),
      ...told,
    ];
    const box = vscode.window.createQuickPick<Row>();
    box.items = rows;
    box.placeholder = fits ? prompt : t('What next?');
    return this.#ask(box, place, (answer) =>
      box.onDidAccept(() => {
        const [row] = box.selectedItems;
        if (row?.choice) answer(row.choice.value);
      }),
    );
  }

  input(
    place: Place,
    { prompt, value, secret, problem }: { prompt: string; value: string; secret: boolean; problem: (value: string) => string | undefined },
  ): Promise<Answer<string>> {
    const box = vscode.window.createInputBox();
    box.prompt = prompt;
    box.value = value;
    box.password = secret;
    return this.#ask(box, place, (answer) =>
      vscode.Disposable.from(
        box.onDidChangeValue(() => {
          box.validationMessage = '';
        }),
        box.onDidAccept(() => {
          const wrong = problem(box.value);
          if (wrong === undefined) answer(box.value);
          else box.validationMessage = wrong;
        }),
      ),
    );
  }

  #ask<T>(
    box: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
    { title, step, steps }: Place,
    listen: (answer: (value: T) => void) => vscode.Disposable,
  ): Promise<Answer<T>> {
    box.title = title;
    box.step = step;
    box.totalSteps = steps;
    box.ignoreFocusOut = true;
    box.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : [];
    return new Promise((resolve) => {
      const listening = vscode.Disposable.from(
        box,
        listen((answer) => end({ answer })),
        box.onDidTriggerButton(() => end({ left: 'back' })),
        box.onDidHide(() => end({ left: 'cancel' })),
      );
      const end = (answer: Answer<T>) => {
        resolve(answer);
        listening.dispose();
      };
      box.show();
    });
  }

  async busy<T>(message: string, run: (signal: AbortSignal) => Promise<T>): Promise<Answer<T>> {
    const stop = new AbortController();
    try {
      const answer = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: message, cancellable: true },
        (_progress, token) => {
          token.onCancellationRequested(() => stop.abort());
          return run(stop.signal);
        },
      );
      return { answer };
    } catch (error) {
      if (!stop.signal.aborted) void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      return { left: 'back' };
    }
  }

  async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SHOWN, path: `/${name}.txt` });
    this.#texts.set(uri.path, text);
    this.#changes.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true, preserveFocus: true });
  }
}

/** A text in rows of a quick pick's width, broken between words. */
function lines(text: string): string[] {
  const rows: string[] = [''];
  for (const word of text.split(' ')) {
    const last = rows.at(-1) ?? '';
    if (last !== '' && last.length + word.length > PROMPT_LENGTH) rows.push(word);
    else rows[rows.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return rows;
}
